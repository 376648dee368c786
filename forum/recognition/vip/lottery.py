"""Who gets a place when there are fewer places than people: pure, and the same for everybody who repeats it.

Each entrant holds a ticket, a random name that only they and the invitation know. A ticket's number is the SHA-256 of
`seed:ticket:1`; with weight 2 the larger of `seed:ticket:1` and `seed:ticket:2`. Larger numbers go first inside a tier.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from forum.models import Tier
from forum.recognition.vip.criteria import ORDER

KEPT_PERCENT = 20
"""At least so much of the places is kept for Rising and for under-served languages and tags."""
TIER_ORDER = (*ORDER, Tier.alumni)


@dataclass(frozen=True, slots=True)
class Entrant:
    ticket: str
    tier: Tier
    weight: int = 1
    """2 for somebody who had no place last time."""
    kept_for: bool = False
    """May take one of the kept places."""


@dataclass(frozen=True, slots=True)
class Drawn:
    ticket: str
    position: int
    """Place in the whole order, 1 first; the waiting list follows it inside a tier."""
    seated: bool
    kept_seat: bool


def sealed(seed: str) -> str:
    """What is published before the draw."""
    return hashlib.sha256(seed.encode()).hexdigest()


def number(seed: str, entrant: Entrant) -> str:
    return max(hashlib.sha256(f"{seed}:{entrant.ticket}:{turn}".encode()).hexdigest() for turn in range(1, entrant.weight + 1))


def kept_places(capacity: int) -> int:
    """Rounded up; a single place cannot be shared out."""
    return 0 if capacity < 2 else -(-capacity * KEPT_PERCENT // 100)


def draw(seed: str, entrants: Iterable[Entrant], capacity: int) -> list[Drawn]:
    """Everybody in order, with or without a seat."""
    line = sorted(entrants, key=lambda one: (number(seed, one), one.ticket), reverse=True)
    line.sort(key=lambda one: TIER_ORDER.index(one.tier))  # stable: the lottery's order stays inside a tier
    general = capacity - kept_places(capacity)
    seated = {one.ticket for one in line[:general]}
    candidates = [one for one in line[general:] if one.kept_for]
    candidates.sort(key=lambda one: (number(seed, one), one.ticket), reverse=True)
    kept = {one.ticket for one in candidates[: kept_places(capacity)]}
    rest = [one.ticket for one in line if one.ticket not in seated | kept]
    seated |= set(rest[: max(0, capacity - len(seated) - len(kept))])
    return [
        Drawn(one.ticket, position, one.ticket in seated or one.ticket in kept, one.ticket in kept)
        for position, one in enumerate(line, 1)
    ]
