"""How well the product finds rings of votes that were put into a community's own history (RECOGNITION 8)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from forum.models import LedgerKind
from forum.recognition.fairness.ballots import Ballot
from forum.recognition.fairness.detectors import Finding, detect
from forum.recognition.rates import RATES
from forum.upkeep.evaluation.crowd import Cast, Crowd, crowd
from forum.upkeep.evaluation.reading import Story
from forum.upkeep.evaluation.schemes import SCHEMES, Ring, Scheme, rings
from forum.upkeep.evaluation.unusual import unusual

BACKGROUNDS, INJECTIONS = 2, 5
LIMIT = 15_000
"""Votes looked at: the newest ones of a large community."""
NIGHTS = (1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50, 60, 75)
"""After how many days the nightly look is tried."""
LOOK_BACK = 365.0
SETS = ("auto", "review", "serial", "star", "ring", "union")


@dataclass(slots=True)
class Tally:
    """Counts over all runs of one scenario and one set of findings."""

    members: int = 0
    flagged: int = 0
    caught: int = 0
    ring_votes: int = 0
    voided: int = 0
    right: int = 0
    honest: int = 0

    def add(self, accounts: set[str], votes: set[int], truth: set[str], ring_votes: set[int]) -> None:
        self.members += len(truth)
        self.flagged += len(accounts)
        self.caught += len(accounts & truth)
        self.honest += len(accounts - truth)
        self.ring_votes += len(ring_votes)
        self.voided += len(votes)
        self.right += len(votes & ring_votes)

    def figures(self, runs: int) -> dict[str, Any]:
        return {
            "account_precision": _share(self.caught, self.flagged),
            "account_recall": _share(self.caught, self.members),
            "vote_precision": _share(self.right, self.voided),
            "vote_recall": _share(self.right, self.ring_votes),
            "honest_flagged_per_run": round(self.honest / max(1, runs), 3),
        }


@dataclass(slots=True)
class History:
    """A background with rings in it, as the detectors see it."""

    ballots: list[Ballot]
    names: list[str]
    ring_votes: set[int] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


def evaluate(story: Story, seed: int) -> dict[str, Any]:
    backgrounds = [crowd(story, seed * 1_000 + number, LIMIT) for number in range(BACKGROUNDS)]
    backgrounds = [one for one in backgrounds if one.votes]
    figures: dict[str, Any] = {
        "command": "eval rings",
        "seed": seed,
        "votes": len(backgrounds[0].votes) if backgrounds else 0,
        "voters": [one.voters for one in backgrounds],
        "votes_with_known_voter": len(backgrounds[0].votes) - backgrounds[0].drawn if backgrounds else 0,
        "runs": INJECTIONS * len(backgrounds),
        "skipped": dict(story.skipped),
    }
    figures["clean"] = [_clean(one) for one in backgrounds]
    figures["unusual"] = [unusual(story, one) for one in backgrounds]
    figures["scenarios"] = {scheme.name: _scenario(backgrounds, scheme, seed) for scheme in SCHEMES} if backgrounds else {}
    return figures


def _clean(background: Crowd) -> dict[str, Any]:
    """Alarms where nobody cheats."""
    history = _history(background, [])
    findings = detect(history.ballots)
    sets = {name: _named(history, _of(findings, name)) for name in SETS}
    return {
        "voters": background.voters,
        **{f"{name}_accounts": len(accounts) for name, (accounts, _) in sets.items()},
        "auto_votes": len(sets["auto"][1]),
        "review_accounts_per_400_voters": round(400 * len(sets["review"][0]) / max(1, background.voters), 3),
    }


def _scenario(backgrounds: list[Crowd], scheme: Scheme, seed: int) -> dict[str, Any]:
    tallies = {name: Tally() for name in SETS}
    errors: list[float] = []
    days: list[float] = []
    found = total = runs = 0
    for number, background in enumerate(backgrounds):
        for injection in range(INJECTIONS):
            rng = np.random.default_rng([seed, number, injection, SCHEMES.index(scheme)])
            made = rings(background, scheme, rng)
            history = _history(background, made)
            findings = detect(history.ballots)
            for name, tally in tallies.items():
                tally.add(*_named(history, _of(findings, name)), history.members, history.ring_votes)
            errors.append(_error(history, _of(findings, "auto")))
            runs += 1
            if injection == 0:  # night after night costs as much as everything else together
                caught = [_days_to_find(history, one) for one in made]
                days += [one for one in caught if one is not None]
                found, total = found + len(caught) - caught.count(None), total + len(caught)
    return {
        **{name: tally.figures(runs) for name, tally in tallies.items()},
        "reputation_error_left_per_run": round(sum(errors) / max(1, len(errors)), 1),
        "rings_found": _share(found, total),
        "median_days_to_detection": round(float(np.median(days)), 1) if days else None,
    }


def _history(background: Crowd, made: Iterable[Ring]) -> History:
    """Everything in order of time, with accounts by number."""
    votes: list[tuple[Cast, bool]] = [(vote, False) for vote in background.votes]
    for ring in made:
        votes += [(vote, True) for vote in ring.votes] + [(vote, False) for vote in ring.cover]
    votes.sort(key=lambda pair: pair[0].at)
    numbers: dict[str, int] = {}
    history = History([], [])
    for place, (vote, bad) in enumerate(votes):
        voter = numbers.setdefault(vote.voter, len(numbers))
        author = numbers.setdefault(vote.author, len(numbers))
        history.ballots.append(Ballot(place, voter, author, vote.at))
        if bad:
            history.ring_votes.add(place)
    history.names = list(numbers)
    history.members = {name for ring in made for name in ring.members}
    return history


def _of(findings: list[Finding], name: str) -> list[Finding]:
    """Acted on by themselves; for people; by one detector; or all."""
    if name in ("auto", "review"):
        return [one for one in findings if one.certain or name == "review"]
    return [one for one in findings if name in ("union", one.detector)]


def _named(history: History, findings: Collection[Finding]) -> tuple[set[str], set[int]]:
    accounts = {history.names[account] for finding in findings for account in finding.accounts}
    return accounts, {vote for finding in findings for vote in finding.votes}


def _error(history: History, findings: list[Finding]) -> float:
    """How far reputations are from what they would be without any ring, after what was voided by itself."""
    voided = _named(history, findings)[1]
    wrong: dict[int, int] = defaultdict(int)
    for ballot in history.ballots:
        wrong[ballot.author] += (ballot.id in history.ring_votes) - (ballot.id in voided)
    return float(sum(abs(votes) for votes in wrong.values()) * RATES[LedgerKind.answer_helpful].points)


def _days_to_find(history: History, ring: Ring) -> float | None:
    """Nights until most of a ring is before somebody's eyes or voided."""
    for night in NIGHTS:
        known = [one for one in history.ballots if ring.start + night - LOOK_BACK <= one.at <= ring.start + night]
        flagged = _named(history, detect(known))[0]
        if 2 * len(flagged & set(ring.members)) >= len(ring.members):
            return float(night)
    return None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
