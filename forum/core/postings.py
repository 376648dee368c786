"""An inverted index in memory: numbered documents in order of arrival, ranked by BM25.

Fresh documents wait in plain lists; a few hundred at a time become a sorted segment, and segments of like size are joined, so a
document is sorted in about as often as the logarithm of their number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75
SEGMENT = 500
Numbers = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings sorted by word: those of `terms[i]` stand from `starts[i]` up to `starts[i + 1]`."""

    terms: NDArray[np.uint32]
    starts: NDArray[np.int64]
    documents: Numbers
    counts: NDArray[np.float32]

    def of(self, term: int) -> slice:
        at = int(np.searchsorted(self.terms, np.uint32(term)))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class Postings:
    def __init__(self) -> None:
        self.size = 0
        self._total = 0.0
        self._lengths = np.zeros(1024, np.float32)
        self._segments: list[Segment] = []
        self._waiting: dict[int, tuple[list[int], list[float]]] = {}
        self._waits = 0

    def add(self, terms: Mapping[int, float]) -> int:
        """Takes in one document and returns its number."""
        number = self.size
        if number == len(self._lengths):
            self._lengths = np.concatenate([self._lengths, np.zeros_like(self._lengths)])
        self._lengths[number] = length = float(sum(terms.values()))
        self._total += length
        for term, count in terms.items():
            documents, counts = self._waiting.setdefault(term, ([], []))
            documents.append(number)
            counts.append(count)
        self.size += 1
        self._waits += 1
        if self._waits >= SEGMENT:
            self._seal()
        return number

    def extend(self, documents: Sequence[Mapping[int, float]]) -> None:
        """Takes in many at once, sorted together."""
        if self._waits + len(documents) < SEGMENT:
            for one in documents:
                self.add(one)
            return
        if self._waits:
            self._seal()
        first, self.size = self.size, self.size + len(documents)
        sizes = [len(one) for one in documents]
        lengths = np.fromiter((sum(one.values()) for one in documents), np.float32, len(documents))
        self._lengths = np.concatenate([self._lengths[:first], lengths, np.zeros(1024, np.float32)])
        self._total += float(lengths.sum())
        terms = np.fromiter((term for one in documents for term in one), np.uint32, sum(sizes))
        counts = np.fromiter((count for one in documents for count in one.values()), np.float32, sum(sizes))
        self._join(_sorted(terms, np.repeat(np.arange(first, self.size, dtype=np.int32), sizes), counts))

    def scores(self, terms: Mapping[int, float]) -> Floats:
        """BM25 of every document, words counting as often as they are asked for."""
        found: list[tuple[float, Numbers, NDArray[np.float32]]] = []
        for term, weight in terms.items():
            parts = self._parts(term)
            held = sum(len(documents) for documents, _ in parts)
            idf = float(np.log1p((self.size - held + 0.5) / (held + 0.5)))
            found += [(idf * weight, documents, counts) for documents, counts in parts]
        if not found:
            return np.zeros(self.size)
        documents = np.concatenate([one[1] for one in found])
        counts = np.concatenate([one[2] for one in found])
        factors = np.repeat(np.array([one[0] for one in found]), [len(one[1]) for one in found])
        norm = K1 * (1 - B + B * self._lengths[documents] * (self.size / self._total))
        points: Floats = np.bincount(
            documents, weights=factors * counts * (K1 + 1) / (counts + norm), minlength=self.size
        ).astype(float)
        return points

    def ideal(self, terms: Mapping[int, float]) -> float:
        """What a document would score that says just this."""
        length = float(sum(terms.values()))
        norm = K1 * (1 - B + B * length * (self.size / max(self._total, 1e-9)))
        total = 0.0
        for term, count in terms.items():
            held = sum(len(documents) for documents, _ in self._parts(term))
            total += float(np.log1p((self.size - held + 0.5) / (held + 0.5))) * count * count * (K1 + 1) / (count + norm)
        return total

    def counts(self, term: int) -> NDArray[np.float32]:
        """How often each document holds a word."""
        spread = np.zeros(self.size, np.float32)
        for documents, counts in self._parts(term):
            spread[documents] = counts
        return spread

    def lengths(self) -> NDArray[np.float32]:
        return self._lengths[: self.size]

    def _parts(self, term: int) -> list[tuple[Numbers, NDArray[np.float32]]]:
        parts = []
        for segment in self._segments:
            where = segment.of(term)
            if where.stop:
                parts.append((segment.documents[where], segment.counts[where]))
        if term in self._waiting:
            documents, counts = self._waiting[term]
            parts.append((np.array(documents, np.int32), np.array(counts, np.float32)))
        return parts

    def _seal(self) -> None:
        terms = np.repeat(np.fromiter(self._waiting, np.uint32), [len(one[0]) for one in self._waiting.values()])
        documents = np.fromiter((number for one in self._waiting.values() for number in one[0]), np.int32)
        counts = np.fromiter((count for one in self._waiting.values() for count in one[1]), np.float32)
        self._waiting, self._waits = {}, 0
        self._join(_sorted(terms, documents, counts))

    def _join(self, fresh: Segment) -> None:
        self._segments.append(fresh)
        while any(len(old.documents) < 3 * len(new.documents) for old, new in pairwise(self._segments)):
            new, old = self._segments.pop(), self._segments.pop()
            self._segments.append(_joined(old, new))


def _joined(old: Segment, new: Segment) -> Segment:
    terms = np.concatenate([np.repeat(one.terms, np.diff(one.starts)) for one in (old, new)])
    return _sorted(terms, np.concatenate([old.documents, new.documents]), np.concatenate([old.counts, new.counts]))


def _sorted(terms: NDArray[np.uint32], documents: Numbers, counts: NDArray[np.float32]) -> Segment:
    order = np.argsort(terms, kind="stable")
    distinct, firsts = np.unique(terms[order], return_index=True)
    return Segment(distinct, np.append(firsts, len(terms)).astype(np.int64), documents[order], counts[order])
