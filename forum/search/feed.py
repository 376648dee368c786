"""Keeps the index equal to the rows: an outbox line in the caller's transaction, a job that follows it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import Row, delete, func, select
from sqlmodel import Session, col

from forum.accounts.events import MemberLeaving
from forum.core.db import transaction
from forum.core.logs import log
from forum.jobs.queue import enqueue
from forum.models import Audience, Member, Post, PostKind, PostState, SearchOutbox, Section, Topic, TopicState
from forum.search.index import index
from forum.search.shelf import Entry, Pointed, shelf
from forum.search.suggested import told
from forum.search.whoosh_index import Document, as_number
from forum.topics.rows import SEPARATOR, TAGS_OF_TOPIC

BATCH = 50
REBUILD_BATCH = 500
MAX_BODY = 20_000
FORGET_AFTER = timedelta(hours=1)
Batch = TypeVar("Batch")


class AboutTopic(Protocol):
    @property
    def topic_id(self) -> int: ...


def note_change(session: Session, event: AboutTopic) -> None:
    """Handler of every event that changes what a search may find."""
    touch(session, event.topic_id)


def note_erasure(session: Session, event: AboutTopic) -> None:
    """What was taken back leaves the files too. Many at once share one rewriting."""
    touch(session, event.topic_id)
    enqueue(session, "search.forget", dedup_key="search.forget", delay=FORGET_AFTER)


def forget() -> None:
    follow()
    index().forget()


class AboutTwo(Protocol):
    @property
    def topic_id(self) -> int: ...
    @property
    def target_id(self) -> int: ...


def note_merge(session: Session, event: AboutTwo) -> None:
    touch(session, event.topic_id, event.target_id)


def note_leaving(session: Session, event: MemberLeaving) -> None:
    """Nothing is found by the name of somebody who left."""
    session.flush()
    topics = select(col(Post.topic_id)).where(col(Post.author_id) == event.member_id).distinct()
    touch(session, *session.scalars(topics).all())


def touch(session: Session, *topic_ids: int) -> None:
    session.add_all(SearchOutbox(topic_id=topic_id) for topic_id in topic_ids)
    enqueue(session, "search.follow", dedup_key="search.follow")


def follow() -> None:
    """Work the outbox off. Lines go only after the index has committed, so a crash repeats and loses nothing."""
    _mend()
    while _follow_once():
        pass


def _follow_once() -> bool:
    with transaction(writes=False) as session:
        lines = session.execute(
            select(col(SearchOutbox.id), col(SearchOutbox.topic_id)).order_by(col(SearchOutbox.id)).limit(BATCH)
        ).all()
        topics = sorted({line.topic_id for line in lines})
        documents = list(documents_of(session, topics))
        news = told(session, topics)
    if not lines:
        return False
    index().write(topics, documents)
    shelf().tell(news.entries, news.gone, news.pointed)
    with transaction() as session:
        session.execute(delete(SearchOutbox).where(col(SearchOutbox.id).in_([line.id for line in lines])))
    return True


def _mend() -> None:
    """An index that is gone or damaged is built again from the rows."""
    if shelf().missing():
        shelf().rebuild(_everything_told())
    if not index().worth_rebuilding():
        return
    with transaction(writes=False) as session:
        topics = session.execute(select(func.count()).select_from(Topic)).scalar_one()
        waiting = session.execute(select(func.count(func.distinct(SearchOutbox.topic_id)))).scalar_one()
    if topics > waiting or index().started():
        log().warning("search.rebuilding", topics=topics)
        rebuild()


def rebuild() -> int:
    """Everything anew from the database. Returns the number of documents."""
    index().root.mkdir(parents=True, exist_ok=True)
    shelf().rebuild(_everything_told())
    return index().rebuild(_all_documents())


def _all_documents() -> Iterator[list[Document]]:
    return _in_batches(lambda session, ids: list(documents_of(session, ids)))


def _everything_told() -> Iterator[tuple[list[Entry], list[Pointed]]]:
    return ((news.entries, news.pointed) for news in _in_batches(told))


def learn_likeness() -> None:
    """Nightly: what people linked to what teaches which suggestions help."""
    if not shelf().missing():
        shelf().learn()


def _in_batches(read: Callable[[Session, list[int]], Batch]) -> Iterator[Batch]:
    last = 0
    while True:
        with transaction(writes=False) as session:
            ids = list(
                session.scalars(select(col(Topic.id)).where(col(Topic.id) > last).order_by(col(Topic.id)).limit(REBUILD_BATCH))
            )
            batch = read(session, ids)
        if not ids:
            return
        yield batch
        last = ids[-1]


def documents_of(session: Session, topic_ids: list[int]) -> Iterator[Document]:
    """Posts that a visitor or a member may read. Staff-only and removed things never get here."""
    if not topic_ids:
        return
    rows = session.execute(
        select(
            col(Post.id),
            col(Post.topic_id),
            col(Post.kind),
            func.substr(Post.body, 1, MAX_BODY).label("body"),
            col(Post.html).contains("<img").label("image"),
            col(Post.created_at),
            (col(Post.helpful) - col(Post.not_helpful)).label("score"),
            col(Topic.title),
            col(Topic.state),
            col(Topic.kind).label("topic_kind"),
            col(Topic.answers),
            col(Topic.official_post_id),
            col(Section.slug).label("section"),
            col(Member.handle_key).label("author"),
            TAGS_OF_TOPIC.label("tags"),
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .join(Section, col(Section.id) == col(Topic.section_id))
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(
            col(Post.topic_id).in_(topic_ids),
            col(Post.kind).in_((PostKind.question, PostKind.answer)),
            col(Post.state) == PostState.visible,
            col(Topic.audience).in_((Audience.public, Audience.members)),
        )
    )
    for row in rows:
        yield _document(row)


def _document(row: Row[Any]) -> Document:
    question = row.kind == PostKind.question
    return Document(
        id=str(row.id),
        topic=row.topic_id,
        kind=row.kind,
        title=row.title if question else "",
        body=row.body,
        section=row.section,
        tags=(row.tags or "").replace(SEPARATOR, ","),
        author=row.author or "",
        topic_kind=row.topic_kind,
        state=row.state,
        official=row.official_post_id is not None and (question or row.official_post_id == row.id),
        solved=row.state == TopicState.solved,
        image=bool(row.image),
        answers=row.answers,
        score=row.score,
        created=as_number(row.created_at),
    )


def index_differences(session: Session) -> list[str]:
    """Posts missing from the index or left over in it, leaving out what the outbox still holds."""
    waiting = set(session.scalars(select(col(SearchOutbox.topic_id))))
    expected: set[int] = set()
    visible = (
        select(col(Post.id), col(Post.topic_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Post.kind).in_((PostKind.question, PostKind.answer)),
            col(Post.state) == PostState.visible,
            col(Topic.audience).in_((Audience.public, Audience.members)),
        )
    )
    for post_id, topic_id in session.execute(visible):
        if topic_id not in waiting:
            expected.add(post_id)
    present = index().post_ids()
    kept = set(session.scalars(select(col(Post.id)).where(col(Post.topic_id).in_(waiting)))) if waiting else set()
    missing, extra = expected - present, present - expected - kept
    return [f"post {post_id} is not in the index" for post_id in sorted(missing)[:20]] + [
        f"post {post_id} should not be in the index" for post_id in sorted(extra)[:20]
    ]
