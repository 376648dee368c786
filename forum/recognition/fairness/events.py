"""What was found about votes, and what was decided."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VotesDoubted:
    """Some votes do not count for now. `voided` says how many of a member's own, and of those they gave."""

    case_id: int
    member_id: int
    points: int
    received: int
    given: int


@dataclass(frozen=True, slots=True)
class CaseOpened:
    case_id: int
    detector: str
    voided: bool


@dataclass(frozen=True, slots=True)
class CaseDecided:
    actor_id: int
    case_id: int
    state: str


@dataclass(frozen=True, slots=True)
class VotesRestored:
    """A member's votes count again."""

    actor_id: int
    case_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class DoubtAppealed:
    actor_id: int
    case_id: int
