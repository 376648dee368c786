"""From one state of the inbox to another: once, with what was advised and what was decided written down."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict
from forum.core.events import emit
from forum.models import ThreadDecision, ThreadLink, ThreadWeight, TriageState
from forum.social.inbox.events import ThreadTurned

OPEN = (TriageState.new, TriageState.watching, TriageState.escalated, TriageState.replied)
"""Somebody may still decide about it."""
DECIDED = "Somebody has decided about this thread already."


def turn(
    session: Session,
    thread: ThreadLink,
    old: tuple[TriageState, ...],
    new: TriageState,
    actor_id: int | None,
    why: str,
    *,
    until: datetime | None = None,
    **more: Any,
) -> None:
    """Compare and set: the second of two who press at once is told."""
    values = {"state": new, "decided_by_id": actor_id, "decided_at": clock.now(), "watch_until": until, **more}
    turned = update(ThreadLink).where(col(ThreadLink.id) == thread.id, col(ThreadLink.state).in_(old)).values(**values)
    if not session.execute(turned).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict(DECIDED)
    session.refresh(thread)
    write_down(session, thread.id, actor_id, LABELS[new], why)
    emit(session, ThreadTurned(actor_id, thread.id, new.value, why[:300]))


LABELS = {
    TriageState.new: "Back in triage",
    TriageState.watching: "Watch",
    TriageState.escalated: "Escalated",
    TriageState.replied: "Replied",
    TriageState.private: "Taken private",
    TriageState.published: "Published",
    TriageState.ignored: "Ignored",
}


def write_down(session: Session, thread_id: int, actor_id: int | None, decided: str, why: str) -> None:
    weight = session.get(ThreadWeight, thread_id)
    session.add(
        ThreadDecision(
            thread_id=thread_id,
            by_id=actor_id,
            decided=decided,
            why=why[:300],
            advised=weight.advice if weight else "",
            advised_why=weight.advice_why if weight else "",
        )
    )


class AboutThread(Protocol):
    @property
    def actor_id(self) -> int: ...
    @property
    def thread_id(self) -> int: ...


def note_published(session: Session, event: AboutThread) -> None:
    write_down(session, event.thread_id, event.actor_id, LABELS[TriageState.published], "")


class WithReason(AboutThread, Protocol):
    @property
    def reason(self) -> str: ...


def note_ignored(session: Session, event: WithReason) -> None:
    write_down(session, event.thread_id, event.actor_id, LABELS[TriageState.ignored], event.reason)
