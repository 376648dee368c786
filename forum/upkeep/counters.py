"""Every stored counter beside the query that it must equal."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlmodel import Session, col

from forum.models import (
    Acceptance,
    AnswerMark,
    Audience,
    MapRole,
    MarkKind,
    Member,
    MeToo,
    OfficialMark,
    Post,
    PostKind,
    PostMap,
    PostState,
    Tag,
    Topic,
    TopicTag,
    Vote,
)
from forum.recognition.impact import helped_by

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Counter:
    table: type[Any]
    column: str
    expected: ColumnElement[int]


def _count(query: Select[Any]) -> ColumnElement[int]:
    counted: ColumnElement[int] = func.coalesce(query.scalar_subquery(), 0)
    return counted


def _posts(kind: PostKind, *where: ColumnElement[bool]) -> ColumnElement[int]:
    return _count(
        select(func.count()).select_from(Post).where(col(Post.kind) == kind, col(Post.state) == PostState.visible, *where)
    )


def _votes(value: int, imported: str) -> ColumnElement[int]:
    mine = select(func.count()).select_from(Vote).where(col(Vote.post_id) == col(Post.id), col(Vote.value) == value)
    made: ColumnElement[int] = _count(mine) + getattr(Post, imported)
    return made


def _marks(kind: MarkKind) -> ColumnElement[int]:
    return _count(
        select(func.count()).select_from(AnswerMark).where(col(AnswerMark.post_id) == col(Post.id), col(AnswerMark.kind) == kind)
    )


def _comments() -> ColumnElement[int]:
    """Visible comments whose parent is this post."""
    comment = Post.__table__.alias("comment")  # type: ignore[attr-defined]
    return _count(
        select(func.count())
        .select_from(comment)
        .where(comment.c.parent_id == Post.id, comment.c.kind == PostKind.comment, comment.c.state == PostState.visible)
        .correlate(Post)
    )


def _written(kind: PostKind) -> ColumnElement[int]:
    return _posts(kind, col(Post.author_id) == col(Member.id))


def _ticked_for_others() -> Select[Any]:
    """Ticks on answers to somebody else's question."""
    asked: Any = Topic.__table__.alias("asked")  # type: ignore[attr-defined]
    return (
        select(func.count())
        .select_from(Acceptance)
        .join(Post, col(Post.id) == col(Acceptance.post_id))
        .join(asked, asked.c.id == col(Acceptance.topic_id))
        .where(asked.c.author_id.is_(None) | (asked.c.author_id != col(Post.author_id)))
    )


def all_counters() -> list[Counter]:
    ticked = select(func.count()).select_from(Acceptance)
    marked = select(func.count()).select_from(OfficialMark)
    me_too = select(func.count()).select_from(MeToo).where(col(MeToo.topic_id) == col(Topic.id))
    tagged = (
        select(func.count())
        .select_from(TopicTag)
        .join(Topic, col(Topic.id) == col(TopicTag.topic_id))
        .where(col(TopicTag.tag_id) == col(Tag.id), col(Topic.audience) == Audience.public)
        .correlate(Tag)
    )
    by_author = col(Post.author_id) == col(Member.id)
    return [
        Counter(Topic, "answers", _posts(PostKind.answer, col(Post.topic_id) == col(Topic.id))),
        Counter(Topic, "accepted", _count(ticked.where(col(Acceptance.topic_id) == col(Topic.id)))),
        Counter(Topic, "me_too", _count(me_too) + _imported_me_too()),
        Counter(Post, "helpful", _votes(1, "imported_helpful")),
        Counter(Post, "not_helpful", _votes(-1, "imported_not_helpful")),
        Counter(Topic, "score", _score()),
        Counter(Post, "works", _marks(MarkKind.works)),
        Counter(Post, "outdated", _marks(MarkKind.outdated)),
        Counter(Post, "dangerous", _marks(MarkKind.dangerous)),
        Counter(Post, "comments", _comments()),
        Counter(Tag, "topics", _count(tagged)),
        Counter(Member, "questions", _written(PostKind.question)),
        Counter(Member, "answers", _written(PostKind.answer)),
        Counter(Member, "accepted", _count(_ticked_for_others().where(by_author))),
        Counter(Member, "officials", _count(marked.join(Post, col(Post.id) == col(OfficialMark.post_id)).where(by_author))),
    ]


def _score() -> ColumnElement[int]:
    """What the votes on its question come to."""
    mine = (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question)
    return _count(select(col(Post.helpful) - col(Post.not_helpful)).where(mine).correlate(Topic))


def _imported_me_too() -> ColumnElement[int]:
    """Replies elsewhere that only said "same here"."""
    return _count(
        select(func.count())
        .select_from(PostMap)
        .where(col(PostMap.topic_id) == col(Topic.id), col(PostMap.role) == MapRole.me_too)
    )


def differences(session: Session) -> list[str]:
    found: list[str] = []
    for counter in all_counters():
        stored = getattr(counter.table, counter.column)
        query = select(counter.table.id, stored, counter.expected.label("expected")).where(stored != counter.expected)
        name = f"{counter.table.__name__}.{counter.column}"
        rows = session.execute(query.limit(SHOWN)).all()
        found += [f"{name} of {row[0]}: stored {row[1]}, rows {row.expected}" for row in rows]
    return found + _helped(session)


def _helped(session: Session) -> list[str]:
    ids = list(session.scalars(select(col(Member.id)).where((col(Member.answers) > 0) | (col(Member.helped) > 0))))
    expected = helped_by(session, ids)
    stored = session.execute(select(col(Member.id), col(Member.helped)).where(col(Member.id).in_(ids))).all() if ids else []
    return [
        f"Member.helped of {row.id}: stored {row.helped}, rows {expected.get(row.id, 0)}"
        for row in stored
        if row.helped != expected.get(row.id, 0)
    ][:SHOWN]


def repair(session: Session) -> None:
    for counter in all_counters():
        session.execute(update(counter.table).values({counter.column: counter.expected}))
    ids = list(session.scalars(select(col(Member.id))))
    expected = helped_by(session, ids)
    for member_id in ids:
        session.execute(update(Member).where(col(Member.id) == member_id).values(helped=expected.get(member_id, 0)))
