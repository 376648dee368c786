"""Pending lines that have come due, and the proof that projections equal the ledger."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import transaction
from forum.models import Member, RepDay, RepEvent, RepSubject
from forum.recognition.actions import ENTRY_COLUMNS, refresh_day, refresh_total
from forum.recognition.ledger import Entry, day_of, lines_of_day, replay

SETTLED_WITHIN = timedelta(hours=2)
"""The job runs every half hour; a line that waits longer than this is drift."""
LOOK_BACK = timedelta(days=60)
"""A worker that was away this long still counts everything."""


def settle() -> None:
    """Count what waited. Running twice changes nothing."""
    moment = clock.now()
    with transaction() as session:
        due = session.execute(
            select(col(RepEvent.subject), col(RepEvent.earn_day))
            .where(col(RepEvent.counts_from) <= moment, col(RepEvent.counts_from) > moment - LOOK_BACK)
            .distinct()
        ).all()
        for subject, day in due:
            refresh_day(session, subject, day)


def drift(session: Session) -> list[str]:
    """Where projections differ from a replay of the ledger; empty when all is well."""
    moment = clock.now()
    entries = [Entry(*row) for row in session.execute(select(*ENTRY_COLUMNS)).yield_per(5_000)]
    days = {key: {day.total} for key, day in replay(entries, moment).items()}
    for key, totals in _unsettled(entries, moment).items():
        days[key] |= totals
    stored = {(row.subject, row.day): row.total for row in session.scalars(select(RepDay))}
    found = [
        f"day {key[1]} of {key[0]}: stored {stored.get(key, 0)}, ledger {min(days.get(key, {0}))}"
        for key in days.keys() | stored.keys()
        if stored.get(key, 0) not in days.get(key, {0})
    ]
    sums: Counter[str] = Counter()
    for (subject, _), total in stored.items():
        sums[subject] += total
    for member_id, handle, shown, subject in session.execute(
        select(col(Member.id), col(Member.handle), col(Member.reputation), col(RepSubject.subject)).outerjoin(
            RepSubject, col(RepSubject.member_id) == col(Member.id)
        )
    ):
        expected = max(0, sums[subject])
        if shown != expected:
            found.append(f"member {member_id} ({handle}): stored {shown}, days {expected}")
    return found


def _unsettled(entries: list[Entry], moment: datetime) -> dict[tuple[str, date], set[int]]:
    """Totals that were right before lines came due a little while ago: the next settling brings them up."""
    due: dict[tuple[str, date], set[datetime]] = {}
    for entry in entries:
        if entry.counts_from is not None and moment - SETTLED_WITHIN < entry.counts_from <= moment:
            due.setdefault((entry.subject, entry.earn_day), set()).add(entry.counts_from)
    rows: dict[tuple[str, date], list[Entry]] = {key: [] for key in due}
    for entry in entries:
        if (entry.subject, entry.earn_day) in rows:
            rows[entry.subject, entry.earn_day].append(entry)
    instant = timedelta(microseconds=1)
    return {key: {day_of(lines_of_day(rows[key], at - instant)).total for at in moments} for key, moments in due.items()}


def rebuild() -> int:
    """Write all projections anew from the ledger. Returns how many days were written."""
    with transaction() as session:
        session.execute(delete(RepDay))
        entries = (Entry(*row) for row in session.execute(select(*ENTRY_COLUMNS)).yield_per(5_000))
        days = replay(entries, clock.now())
        session.add_all(
            RepDay(
                subject=subject,
                day=day,
                cap_nominal=total.cap_nominal,
                cap_counted=total.cap_counted,
                negative=total.negative,
                uncapped=total.uncapped,
                total=total.total,
            )
            for (subject, day), total in days.items()
        )
        session.flush()
        for subject in session.scalars(select(col(RepSubject.subject))).all():
            refresh_total(session, subject)
    return len(days)
