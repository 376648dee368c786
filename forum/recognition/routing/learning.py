"""How much each signal weighs in this community: learned from who answered, kept near what holds in others. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forum.core.listwise import Choices, fit_chance, fit_listwise
from forum.recognition.routing.history import Asked, Floats, History, Numbers
from forum.recognition.routing.signals import SIGNALS, Signals

BEST, OTHERS = 200, 100
LESSON_DAYS = 365.0
MOST_LESSONS = 2_000
FEW_LESSONS = 150
PULLS = (20.0, 60.0, 200.0)
USUAL_PULL = 60.0
CHANCE_PULL = 20.0
INVITED_DAYS = 7.0
KNOWN = 2
"""So many answers make a helper known enough to be invited."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What ranks the whole queue, what ranks those beyond the busiest, and the chance that one of those answers within a week."""

    everyone: Floats
    tail: Floats
    chance: Floats
    """The first is the same for all, the others go with the signals."""
    learned_from: int = 0

    def chances(self, rows: Floats) -> Floats:
        points = np.clip(self.chance[0] + rows @ self.chance[1:], -35, 35)
        return np.asarray(1 / (1 + np.exp(-points)))

    def as_json(self) -> dict[str, Any]:
        kept = {"everyone": self.everyone, "tail": self.tail, "chance": self.chance}
        return {
            "signals": list(SIGNALS),
            "learned_from": self.learned_from,
            **{name: [round(float(one), 5) for one in values] for name, values in kept.items()},
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Weights":
        """What was stored by another version of the signals is not used."""
        if kept.get("signals") != list(SIGNALS):
            return USUAL
        everyone, tail, chance = (np.array(kept[name], float) for name in ("everyone", "tail", "chance"))
        return cls(everyone, tail, chance, int(kept["learned_from"]))


_USUAL = np.array([0.0, 0.17, 0.27, 0.25, 0.42, -0.18, 0.05, -0.08, 0.18, 0.16, 0.05, 0.19, 0.06, 0.32, 0.08, 0.34, 0.12, -0.07])
USUAL = Weights(_USUAL, _USUAL, np.concatenate([[-6.0], _USUAL]))
"""Fitted on four unlike communities: vendor support, two question sites, a developers' forum."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One question as it stood when it was asked, thinned to the likeliest helpers and some of the others."""

    question: str
    at: float
    helpers: NDArray[np.int32]
    rows: NDArray[np.float32]
    stands_for: NDArray[np.float32]
    tail: NDArray[np.bool_]


def in_tail(history: History, helpers: Numbers, at: float) -> NDArray[np.bool_]:
    """Known helpers beyond the busiest ten."""
    return np.asarray((history.answered[helpers] >= KNOWN) & ~np.isin(helpers, history.busiest(at)))


class Lessons:
    """Questions of the last year, kept until their answers are known."""

    def __init__(self) -> None:
        self._kept: list[Lesson] = []

    def take(self, question: str, at: float, found: Signals, tail: NDArray[np.bool_]) -> None:
        if not len(found.helpers):
            return
        order = np.argsort(-(found.rows @ USUAL.everyone), kind="stable")
        rest = order[BEST:]
        some = rest[np.linspace(0, len(rest) - 1, OTHERS).astype(int)] if len(rest) > OTHERS else rest
        kept = np.concatenate([order[:BEST], some])
        stands_for = np.zeros(len(kept), np.float32)
        if len(some):
            stands_for[BEST:] = np.log(len(rest) / len(some))
        self._kept.append(
            Lesson(
                question, at, found.helpers[kept].astype(np.int32), found.rows[kept].astype(np.float32), stands_for, tail[kept]
            )
        )

    def learned(self, history: History, now: float) -> Weights:
        """From what was answered by now. Few lessons move the usual weights little."""
        self._kept = [one for one in self._kept if one.at >= now - LESSON_DAYS]
        right = [(one, _right(history.questions[one.question], one, now)) for one in self._kept]
        lists = _spread([Choices(one.rows, hit / hit.sum(), one.stands_for) for one, hit in right if hit.any()])
        everyone = fit_listwise(lists, USUAL.everyone, _pull(lists))
        tail = [(one, hit) for one, hit in right if (hit * one.tail).any()]
        beyond = [Choices(one.rows[one.tail], hit[one.tail] / hit[one.tail].sum(), one.stands_for[one.tail]) for one, hit in tail]
        weights = fit_listwise(_spread(beyond), everyone, USUAL_PULL)
        return Weights(everyone, weights, self._chance(history, now, weights), len(lists))

    def _chance(self, history: History, now: float, tail: Floats) -> Floats:
        """Only questions that had their week."""
        rows, right, counts = [], [], []
        for one in self._kept:
            if one.at > now - INVITED_DAYS or not one.tail.any():
                continue
            hit = _right(history.questions[one.question], one, one.at + INVITED_DAYS)[one.tail]
            mine, weighs = one.rows[one.tail], np.exp(one.stands_for[one.tail])
            kept, times = _thinned(mine @ tail, hit)
            rows.append(mine[kept])
            right.append(hit[kept])
            counts.append(times * weighs[kept])
        prior = np.concatenate([[USUAL.chance[0]], tail])
        if not rows:
            return prior
        every = np.concatenate(rows).astype(np.float64)
        with_one = np.concatenate([np.ones((len(every), 1)), every], axis=1)
        pull = np.concatenate([[0.1], np.full(len(tail), CHANCE_PULL)])
        return fit_chance(with_one, np.concatenate(right), np.concatenate(counts), prior, pull)


def _right(asked: Asked, lesson: Lesson, until: float) -> Floats:
    answered = {part.helper for part in asked.parts.values() if part.at < until}
    return np.array([one in answered for one in lesson.helpers.tolist()], float)


def _spread(lists: list[Choices]) -> list[Choices]:
    if len(lists) <= MOST_LESSONS:
        return lists
    return [lists[one] for one in np.linspace(0, len(lists) - 1, MOST_LESSONS).astype(int)]


def _pull(lists: list[Choices]) -> float:
    """How near to stay to the usual weights: what did best on the latest quarter after learning from the rest."""
    if len(lists) < FEW_LESSONS:
        return USUAL_PULL
    cut = len(lists) * 3 // 4
    earlier = lists[:cut][:: max(1, cut // 600)]
    return max(
        PULLS, key=lambda pull: _reciprocal(lists[cut:], fit_listwise(earlier, USUAL.everyone, pull * len(earlier) / len(lists)))
    )


def _reciprocal(lists: list[Choices], weights: Floats) -> float:
    total = 0.0
    for one in lists:
        points = one.rows @ weights
        total += 1 / (1 + int((points > points[one.right > 0].max()).sum()))
    return total / max(1, len(lists))


def _thinned(points: Floats, hit: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Everybody who answered, the likeliest of the others, and some of the rest that stand for all of them."""
    order = np.argsort(-points, kind="stable")
    first, rest = order[:15], order[15:]
    some = rest[:: max(1, len(rest) // 15)]
    extra = np.setdiff1d(np.flatnonzero(hit), np.concatenate([first, some]))
    times = np.concatenate([np.ones(len(first)), np.full(len(some), len(rest) / max(1, len(some))), np.ones(len(extra))])
    times = np.where(hit[np.concatenate([first, some, extra])] > 0, 1.0, times)
    return np.concatenate([first, some, extra]).astype(np.int64), times
