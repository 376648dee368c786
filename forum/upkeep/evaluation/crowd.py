"""A community's votes with somebody behind each: files often keep who voted to themselves (RECOGNITION 8).

Voters are drawn for votes whose voter is unknown: people who were there that day, in sessions, with a mild liking for
authors they voted for before, never for their own posts and never twice for one.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from forum.upkeep.evaluation.reading import Answer, Question, Story, Vote

AFFINITY = 0.2
BEFORE_FIRST_POST = 7.0
SESSION = 3.0
"""Votes somebody casts in one sitting, on average."""
SPREAD = 1.5
"""How unequal people are in voting: the deviation of the logarithm."""
TRIES = 40


@dataclass(slots=True)
class Cast:
    voter: str
    author: str
    post: str
    at: float


@dataclass(slots=True)
class Crowd:
    """Votes with voters, and the answers they are about."""

    votes: list[Cast] = field(default_factory=list)
    posts: dict[str, list[Answer]] = field(default_factory=dict)
    """Answers by author, oldest first."""
    drawn: int = 0
    """Votes whose voter had to be drawn."""

    @property
    def voters(self) -> int:
        return len({vote.voter for vote in self.votes})


def crowd(story: Story, seed: int, limit: int) -> Crowd:
    """The newest `limit` helpful votes of a story."""
    rng = np.random.default_rng(seed)
    wanted = [event for event in story.events if isinstance(event, Vote) and event.value > 0]
    wanted = [event for event in wanted if story.answers[event.answer].author][-limit:]
    made = Crowd(posts=_posts(story))
    draw = _Draw(story, rng, len(wanted))
    days: dict[int, list[Vote]] = defaultdict(list)
    for vote in wanted:
        days[int(vote.at)].append(vote)
    for _, votes in sorted(days.items()):
        known = [vote for vote in votes if vote.voter and vote.voter != story.answers[vote.answer].author]
        for vote in known:
            made.votes.append(Cast(vote.voter, story.answers[vote.answer].author, vote.answer, vote.at))
        drawn = draw.day([vote for vote in votes if not vote.voter])
        made.votes += drawn
        made.drawn += len(drawn)
    made.votes.sort(key=lambda vote: vote.at)
    return made


def _posts(story: Story) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in sorted(story.answers.values(), key=lambda one: one.at):
        if answer.author:
            found[answer.author].append(answer)
    return dict(found)


class _Draw:
    def __init__(self, story: Story, rng: np.random.Generator, votes: int) -> None:
        self.story, self.rng = story, rng
        since: dict[str, float] = {}
        posts: dict[str, int] = defaultdict(int)
        written: list[Question | Answer] = [*story.questions.values(), *story.answers.values()]
        for event in written:
            if event.author:
                since[event.author] = min(since.get(event.author, event.at), event.at)
                posts[event.author] += 1
        chosen = sorted(since, key=lambda one: (since[one], one))
        self.names = chosen
        self.since = np.array([since[name] - BEFORE_FIRST_POST for name in chosen])
        liking = rng.lognormal(0.0, SPREAD, len(chosen)) if chosen else np.array([])
        self.weight = liking * np.sqrt(np.array([1 + posts[name] for name in chosen]))
        self.given: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.voted: set[tuple[str, str]] = set()
        self.strangers = 0

    def day(self, votes: list[Vote]) -> list[Cast]:
        """Sessions of people until every vote has a voter."""
        left = list(votes)
        made: list[Cast] = []
        while left:
            voter = self._voter(left)
            able = [place for place, vote in enumerate(left) if self._can(voter, vote)]
            size = min(len(able), 1 + int(self.rng.geometric(1 / SESSION)) - 1 or 1)
            liking = np.array([1 + AFFINITY * self.given[voter][self._author(left[place])] for place in able])
            picked = self.rng.choice(len(able), size=size, replace=False, p=liking / liking.sum())
            taken = set()
            for index in picked:
                vote = left[able[int(index)]]
                if self._can(voter, vote):  # two votes of a day may be for one answer
                    taken.add(able[int(index)])
                    self.voted.add((voter, vote.answer))
                    self.given[voter][self._author(vote)] += 1
                    made.append(Cast(voter, self._author(vote), vote.answer, vote.at))
            left = [vote for place, vote in enumerate(left) if place not in taken]
        return made

    def _author(self, vote: Vote) -> str:
        return self.story.answers[vote.answer].author

    def _can(self, voter: str, vote: Vote) -> bool:
        return voter != self._author(vote) and (voter, vote.answer) not in self.voted

    def _voter(self, left: list[Vote]) -> str:
        """Somebody who was a member then and has something to vote for; a stranger when nobody is left."""
        alive = int(np.searchsorted(self.since, left[0].at, side="right"))
        if alive:
            weight = self.weight[:alive]
            for place in self.rng.choice(alive, size=TRIES, p=weight / weight.sum()):
                name = self.names[int(place)]
                if any(self._can(name, vote) for vote in left):
                    return name
        self.strangers += 1
        return f"stranger {self.strangers}"
