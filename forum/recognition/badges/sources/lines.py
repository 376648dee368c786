"""Evidence in the ledger: what was solved, for whom, how and where."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import (
    SENT,
    ExternalPost,
    LedgerKind,
    MapRole,
    Member,
    Post,
    PostKind,
    PostMap,
    RepEvent,
    Share,
    ThreadLink,
    Topic,
    TopicTag,
    TriageState,
)
from forum.recognition.badges.sources.shape import Ids, Query, asked_by_customers, columns
from forum.recognition.rates import RATES, SOLUTIONS

Speaker = aliased(Member)


def flips(ids: Ids) -> Query:
    """Reversals and restores, oldest first: the last one of a line says whether it counts."""
    kinds = (LedgerKind.reversal, LedgerKind.restore)
    query: Any = select(col(RepEvent.reverses_id), col(RepEvent.kind), col(RepEvent.reason)).where(col(RepEvent.kind).in_(kinds))
    if ids is not None:
        query = query.where(col(RepEvent.subject).in_(ids.subjects))
    ordered: Query = query.order_by(col(RepEvent.id))
    return ordered


def _ledger(kinds: tuple[LedgerKind, ...], ids: Ids, **more: Any) -> Query:
    at = func.coalesce(col(RepEvent.counts_from), col(RepEvent.occurred_at))
    line = {"event_id": col(RepEvent.id), "post_id": col(RepEvent.post_id), "topic_id": col(RepEvent.topic_id)}
    query = select(*columns(col(RepEvent.subject), at, literal(""), **line, **more)).where(
        col(RepEvent.kind).in_(kinds), col(RepEvent.points) > 0
    )
    return query if ids is None else query.where(col(RepEvent.subject).in_(ids.subjects))


def lines(kinds: tuple[LedgerKind, ...], ids: Ids) -> Query:
    """Plain ledger lines, whose question does not matter; the other person is who gave it."""
    return _ledger(kinds, ids, who=col(RepEvent.actor_subject), kind=col(RepEvent.kind))


def _with_topic(query: Query) -> Query:
    return query.outerjoin(Topic, col(Topic.id) == col(RepEvent.topic_id)).where(asked_by_customers())


def solutions(ids: Ids, **more: Any) -> Query:
    return _with_topic(_ledger(SOLUTIONS, ids, **{"who": col(Topic.author_id), **more}))


def answered(ids: Ids, **more: Any) -> Query:
    """Solutions with the answer itself and the times around it."""
    times = {"asked": col(Topic.created_at), "answered": col(Post.created_at), "first": _first_reply()}
    return solutions(ids, **times, **more).join(Post, col(Post.id) == col(RepEvent.post_id))


def _first_reply() -> Any:
    Reply = aliased(Post)
    return (
        select(func.min(col(Reply.created_at)))
        .where(
            col(Reply.topic_id) == col(Topic.id),
            col(Reply.kind).in_((PostKind.answer, PostKind.comment)),
            or_(col(Topic.author_id).is_(None), col(Reply.author_id).is_distinct_from(col(Topic.author_id))),
        )
        .correlate(Topic)
        .scalar_subquery()
    )


def _said_under(answer: Any, author: Any) -> Any:
    """How often somebody wrote under an answer before it became the solution."""
    Word = aliased(Post)
    return (
        select(func.count())
        .where(col(Word.parent_id) == answer.id, col(Word.author_id) == author, col(Word.created_at) <= col(RepEvent.occurred_at))
        .correlate(Post, Topic, RepEvent)
        .scalar_subquery()
    )


def exchanges(ids: Ids) -> Query:
    theirs, own = _said_under(Post, col(Topic.author_id)), _said_under(Post, col(Post.author_id))
    return answered(ids, theirs=theirs, own=own)


def languages(ids: Ids) -> Query:
    elsewhere = (
        select(col(ExternalPost.language))
        .join(PostMap, col(PostMap.external_post_id) == col(ExternalPost.id))
        .where(col(PostMap.topic_id) == col(Topic.id), col(PostMap.role) == MapRole.question)
        .limit(1)
        .correlate(Topic)
        .scalar_subquery()
    )
    found = solutions(ids, elsewhere=elsewhere, spoken=col(Speaker.languages))
    return found.outerjoin(Speaker, col(Speaker.id) == col(Topic.author_id))


def bridged(ids: Ids) -> Query:
    carried = exists().where(
        col(ThreadLink.topic_id) == col(Topic.id),
        col(ThreadLink.state) == TriageState.published,
        col(Share.thread_id) == col(ThreadLink.id),
        col(Share.state).in_(SENT),
    )
    return solutions(ids).where(carried.correlate(Topic))


def links_here(ids: Ids) -> Query:
    body = col(Post.body)
    return (
        solutions(ids)
        .join(Post, col(Post.id) == col(RepEvent.post_id))
        .where(or_(body.like("%/topics/%"), body.like("%/resolutions/%")))
    )


def tagged(query: Callable[..., Query]) -> Callable[[Ids], Query]:
    def build(ids: Ids) -> Query:
        found = query(ids, scope=cast(col(TopicTag.tag_id), String))
        return found.join(TopicTag, col(TopicTag.topic_id) == col(RepEvent.topic_id))

    return build


def points(ids: Ids, **more: Any) -> Query:
    earning = tuple(kind for kind, rate in RATES.items() if rate.points > 0)
    return _with_topic(_ledger(earning, ids, weight=col(RepEvent.points), **more))
