"""Loading one row that somebody wants to act on, or NotFound when they may not see it."""

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core.errors import NotFound
from forum.models import Post, PostKind, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission


def access_topic(session: Session, actor: Actor, topic_id: int) -> Topic:
    """Locked, so that two acts on one topic follow each other; the one it was merged into, where it was."""
    topic = session.scalars(select(Topic).where(col(Topic.id) == topic_id).with_for_update()).first()
    if topic is None:
        raise NotFound
    if topic.merged_into_id is not None:
        return access_topic(session, actor, topic.merged_into_id)
    require(actor, Permission.topic_read, About(topic))
    return topic


def access_post(session: Session, actor: Actor, post_id: int, *, merged: bool = False) -> tuple[Topic, Post]:
    """A post with its topic, the topic locked. Only where `merged` says so, the question of one that was merged away is
    found too, with the topic that shows it now."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound
    topic = access_topic(session, actor, post.topic_id)
    session.refresh(post)
    if topic.id != post.topic_id and not merged:
        raise NotFound
    require(actor, Permission.topic_read, About(topic, post))
    return topic, post


def question_of(session: Session, topic: Topic) -> Post:
    return session.scalars(select(Post).where(col(Post.topic_id) == topic.id, col(Post.kind) == PostKind.question)).one()
