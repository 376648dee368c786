"""Who is asked in one wave: the likeliest, and now and then somebody new who may grow into it. Pure but for the dice it is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

PER_WAVE = 3
EXPLORED = 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    member_id: int
    chance: float
    newcomer: bool = False
    """New here, with at least two answers in the topic's tags."""


@dataclass(frozen=True, slots=True)
class Choice:
    member_id: int
    chance: float
    propensity: float
    explored: bool


def choose(candidates: Sequence[Candidate], least: float, dice: Random) -> list[Choice]:
    """At most three. Each place goes to a newcomer one time in five, else to the likeliest who reaches `least`."""
    left = sorted(candidates, key=lambda one: (-one.chance, one.member_id))
    chosen: list[Choice] = []
    for _ in range(PER_WAVE):
        likely = next((one for one in left if one.chance >= least), None)
        fresh = [one for one in left if one.newcomer]
        picked, propensity, explored = _place(likely, fresh, dice)
        if picked is None:
            continue
        chosen.append(Choice(picked.member_id, picked.chance, round(propensity, 6), explored))
        left.remove(picked)
    return chosen


def _place(likely: Candidate | None, fresh: list[Candidate], dice: Random) -> tuple[Candidate | None, float, bool]:
    """Who gets it, how likely that was, and whether it was to find out."""
    explores = bool(fresh) and dice.random() < EXPLORED
    picked = dice.choice(fresh) if explores else likely
    if picked is None:
        return None, 0.0, False
    share = EXPLORED / len(fresh) if picked.newcomer and fresh else 0.0
    exploit = (1 - EXPLORED if fresh else 1.0) if picked == likely else 0.0
    return picked, share + exploit, explores
