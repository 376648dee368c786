"""A question that was asked before is linked to the earlier one, and whoever asked says whether that solved it."""

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.text import MAX_ID
from forum.models import DuplicateSaid, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.events import DuplicateConfirmed, DuplicateLinked, DuplicateUnconfirmed, DuplicateUnlinked
from forum.topics.inputs import LinkDuplicate

OTHERS = 2
"""Members who may say it instead of the person who asked."""


def link_duplicate(session: Session, actor: Actor, topic: Topic, data: LinkDuplicate) -> None:
    """A link and a question to the asker, never a punishment: the topic stays as open as it was."""
    require(actor, Permission.topic_link_duplicate, About(topic))
    earlier = session.get(Topic, min(int(data.earlier), MAX_ID))
    if earlier is None or not may(actor, Permission.topic_read, About(earlier)):
        raise Invalid({"earlier": "We cannot find a topic with that number."})
    if earlier.audience != topic.audience:
        raise Invalid({"earlier": "That topic has other readers, so many would not see it."})
    if earlier.id == topic.id or earlier.duplicate_of_id == topic.id:
        raise Invalid({"earlier": "Choose another topic than this one."})
    if earlier.id == topic.duplicate_of_id:
        return
    _forget(session, actor, topic)
    topic.duplicate_of_id = earlier.id
    topic.duplicate_by_id = actor.id
    emit(session, DuplicateLinked(actor.member_id, topic.id, earlier.id, topic.author_id))


def unlink_duplicate(session: Session, actor: Actor, topic: Topic) -> None:
    require(actor, Permission.topic_link_duplicate, About(topic))
    if topic.duplicate_of_id is None:
        raise NotFound
    _forget(session, actor, topic)
    topic.duplicate_of_id = None
    topic.duplicate_by_id = None
    emit(session, DuplicateUnlinked(actor.member_id, topic.id))


def confirm_duplicate(session: Session, actor: Actor, topic: Topic) -> None:
    """By the asker, or by two others who know the place; never by whoever linked it, unless they asked."""
    require(actor, Permission.duplicate_confirm, About(topic, owner_id=topic.duplicate_by_id))
    if topic.duplicate_of_id is None:
        raise Conflict("No earlier question is linked here any more. Reload the page to see how it stands.")
    insert_ignoring(session, DuplicateSaid, {"topic_id": topic.id, "member_id": actor.id, "at": clock.now()})
    if topic.duplicate_confirmed_at is None and _enough(session, topic):
        topic.duplicate_confirmed_at = clock.now()
        emit(session, DuplicateConfirmed(actor.member_id, topic.id, topic.duplicate_of_id, topic.duplicate_by_id))


def take_back_confirmation(session: Session, actor: Actor, topic: Topic) -> None:
    require(actor, Permission.duplicate_confirm, About(topic, owner_id=topic.duplicate_by_id))
    mine = (col(DuplicateSaid.topic_id) == topic.id) & (col(DuplicateSaid.member_id) == actor.id)
    session.execute(delete(DuplicateSaid).where(mine))
    if topic.duplicate_confirmed_at is not None and not _enough(session, topic):
        _unconfirm(session, actor, topic)


def _enough(session: Session, topic: Topic) -> bool:
    asker = col(DuplicateSaid.member_id) == (topic.author_id or 0)
    said = select(func.count()).select_from(DuplicateSaid).where(col(DuplicateSaid.topic_id) == topic.id)
    return bool(session.scalar(said.where(asker))) or (session.scalar(said.where(~asker)) or 0) >= OTHERS


def _forget(session: Session, actor: Actor, topic: Topic) -> None:
    """What was said of one link says nothing of the next."""
    session.execute(delete(DuplicateSaid).where(col(DuplicateSaid.topic_id) == topic.id))
    if topic.duplicate_confirmed_at is not None:
        _unconfirm(session, actor, topic)


def _unconfirm(session: Session, actor: Actor, topic: Topic) -> None:
    topic.duplicate_confirmed_at = None
    emit(session, DuplicateUnconfirmed(actor.member_id, topic.id, topic.duplicate_by_id))
