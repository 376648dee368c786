"""Deciding about threads from elsewhere: publish, ignore, look again."""

from sqlalchemy import update
from sqlmodel import Session, col

from forum.catalog.queries import section_named
from forum.core import clock
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models.social import ThreadLink, TriageState
from forum.models.topics import Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.events import ThreadIgnored, ThreadPublished, ThreadReopened
from forum.social.inbox.turning import DECIDED, OPEN
from forum.social.inputs import IgnoreThread, PublishThread
from forum.social.projection import project
from forum.social.publishing import claim, write_topic

CHANGED = "This thread changed since you read it. Read it once more, then publish."


def publish_thread(session: Session, actor: Actor, thread: ThreadLink, data: PublishThread) -> Topic:
    """What was shown is what is published: the digest in the form must be the one of the thread now."""
    require(actor, Permission.triage)
    section = section_named(session, actor, data.section)
    if section is None:
        raise Invalid({"section": "Choose one of the sections."})
    claim(session, thread, actor.member_id)
    projection = project(session, thread)
    if projection.digest != data.digest:
        raise Conflict(CHANGED)
    topic = write_topic(session, thread, projection, data.title, section)
    assert topic.id is not None and thread.id is not None
    emit(session, ThreadPublished(actor.member_id, topic.id, thread.id))
    return topic


def ignore_thread(session: Session, actor: Actor, thread: ThreadLink, data: IgnoreThread) -> None:
    require(actor, Permission.triage)
    _turn(session, thread, OPEN, TriageState.ignored, actor.member_id, data.reason)
    assert thread.id is not None
    emit(session, ThreadIgnored(actor.member_id, thread.id, data.reason))


def reopen(session: Session, actor: Actor, thread: ThreadLink) -> None:
    """An ignored thread waits for a decision again. A published one is a topic, and is closed or removed there."""
    require(actor, Permission.triage)
    _turn(session, thread, (TriageState.ignored,), TriageState.new, actor.member_id, "")
    assert thread.id is not None
    emit(session, ThreadReopened(actor.member_id, thread.id))


def _turn(
    session: Session, thread: ThreadLink, old: tuple[TriageState, ...], new: TriageState, actor_id: int, reason: str
) -> None:
    turned = (
        update(ThreadLink)
        .where(col(ThreadLink.id) == thread.id, col(ThreadLink.state).in_(old))
        .values(state=new, ignored_reason=reason, decided_by_id=actor_id, decided_at=clock.now())
    )
    if not session.execute(turned).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict(DECIDED)
    session.refresh(thread)
