"""Fits how much each property of a choice weighs, from choices of which some were right. Newton's method, pulled toward a prior."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS = 25
ENOUGH = 1e-6
SMALLEST = 1e-4
Look = Callable[[Floats], tuple[float, Floats, Floats]]
"""Loss, slope and curvature at some weights."""


@dataclass(frozen=True, slots=True)
class Choices:
    """One list: a row of properties for each choice, and what share of being right each has (sums to 1).

    A choice that stands for several left out carries the logarithm of their number.
    """

    rows: NDArray[np.float32]
    right: Floats
    stands_for: NDArray[np.float32] | float = 0.0


def fit_listwise(lists: Sequence[Choices], prior: Floats, pull: float | Floats) -> Floats:
    """Weights under which the right choices are likeliest among those of their list (softmax), kept near `prior`."""

    def look(weights: Floats) -> tuple[float, Floats, Floats]:
        loss, slope, curve = _kept_near(weights, prior, pull)
        for one in lists:
            rows = one.rows.astype(np.float64)
            points = rows @ weights + one.stands_for
            points -= points.max()
            chances = np.exp(points)
            total = chances.sum()
            chances /= total
            mean = chances @ rows
            loss += float(np.log(total) - one.right @ points)
            slope += mean - one.right @ rows
            curve += (rows * chances[:, None]).T @ rows - np.outer(mean, mean)
        return loss, slope, curve

    return _descended(look, prior)


def fit_chance(rows: Floats, right: Floats, counts: Floats, prior: Floats, pull: float | Floats) -> Floats:
    """Weights of a yes or no (logistic), each row counting `counts` times, kept near `prior`."""

    def look(weights: Floats) -> tuple[float, Floats, Floats]:
        loss, slope, curve = _kept_near(weights, prior, pull)
        points = np.clip(rows @ weights, -35, 35)
        chances = 1 / (1 + np.exp(-points))
        loss += float(counts @ (np.logaddexp(0, points) - right * points))
        slope += rows.T @ (counts * (chances - right))
        curve += (rows * (counts * chances * (1 - chances))[:, None]).T @ rows
        return loss, slope, curve

    return _descended(look, prior)


def _kept_near(weights: Floats, prior: Floats, pull: float | Floats) -> tuple[float, Floats, Floats]:
    strength = np.broadcast_to(np.asarray(pull, float), weights.shape)
    away = weights - prior
    return 0.5 * float(strength @ (away * away)), strength * away, np.diag(strength + 1e-9)


def _descended(look: Look, start: Floats) -> Floats:
    weights = start.copy()
    loss, slope, curve = look(weights)
    for _ in range(STEPS):
        step = np.linalg.solve(curve, slope)
        gain = float(slope @ step)
        size = 1.0
        while gain > ENOUGH and size > SMALLEST:
            tried = look(weights - size * step)
            if tried[0] <= loss - 1e-4 * size * gain:
                break
            size /= 2
        else:
            return weights
        weights = weights - size * step
        loss, slope, curve = tried
    return weights
