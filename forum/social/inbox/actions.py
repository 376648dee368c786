"""Deciding in the inbox: watch, escalate, take or give back, join to a topic, publish what waited."""

import re
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models import (
    Audience,
    MapRole,
    Member,
    Post,
    PostKind,
    PostMap,
    Role,
    Share,
    ThreadLink,
    Topic,
    TopicKind,
    TriageState,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.actions import CHANGED
from forum.social.inbox.events import PendingApproved, ThreadAssigned, ThreadAttached
from forum.social.inbox.inputs import ApprovePending, AttachThread, EscalateThread, WatchThread
from forum.social.inbox.turning import OPEN, turn, write_down
from forum.social.projection import Projection, project
from forum.social.publishing import ROLES, add_reply, claim, map_row
from forum.social.reading.following import follow
from forum.social.sharing.events import ShareSent

LONGEST_WATCH = timedelta(days=90)
_NUMBER = re.compile(r"(?:#?|.*/topics/)([1-9]\d{0,8})(?:\D.*)?")


def watch_thread(session: Session, actor: Actor, thread: ThreadLink, data: WatchThread) -> None:
    """Comes back by itself on that day, or sooner when more people say the same."""
    require(actor, Permission.triage)
    until = datetime.combine(data.until, time(8), UTC)
    if not clock.now() < until <= clock.now() + LONGEST_WATCH:
        raise Invalid({"until": "Choose a day from tomorrow on, within 90 days."})
    turn(session, thread, OPEN, TriageState.watching, actor.member_id, data.why, until=until)


def escalate_thread(session: Session, actor: Actor, thread: ThreadLink, data: EscalateThread) -> None:
    require(actor, Permission.triage)
    who = _colleague(session, data.to)
    turn(session, thread, OPEN, TriageState.escalated, actor.member_id, f"To {who.name}: {data.note}", assignee_id=who.id)


def _colleague(session: Session, handle: str) -> Member:
    staff = select(Member).where(
        col(Member.handle_key) == handle.lstrip("@").lower(), col(Member.role).in_((Role.agent, Role.admin))
    )
    found = session.scalars(staff).first()
    if found is None:
        raise Invalid({"to": "Nobody on staff is called that. Write a colleague's handle."})
    return found


def take_thread(session: Session, actor: Actor, thread: ThreadLink) -> None:
    require(actor, Permission.triage)
    free = update(ThreadLink).where(col(ThreadLink.id) == thread.id, col(ThreadLink.assignee_id).is_(None))
    if not session.execute(free.values(assignee_id=actor.id)).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict("Somebody has taken this thread already. Reload the page to see who.")
    session.refresh(thread)
    emit(session, ThreadAssigned(actor.member_id, thread.id, actor.member_id))


def release_thread(session: Session, actor: Actor, thread: ThreadLink) -> None:
    """Anybody may set it free: people fall ill."""
    require(actor, Permission.triage)
    if thread.assignee_id is None:
        raise Conflict("Nobody has it, so it is free already.")
    session.execute(update(ThreadLink).where(col(ThreadLink.id) == thread.id).values(assignee_id=None))
    session.refresh(thread)
    emit(session, ThreadAssigned(actor.member_id, thread.id, None))


def back_to_triage(session: Session, actor: Actor, thread: ThreadLink) -> None:
    require(actor, Permission.triage)
    states = (TriageState.watching, TriageState.escalated, TriageState.replied)
    turn(session, thread, states, TriageState.new, actor.member_id, "")


def attach_thread(session: Session, actor: Actor, thread: ThreadLink, data: AttachThread) -> Topic:
    """The thread joins a topic that is there already. Whoever began it has the problem too; nothing written here changes."""
    require(actor, Permission.triage)
    topic = _topic(session, data.topic)
    claim(session, thread, actor.member_id)
    projection = project(session, thread)
    if projection.digest != data.digest:
        raise Conflict(CHANGED)
    replies = _join(session, topic, projection, take=data.replies)
    session.execute(update(ThreadLink).where(col(ThreadLink.id) == thread.id).values(topic_id=topic.id))
    session.flush()
    session.refresh(thread)
    emit(session, ThreadAttached(actor.member_id, topic.id, thread.id, replies))
    return topic


def _topic(session: Session, typed: str) -> Topic:
    found = _NUMBER.fullmatch(typed)
    topic = session.get(Topic, int(found[1]), with_for_update=True) if found else None
    if topic is not None and topic.merged_into_id is not None:
        topic = session.get(Topic, topic.merged_into_id, with_for_update=True)
    if topic is None or topic.kind != TopicKind.question or topic.audience == Audience.staff:
        raise Invalid({"topic": "No question here has that number. Copy it from the question's address."})
    return topic


def _join(session: Session, topic: Topic, projection: Projection, *, take: bool) -> int:
    """Every post lands in exactly one place; a reply that is not taken over is remembered as read."""
    question = session.scalars(select(Post).where(col(Post.topic_id) == topic.id, col(Post.kind) == PostKind.question)).one()
    at: dict[int | None, Post] = {}
    too: set[int] = set()
    taken = 0
    for one in projection.posts:
        role, post = MapRole(one.placement.role), None
        if role in (MapRole.question, MapRole.me_too):
            role = MapRole.me_too
            if one.account.claimed_by_id is None or one.account.claimed_by_id != topic.author_id:
                too.add(one.post.account_id)
        elif take and role in ROLES and not one.wording.findings:
            parent = at.get(one.placement.under, question) if role == MapRole.comment else None
            post = at[one.post.id] = add_reply(session, topic, one, parent)
            _count(topic, parent, one.post.created_at)
            session.add_all([topic, *([parent] if parent else [])])
            taken += 1
        elif take and role in ROLES:
            continue  # waits with the diff until somebody has read it
        else:
            role = MapRole.mention_only
        session.add(
            PostMap(
                **{**map_row(one, topic.id, post.id if post else None, role), "text_hash": one.post.text_hash if post else ""}
            )
        )
    if too:
        bump(topic, me_too=len(too))
    session.add(topic)
    session.flush()
    return taken


def _count(topic: Topic, parent: Post | None, at: datetime) -> None:
    if parent is None:
        topic.answers += 1
        topic.first_answer_at = min(topic.first_answer_at or at, at)
    else:
        parent.comments += 1
    topic.active_at = max(topic.active_at, at)


def approve_pending(session: Session, actor: Actor, thread: ThreadLink, data: ApprovePending) -> int:
    """Replies that waited because of personal data are published as the diff showed them."""
    require(actor, Permission.triage)
    if project(session, thread).digest != data.digest:
        raise Conflict(CHANGED)
    added = follow(session, thread, approved=True)
    emit(session, PendingApproved(actor.member_id, thread.id, added))
    return added


def note_reply(session: Session, event: ShareSent) -> None:
    """Handler: a reply that stands there is a decision about the thread."""
    thread = session.get_one(ThreadLink, session.get_one(Share, event.share_id).thread_id)
    if thread.state in OPEN:
        turn(session, thread, OPEN, TriageState.replied, event.actor_id, "")


def note_attached(session: Session, event: ThreadAttached) -> None:
    write_down(session, event.thread_id, event.actor_id, "Joined to a question", "")
