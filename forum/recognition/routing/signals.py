"""What speaks for asking each helper about one question, as numbers. Pure; the same numbers train, rank and explain."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from forum.core.words import terms
from forum.recognition.routing.history import HABIT_DAYS, HALF_LIVES, MONTH, Floats, History, Numbers

NEAR, WIDE = 50, 300
THREAD_DAYS = 180.0
SHRINK = 10.0
NEW_DAYS = 30.0
SIGNALS = (
    "day_1", "day_3", "day_7", "day_30", "day_90", "silent", "session_1h", "session_8h", "hours", "weekday",
    "tag", "tag_share", "near", "near_share", "wide", "wide_share", "met", "new",
)  # fmt: skip
SCALE = np.array([1, 1, 1, 1, 1, 1, 0.3, 0.3, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 0.5, 0.5])


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whom and when."""

    author: str
    at: float
    tags: tuple[str, ...]
    words: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Signals:
    """One row for each helper who may be asked, and the plain measures that the baselines go by."""

    helpers: Numbers
    rows: Floats
    recent: Floats
    tag: Floats
    near: Floats


def question_words(title: str, body: str, tags: Iterable[str], language: str = "en") -> Counter[int]:
    """Words of a question, those of its title twice."""
    found = terms(body, language)
    for word, times in terms(title, language).items():
        found[word] += 2 * times
    for tag in tags:
        found.update(terms(tag.replace("-", " "), language))
    return found


def signals(history: History, question: Question, window: float) -> Signals:
    """Of everybody who helped in the last `window` days, but the asker."""
    helpers, at = history.active(question.at, window, question.author), question.at
    rows = np.zeros((len(helpers), len(SIGNALS)))
    faded = history.recent(at)[helpers]
    near, wide = (votes[helpers] for votes in _threads(history, question))
    tag = history.tag_points(question.tags, at)[helpers]
    if len(helpers):
        rows[:, : len(HALF_LIVES)] = np.log(faded + 0.1)
        silent = np.maximum(0.0, at - history.last[helpers]) * 24
        rows[:, 5], rows[:, 6], rows[:, 7] = np.log1p(silent), np.exp(-silent), np.exp(-silent / 8)
        rows[:, 8], rows[:, 9] = _hours(history, helpers, at), _weekday(history, helpers, at)
        for column, points in ((10, tag), (12, near), (14, wide)):
            rows[:, column] = np.log1p(points)
            rows[:, column + 1] = _share(points, faded[:, -1])
        rows[:, 16] = np.log1p(_met(history, question)[helpers])
        rows[:, 17] = at - history.first[helpers] < NEW_DAYS
    return Signals(helpers, rows / SCALE, faded[:, MONTH], tag, near)


def _threads(history: History, question: Question) -> tuple[Floats, Floats]:
    """Votes of the helpers of the nearest threads, by likeness and age: of a few, and of many."""
    number, helper, at, points = history.parts.all()
    if not len(number):
        none = np.zeros(len(history.names))
        return none, none
    scores = history.words.scores(question.words)
    documents, who = number.astype(np.int64), helper.astype(np.int64)
    best = max(float(scores.max()), 1e-9)
    votes = points * (scores[documents] / best) * np.exp2(-np.maximum(0.0, question.at - at) / THREAD_DAYS)
    found: list[Floats] = []
    for most in (NEAR, WIDE):
        least = np.partition(scores, -most)[-most] if len(scores) > most else 0.0
        kept = scores[documents] >= max(float(least), 1e-9)
        found.append(np.bincount(who[kept], weights=votes[kept], minlength=len(history.names)).astype(float))
    return found[0], found[1]


def _share(points: Floats, recent: Floats) -> Floats:
    """More or less than somebody as active would have, logged; a few points alone do not count for much."""
    total, activity = max(float(points.sum()), 1e-9), max(float(recent.sum()), 1e-9)
    expected = (recent + 0.02) / activity * total
    pull = SHRINK * total / (total + SHRINK) / len(points) ** 0.5 + 0.05
    return np.asarray(np.log((points + pull) / (expected + pull)))


def _hours(history: History, helpers: Numbers, at: float) -> Floats:
    """How much of each helper's answering falls into the hours to come, against an even spread."""
    ahead = np.exp(-np.arange(24) / 5.0)
    wanted = np.roll(ahead / ahead.sum(), int(at % 1 * 24))
    return _habit(history, history.hours[helpers], helpers, wanted, at)


def _weekday(history: History, helpers: Numbers, at: float) -> Floats:
    wanted = np.zeros(7)
    wanted[int(at) % 7] += 1 - at % 1
    wanted[int(at + 1) % 7] += at % 1
    return _habit(history, history.days[helpers], helpers, wanted, at)


def _habit(history: History, held: Floats, helpers: Numbers, wanted: Floats, at: float) -> Floats:
    held = held * np.exp2(-np.maximum(0.0, at - history.seen[helpers]) / HABIT_DAYS)[:, None]
    return np.asarray(np.log((held @ wanted * len(wanted) + SHRINK) / (held.sum(1) + SHRINK)))


def _met(history: History, question: Question) -> Floats:
    spread = np.zeros(len(history.names))
    met = history.met.get(question.author, {}) if question.author else {}
    if met:
        spread[list(met)] = list(met.values())
    return spread
