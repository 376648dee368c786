"""The arithmetic of reputation: pure, order-independent, the same for one day and for a whole history.

A line that was reversed counts nothing on its own day, which gives its room under that day's cap
back to later lines. Only the shown total stops at zero; sums are never clamped (RECOGNITION 5.1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from forum.models import LedgerKind
from forum.recognition.rates import DAILY_CAP


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger row, as far as arithmetic needs it."""

    id: int
    subject: str
    kind: LedgerKind
    points: int
    capped: bool
    occurred_at: datetime
    counts_from: datetime | None
    earn_day: date
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with what became of it."""

    entry: Entry
    counted: int
    void: bool
    pending: bool


@dataclass(frozen=True, slots=True)
class Day:
    cap_nominal: int
    cap_counted: int
    negative: int
    uncapped: int

    @property
    def total(self) -> int:
        return self.cap_counted + self.negative + self.uncapped


def void_ids(entries: Iterable[Entry]) -> set[int]:
    """Ids whose last reversal or restore is a reversal."""
    last: dict[int, tuple[int, LedgerKind]] = {}
    for entry in entries:
        if entry.reverses_id is not None and entry.id > last.get(entry.reverses_id, (0, entry.kind))[0]:
            last[entry.reverses_id] = (entry.id, entry.kind)
    return {target for target, (_, kind) in last.items() if kind == LedgerKind.reversal}


def lines_of_day(entries: list[Entry], moment: datetime) -> list[Line]:
    """What each line of one subject's day counts, earliest first under the cap."""
    void = void_ids(entries)
    room = DAILY_CAP
    lines: list[Line] = []
    for entry in sorted(entries, key=lambda item: (item.occurred_at, item.id)):
        if entry.reverses_id is not None:
            continue
        pending = entry.counts_from is not None and entry.counts_from > moment
        counted = 0 if entry.id in void or pending else entry.points
        if entry.capped and counted > 0:
            counted = min(counted, room)
            room -= counted
        lines.append(Line(entry, counted, entry.id in void, pending))
    return lines


def day_of(lines: Iterable[Line]) -> Day:
    nominal = counted = negative = uncapped = 0
    for line in lines:
        live = 0 if line.void or line.pending else line.entry.points
        if live < 0:
            negative += live
        elif line.entry.capped:
            nominal += live
            counted += line.counted
        else:
            uncapped += live
    return Day(nominal, counted, negative, uncapped)


def replay(entries: Iterable[Entry], moment: datetime) -> dict[tuple[str, date], Day]:
    """Every day of every subject from nothing but the rows."""
    days: dict[tuple[str, date], list[Entry]] = {}
    for entry in entries:
        days.setdefault((entry.subject, entry.earn_day), []).append(entry)
    return {key: day_of(lines_of_day(rows, moment)) for key, rows in days.items()}


def headline(days: Iterable[Day]) -> int:
    return max(0, sum(day.total for day in days))
