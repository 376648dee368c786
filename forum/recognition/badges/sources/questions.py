"""Evidence in a member's own questions."""

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import Acceptance, Activity, MeToo, Post, PostKind, PostState, Topic, TopicKind
from forum.recognition.badges.sources.shape import Ids, Query, among, columns, spam


def _questions(ids: Ids, at: Any, **more: Any) -> Query:
    """Questions of the member, with the state of their own post."""
    found = columns(
        *(col(Topic.author_id), at, spam(col(Post.id))),
        **{"who": col(Topic.id), "post_id": col(Post.id), "topic_id": col(Topic.id), **more},
    )
    query = (
        select(*found)
        .join(Post, and_(col(Post.topic_id) == col(Topic.id), col(Post.kind) == PostKind.question))
        .where(col(Topic.author_id).is_not(None), col(Topic.kind) == TopicKind.question, at.is_not(None))
    )
    return among(query, col(Topic.author_id), ids)


def _asker_ticked() -> Any:
    """When the asker said that it was solved."""
    return (
        select(func.min(col(Acceptance.at)))
        .where(col(Acceptance.topic_id) == col(Topic.id), col(Acceptance.by_id) == col(Topic.author_id))
        .correlate(Topic)
        .scalar_subquery()
    )


def _answered_by_others() -> Any:
    Answer = aliased(Post)
    return (
        select(func.min(col(Answer.created_at)))
        .where(
            col(Answer.topic_id) == col(Topic.id),
            col(Answer.kind) == PostKind.answer,
            col(Answer.state) == PostState.visible,
            col(Answer.author_id).is_distinct_from(col(Topic.author_id)),
        )
        .correlate(Topic)
        .scalar_subquery()
    )


def loops(ids: Ids) -> Query:
    return _questions(ids, _asker_ticked(), asked=col(Topic.created_at), ticked=_asker_ticked())


def own_answered(ids: Ids) -> Query:
    return _questions(ids, _answered_by_others())


def outcomes(ids: Ids) -> Query:
    return _questions(ids, _asker_ticked()).where(_answered_by_others().is_not(None))


def shared_questions(ids: Ids) -> Query:
    """Questions that two other members have too, and when staff first asked for details."""
    second = (
        select(col(MeToo.at))
        .where(col(MeToo.topic_id) == col(Topic.id), col(MeToo.member_id).is_not(None))
        .order_by(col(MeToo.at), col(MeToo.id))
        .offset(1)
        .limit(1)
        .correlate(Topic)
        .scalar_subquery()
    )
    details = (
        select(func.min(col(Activity.at)))
        .where(col(Activity.topic_id) == col(Topic.id), col(Activity.event) == "DetailsAsked")
        .correlate(Topic)
        .scalar_subquery()
    )
    return _questions(ids, second, asked=col(Topic.created_at), details=details)
