"""What happened about findings. Ids and plain values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FindingObjected:
    actor_id: int
    objection_id: int


@dataclass(frozen=True, slots=True)
class ObjectionAnswered:
    """`event_id` names the ledger line of the finding; `upheld`: it counts no longer."""

    actor_id: int
    member_id: int
    objection_id: int
    event_id: int
    upheld: bool
