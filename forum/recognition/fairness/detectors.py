"""Votes that do not look independent. Pure: votes in, findings out; the thresholds stand below with what they are for.

Two detectors may act by themselves, because what they look for hardly happens by chance: *serial* (many votes for one
author within a day) and *star* (several accounts that exist for one author). *ring* finds groups whose members all get
more from each other than is usual, however much they vote elsewhere to cover it; friends at the top of a community can
look like that, so people decide, unless it all happened within a day and a half. A second look leaves out what the first
one suspects, since a ring also raises what seems usual.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import log

import numpy as np

from forum.recognition.fairness.ballots import Account, Ballot, Ballots, Floats, Pair, log_tail, surprise

DAY = 1.0
SERIAL_VOTES, SERIAL_SHARE = 5, 0.4
SERIAL_DOUBT, SERIAL_CERTAIN, SERIAL_BOTH_WAYS = log(1e-5), log(1e-6), log(1e-3)
STAR_VOTES, STAR_SHARE, STAR_FANS = 4, 0.4, 2
STAR_SPANS = (7.0, 30.0)
STAR_DOUBT, STAR_CERTAIN = 2.0, 5.0
"""Evidence of all fans together, in natural logarithms, after what choosing them among all voters explains."""
FAN = log(0.02)
TIMES_USUAL = 4.0
"""Somebody whom everybody votes for gets much from everybody; only a multiple of the usual is a sign."""
RING_SPANS = (1.5, 12.0, 42.0, 90.0)
RING_EDGE = 0.5
RING_VOTES = 2
RING_LEAST = {2: 12.0, 3: 13.0}
RING_MORE = 15.0
"""On honest histories the strongest pair has about 11, the strongest three 8, and four or more hardly ever 9."""
RING_GAIN = 1.0
BURST_PEOPLE, BURST_VOTES, BURST_SHARE, BURST_SCORE = 3, 4, 0.6, 15.0
"""A group that within the shortest span gives itself most of what it gives, both ways and much: certain too."""
SUSPECTED = 0.6
"""The first look suspects serial votes and stars from this part of each threshold on; friends are left alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one voter gave one author in a stretch of time, and what would be usual."""

    voter: Account
    author: Account
    start: float
    end: float
    seen: int
    cast: int
    wanted: float


@dataclass(frozen=True, slots=True)
class Finding:
    detector: str
    certain: bool
    """May be acted on without a person."""
    accounts: frozenset[Account]
    votes: frozenset[int]
    evidence: tuple[Evidence, ...] = field(compare=False)
    about: str = ""
    """What makes it another one than an earlier finding about the same accounts, such as the day."""


def detect(votes: Iterable[Ballot]) -> list[Finding]:
    """Look twice: what the first look suspects no longer counts as usual in the second."""
    cast = list(votes)
    first = _look(Ballots(cast), SUSPECTED)
    suspected = frozenset((one.voter, one.author) for finding in first for one in finding.evidence)
    return _look(Ballots(cast, suspected), 1.0)


def _look(ballots: Ballots, strictness: float) -> list[Finding]:
    return [*serial(ballots, strictness), *star(ballots, strictness), *ring(ballots)]


def serial(ballots: Ballots, strictness: float = 1.0) -> list[Finding]:
    """At least five votes for one author in a day, most of what the voter gave then, far more than usual."""
    found: dict[Pair, tuple[Evidence, float]] = {}
    for (voter, author), votes in ballots.by_pair.items():
        if len(votes) < SERIAL_VOTES:
            continue
        best = _best_window(ballots, voter, author, DAY, SERIAL_VOTES, SERIAL_SHARE)
        if best is not None and best[1] <= SERIAL_BOTH_WAYS * strictness:
            found[voter, author] = best
    findings = []
    for (voter, author), (evidence, chance) in found.items():
        back = found.get((author, voter))
        certain = back is not None or chance <= SERIAL_CERTAIN
        if not certain and chance > SERIAL_DOUBT * strictness:
            continue
        accounts = frozenset({voter, author} if back is not None else {voter})
        findings.append(Finding("serial", certain, accounts, _ids(ballots, [evidence]), (evidence,)))
    return findings


def star(ballots: Ballots, strictness: float = 1.0) -> list[Finding]:
    """Several accounts that give most of all they give to the same author at the same time."""
    findings: list[Finding] = []
    seen: set[Account] = set()
    for span in STAR_SPANS:
        for author, fans in _fans(ballots, span).items():
            chosen, score = _together(ballots, fans, span)
            if author in seen or len(chosen) < STAR_FANS or score < STAR_DOUBT * strictness:
                continue
            if score >= STAR_CERTAIN:
                seen.add(author)
            evidence = tuple(one for one, _ in chosen)
            accounts = frozenset({author, *(one.voter for one in evidence)})
            findings.append(Finding("star", score >= STAR_CERTAIN, accounts, _ids(ballots, evidence), evidence))
    return findings


Fan = tuple[Evidence, float]


def _fans(ballots: Ballots, span: float) -> dict[Account, list[Fan]]:
    found: dict[Account, list[Fan]] = defaultdict(list)
    for (voter, author), votes in ballots.by_pair.items():
        everything = len(ballots.by_voter[voter])
        if len(votes) < STAR_VOTES or len(votes) < STAR_SHARE * everything:
            continue
        best = _best_window(ballots, voter, author, span, STAR_VOTES, STAR_SHARE)
        if best is not None and best[1] <= FAN:
            found[author].append(best)
    return found


def _together(ballots: Ballots, fans: list[Fan], span: float) -> tuple[list[Fan], float]:
    """The fans of one author around the same time whose evidence is strongest, and how strong it is.

    Some of all who voted much in those weeks look like fans by chance, and there are many such weeks.
    """
    best: tuple[list[Fan], float] = ([], 0.0)
    weeks = log(max(1.0, (ballots.votes[-1].at - ballots.votes[0].at) / span))
    for anchor, _ in fans:
        near = sorted((fan for fan in fans if abs(fan[0].start - anchor.start) <= span), key=lambda fan: fan[1])
        able = ballots.busy(anchor.start - span, anchor.end + span, STAR_VOTES)
        for count in range(STAR_FANS, len(near) + 1):
            chosen = near[:count]
            explained = count * (log(max(able, count) / count) + 1) + log(max(2, able)) + weeks
            score = -sum(chance for _, chance in chosen) - explained
            if score > best[1]:
                best = (chosen, score)
    return best


def _best_window(
    ballots: Ballots, voter: Account, author: Account, span: float, least: int, share: float
) -> tuple[Evidence, float] | None:
    """The stretch, beginning with a vote, that chance explains least."""
    pair = ballots.pair(voter, author)
    starts = pair.times
    ends = starts + span
    seen, cast, wanted = pair.seen(starts, ends), pair.cast(starts, ends), pair.wanted(starts, ends)
    best: tuple[Evidence, float] | None = None
    for place in np.flatnonzero((seen >= least) & (seen >= share * cast) & (seen >= TIMES_USUAL * wanted)):
        chance = log_tail(int(seen[place]), float(wanted[place]))
        if best is None or chance < best[1]:
            evidence = Evidence(
                voter, author, float(starts[place]), float(ends[place]),
                int(seen[place]), int(cast[place]), round(float(wanted[place]), 2),
            )  # fmt: skip
            best = (evidence, chance)
    return best


def ring(ballots: Ballots) -> list[Finding]:
    """Groups that give each other more than usual, all of them both ways, in the same weeks."""
    mutual = [
        (one, other)
        for (one, other), votes in ballots.by_pair.items()
        if one < other and len(votes) >= RING_VOTES and len(ballots.by_pair.get((other, one), ())) >= RING_VOTES
    ]
    if not mutual:
        return []
    first, last = ballots.votes[0].at, ballots.votes[-1].at
    best: dict[frozenset[Account], tuple[float, Finding]] = {}
    for span in RING_SPANS:
        starts = np.arange(first - span / 2, last + span / 6, span / 6)
        scores = {pair: _both_ways(ballots, pair, starts, span) for pair in mutual}
        for place, start in enumerate(starts):
            edges = {pair: float(score[place]) for pair, score in scores.items() if score[place] >= RING_EDGE}
            for members, score in _groups(edges):
                if score > best.get(members, (0.0,))[0]:
                    finding = _finding(ballots, members, float(start), float(start) + span)
                    burst = span == RING_SPANS[0] and score >= BURST_SCORE and _is_burst(finding)
                    best[members] = (score, replace(finding, certain=burst))
    return _apart(best)


def _both_ways(ballots: Ballots, pair: Pair, starts: Floats, span: float) -> Floats:
    there, back = ballots.pair(*pair), ballots.pair(pair[1], pair[0])
    ends = starts + span
    one, other = there.seen(starts, ends), back.seen(starts, ends)
    both = surprise(one, there.wanted(starts, ends)) + surprise(other, back.wanted(starts, ends))
    scores: Floats = np.where((one >= RING_VOTES) & (other >= RING_VOTES), both, 0.0)
    return scores


def _groups(edges: Mapping[Pair, float]) -> list[tuple[frozenset[Account], float]]:
    """Grown from the strongest pair by whoever adds most; each account is in one group."""
    left = dict(edges)
    found = []
    while left:
        seed = max(left, key=lambda pair: left[pair])
        members, score = set(seed), left[seed]
        while (grown := _next(left, members)) is not None:
            members.add(grown[0])
            score += grown[1]
        if score >= RING_LEAST.get(len(members), RING_MORE):
            found.append((frozenset(members), score))
            left = {pair: weight for pair, weight in left.items() if not members & set(pair)}
        else:
            del left[seed]
    return found


def _next(edges: Mapping[Pair, float], members: set[Account]) -> tuple[Account, float] | None:
    """Somebody tied to most of the group."""
    gains: dict[Account, float] = defaultdict(float)
    ties: dict[Account, int] = defaultdict(int)
    for (one, other), weight in edges.items():
        if (one in members) == (other in members):
            continue
        outside = other if one in members else one
        gains[outside] += weight
        ties[outside] += 1
    able = {account: gain for account, gain in gains.items() if 2 * ties[account] > len(members) and gain >= RING_GAIN}
    if not able:
        return None
    chosen = max(able, key=lambda account: able[account])
    return chosen, able[chosen]


def _finding(ballots: Ballots, members: frozenset[Account], start: float, end: float) -> Finding:
    evidence = []
    for one, other in combinations(sorted(members), 2):
        for voter, author in ((one, other), (other, one)):
            if (voter, author) not in ballots.by_pair:
                continue
            pair = ballots.pair(voter, author)
            seen = int(pair.seen(start, end))
            if seen:
                wanted = round(float(pair.wanted(start, end)), 2)
                evidence.append(Evidence(voter, author, start, end, seen, int(pair.cast(start, end)), wanted))
    return Finding("ring", False, members, _ids(ballots, evidence), tuple(evidence))


def _is_burst(finding: Finding) -> bool:
    people = len(finding.accounts)
    if people < BURST_PEOPLE or len(finding.evidence) < people * (people - 1):
        return False
    given: dict[Account, int] = defaultdict(int)
    for one in finding.evidence:
        given[one.voter] += one.seen
    return all(one.seen >= BURST_VOTES and given[one.voter] >= BURST_SHARE * one.cast for one in finding.evidence)


def _apart(found: dict[frozenset[Account], tuple[float, Finding]]) -> list[Finding]:
    """The strongest group of those that share members in overlapping weeks."""
    kept: list[Finding] = []
    for _, finding in sorted(found.values(), key=lambda pair: -pair[0]):
        if not any(len(finding.accounts & other.accounts) >= 2 for other in kept):
            kept.append(finding)
    return kept


def _ids(ballots: Ballots, evidence: Iterable[Evidence]) -> frozenset[int]:
    return frozenset(
        vote.id for one in evidence for vote in ballots.by_pair[one.voter, one.author] if one.start <= vote.at < one.end + 1e-9
    )
