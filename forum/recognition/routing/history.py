"""Who helped with what, taken in event by event. Pure: moments are days, people and questions are whatever the caller calls them.

Everything asked of a `History` is as of the last event it was told, so the replay of a file and the running product see the same.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forum.core.postings import Postings

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
HALF_LIVES = np.array([1.0, 3.0, 7.0, 30.0, 90.0])
MONTH = 3
"""Which of the half-lives is the plain measure of activity."""
HABIT_DAYS = 60.0
TAG_DAYS = 120.0
BUSY_DAYS = 30.0
ANSWERED, UPVOTED, SOLVED = 1.0, 1.0, 4.0
"""Points in a tag, and the weight of a thread, for one answer and for what was said of it."""


@dataclass(slots=True)
class Part:
    """One helper's part in one question; `row` is where the history keeps its points."""

    helper: int
    at: float
    row: int
    upvoted: bool = False
    solved: bool = False


@dataclass(slots=True)
class Asked:
    number: int
    author: str
    at: float
    tags: tuple[str, ...]
    parts: dict[int, Part] = field(default_factory=dict)


class Rows:
    """Columns of numbers that grow together."""

    def __init__(self, columns: int) -> None:
        self.count = 0
        self._kept = np.zeros((columns, 1024))

    def add(self, *values: float) -> int:
        if self.count == self._kept.shape[1]:
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)], axis=1)
        self._kept[:, self.count] = values
        self.count += 1
        return self.count - 1

    def change(self, row: int, column: int, by: float) -> None:
        self._kept[column, row] += by

    def all(self) -> Floats:
        return self._kept[:, : self.count]


class Fading:
    """Points per helper in one tag that halve every so many days; few helpers have any."""

    def __init__(self) -> None:
        self._place: dict[int, int] = {}
        self._kept = np.zeros((3, 4))

    def add(self, helper: int, points: float, at: float) -> None:
        place = self._place.setdefault(helper, len(self._place))
        if place == self._kept.shape[1]:
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)], axis=1)
        left = self._kept[1, place] * 2 ** (-(at - self._kept[2, place]) / TAG_DAYS)
        self._kept[:, place] = helper, left + points, at

    def now(self, at: float, people: int) -> Floats:
        helper, points, seen = self._kept[:, : len(self._place)]
        spread = np.zeros(people)
        spread[helper.astype(np.int64)] = points * np.exp2(-(at - seen) / TAG_DAYS)
        return spread


class History:
    answered: Floats
    """Other people's questions each helper answered."""
    first: Floats
    last: Floats
    seen: Floats
    """The moment that `lately`, `hours` and `days` were last brought up to."""
    lately: Floats
    hours: Floats
    days: Floats

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.names: list[str] = []
        self.questions: dict[str, Asked] = {}
        self.order: list[Asked] = []
        self.words = Postings()
        self.tags: dict[str, Fading] = {}
        self.met: dict[str, dict[int, int]] = {}
        """For each asker, how many of their questions each helper answered."""
        self.parts = Rows(4)
        """Question, helper, moment and points of every part somebody took."""
        self._month: deque[tuple[float, int]] = deque()
        self._busy: dict[int, int] = {}
        self._room(256)

    def ask(self, one: str, author: str, at: float, tags: Iterable[str], words: Mapping[int, float]) -> Asked:
        asked = Asked(self.words.add(words), author, at, tuple(dict.fromkeys(tags)))
        self.questions[one] = asked
        self.order.append(asked)
        return asked

    def answer(self, question: str, author: str, at: float) -> None:
        """Answers to oneself and answers nobody signed teach nothing."""
        asked = self.questions.get(question)
        if asked is None or not author or author == asked.author:
            return
        helper = self._helper(author, at)
        self.last[helper] = max(self.last[helper], at)
        if helper in asked.parts:
            return
        asked.parts[helper] = Part(helper, at, self.parts.add(asked.number, helper, at, ANSWERED))
        self.answered[helper] += 1
        self._fade(helper, at)
        self.lately[helper] += 1
        self.hours[helper, int(at % 1 * 24)] += 1
        self.days[helper, int(at) % 7] += 1
        self._month.append((at, helper))
        self._busy[helper] = self._busy.get(helper, 0) + 1
        self._credit(asked, helper, ANSWERED, at)
        if asked.author:
            met = self.met.setdefault(asked.author, {})
            met[helper] = met.get(helper, 0) + 1

    def upvote(self, question: str, author: str, at: float) -> None:
        part = self._part(question, author)
        if part is not None and not part.upvoted:
            part.upvoted = True
            self._praise(self.questions[question], part, UPVOTED, at)

    def accept(self, question: str, author: str, at: float) -> None:
        part = self._part(question, author)
        if part is not None and not part.solved:
            part.solved = True
            self._praise(self.questions[question], part, SOLVED, at)

    def active(self, at: float, window: float, without: str = "") -> Numbers:
        """Helpers who answered somebody in the last `window` days, without the asker."""
        there = self.last[: len(self.names)] >= at - window
        if without in self.people:
            there[self.people[without]] = False
        return np.flatnonzero(there)

    def recent(self, at: float) -> Floats:
        """Answers of every helper, faded by each of the half-lives."""
        count = len(self.names)
        faded: Floats = self.lately[:count] * np.exp2(-np.maximum(0.0, at - self.seen[:count])[:, None] / HALF_LIVES)
        return faded

    def tag_points(self, tags: Iterable[str], at: float) -> Floats:
        total = np.zeros(len(self.names))
        for tag in tags:
            if tag in self.tags:
                total += self.tags[tag].now(at, len(total))
        return total

    def busiest(self, at: float, most: int = 10) -> list[int]:
        """Those who answered most questions in the last thirty days: they watch the queue anyway."""
        while self._month and self._month[0][0] < at - BUSY_DAYS:
            _, helper = self._month.popleft()
            self._busy[helper] -= 1
            if not self._busy[helper]:
                del self._busy[helper]
        return sorted(self._busy, key=lambda one: (-self._busy[one], one))[:most]

    def _room(self, size: int) -> None:
        shapes = {"answered": (), "first": (), "last": (), "seen": (), "lately": (len(HALF_LIVES),), "hours": (24,), "days": (7,)}
        for name, shape in shapes.items():
            old = getattr(self, name, np.zeros((0, *shape)))
            setattr(self, name, np.concatenate([old, np.zeros((size - len(old), *shape))]))

    def _helper(self, name: str, at: float) -> int:
        if name not in self.people:
            if len(self.names) == len(self.answered):
                self._room(2 * len(self.answered))
            self.people[name] = len(self.names)
            self.names.append(name)
            self.first[self.people[name]] = self.seen[self.people[name]] = at
        return self.people[name]

    def _fade(self, helper: int, at: float) -> None:
        gap = max(0.0, at - self.seen[helper])
        self.lately[helper] *= np.exp2(-gap / HALF_LIVES)
        kept = 2 ** (-gap / HABIT_DAYS)
        self.hours[helper] *= kept
        self.days[helper] *= kept
        self.seen[helper] += gap

    def _praise(self, asked: Asked, part: Part, points: float, at: float) -> None:
        self.parts.change(part.row, 3, points)
        self._credit(asked, part.helper, points, at)

    def _credit(self, asked: Asked, helper: int, points: float, at: float) -> None:
        for tag in asked.tags:
            self.tags.setdefault(tag, Fading()).add(helper, points, at)

    def _part(self, question: str, author: str) -> Part | None:
        asked = self.questions.get(question)
        if asked is None or author not in self.people:
            return None
        return asked.parts.get(self.people[author])
