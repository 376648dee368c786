"""Who voted for whom and when, as arrays; and how many votes somebody would give somebody by the way things are.

The expectation is local: on each day that a person votes, an author would get their share of what everybody else
gives in the week before and after. A popular author in a busy week is expected to be voted for; that is no ring.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[Floats, Floats]
HALF_WINDOW = 7.0
ENOUGH = 100
"""Votes around a moment that say what is usual; where fewer fall into the two weeks, the time is longer."""
PRIOR = 3.0
"""Votes' worth of the long-time share, for weeks in which hardly anybody voted."""
Account = int
Pair = tuple[Account, Account]
EMPTY: Floats = np.array([], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One helpful vote. `at` is in days."""

    id: int
    voter: Account
    author: Account
    at: float


@dataclass(frozen=True, slots=True)
class PairVotes:
    """One voter and one author: when they voted, and what was expected by each of the voter's votes."""

    times: Floats
    """Of the votes from one to the other."""
    all_times: Floats
    """Of all votes of the voter."""
    expected: Floats
    """Running sum over `all_times`, with a leading 0."""

    def seen(self, start: Any, end: Any) -> Any:
        return np.searchsorted(self.times, end) - np.searchsorted(self.times, start)

    def cast(self, start: Any, end: Any) -> Any:
        return np.searchsorted(self.all_times, end) - np.searchsorted(self.all_times, start)

    def wanted(self, start: Any, end: Any) -> Any:
        return self.expected[np.searchsorted(self.all_times, end)] - self.expected[np.searchsorted(self.all_times, start)]


class Ballots:
    """All votes of a stretch of time. `ignored` pairs say nothing about what is usual."""

    def __init__(self, votes: Iterable[Ballot], ignored: frozenset[Pair] = frozenset()) -> None:
        self.votes = sorted(votes, key=lambda vote: (vote.at, vote.id))
        self.ignored = ignored
        self._pairs: dict[Pair, PairVotes] = {}

    @cached_property
    def by_pair(self) -> dict[Pair, list[Ballot]]:
        found: dict[Pair, list[Ballot]] = defaultdict(list)
        for vote in self.votes:
            found[vote.voter, vote.author].append(vote)
        return dict(found)

    @cached_property
    def by_voter(self) -> dict[Account, list[Ballot]]:
        found: dict[Account, list[Ballot]] = defaultdict(list)
        for vote in self.votes:
            found[vote.voter].append(vote)
        return dict(found)

    @cached_property
    def _usual(self) -> list[Ballot]:
        return [vote for vote in self.votes if (vote.voter, vote.author) not in self.ignored]

    @cached_property
    def _times(self) -> Floats:
        return np.array([vote.at for vote in self._usual])

    @cached_property
    def _to(self) -> dict[Account, Floats]:
        return _times_by(self._usual, lambda vote: vote.author)

    @cached_property
    def _from(self) -> dict[Account, Floats]:
        return _times_by(self._usual, lambda vote: vote.voter)

    def _span(self, moments: Floats) -> tuple[Floats, Floats]:
        """A week to both sides, or as far as it takes to hear enough others where little happens."""
        if not len(self._times):
            return moments - HALF_WINDOW, moments + HALF_WINDOW
        place = np.searchsorted(self._times, moments)
        last = len(self._times) - 1
        lower = self._times[np.clip(place - ENOUGH // 2, 0, last)]
        upper = self._times[np.clip(place + ENOUGH // 2, 0, last)]
        reach = np.maximum(HALF_WINDOW, np.maximum(moments - lower, upper - moments))
        return moments - reach, moments + reach

    @cached_property
    def _voter_times(self) -> dict[Account, Floats]:
        return {voter: np.array([vote.at for vote in votes]) for voter, votes in self.by_voter.items()}

    @cached_property
    def _around(self) -> dict[Account, tuple[Span, Floats, Floats]]:
        """For each voter: the time around each of their votes, everybody's votes in it, and those they could not have cast or did."""
        found = {}
        for voter, times in self._voter_times.items():
            span = self._span(times)
            own = _count(self._from.get(voter, EMPTY), span) + _count(self._to.get(voter, EMPTY), span)
            found[voter] = (span, _count(self._times, span), own)
        return found

    def pair(self, voter: Account, author: Account) -> PairVotes:
        key = (voter, author)
        if key not in self._pairs:
            self._pairs[key] = self._pair(voter, author)
        return self._pairs[key]

    def busy(self, start: float, end: float, votes: int) -> int:
        """How many people cast so many votes in that time."""
        first, last = np.searchsorted(self._moments, [start, end])
        given = Counter(vote.voter for vote in self.votes[first:last])
        return sum(count >= votes for count in given.values())

    @cached_property
    def _moments(self) -> Floats:
        return np.array([vote.at for vote in self.votes])

    def _pair(self, voter: Account, author: Account) -> PairVotes:
        times = self._voter_times[voter]
        theirs = np.array([vote.at for vote in self.by_pair.get((voter, author), ())])
        given = EMPTY if (voter, author) in self.ignored else theirs
        span, everybody, own = self._around[voter]
        received = self._to.get(author, EMPTY)
        usual = (len(received) - len(given)) / max(1, len(self._times) - len(self._from.get(voter, EMPTY)))
        share = (_count(received, span) - _count(given, span) + PRIOR * usual) / (np.maximum(0.0, everybody - own) + PRIOR)
        return PairVotes(theirs, times, np.concatenate([[0.0], np.cumsum(np.minimum(1.0, share))]))


def _times_by(votes: list[Ballot], key: Callable[[Ballot], Account]) -> dict[Account, Floats]:
    found: dict[Account, list[float]] = defaultdict(list)
    for vote in votes:
        found[key(vote)].append(vote.at)
    return {account: np.array(times) for account, times in found.items()}


def _count(times: Floats, span: Span) -> Floats:
    """How many of `times` lie in each span."""
    return (np.searchsorted(times, span[1], side="right") - np.searchsorted(times, span[0])).astype(np.float64)


def log_tail(seen: int, wanted: float) -> float:
    """Natural logarithm of the chance of seeing so many or more when `wanted` are expected (Poisson)."""
    if seen <= 0:
        return 0.0
    wanted = max(wanted, 1e-9)
    first = seen * log(wanted) - wanted - lgamma(seen + 1)
    total = term = 1.0
    for number in range(seen + 1, seen + 200):
        term *= wanted / number
        total += term
        if term < 1e-9 * total:
            break
    return min(0.0, first + log(total))


def surprise(seen: Any, wanted: Any) -> Any:
    """Log-likelihood ratio of "so many" against "as expected"; below 0 where it is less than expected."""
    many = np.asarray(seen, dtype=np.float64)
    usual = np.maximum(np.asarray(wanted, dtype=np.float64), 1e-3)
    ratio = many * np.log(np.maximum(many, 1e-9) / usual) - (many - usual)
    return np.where(many > usual, ratio, -ratio)
