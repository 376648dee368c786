"""How often the signs that only people judge would speak up where nobody cheats (RECOGNITION 5.13)."""

from collections import Counter, defaultdict
from typing import Any

from forum.models import LedgerKind
from forum.recognition.fairness.patterns import Solved, cliques, farms, few_givers, jumps
from forum.recognition.rates import DAILY_CAP, RATES
from forum.upkeep.evaluation.crowd import Crowd
from forum.upkeep.evaluation.reading import Acceptance, Story

Given = dict[tuple[int, int], Counter[int]]
"""Points by giver, for an account and a day."""


class _Numbers(dict[str, int]):
    """Accounts by number; 0 is nobody."""

    def of(self, name: str) -> int:
        return self.setdefault(name, len(self) + 1)


def unusual(story: Story, background: Crowd) -> dict[str, Any]:
    numbers = _Numbers()
    questions = _questions(story, numbers)
    days, given = _days(story, background, numbers)
    all_days = {day for points in days.values() for day in points}
    seen = [one for one in jumps(days, all_days) if few_givers(given[one.account, one.day])]
    return {
        "days": max(all_days) - min(all_days) + 1 if all_days else 0,
        "days_with_points": sum(len(points) for points in days.values()),
        "helpers": len({one.solver for one in questions if one.solver}),
        "jump_cases": len(seen),
        "clique_cases": len(cliques(questions)),
        "farm_cases": len(farms(questions)),
    }


def _questions(story: Story, numbers: _Numbers) -> list[Solved]:
    answered: dict[str, set[int]] = defaultdict(set)
    for answer in story.answers.values():
        if answer.author and answer.author != story.questions[answer.question].author:
            answered[answer.question].add(numbers.of(answer.author))
    ticked = {
        one.question: numbers.of(story.answers[one.answer].author)
        for one in story.events
        if isinstance(one, Acceptance) and story.answers[one.answer].author not in ("", story.questions[one.question].author)
    }
    return [
        Solved(numbers.of(one.author), frozenset(answered[one.id]), ticked.get(one.id))
        for one in story.questions.values()
        if one.author
    ]


def _days(story: Story, background: Crowd, numbers: _Numbers) -> tuple[dict[int, dict[int, int]], Given]:
    """Votes under the daily cap, and solutions beside them, as the ledger counts."""
    votes: Given = defaultdict(Counter)
    ticks: Given = defaultdict(Counter)
    for vote in background.votes:
        place = (numbers.of(vote.author), int(vote.at))
        votes[place][numbers.of(vote.voter)] += RATES[LedgerKind.answer_helpful].points
    for event in story.events:
        if isinstance(event, Acceptance):
            author, asker = story.answers[event.answer].author, story.questions[event.question].author
            if author and author != asker:
                place = (numbers.of(author), int(event.at))
                ticks[place][numbers.of(asker) if asker else 0] += RATES[LedgerKind.solution_accepted].points
    days: dict[int, dict[int, int]] = defaultdict(dict)
    given: Given = defaultdict(Counter)
    for place in votes.keys() | ticks.keys():
        given[place] = votes[place] + ticks[place]
        days[place[0]][place[1]] = min(DAILY_CAP, votes[place].total()) + ticks[place].total()
    return days, given
