"""The last pass: counters, states and duplicate links set from the rows, and the search index told."""

from typing import Any

from sqlalchemy import case, func, or_
from sqlmodel import Session, col, select, update

from forum.core.db import transaction
from forum.importers.stackexchange.steps import Import, known
from forum.models.accounts import Member
from forum.models.catalog import Tag, TopicTag
from forum.models.social import LegacyId
from forum.models.topics import Acceptance, Audience, Post, PostKind, PostState, Topic, TopicState
from forum.recognition import impact
from forum.search import feed
from forum.social.runs import advance, open_run

BATCH = 500


def settle(work: Import) -> None:
    """Everything here is computed from rows, so doing it twice changes nothing."""
    key = " ".join(work.digests[name] for name in sorted(work.digests))
    standing = open_run(f"stackexchange {work.site} settling {key}"[:400])
    if standing.finished:
        return
    cursor = standing.cursor
    while ids := _next(work, "question", cursor):
        cursor = ids[-1]
        with transaction() as session:
            _settle_topics(session, ids)
            advance(session, standing.run_id, cursor, {})
    _link_duplicates(work)
    cursor = 0
    while ids := _next(work, "user", cursor):
        cursor = ids[-1]
        with transaction() as session:
            _settle_members(session, ids)
    with transaction() as session:
        _settle_tags(session)
        advance(session, standing.run_id, standing.cursor, {}, finished=True)


def _next(work: Import, kind: str, after: int) -> list[int]:
    statement = (
        select(LegacyId.new_id)
        .where(LegacyId.source == work.site, LegacyId.kind == kind, LegacyId.new_id > after)
        .order_by(col(LegacyId.new_id))
        .limit(BATCH)
    )
    with transaction(writes=False) as session:
        return list(session.exec(statement))


def _settle_topics(session: Session, ids: list[int]) -> None:
    answers = (col(Post.topic_id) == Topic.id, Post.kind == PostKind.answer, Post.state == PostState.visible)
    seen = (col(Post.topic_id) == Topic.id, Post.kind != PostKind.note, Post.state == PostState.visible)
    ticks = col(Acceptance.topic_id) == Topic.id
    values: dict[Any, Any] = {
        Topic.answers: _one(func.count(col(Post.id)), *answers),
        Topic.first_answer_at: _one(func.min(Post.created_at), *answers),
        Topic.active_at: func.coalesce(_one(func.max(Post.created_at), *seen), Topic.created_at),
        Topic.accepted: _one(func.count(col(Acceptance.post_id)), ticks),
        Topic.solved_at: _one(func.min(Acceptance.at), ticks),
    }
    chosen = col(Topic.id).in_(ids)
    session.execute(update(Topic).where(chosen).values(values).execution_options(synchronize_session=False))
    open_states = (TopicState.new, TopicState.answered, TopicState.solved)
    state = case((col(Topic.accepted) > 0, "solved"), (col(Topic.answers) > 0, "answered"), else_="new")
    opened = update(Topic).where(chosen, col(Topic.state).in_(open_states)).values(state=state)
    session.execute(opened.execution_options(synchronize_session=False))
    reply = Post.__table__.alias("reply")  # type: ignore[attr-defined]  # SQLModel tables have one
    replies = select(func.count()).select_from(reply).where(
        reply.c.parent_id == Post.id, reply.c.kind == PostKind.comment, reply.c.state == PostState.visible
    )  # fmt: skip
    counted = update(Post).where(col(Post.topic_id).in_(ids), col(Post.kind).in_((PostKind.question, PostKind.answer)))
    session.execute(counted.values(comments=replies.scalar_subquery()).execution_options(synchronize_session=False))
    feed.touch(session, *ids)


def _one(what: Any, *where: Any) -> Any:
    return select(what).where(*where).correlate(Topic, Member).scalar_subquery()


def _settle_members(session: Session, ids: list[int]) -> None:
    answers = (col(Post.author_id) == Member.id, Post.kind == PostKind.answer, Post.state == PostState.visible)
    asked = (col(Topic.author_id) == Member.id, Topic.audience != Audience.removed)
    others = or_(col(Topic.author_id).is_(None), col(Topic.author_id) != col(Post.author_id))
    ticked = (
        select(func.count())
        .select_from(Acceptance)
        .join(Post, col(Post.id) == Acceptance.post_id)
        .join(Topic, col(Topic.id) == Acceptance.topic_id)
        .where(*answers, others)
    )
    values: dict[Any, Any] = {
        Member.answers: select(func.count(col(Post.id))).where(*answers).correlate(Member).scalar_subquery(),
        Member.questions: select(func.count(col(Topic.id))).where(*asked).correlate(Member).scalar_subquery(),
        Member.accepted: ticked.correlate(Member).scalar_subquery(),
    }
    statement = update(Member).where(col(Member.id).in_(ids)).values(values)
    session.execute(statement.execution_options(synchronize_session=False))
    impact.recount(session, ids)


def _settle_tags(session: Session) -> None:
    shown = (
        select(func.count())
        .select_from(TopicTag)
        .join(Topic, col(Topic.id) == TopicTag.topic_id)
        .where(col(TopicTag.tag_id) == Tag.id, Topic.audience == Audience.public)
    )
    session.execute(
        update(Tag).values(topics=shown.correlate(Tag).scalar_subquery()).execution_options(synchronize_session=False)
    )


def _link_duplicates(work: Import) -> None:
    """Each later question points at the earlier one; two that point at each other keep the first link."""
    links = list(work.stage.duplicates())
    for start in range(0, len(links), BATCH):
        some = links[start : start + BATCH]
        with transaction() as session:
            ids = known(session, work.site, "question", [one for pair in some for one in pair])
            for late, early in some:
                if late not in ids or early not in ids or late == early:
                    continue
                back = select(Topic.duplicate_of_id).where(Topic.id == ids[early])
                if session.exec(back).first() != ids[late]:
                    chosen = update(Topic).where(col(Topic.id) == ids[late], col(Topic.duplicate_of_id).is_(None))
                    session.execute(chosen.values(duplicate_of_id=ids[early]))
