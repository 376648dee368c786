"""The arithmetic alone, over thousands of random ledgers: order does not matter, caps refill, nothing is lost (REC-1, REC-3)."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.models import LedgerKind
from forum.recognition.ledger import Day, Entry, day_of, headline, lines_of_day, replay, void_ids
from forum.recognition.rates import DAILY_CAP, RATES

START = datetime(2026, 3, 4, 22, tzinfo=UTC)
EARNING = [LedgerKind.solution_accepted, LedgerKind.solution_verified, LedgerKind.answer_helpful, LedgerKind.staff_adjust]


def random_ledger(seed: int) -> list[Entry]:
    """Lines, reversals and restores in any order, over two midnights, some pending, some negative."""
    dice = Random(seed)
    entries: list[Entry] = []
    for number in range(1, dice.randint(1, 60) + 1):
        earlier = [entry for entry in entries if entry.reverses_id is None]
        at = START + timedelta(minutes=dice.randint(0, 60 * 30))
        if earlier and dice.random() < 0.3:
            target = dice.choice(earlier)
            kind = dice.choice([LedgerKind.reversal, LedgerKind.restore])
            entries.append(Entry(number, target.subject, kind, 0, False, at, None, target.earn_day, target.id))
            continue
        kind = dice.choice(EARNING)
        points = dice.randint(-60, 60) if kind == LedgerKind.staff_adjust else RATES[kind].points
        waits = dice.choice([None, None, timedelta(hours=1), timedelta(days=7)])
        counts_from = at + waits if waits else None
        entries.append(
            Entry(number, dice.choice(["ann", "bob"]), kind, points, RATES[kind].capped, at, counts_from, at.date(), None)
        )
    return entries


def naive(entries: list[Entry], moment: datetime) -> dict[tuple[str, date], int]:
    """The rules once more, in the plainest words (RECOGNITION 5.1, rules 1 to 3)."""
    void = {}
    for entry in sorted(entries, key=lambda one: one.id):
        if entry.reverses_id is not None:
            void[entry.reverses_id] = entry.kind == LedgerKind.reversal
    sums: dict[tuple[str, date], list[int]] = {}
    for entry in entries:
        capped, rest = sums.setdefault((entry.subject, entry.earn_day), [0, 0])
        counts = (
            entry.reverses_id is None and not void.get(entry.id) and (entry.counts_from is None or entry.counts_from <= moment)
        )
        if counts and entry.capped:
            capped += entry.points
        elif counts:
            rest += entry.points
        sums[entry.subject, entry.earn_day] = [capped, rest]
    return {key: min(DAILY_CAP, capped) + rest for key, (capped, rest) in sums.items()}


@settings(max_examples=3_000, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60 * 24 * 9))
def test_replay_follows_the_rules_in_any_order(seed, minutes):
    entries = random_ledger(seed)
    moment = START + timedelta(minutes=minutes)
    expected = naive(entries, moment)
    shuffled = Random(seed).sample(entries, len(entries))
    assert {key: day.total for key, day in replay(entries, moment).items()} == expected
    assert replay(shuffled, moment) == replay(entries, moment)
    for (subject, day), total in replay(entries, moment).items():
        alone = [entry for entry in entries if entry.subject == subject and entry.earn_day == day]
        assert day_of(lines_of_day(alone, moment)) == total
        assert sum(line.counted for line in lines_of_day(alone, moment)) == total.total


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_reversing_and_restoring_a_line_changes_nothing(seed):
    entries = random_ledger(seed)
    moment = START + timedelta(days=30)
    lines = [entry for entry in entries if entry.reverses_id is None]
    live = [entry for entry in lines if entry.id not in void_ids(entries)]
    for target in live[:3]:
        flips = [
            Entry(10_000 + step, target.subject, kind, 0, False, moment, None, target.earn_day, target.id)
            for step, kind in enumerate((LedgerKind.reversal, LedgerKind.restore))
        ]
        assert replay(entries + flips, moment) == replay(entries, moment)
        without = [entry for entry in entries if entry.id != target.id and entry.reverses_id != target.id]
        reversed_once = replay([*entries, flips[0]], moment)
        for key, day in replay(without, moment).items():
            assert reversed_once[key] == day


def line(number, *, day=4, kind=LedgerKind.answer_helpful, reverses=None):
    at = datetime(2026, 3, day, 9, number % 60, tzinfo=UTC)
    points = 0 if reverses else RATES[kind].points
    return Entry(number, "ann", kind, points, not reverses and RATES[kind].capped, at, None, at.date(), reverses)


def test_the_cap_refills_when_an_earlier_line_is_reversed():
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    lines = [line(n) for n in range(1, 23)]
    assert [one.counted for one in lines_of_day(lines, moment)] == [10] * 20 + [0, 0]
    reversed_ = [*lines, line(50, kind=LedgerKind.reversal, reverses=1)]
    assert [one.counted for one in lines_of_day(reversed_, moment)] == [0] + [10] * 20 + [0]
    assert day_of(lines_of_day(reversed_, moment)) == Day(210, 200, 0, 0)


def test_solutions_stand_above_the_cap():
    lines = [line(n) for n in range(1, 23)] + [line(30, kind=LedgerKind.solution_accepted)]
    assert day_of(lines_of_day(lines, datetime(2026, 4, 1, tzinfo=UTC))).total == 225


def test_only_what_is_shown_stops_at_zero():
    assert headline([Day(10, 10, -100, 0)]) == 0
    assert headline([Day(10, 10, -100, 0), Day(100, 100, 0, 25)]) == 35
