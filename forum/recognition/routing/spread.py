"""How evenly something is spread over people. Pure."""

from collections.abc import Iterable

import numpy as np


def gini(counts: Iterable[int]) -> float:
    """0 when all have the same, near 1 when one has everything."""
    ordered = np.sort(np.array(list(counts), float))
    if not len(ordered) or not ordered.sum():
        return 0.0
    places = 2 * np.arange(1, len(ordered) + 1) - len(ordered) - 1
    return float(places @ ordered / (len(ordered) * ordered.sum()))


def share_of_top(counts: Iterable[int], most: int) -> float:
    """What share of everything the `most` largest have."""
    ordered = sorted(counts, reverse=True)
    total = sum(ordered)
    return sum(ordered[:most]) / total if total else 0.0
