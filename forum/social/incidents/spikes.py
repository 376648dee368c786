"""Words that suddenly many people use about something that is wrong (SOCIAL 6.3). Pure: posts in, alerts out."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import exp, log
from pathlib import Path

from forum.social.inbox.alike import normal, wordings

WINDOW = timedelta(hours=2)
HALF_LIFE = timedelta(days=3)
FEWEST = 4
FEWEST_PEOPLE = 3
LEAST = 0.3
"""Expected in a window where a word is new: two posts by chance are no alarm."""
LEAST_AT_FIRST = 1.0
"""The same on the first day of all, when every word is new."""
FIRST = timedelta(days=1)
RARE = 1e-4
TROUBLED = 0.5
PAUSE = timedelta(hours=12)
RAISE = 10.0
"""How much rarer a word has to be for each time it was a false alarm."""
OVERLAP = 0.5
_NOISE = re.compile(r"https?://\S+|\b[\w.-]+\.[a-z]{2,}/\S*|@[\w.-]+(?:@[\w.-]+)?|\d+", re.I)
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
_COMMON = frozenset(Path(__file__).with_name("common.txt").read_text().split())


@dataclass(frozen=True, slots=True)
class Sighting:
    """One post, with who wrote it: a person, whatever they are called where."""

    key: str
    person: str
    at: datetime
    terms: frozenset[str]
    troubled: bool
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    term: str
    keys: tuple[str, ...]
    people: int
    p: float
    usual: float
    first_at: datetime
    campaign: bool
    """By fewer than three people, or copies of fewer than three texts."""


@dataclass(frozen=True, slots=True)
class Known:
    """What happened with a word before."""

    alerted_at: datetime
    false_alarms: int = 0


def sighting(key: str, person: str, at: datetime, text: str, trouble: frozenset[str]) -> Sighting:
    words = [_single(word) for word in _WORD.findall(_NOISE.sub(" ", text).casefold())]
    return Sighting(key, person, at, frozenset(_terms(words)), _troubled(words, text, trouble), normal(text))


def _single(word: str) -> str:
    """The plural stripped, lightly."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _terms(words: list[str]) -> Iterable[str]:
    for word in words:
        if word not in _COMMON and len(word) > 2:
            yield word
    for one, two in pairwise(words):
        if two not in _COMMON and (one not in _COMMON or one in ("no", "not")):
            yield f"{one} {two}"


def _troubled(words: list[str], text: str, trouble: frozenset[str]) -> bool:
    told = set(words)
    if any(_single(one) in told for one in trouble if " " not in one):
        return True
    flat = text.casefold()
    return any(one in flat for one in trouble if " " in one)


def look(now: datetime, posts: Sequence[Sighting], known: Mapping[str, Known]) -> list[Alert]:
    """`posts` of the last weeks, in any order. The strongest alert of each overlapping group."""
    start = now - WINDOW
    window = [one for one in posts if start < one.at <= now]
    counts = Counter(term for one in window for term in one.terms)
    wanted = {term for term, count in counts.items() if count >= FEWEST and _due(term, known, now)}
    if not wanted:
        return []
    usual = _usual(start, (one for one in posts if one.at <= start), wanted)
    least = LEAST if min(one.at for one in posts) + FIRST <= start else LEAST_AT_FIRST
    alerts = [alert for term in sorted(wanted) if (alert := _judge(term, window, max(usual[term], least), known)) is not None]
    return merged(alerts)


def _due(term: str, known: Mapping[str, Known], now: datetime) -> bool:
    return term not in known or known[term].alerted_at + PAUSE <= now


def _usual(start: datetime, earlier: Iterable[Sighting], wanted: set[str]) -> dict[str, float]:
    """Posts in a window as the last days had them, later ones weighing more."""
    decay = log(2) / HALF_LIFE.total_seconds()
    sums = dict.fromkeys(wanted, 0.0)
    oldest = 0.0
    for one in earlier:
        age = (start - one.at).total_seconds()
        oldest = max(oldest, age)
        for term in one.terms & wanted:
            sums[term] += exp(-decay * age)
    seen = 1 - exp(-decay * max(oldest, WINDOW.total_seconds()))
    return {term: total * decay * WINDOW.total_seconds() / seen for term, total in sums.items()}


def _judge(term: str, window: Sequence[Sighting], usual: float, known: Mapping[str, Known]) -> Alert | None:
    found = sorted((one for one in window if term in one.terms), key=lambda one: (one.at, one.key))
    if sum(one.troubled for one in found) < TROUBLED * len(found):
        return None
    p = tail(len(found), usual)
    bar = RARE / RAISE ** (known[term].false_alarms if term in known else 0)
    if p >= bar:
        return None
    people = len({one.person for one in found})
    campaign = people < FEWEST_PEOPLE or wordings(one.text for one in found) < FEWEST_PEOPLE
    return Alert(term, tuple(one.key for one in found), people, p, usual, found[0].at, campaign)


def tail(count: int, expected: float) -> float:
    """P(X >= count) where `expected` is usual."""
    term = total = exp(-expected)
    for number in range(1, count):
        term *= expected / number
        total += term
    if total < 1 - 1e-12:
        return 1 - total
    term *= expected / count
    return max(term, 1e-300)


def merged(alerts: Sequence[Alert]) -> list[Alert]:
    """Words of the same posts are one thing, named by the strongest of them; of equals the longer phrase says more."""
    kept: list[Alert] = []
    for alert in sorted(alerts, key=lambda one: (one.p, -one.term.count(" "), -len(one.term), one.term)):
        mine = set(alert.keys)
        if not any(len(mine & set(other.keys)) >= OVERLAP * min(len(mine), len(other.keys)) for other in kept):
            kept.append(alert)
    return kept
