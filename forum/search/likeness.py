"""Which earlier topics are like a question: words first, then how fresh, how often pointed to, and whose they are.

Pure: documents and links come in by order of time, a question is compared with what has come in so far. The product feeds it from the
database, `forum eval similar` from a file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from forum.core.listwise import Choices, fit_listwise
from forum.core.postings import Postings
from forum.core.words import terms

NEAREST = 200
MOST_LINKED = 60
OWN = 20
MONTHS = 90.0
ENOUGH_LINKS = 40
PULL = 30.0
Floats = NDArray[np.float64]
PROPERTIES = (
    "words", "share", "title", "days_10", "days_30", "days_90", "days_365", "age", "own", "tags", "linked", "linked_lately",
)  # fmt: skip
SCALE = np.array([0.57, 0.18, 0.87, 0.26, 0.32, 0.31, 0.18, 1.35, 0.07, 0.45, 0.18, 0.15])
USUAL = np.array([0.333, 0.804, 0.214, 0.165, 0.441, 0.043, -0.071, -0.296, 0.098, 0.386, 0.276, 0.007])
"""What each property weighs where nobody has linked topics yet: fitted on the links of three unlike communities."""


@dataclass(frozen=True, slots=True)
class Words:
    """A question as the ranking sees it."""

    title: Mapping[int, float]
    every: Mapping[int, float]
    tags: frozenset[int]

    @classmethod
    def of(cls, title: str, body: str, tags: Iterable[str], language: str = "en") -> "Words":
        short = terms(title, language)
        names = {tag.lower() for tag in tags}
        every = terms(body, language)
        for word, times in short.items():
            every[word] += 2 * times
        for tag in names:
            every.update(terms(tag.replace("-", " "), language))
        return cls(short, every, frozenset(crc32(name.encode()) for name in names))


@dataclass(frozen=True, slots=True)
class Like:
    number: int
    points: float
    shared: float
    """How much of what is asked it says, by its words alone; 1 is the very same."""


@dataclass(slots=True)
class Shelf:
    """Everything that may be found, numbered in order of arrival; moments are days."""

    words: Postings = field(default_factory=Postings)
    titles: Postings = field(default_factory=Postings)
    at: list[float] = field(default_factory=list)
    author: list[str] = field(default_factory=list)
    tags: list[frozenset[int]] = field(default_factory=list)
    links: dict[int, list[float]] = field(default_factory=dict)
    by_author: dict[str, list[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def add(self, found: Words, author: str, at: float) -> int:
        """Takes one document in. An empty author is nobody's."""
        number = self.words.add(found.every)
        self.titles.add(found.title)
        self._note(number, found, author, at)
        return number

    def extend(self, documents: Sequence[tuple[Words, str, float]]) -> None:
        """Takes in many at once, numbered in their order."""
        first = self.words.size
        self.words.extend([found.every for found, _, _ in documents])
        self.titles.extend([found.title for found, _, _ in documents])
        for number, (found, author, at) in enumerate(documents, first):
            self._note(number, found, author, at)

    def _note(self, number: int, found: Words, author: str, at: float) -> None:
        self.at.append(at)
        self.author.append(author)
        self.tags.append(found.tags)
        if author:
            self.by_author.setdefault(author, []).append(number)

    def link(self, number: int, at: float) -> None:
        """Somebody pointed to this document."""
        self.links.setdefault(number, []).append(at)

    def choices(self, asked: Words, author: str, at: float) -> tuple[NDArray[np.int64], Floats]:
        """Documents worth comparing, and the properties of each."""
        every = self.words.scores(asked.every)
        if not len(every):
            return np.zeros(0, np.int64), np.zeros((0, len(PROPERTIES)))
        age = np.maximum(0.0, at - np.array(self.at))
        numbers = self._candidates(every * (1 + np.exp(-age / MONTHS)), every, author, at)
        return numbers, self._rows(numbers, asked, author, at, every, age)

    def _candidates(self, points: Floats, every: Floats, author: str, at: float) -> NDArray[np.int64]:
        nearest = np.argpartition(-points, NEAREST)[:NEAREST] if len(points) > NEAREST else np.arange(len(points))
        chosen = {int(one) for one in nearest if every[one] > 0}
        chosen.update(one for one in self.by_author.get(author, [])[-OWN:] if every[one] > 0)
        pointed = sorted(self.links, key=lambda one: (-_lately(self.links[one], at), -self.at[one]))
        chosen.update(one for one in pointed[:MOST_LINKED] if every[one] > 0)
        return np.array(sorted(chosen - self.gone), np.int64)

    def _rows(self, numbers: NDArray[np.int64], asked: Words, author: str, at: float, every: Floats, age: Floats) -> Floats:
        rows = np.zeros((len(numbers), len(PROPERTIES)))
        if not len(numbers):
            return rows
        days = age[numbers]
        rows[:, 0] = np.log1p(every[numbers])
        rows[:, 1] = every[numbers] / max(float(every.max()), 1e-9)
        rows[:, 2] = np.log1p(self.titles.scores(asked.title)[numbers])
        for column, half in enumerate((10.0, 30.0, 90.0, 365.0), 3):
            rows[:, column] = np.exp(-days / half)
        rows[:, 7] = np.log1p(days)
        for row, number in enumerate(numbers.tolist()):
            rows[row, 8] = bool(author) and self.author[number] == author
            both = len(asked.tags | self.tags[number])
            rows[row, 9] = len(asked.tags & self.tags[number]) / both if both else 0.0
            if number in self.links:
                rows[row, 10] = np.log1p(len(self.links[number]))
                rows[row, 11] = np.log1p(_lately(self.links[number], at))
        scaled: Floats = rows / SCALE
        return scaled

    def ranked(self, asked: Words, author: str, at: float, weights: Floats = USUAL) -> list[Like]:
        """Best first."""
        numbers, rows = self.choices(asked, author, at)
        points = rows @ weights
        order = np.argsort(-points, kind="stable")
        shared = np.expm1(rows[:, 0] * SCALE[0]) / max(self.words.ideal(asked.every), 1e-9)
        return [Like(int(numbers[one]), float(points[one]), float(shared[one])) for one in order]


def _lately(moments: list[float], at: float) -> int:
    return sum(1 for moment in moments if moment > at - MONTHS)


class Course:
    """What a community's links teach: questions as they stood when asked, and what they were later linked to."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.numbers: dict[str, int] = {}
        self._stood: dict[str, tuple[NDArray[np.int64], Floats]] = {}
        self._right: dict[str, set[int]] = {}

    def ask(self, key: str, asked: Words, author: str, at: float, *, linked: bool) -> None:
        """Only of questions that were `linked` is it worth knowing what they stood beside."""
        if linked:
            self._stood[key] = self.shelf.choices(asked, author, at)
        self.numbers[key] = self.shelf.add(asked, author, at)

    def link(self, source: str, target: str, at: float) -> None:
        if target in self.numbers:
            self.shelf.link(self.numbers[target], at)
            self._right.setdefault(source, set()).add(self.numbers[target])

    def lessons(self) -> list[Choices]:
        found = [lesson(*stood, self._right.get(key, set())) for key, stood in self._stood.items()]
        return [one for one in found if one is not None]


def lesson(numbers: NDArray[np.int64], rows: Floats, right: set[int]) -> Choices | None:
    """What one question's links teach, if what they point to was among the choices."""
    hit = np.array([one in right for one in numbers.tolist()], float)
    return Choices(rows.astype(np.float32), hit / hit.sum()) if hit.any() else None


def learned(lessons: list[Choices]) -> Floats:
    """Weights for this community: the usual ones until enough of its own links are known."""
    return fit_listwise(lessons, USUAL, PULL) if len(lessons) >= ENOUGH_LINKS else USUAL
