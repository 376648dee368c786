"""What happened to badges."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BadgeEarned:
    """The actor is who earned it, or was given it."""

    actor_id: int
    badge: str
    tier: str
    award_id: int
    name: str


@dataclass(frozen=True, slots=True)
class BadgesSummed:
    """Several at once in one message: small ones of a day, or what an old account had earned long ago."""

    actor_id: int
    award_id: int
    """The first of them, which names the message."""
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadgeVoided:
    actor_id: int
    badge: str
    award_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class BadgeChanged:
    """An administrator switched a badge on or off, or changed its numbers."""

    actor_id: int
    badge: str
    enabled: bool
