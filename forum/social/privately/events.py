"""Private cases. Nothing that was said in one is ever in an event."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseOpened:
    actor_id: int
    case_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class CaseAnswered:
    actor_id: int | None
    """None: the customer wrote."""
    case_id: int


@dataclass(frozen=True, slots=True)
class CaseClosed:
    actor_id: int
    case_id: int
    public: bool
    """Whether the public reads how it ended."""


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    actor_id: int
    case_id: int
