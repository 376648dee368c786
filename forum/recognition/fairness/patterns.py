"""Points and solutions that look unusual for the person they belong to. Pure, and always for people to judge.

Three signs, none of which is proof: a day far above one's own last ninety (*jump*), solutions that come from the same
few askers who hardly thank anybody else (*clique*), and accounts that seem to ask so that one helper can answer (*farm*).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from forum.recognition.fairness.ballots import Account, log_tail

BASELINE = 90
TIMES_SPREAD = 6
"""How many median deviations above one's own usual day."""
DAYS_KNOWN = 10
"""Days with points that say what is usual for somebody; whoever has fewer is still settling in."""
LEAST_SPREAD = 20.0
"""Points: two helpful votes. Whoever earns the same every day has no deviation at all."""
FEW, FEW_SHARE = 3, 0.5
CLIQUE_SOLUTIONS, CLIQUE_SHARE, CLIQUE_ASKERS = 6, 0.5, 3
CLIQUE_EACH = 3
CLIQUE_LOYAL = 0.6
"""Of everything these askers ticked, so much went to this one person."""
FARM_QUESTIONS, FARM_EACH, FARM_SHARE, FARM_ASKERS = 6, 3, 0.8, 2
UNLIKELY = -11.5
"""Natural logarithm of 1e-5: how often chance alone does that."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A question, who answered it, and whose answer the asker ticked. `answered_by` leaves the asker out."""

    asker: Account
    answered_by: frozenset[Account]
    solver: Account | None
    line: int = 0
    """The ledger line, where there is one."""


@dataclass(frozen=True, slots=True)
class Jump:
    account: Account
    day: int
    points: int
    usual: float
    limit: float


@dataclass(frozen=True, slots=True)
class Clique:
    """Somebody and the few askers that most of their solutions come from; or the askers of a farm."""

    detector: str
    helper: Account
    askers: tuple[Account, ...]
    seen: int
    """Solutions from these askers."""
    usual: float
    """How many each of them would have given by the helper's share among everybody else."""
    lines: frozenset[int]

    @property
    def accounts(self) -> frozenset[Account]:
        return frozenset({self.helper, *self.askers})


def jumps(days: Mapping[Account, Mapping[int, int]], on: Iterable[int]) -> list[Jump]:
    """`days` are points by day; `on` are the days to look at."""
    looked_at = sorted(set(on))
    found = []
    for account, points in sorted(days.items()):
        for day in looked_at:
            before = [points[one] for one in points if day - BASELINE <= one < day and points[one] > 0]
            if points.get(day, 0) <= 0 or len(before) < DAYS_KNOWN:
                continue
            usual = median(before)
            spread = max(LEAST_SPREAD, median(abs(one - usual) for one in before))
            limit = usual + TIMES_SPREAD * spread
            if points[day] > limit:
                found.append(Jump(account, day, points[day], usual, limit))
    return found


def few_givers(points: Counter[Account]) -> list[Account]:
    """Up to three people who gave at least half of a day's points together; nobody where it took more of them.

    0 stands for those who are not known any more, and says nothing.
    """
    most = [account for account, _ in points.most_common() if account][:FEW]
    return most if sum(points[account] for account in most) >= FEW_SHARE * points.total() else []


def cliques(questions: Iterable[Solved]) -> list[Clique]:
    """At least half of somebody's solutions from up to three askers who tick hardly anybody else."""
    ticked = [one for one in questions if one.solver is not None]
    by_asker: Counter[Account] = Counter(one.asker for one in ticked)
    found = []
    for helper, group in groupby(sorted(ticked, key=lambda one: one.solver or 0), key=lambda one: one.solver or 0):
        solved = list(group)
        if len(solved) < CLIQUE_SOLUTIONS:
            continue
        often = Counter(one.asker for one in solved)
        loyal = [
            asker
            for asker, count in sorted(often.items(), key=lambda pair: (-pair[1], pair[0]))
            if count >= CLIQUE_EACH and count >= CLIQUE_LOYAL * by_asker[asker]
        ][:CLIQUE_ASKERS]
        seen = sum(often[asker] for asker in loyal)
        if not loyal or seen < CLIQUE_SHARE * len(solved) or seen < CLIQUE_SOLUTIONS // 2:
            continue
        lines = frozenset(one.line for one in solved if one.asker in loyal and one.line)
        theirs = sum(by_asker[asker] for asker in loyal)
        share = (len(solved) - seen) / max(1, len(ticked) - theirs)
        found.append(Clique("clique", helper, tuple(sorted(loyal)), seen, share * theirs / len(loyal), lines))
    return found


def farms(questions: Iterable[Solved]) -> list[Clique]:
    """Several accounts nearly all of whose answered questions one helper alone answered, and got the tick for.

    Where one person answers nearly everything that is usual, so their share among everybody else is what is expected.
    """
    answered = [one for one in questions if one.answered_by]
    asked: Counter[Account] = Counter(one.asker for one in answered)
    alone: dict[Account, Counter[Account]] = defaultdict(Counter)
    lines: dict[tuple[Account, Account], set[int]] = defaultdict(set)
    for one in answered:
        if one.solver is not None and one.answered_by == {one.solver}:
            alone[one.solver][one.asker] += 1
            lines[one.solver, one.asker].add(one.line)
    found = []
    for helper, askers in sorted(alone.items()):
        suspects = [asker for asker, count in sorted(askers.items()) if count >= FARM_EACH and count >= FARM_SHARE * asked[asker]]
        seen = sum(askers[asker] for asker in suspects)
        if len(suspects) < FARM_ASKERS or seen < FARM_QUESTIONS:
            continue
        theirs = sum(asked[asker] for asker in suspects)
        share = (askers.total() - seen + 1) / (len(answered) - theirs + 1)
        if log_tail(seen, theirs * min(1.0, share)) <= UNLIKELY:
            known = frozenset(line for asker in suspects for line in lines[helper, asker] if line)
            found.append(Clique("farm", helper, tuple(suspects), seen, share * theirs / len(suspects), known))
    return found
