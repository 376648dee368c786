"""What people decided in the inbox. Words of customers are never in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThreadTurned:
    """Watched, escalated, or back in triage."""

    actor_id: int | None
    thread_id: int
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class ThreadAssigned:
    actor_id: int
    thread_id: int
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class ThreadAttached:
    """It joined a topic that was there already."""

    actor_id: int
    topic_id: int
    thread_id: int
    replies: int
    """How many of its replies were taken over."""


@dataclass(frozen=True, slots=True)
class ThreadPasted:
    actor_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class PendingApproved:
    """Replies that waited because of personal data were read and published."""

    actor_id: int
    thread_id: int
    posts: int
