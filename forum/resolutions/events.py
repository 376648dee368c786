"""What happened to published outcomes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResolutionPublished:
    """For the first time, or again after a withdrawal."""

    actor_id: int
    topic_id: int
    resolution_id: int


@dataclass(frozen=True, slots=True)
class ResolutionChanged:
    actor_id: int
    topic_id: int
    resolution_id: int


@dataclass(frozen=True, slots=True)
class ResolutionWithdrawn:
    actor_id: int
    topic_id: int
    resolution_id: int
    reason: str
