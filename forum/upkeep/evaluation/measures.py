"""What rankings and invitations are measured by."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from forum.recognition.routing.spread import gini

DEPTHS = (5, 10)
EDGES = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0)


@dataclass(slots=True)
class Standing:
    """Where the first right one stood in each list, and who stood in the first five."""

    places: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    first_five: Counter[int] = field(default_factory=Counter)
    ever: set[int] = field(default_factory=set)

    def take(self, order: list[int], truths: Mapping[str, Collection[int]]) -> None:
        """`truths` names who was right in which sense. Where nobody was, only who would have been shown is counted."""
        self.first_five.update(order[:5])
        self.ever.update(order)
        if not truths.get("any"):
            return
        place = {person: number for number, person in enumerate(order, 1)}
        for name, people in truths.items():
            if people:
                self.places[name].append(min(place.get(person, float("inf")) for person in people))

    def figures(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name in ("accepted", "upvoted", "any"):
            places = np.array(self.places.get(name, []))
            made[name] = {"n": len(places)}
            if len(places):
                made[name] |= {f"r@{depth}": round(float((places <= depth).mean()), 4) for depth in DEPTHS}
                made[name]["mrr"] = round(float((1 / places).mean()), 4)
        if self.ever:
            made["coverage"] = round(len(self.first_five) / len(self.ever), 4)
            made["gini"] = round(gini(self.first_five[person] for person in self.ever), 4)
        return made


class Reliability:
    """Chances that were named against what came of them."""

    def __init__(self) -> None:
        self._sums = np.zeros((len(EDGES) - 1, 3))

    def take(self, chances: np.ndarray[Any, Any], came: np.ndarray[Any, Any]) -> None:
        bins = np.clip(np.searchsorted(EDGES, chances, side="right") - 1, 0, len(EDGES) - 2)
        for column, values in enumerate((np.ones(len(chances)), chances, came)):
            self._sums[:, column] += np.bincount(bins, weights=values, minlength=len(EDGES) - 1)

    def table(self) -> list[dict[str, float]]:
        return [
            {
                "from": EDGES[row], "to": EDGES[row + 1], "pairs": int(count),
                "named": round(float(named / count), 5), "came": round(float(came / count), 5),
            }
            for row, (count, named, came) in enumerate(self._sums) if count
        ]  # fmt: skip

    def error(self) -> float:
        """Mean distance of named and observed chances, by pairs."""
        total = self._sums[:, 0].sum()
        return float(np.abs(self._sums[:, 1] - self._sums[:, 2]).sum() / total) if total else 0.0
