"""Rings of votes to put into an honest history, to see whether they are found (RECOGNITION 8, R1 to R7)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from forum.upkeep.evaluation.crowd import Cast, Crowd
from forum.upkeep.evaluation.reading import Answer

RINGS = 3
EARLIEST, LATEST = 0.1, 0.85
"""Where in the history rings begin."""
NEAR = 7.0
"""Camouflage goes where others vote in the same week."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """`each` votes of every member for every other (or of every puppet for its author), over `days`."""

    name: str
    size: int
    each: int
    days: float
    camouflage: float
    """Share of a member's votes in that time that go to other people."""
    puppets: bool = False


SCHEMES = (
    Scheme("R1", 3, 6, 1.0, 0.0),
    Scheme("R2", 4, 5, 30.0, 0.0),
    Scheme("R3", 4, 5, 30.0, 0.5),
    Scheme("R4", 4, 5, 30.0, 0.8),
    Scheme("R5", 2, 4, 60.0, 0.5),
    Scheme("R6", 4, 6, 7.0, 0.0, puppets=True),
    Scheme("R7", 4, 6, 7.0, 0.5, puppets=True),
)


@dataclass(slots=True)
class Ring:
    members: list[str]
    votes: list[Cast]
    cover: list[Cast]
    start: float
    pairs: set[tuple[str, str]] = field(default_factory=set)


def rings(crowd: Crowd, scheme: Scheme, rng: np.random.Generator, count: int = RINGS) -> list[Ring]:
    """Rings of people who have enough answers by then; where the community has too few, of newcomers with answers."""
    first, last = crowd.votes[0].at, crowd.votes[-1].at
    taken: set[str] = set()
    found = []
    for number in range(count):
        latest = max(first, min(first + LATEST * (last - first), last - scheme.days))
        start = float(rng.uniform(min(first + EARLIEST * (last - first), latest), latest))
        made = _ring(crowd, scheme, rng, start, taken, f"{scheme.name} {number}")
        taken.update(made.members)
        found.append(made)
    return found


def _ring(crowd: Crowd, scheme: Scheme, rng: np.random.Generator, start: float, taken: set[str], name: str) -> Ring:
    authors = 1 if scheme.puppets else scheme.size
    able = [one for one in sorted(crowd.posts) if one not in taken and _before(crowd.posts[one], start) >= scheme.each]
    chosen = [able[int(place)] for place in rng.permutation(len(able))[:authors]]
    posts = {one: crowd.posts[one] for one in chosen}
    for missing in range(authors - len(chosen)):
        posts[f"{name} newcomer {missing}"] = _answers(f"{name} newcomer {missing}", scheme.each, start, rng)
    members = list(posts)
    if scheme.puppets:
        pairs = [(f"{name} puppet {puppet}", members[0]) for puppet in range(scheme.size - 1)]
        members += [voter for voter, _ in pairs]
    else:
        pairs = [(voter, author) for voter in members for author in members if voter != author]
    votes = [vote for pair in pairs for vote in _votes(posts[pair[1]], *pair, scheme, start, rng)]
    voters = {voter for voter, _ in pairs}
    cover = [vote for voter in sorted(voters) for vote in _cover(crowd, scheme, voter, members, votes, start, rng)]
    return Ring(members, votes, cover, start, set(pairs))


def _before(posts: list[Answer], moment: float) -> int:
    return sum(post.at <= moment for post in posts)


def _answers(author: str, count: int, start: float, rng: np.random.Generator) -> list[Answer]:
    times = sorted(start - float(days) for days in rng.uniform(0.5, 20.0, count))
    return [Answer(f"{author} answer {number}", "", at, author, "") for number, at in enumerate(times)]


def _votes(posts: list[Answer], voter: str, author: str, scheme: Scheme, start: float, rng: np.random.Generator) -> list[Cast]:
    """For answers that were there; the same one is never voted for twice."""
    able = [post for post in posts if post.at <= start]
    picked = rng.permutation(len(able))[: scheme.each]
    return [Cast(voter, author, able[int(place)].id, start + float(rng.uniform(0, scheme.days))) for place in picked]


def _cover(
    crowd: Crowd, scheme: Scheme, voter: str, members: list[str], votes: list[Cast], start: float, rng: np.random.Generator
) -> list[Cast]:
    """Votes for others, where others vote at the time."""
    mine = sum(vote.voter == voter for vote in votes)
    wanted = round(mine * scheme.camouflage / (1 - scheme.camouflage))
    near = [
        vote
        for vote in crowd.votes
        if start - NEAR <= vote.at <= start + scheme.days + NEAR and vote.author not in members and vote.voter != voter
    ]
    already = {vote.post for vote in crowd.votes if vote.voter == voter}
    posts = {vote.post: vote for vote in near if vote.post not in already}
    names = sorted(posts)
    counted = Counter(vote.post for vote in near)
    weight = np.array([counted[name] for name in names], dtype=float)
    picked: Any = rng.choice(len(names), size=min(wanted, len(names)), replace=False, p=weight / weight.sum()) if names else []
    return [
        Cast(voter, posts[names[int(place)]].author, names[int(place)], start + float(rng.uniform(0, scheme.days)))
        for place in picked
    ]
