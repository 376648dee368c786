"""What happened to the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicRetagged:
    """`tags` are those that came or went."""

    topic_id: int
    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SynonymProposed:
    actor_id: int
    name: str
    same_as: str


@dataclass(frozen=True, slots=True)
class SynonymAccepted:
    actor_id: int
    name: str
    same_as: str
    proposer_id: int | None


@dataclass(frozen=True, slots=True)
class SynonymDeclined:
    actor_id: int
    name: str
    same_as: str
    proposer_id: int | None
