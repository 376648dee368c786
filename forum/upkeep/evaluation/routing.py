"""How well the product would have known whom to ask: its rankers and its invitations, replayed over a community's history."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from forum.recognition.routing.budget import LISTED, Offer, Pace
from forum.recognition.routing.history import Floats, History
from forum.recognition.routing.learning import INVITED_DAYS, LESSON_DAYS, USUAL, Lessons, in_tail
from forum.recognition.routing.profiles import profile_points
from forum.recognition.routing.signals import Question, Signals, question_words, signals
from forum.recognition.routing.spread import gini
from forum.recognition.routing.window import activity_window
from forum.upkeep.evaluation.measures import Reliability, Standing
from forum.upkeep.evaluation.pace import ranking_ms
from forum.upkeep.evaluation.reading import Acceptance, Answer, Story, Unreadable, Vote
from forum.upkeep.evaluation.reading import Question as Asked

BUDGETS = (5, 15, 40)
LEARN_EVERY = 30.0
RANKERS = ("combination", "activity", "tag_decay", "bm25_profile", "threads")
MOST_PROFILES = 600
NOBODY = -1


def evaluate(story: Story, test_from: float) -> dict[str, Any]:
    tested = sum(1 for one in story.questions.values() if one.at >= test_from)
    if not tested:
        raise Unreadable("No question was asked from that date on, so there is nothing to measure.")
    replay = _Replay(story, test_from, max(1, tested // MOST_PROFILES))
    for event in story.events:
        replay.tell(event)
    return replay.report()


@dataclass(slots=True)
class Truth:
    """Who answered each question, in each sense; known only after the event."""

    any: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """Helper and the moment of their first answer."""
    upvoted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    accepted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, story: Story) -> "Truth":
        truth, scores = cls(), Counter[str]()
        for event in story.events:
            if isinstance(event, Vote):
                scores[event.answer] += event.value
        ticked = {event.answer for event in story.events if isinstance(event, Acceptance)}
        for answer in story.answers.values():
            if not answer.author or answer.author == story.questions[answer.question].author:
                continue
            first = truth.any[answer.question]
            first[answer.author] = min(answer.at, first.get(answer.author, answer.at))
            if scores[answer.id] > 0:
                truth.upvoted[answer.question].add(answer.author)
            if answer.id in ticked:
                truth.accepted[answer.question].add(answer.author)
        return truth


class _Replay:
    def __init__(self, story: Story, test_from: float, every: int) -> None:
        self.story, self.test_from, self.profile_every = story, test_from, every
        self.truth = Truth.of(story)
        self.window = activity_window(_answers_a_day(story, test_from))
        self.history, self.lessons, self.weights = History(), Lessons(), USUAL
        self.learned_at: float | None = None
        self.first_lessons = 0
        self.tested = 0
        self.candidates: list[int] = []
        self.tail_candidates: list[int] = []
        self.standings = {part: {name: Standing() for name in RANKERS} for part in ("all", "tail", "tail_with_newcomers")}
        self.reliability = Reliability()
        self.invitations = {
            (name, budget): _Invitations(budget) for name in RANKERS if name != "bm25_profile" for budget in BUDGETS
        }
        self.reachable = 0

    def tell(self, event: object) -> None:
        if isinstance(event, Asked):
            self._ask(event)
        elif isinstance(event, Answer):
            self.history.answer(event.question, event.author, event.at)
        elif isinstance(event, Vote) and event.value > 0:
            answer = self.story.answers[event.answer]
            self.history.upvote(answer.question, answer.author, event.at)
        elif isinstance(event, Acceptance):
            self.history.accept(event.question, self.story.answers[event.answer].author, event.at)

    def _ask(self, asked: Asked) -> None:
        words = question_words(asked.title, asked.body, asked.tags)
        if asked.at >= self.test_from - LESSON_DAYS:
            question = Question(asked.author, asked.at, asked.tags, words)
            found = signals(self.history, question, self.window)
            tail = in_tail(self.history, found.helpers, asked.at)
            if asked.at >= self.test_from:
                self._learn(asked.at)
                self._measure(asked, question, found, tail)
            elif asked.at >= self.test_from - 28:
                self._watch(asked, found, tail)
            self.lessons.take(asked.id, asked.at, found, tail)
        self.history.ask(asked.id, asked.author, asked.at, asked.tags, words)

    def _learn(self, now: float) -> None:
        if self.learned_at is None or now - self.learned_at >= LEARN_EVERY:
            self.weights = self.lessons.learned(self.history, now)
            if self.learned_at is None:
                self.first_lessons = self.weights.learned_from
            self.learned_at = now

    def _points(self, name: str, found: Signals, tail: bool) -> Floats:
        tie = 1e-6 * found.recent
        return {
            "combination": found.rows @ (self.weights.tail if tail else self.weights.everyone),
            "activity": found.recent,
            "tag_decay": found.tag + tie,
            "threads": found.near + tie,
        }[name]

    def _measure(self, asked: Asked, question: Question, found: Signals, tail: Any) -> None:
        self.tested += 1
        self.candidates.append(len(found.helpers))
        self.tail_candidates.append(int(tail.sum()))
        truths = self._truths(asked.id)
        busy = set(self.history.busiest(asked.at))
        beyond = {name: {one for one in people if one not in busy} for name, people in truths.items()}
        reach = set(found.helpers[tail].tolist())
        known = {name: people & reach for name, people in beyond.items()}
        for name in RANKERS:
            if name == "bm25_profile":
                if self.tested % self.profile_every or not len(found.helpers):
                    continue
                whole = beyond_points = profile_points(self.history, question)[found.helpers]
            else:
                whole, beyond_points = self._points(name, found, False), self._points(name, found, True)
            order = found.helpers[np.argsort(-whole, kind="stable")].tolist()
            self.standings["all"][name].take(order, truths)
            rest = np.flatnonzero(tail)
            order = found.helpers[rest[np.argsort(-beyond_points[rest], kind="stable")]].tolist()
            self.standings["tail_with_newcomers"][name].take(order, beyond)
            self.standings["tail"][name].take(order, known)
        self._invite(asked, found, tail)

    def _truths(self, question: str) -> dict[str, set[int]]:
        """Helpers nobody knew yet count, and can be found by no ranker."""
        number = self.history.people
        found = {
            "accepted": self.truth.accepted.get(question, set()),
            "upvoted": self.truth.upvoted.get(question, set()),
            "any": set(self.truth.any.get(question, {})),
        }
        return {
            name: {number.get(one, NOBODY - place) for place, one in enumerate(sorted(people))} for name, people in found.items()
        }

    def _offer(self, name: str, asked: Asked, found: Signals, tail: Any) -> Offer:
        rest = np.flatnonzero(tail)
        points = self.weights.chances(found.rows[rest]) if name == "combination" else self._points(name, found, True)[rest]
        order = np.argsort(-points, kind="stable")[:LISTED]
        return Offer(asked.at, tuple((int(found.helpers[rest[one]]), float(points[one])) for one in order))

    def _watch(self, asked: Asked, found: Signals, tail: Any) -> None:
        for (name, _), kept in self.invitations.items():
            kept.pace.watch(self._offer(name, asked, found, tail))

    def _invite(self, asked: Asked, found: Signals, tail: Any) -> None:
        answered = self._answered_soon(asked)
        came = np.array([one in answered for one in found.helpers[tail].tolist()], float)
        self.reachable += bool(came.any())
        self.reliability.take(self.weights.chances(found.rows[tail]), came)
        offers = {name: self._offer(name, asked, found, tail) for name in RANKERS if name != "bm25_profile"}
        for (name, _), kept in self.invitations.items():
            kept.take(offers[name], answered)

    def _answered_soon(self, asked: Asked) -> set[int]:
        first = self.truth.any.get(asked.id, {})
        people = self.history.people
        return {people[one] for one, at in first.items() if at - asked.at <= INVITED_DAYS and one in people}

    def report(self) -> dict[str, Any]:
        last = max(question.at for question in self.story.questions.values())
        days = max(1.0, last - self.test_from)
        policy = [kept.figures(name, days, self.reachable) for (name, _), kept in self.invitations.items()]
        return {
            "command": "eval routing",
            "questions": len(self.story.questions),
            "tested": self.tested,
            "window_days": int(self.window),
            "candidates_mean": round(float(np.mean(self.candidates)), 1),
            "tail_candidates_mean": round(float(np.mean(self.tail_candidates)), 1),
            "learned_from": self.first_lessons,
            "learned_again_every_days": LEARN_EVERY,
            **{part: {name: kept.figures() for name, kept in rankers.items()} for part, rankers in self.standings.items()},
            "profile_every": self.profile_every,
            "policy": {"reachable": self.reachable, "rows": policy},
            "calibration": {"bins": self.reliability.table(), "error": round(self.reliability.error(), 6)},
            "rank_3000_ms": round(ranking_ms(self.weights), 1),
            "skipped": dict(self.story.skipped),
        }


class _Invitations:
    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.pace = Pace(budget)
        self.hits = self.covered = 0
        self.people: Counter[int] = Counter()
        self.by_day: Counter[tuple[int, int]] = Counter()
        self.most_for_one = 0

    def take(self, offer: Offer, answered: set[int]) -> None:
        invited = self.pace.offer(offer)
        self.people.update(invited)
        self.by_day.update((int(offer.at), one) for one in invited)
        self.most_for_one = max(self.most_for_one, len(invited))
        hits = len(answered.intersection(invited))
        self.hits += hits
        self.covered += bool(hits)

    def figures(self, name: str, days: float, reachable: int) -> dict[str, Any]:
        sent = self.pace.sent
        return {
            "ranker": name,
            "budget": self.budget,
            "sent_a_day": round(sent / days, 2),
            "hit_rate": round(self.hits / sent, 4) if sent else 0.0,
            "hits": self.hits,
            "questions_covered": self.covered,
            "covered_share": round(self.covered / reachable, 4) if reachable else 0.0,
            "people_invited": len(self.people),
            "gini": round(gini(self.people.values()), 4),
            "most_a_day_for_one_person": max(self.by_day.values(), default=0),
            "most_for_one_question": self.most_for_one,
        }


def _answers_a_day(story: Story, test_from: float) -> float:
    times = [one.at for one in story.answers.values() if test_from - 180 <= one.at < test_from]
    days = test_from - max(test_from - 180, min((one.at for one in story.questions.values()), default=test_from))
    return len(times) / max(1.0, days)
