"""The rules of badges: small typed expressions over rows of evidence. Pure; the data says no SQL and no code.

A rule answers when it was first fulfilled. Conditions that count say the moment of the row that reached the number;
conditions about quality (a share, a lower bound) only hold or do not, on everything there is.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from forum.core.proportions import interval


class Evidence(NamedTuple):
    """One thing that counts for somebody."""

    at: datetime
    who: object
    """The other person, or whatever else must differ; None never counts as different."""
    weight: int
    event_id: int | None
    post_id: int | None
    topic_id: int | None
    scope: str


Rows = Callable[[str], Sequence[Evidence]]
"""Evidence of one metric for one person and scope, oldest first."""


class Measure(StrEnum):
    number = "count"
    total = "total"
    """The sum of weights."""
    distinct = "distinct"
    """How many different others."""
    each = "each"
    """Rows in each of `groups` different kinds."""
    wilson = "wilson"
    """Lower bound of the share of these among these and `against`."""
    share = "share"
    """Share of these in `against`."""
    largest_share = "largest_share"
    """Share of the one who got most."""


COUNTING = (Measure.number, Measure.total, Measure.distinct, Measure.each)
COMPARING = (Measure.wilson, Measure.share)


class Condition(BaseModel):
    """One number that must be reached."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    measure: Measure = Measure.number
    against: str = ""
    by: Literal["who", "post"] = "who"
    """What distinct and each tell apart: the other people, or the posts."""
    groups: int = Field(default=1, ge=1)
    at_least: Annotated[float, Field(gt=0)] | None = None
    at_most: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Condition":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a condition has either at_least or at_most")
        if (self.at_most is not None) != (self.measure == Measure.largest_share):
            raise ValueError("at_most belongs to largest_share, and only there")
        if bool(self.against) != (self.measure in COMPARING):
            raise ValueError("against belongs to wilson and share, and only there")
        return self

    @property
    def counts(self) -> bool:
        return self.measure in COUNTING

    @property
    def bound(self) -> float:
        return self.at_least if self.at_least is not None else self.at_most or 0.0


class Rule(BaseModel):
    """All of the conditions, or any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: tuple["Rule | Condition", ...] = ()
    any: tuple["Rule | Condition", ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> "Rule":
        if bool(self.all) == bool(self.any):
            raise ValueError("a rule has either all or any")
        if self.all and not any(_counts(part) for part in self.all):
            raise ValueError("all needs one condition that counts something")
        if not all(_counts(part) for part in self.any):
            raise ValueError("each part of any needs to count something")
        return self


def _counts(part: "Rule | Condition") -> bool:
    return part.counts if isinstance(part, Condition) else True


def conditions(rule: Rule) -> list[Condition]:
    """Every condition, in the order of the file; the numbers that administrators may change go by this order."""
    found: list[Condition] = []
    for part in rule.all or rule.any:
        found += [part] if isinstance(part, Condition) else conditions(part)
    return found


def with_bounds(rule: Rule, bounds: dict[int, float]) -> Rule:
    """The same rule with other numbers, by position."""
    return _rebound(rule, bounds, iter(range(len(conditions(rule)))))


def _rebound(rule: Rule, bounds: dict[int, float], positions: Iterator[int]) -> Rule:
    parts: list[Rule | Condition] = []
    for part in rule.all or rule.any:
        if isinstance(part, Rule):
            parts.append(_rebound(part, bounds, positions))
            continue
        position = next(positions)
        name = "at_least" if part.at_least is not None else "at_most"
        parts.append(part.model_copy(update={name: bounds.get(position, part.bound)}))
    return rule.model_copy(update={"all" if rule.all else "any": tuple(parts)})


def fulfilled(rule: Rule, rows: Rows) -> Evidence | None:
    """The piece of evidence that completed the rule, or None."""
    if rule.any:
        found = [one for part in rule.any if (one := _part(part, rows)) is not None]
        return min(found, key=_when, default=None)
    completed: list[Evidence] = []
    for part in rule.all:
        if isinstance(part, Condition) and not part.counts:
            if not _holds(part, rows):
                return None
        elif (one := _part(part, rows)) is None:
            return None
        else:
            completed.append(one)
    return max(completed, key=_when)


def _when(evidence: Evidence) -> datetime:
    return evidence.at


def _part(part: Rule | Condition, rows: Rows) -> Evidence | None:
    return reached(part, rows(part.metric), part.bound) if isinstance(part, Condition) else fulfilled(part, rows)


def reached(condition: Condition, rows: Sequence[Evidence], bound: float) -> Evidence | None:
    """The row with which a counting condition got to `bound`."""
    if condition.measure == Measure.number:
        place = int(-(-bound // 1)) - 1
        return rows[place] if place < len(rows) else None
    if len(rows) < bound and condition.measure != Measure.total:
        return None
    return next((row for row, value in _running(condition, rows) if value >= bound), None)


def _running(condition: Condition, rows: Sequence[Evidence]) -> Iterator[tuple[Evidence, float]]:
    """Each row with the value after it; whoever has seen enough looks no further."""
    if condition.measure == Measure.total:
        yield from zip(rows, accumulate(row.weight for row in rows), strict=True)
        return
    seen: Counter[object] = Counter()
    for row in rows:
        other = row.who if condition.by == "who" else row.post_id
        if other is not None:
            seen[other] += 1
        if condition.measure == Measure.distinct:
            yield row, len(seen)
        else:
            most = seen.most_common(condition.groups)
            yield row, most[-1][1] if len(most) == condition.groups else 0


def value_of(condition: Condition, rows: Rows) -> float:
    """Where somebody stands now."""
    mine = rows(condition.metric)
    if condition.measure == Measure.number:
        return len(mine)
    if condition.counts:
        last = deque(_running(condition, mine), maxlen=1)
        return last[0][1] if last else 0
    if condition.measure == Measure.largest_share:
        return max(Counter(row.who for row in mine).values(), default=0) / max(1, len(mine))
    other = len(rows(condition.against))
    if condition.measure == Measure.wilson:
        return interval(len(mine), other)[0]
    return len(mine) / max(len(mine), other, 1)


def _holds(condition: Condition, rows: Rows) -> bool:
    value = value_of(condition, rows)
    return value <= condition.bound if condition.at_most is not None else value >= condition.bound
