"""Pending lines that have come due, and the proof that projections equal the ledger."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import transaction
from forum.models import Member, RepDay, RepEvent, RepSubject
from forum.recognition.actions import ENTRY_COLUMNS, refresh_day, refresh_total
from forum.recognition.ledger import Entry, replay

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
    found: list[str] = []
    days = replay((Entry(*row) for row in session.execute(select(*ENTRY_COLUMNS)).yield_per(5_000)), clock.now())
    stored = {(row.subject, row.day): row.total for row in session.scalars(select(RepDay))}
    for key in days.keys() | stored.keys():
        expected = days[key].total if key in days else 0
        if stored.get(key, 0) != expected:
            found.append(f"day {key[1]} of {key[0]}: stored {stored.get(key, 0)}, ledger {expected}")
    totals: dict[str, list[int]] = {}
    for (subject, _), day in days.items():
        totals.setdefault(subject, []).append(day.total)
    for member_id, handle, shown, subject in session.execute(
        select(col(Member.id), col(Member.handle), col(Member.reputation), col(RepSubject.subject)).outerjoin(
            RepSubject, col(RepSubject.member_id) == col(Member.id)
        )
    ):
        expected = max(0, sum(totals.get(subject, [])))
        if shown != expected:
            found.append(f"member {member_id} ({handle}): stored {shown}, ledger {expected}")
    return found


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
