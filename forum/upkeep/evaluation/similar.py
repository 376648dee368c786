"""How well earlier topics are found for questions that people later linked: the product's ranking, replayed in order of time."""

from collections import defaultdict
from dataclasses import dataclass, field
from time import process_time
from typing import Any

import numpy as np

from forum.search.likeness import USUAL, Course, Words, learned
from forum.upkeep.evaluation.reading import Link, Question, Story, Unreadable

DEPTHS = (1, 5, 10, 50)
BASELINES = ("bm25", "bm25_fresh")


@dataclass(slots=True)
class Found:
    """Where the linked topics stood, question by question."""

    shares: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    reciprocal: list[float] = field(default_factory=list)

    def take(self, order: list[int], wanted: set[int]) -> None:
        places = {number: place for place, number in enumerate(order, 1)}
        at = sorted(places[one] for one in wanted if one in places)
        for depth in DEPTHS:
            self.shares[depth].append(sum(1 for place in at if place <= depth) / len(wanted))
        self.reciprocal.append(1 / at[0] if at else 0.0)

    def figures(self) -> dict[str, Any]:
        made: dict[str, Any] = {"n": len(self.reciprocal)}
        if self.reciprocal:
            made |= {f"r@{depth}": round(float(np.mean(self.shares[depth])), 4) for depth in DEPTHS}
            made["mrr"] = round(float(np.mean(self.reciprocal)), 4)
        return made


def evaluate(story: Story, test_from: float) -> dict[str, Any]:
    truth = _truth(story)
    if not any(story.questions[one].at >= test_from for one in truth):
        raise Unreadable("No question from that date on is linked to an earlier one, so there is nothing to measure.")
    replay = _Replay(story, truth, test_from)
    for event in story.events:
        if isinstance(event, Question):
            replay.ask(event)
        elif isinstance(event, Link):
            replay.link(event)
    return replay.report()


def _truth(story: Story) -> dict[str, dict[str, str]]:
    """For each question, the earlier ones it was linked to and how."""
    truth: dict[str, dict[str, str]] = defaultdict(dict)
    for event in story.events:
        if isinstance(event, Link) and story.questions[event.target].at < story.questions[event.source].at:
            kinds = truth[event.source]
            kinds[event.target] = "duplicate" if "duplicate" in (event.kind, kinds.get(event.target)) else "related"
    return truth


class _Replay:
    def __init__(self, story: Story, truth: dict[str, dict[str, str]], test_from: float) -> None:
        self.story, self.truth, self.test_from = story, truth, test_from
        self.course = Course()
        self.lessons = 0
        self.weights = USUAL
        self.fitted = False
        self.found = {name: defaultdict[str, Found](Found) for name in ("product", *BASELINES)}
        self.took: list[float] = []

    def ask(self, question: Question) -> None:
        if question.at >= self.test_from and not self.fitted:
            self._fit()
        asked = Words.of(question.title, question.body, question.tags)
        linked = question.id in self.truth
        if linked and question.at >= self.test_from:
            self._measure(question, asked)
        learns = linked and not self.fitted
        self.course.ask(question.id, asked, question.author, question.at, linked=learns)

    def link(self, link: Link) -> None:
        if link.at >= self.test_from and not self.fitted:
            self._fit()
        self.course.link(link.source, link.target, link.at)

    def _fit(self) -> None:
        """Only from links that were there before the test begins."""
        lessons = self.course.lessons()
        self.weights, self.lessons = learned(lessons), len(lessons)
        self.fitted = True

    def _measure(self, question: Question, asked: Words) -> None:
        start = process_time()
        order = [like.number for like in self.course.shelf.ranked(asked, question.author, question.at, self.weights)]
        self.took.append(process_time() - start)
        every = self.course.shelf.words.scores(asked.every)
        age = question.at - np.array(self.course.shelf.at)
        self._take("product", question, order)
        self._take("bm25", question, np.argsort(-every, kind="stable")[:200].tolist())
        self._take("bm25_fresh", question, np.argsort(-every * (1 + np.exp(-age / 90)), kind="stable")[:200].tolist())

    def _take(self, ranker: str, question: Question, order: list[int]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for target, kind in self.truth[question.id].items():
            number = self.course.numbers[target]
            same = bool(question.author) and self.story.questions[target].author == question.author
            wanted["B" if same else "A"].add(number)
            wanted[kind].add(number)
            wanted["all"].add(number)
        for group, numbers in wanted.items():
            self.found[ranker][group].take(order, numbers)

    def report(self) -> dict[str, Any]:
        groups = ("A", "B", "duplicate", "related", "all")
        return {
            "command": "eval similar",
            "documents": len(self.course.numbers),
            "queries": len(self.took),
            "fitted_on": self.lessons,
            "weights": "fitted" if self.weights is not USUAL else "usual",
            "rankers": {name: {group: kept[group].figures() for group in groups} for name, kept in self.found.items()},
            "query_ms_mean": round(1000 * float(np.mean(self.took)), 2),
            "query_ms_p95": round(1000 * float(np.percentile(self.took, 95)), 2),
            "skipped": dict(self.story.skipped),
        }
