"""A community's history from a file of JSON lines, made whole: every event names things that exist, in order of time."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from forum.core.errors import ForumError

DAY = 86_400.0
TICK_SEEN = 3.0
"""Files often date a tick to its answer; nobody knew it before some days had passed."""


class Unreadable(ForumError):
    """The file is not what the command reads; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    at: float
    author: str
    title: str
    body: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    id: str
    question: str
    at: float
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    question: str
    answer: str
    at: float


@dataclass(frozen=True, slots=True)
class Vote:
    answer: str
    at: float
    voter: str
    value: int


@dataclass(frozen=True, slots=True)
class Link:
    source: str
    target: str
    kind: str
    at: float


Event = Question | Answer | Acceptance | Vote | Link


@dataclass(slots=True)
class Story:
    """Everything that happened, in order; moments are days since 1970 in UTC."""

    events: list[Event] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    """What was left out, by reason."""


def read(path: Path) -> Story:
    story = Story()
    later: list[dict[str, Any]] = []
    for row in _rows(path):
        kind = row.get("type")
        if kind == "question":
            _question(story, row)
        elif kind in ("answer", "accept", "vote", "link"):
            later.append(row)
        else:
            story.skipped[f"unknown type {str(kind)[:30]}"] += 1
    for row in sorted(later, key=lambda row: row["type"] != "answer"):
        _later(story, row)
    if not story.questions:
        raise Unreadable(f"{path} holds no question.")
    order: dict[type[Event], int] = {Question: 0, Answer: 1, Acceptance: 2, Vote: 2, Link: 2}
    story.events.sort(key=lambda event: (event.at, order[type(event)]))
    return story


def day_of(text: str) -> float:
    """A date or moment as days since 1970."""
    try:
        return _day(text)
    except (ValueError, TypeError):
        raise Unreadable(f"{text[:40]!r} is not a date. Write it like 2024-01-31.") from None


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise Unreadable(f"Line {number} of {path} is not a JSON object.")
                rows.append(row)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"Line {number} of {path} is not JSON.") from None
    return rows


def _question(story: Story, row: dict[str, Any]) -> None:
    one = _id(row.get("id"))
    at = _moment(row.get("at"))
    if not one or at is None:
        story.skipped["question without id or time"] += 1
    elif one in story.questions:
        story.skipped["question twice"] += 1
    else:
        tags = row.get("tags")
        kept = tuple(str(tag) for tag in tags if isinstance(tag, str | int)) if isinstance(tags, list) else ()
        question = Question(one, at, _id(row.get("author")), _text(row.get("title")), _text(row.get("body")), kept)
        story.questions[one] = question
        story.events.append(question)


def _later(story: Story, row: dict[str, Any]) -> None:
    kind = row["type"]
    at = _moment(row.get("at"))
    if at is None:
        story.skipped[f"{kind} without time"] += 1
        return
    made = {"answer": _answer, "accept": _acceptance, "vote": _vote, "link": _link}[kind](story, row, at)
    if made is None:
        story.skipped[f"{kind} that fits nothing"] += 1
        return
    story.events.append(made)


def _answer(story: Story, row: dict[str, Any], at: float) -> Event | None:
    one, question = _id(row.get("id")), story.questions.get(_id(row.get("question")))
    if not one or question is None or one in story.answers:
        return None
    answer = Answer(one, question.id, max(at, question.at), _id(row.get("author")), _text(row.get("body")))
    story.answers[one] = answer
    return answer


def _acceptance(story: Story, row: dict[str, Any], at: float) -> Event | None:
    answer = story.answers.get(_id(row.get("answer")))
    if answer is None or _id(row.get("question")) not in ("", answer.question):
        return None
    return Acceptance(answer.question, answer.id, max(at, answer.at + TICK_SEEN))


def _vote(story: Story, row: dict[str, Any], at: float) -> Event | None:
    answer = story.answers.get(_id(row.get("answer")))
    value = row.get("value", 1)
    if answer is None or value not in (1, -1):
        return None
    return Vote(answer.id, max(at, answer.at), _id(row.get("voter")), int(value))


def _link(story: Story, row: dict[str, Any], at: float) -> Event | None:
    source, target = story.questions.get(_id(row.get("from"))), story.questions.get(_id(row.get("to")))
    if source is None or target is None or source.id == target.id:
        return None
    return Link(source.id, target.id, _text(row.get("kind"))[:20] or "related", max(at, source.at))


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> float | None:
    try:
        return _day(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _day(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) / DAY
    moment = datetime.fromisoformat(str(value).strip().replace(" UTC", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / DAY
