"""Questions that were merged into another one, as that one's page shows them: nobody's words are lost."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.models import Member, Post, PostKind, PostState, Topic, TopicMerge
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.merging import UNDO_WITHIN
from forum.topics.people import COLUMNS, person
from forum.topics.views import MergedView


def merged_views(session: Session, actor: Actor, topic: Any) -> list[MergedView]:
    newest = select(func.max(col(TopicMerge.id))).where(col(TopicMerge.source_id) == col(Topic.id)).correlate(Topic)
    rows = session.execute(
        select(
            *(col(Post.id).label("post_id"), col(Post.author_id), col(Post.kind), col(Post.state)),
            *(col(Topic.title), col(Post.html), col(Post.created_at), col(TopicMerge.id), col(TopicMerge.at)),
            *COLUMNS,
        )
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question))
        .join(TopicMerge, col(TopicMerge.id) == newest.scalar_subquery())
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(col(Topic.merged_into_id) == topic.id)
        .order_by(col(Topic.id))
    ).all()
    return [_view(actor, topic, row) for row in rows if may(actor, Permission.topic_read, About(topic, row))]


def _view(actor: Actor, topic: Any, row: Any) -> MergedView:
    about, visible = About(topic, row), row.state == PostState.visible
    undoes = may(actor, Permission.topic_merge, About(topic)) and clock.now() - row.at <= UNDO_WITHIN
    returns = Permission.post_withdraw if row.state == PostState.withdrawn else Permission.post_remove
    return MergedView(
        post_id=row.post_id,
        state=row.state,
        title=row.title,
        html=row.html,
        author=person(row),
        at=row.created_at,
        undo_url=f"/merges/{row.id}/removal" if undoes else "",
        may_flag=may(actor, Permission.post_flag, about),
        may_withdraw=visible and may(actor, Permission.post_withdraw, about),
        may_return=not visible and may(actor, returns, about),
    )
