"""What was suspected, and what people made of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncidentSuspected:
    incident_id: int
    posts: int
    people: int


@dataclass(frozen=True, slots=True)
class IncidentConfirmed:
    actor_id: int
    incident_id: int


@dataclass(frozen=True, slots=True)
class IncidentReworded:
    actor_id: int
    incident_id: int


@dataclass(frozen=True, slots=True)
class IncidentDismissed:
    """It was nothing: the word needs more next time."""

    actor_id: int
    incident_id: int


@dataclass(frozen=True, slots=True)
class IncidentsMerged:
    actor_id: int
    incident_id: int
    target_id: int


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    actor_id: int
    incident_id: int
    topic_ids: tuple[int, ...]
    """Questions here that reported it, or that a thread which did is joined to."""


@dataclass(frozen=True, slots=True)
class TroubleWordsChanged:
    actor_id: int
    language: str
