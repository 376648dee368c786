"""Following a topic: being told when something happens in it."""

from sqlalchemy import delete
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.models import Follow, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission


def set_following(session: Session, actor: Actor, topic: Topic, on: bool) -> None:
    require(actor, Permission.topic_follow, About(topic))
    if on:
        insert_ignoring(session, Follow, {"topic_id": topic.id, "member_id": actor.id, "at": clock.now()})
    else:
        session.execute(delete(Follow).where(col(Follow.topic_id) == topic.id, col(Follow.member_id) == actor.id))
