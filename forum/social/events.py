"""What was decided about threads from elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThreadPublished:
    actor_id: int
    topic_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class ThreadIgnored:
    actor_id: int
    thread_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ThreadReopened:
    actor_id: int
    thread_id: int
