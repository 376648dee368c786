"""Evidence of looking after the place: tags, flags, reviews, and the guide."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import Activity, Flag, FlagState, Post, ReviewItem, ReviewOpinion, ReviewState, Revision, Verdict
from forum.recognition.badges.sources.shape import Ids, Query, among, columns, spam


def retags(ids: Ids) -> Query:
    """Tags of somebody else's question, changed and still as they were left."""
    Before, Newest = aliased(Revision), aliased(Revision)
    newest = (
        select(col(Newest.tags))
        .where(col(Newest.post_id) == col(Revision.post_id))
        .order_by(col(Newest.number).desc())
        .limit(1)
        .correlate(Revision)
        .scalar_subquery()
    )
    query = (
        select(
            *columns(
                *(col(Revision.author_id), col(Revision.at), spam(col(Post.id))),
                who=col(Post.topic_id),
                post_id=col(Post.id),
                topic_id=col(Post.topic_id),
            )
        )
        .join(Post, col(Post.id) == col(Revision.post_id))
        .join(Before, and_(col(Before.post_id) == col(Revision.post_id), col(Before.number) == col(Revision.number) - 1))
        .where(
            col(Revision.author_id).is_not(None),
            col(Revision.author_id).is_distinct_from(col(Post.author_id)),
            col(Revision.tags) != col(Before.tags),
            newest == col(Revision.tags),
        )
    )
    return among(query, col(Revision.author_id), ids)


def _of_post(member: Any, at: Any) -> list[Any]:
    place = {"post_id": col(Post.id), "topic_id": col(Post.topic_id)}
    return columns(member, at, literal(""), who=col(Post.author_id), **place)


def flags(ids: Ids) -> Query:
    """Those that a moderator has decided, whatever the day's limit of points."""
    query = (
        select(*_of_post(col(Flag.member_id), col(Flag.at)))
        .join(Post, col(Post.id) == col(Flag.post_id))
        .where(col(Flag.state) != FlagState.open, col(Flag.member_id).is_not(None))
    )
    return among(query, col(Flag.member_id), ids)


def flags_upheld(ids: Ids) -> Query:
    return flags(ids).where(col(Flag.state) == FlagState.upheld)


def reviews(ids: Ids) -> Query:
    """Those whose outcome is known."""
    query = (
        select(*_of_post(col(ReviewOpinion.member_id), col(ReviewOpinion.at)))
        .join(ReviewItem, col(ReviewItem.id) == col(ReviewOpinion.item_id))
        .join(Post, col(Post.id) == col(ReviewItem.post_id))
        .where(col(ReviewItem.state) != ReviewState.open)
    )
    return among(query, col(ReviewOpinion.member_id), ids)


def reviews_agreed(ids: Ids) -> Query:
    asked_for_action = col(ReviewOpinion.verdict) == Verdict.needs
    return reviews(ids).where(asked_for_action == (col(ReviewItem.state) == ReviewState.acted))


def logged(event: str) -> Callable[[Ids], Query]:
    """What the person who acted has in the activity log."""

    def build(ids: Ids) -> Query:
        found = columns(
            *(col(Activity.actor_id), col(Activity.at), spam(col(Activity.post_id))),
            who=col(Activity.topic_id),
            post_id=col(Activity.post_id),
            topic_id=col(Activity.topic_id),
        )
        query = select(*found).where(col(Activity.event) == event, col(Activity.actor_id).is_not(None))
        return among(query, col(Activity.actor_id), ids)

    return build
