"""Pending lines that have come due, and the proof that projections equal the ledger."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.models import Member, RepDay, RepEvent, RepSubject, SiteChoice
from forum.recognition import privileges, tags
from forum.recognition.actions import ENTRY_COLUMNS, canonical, day_values, refresh_days, refresh_totals
from forum.recognition.ledger import Day, Entry, day_of, lines_of_day
from forum.recognition.standing import CANONICAL

log = structlog.get_logger()
SETTLED_WITHIN = timedelta(hours=2)
"""The job runs every half hour; a line that waits longer than this is drift."""
LOOK_BACK = timedelta(days=60)
"""A worker that was away this long still counts everything."""
BATCH = 5_000
DRIFT = "rep_projection_drift"


def settle() -> None:
    """Count what waited. Running twice changes nothing."""
    with transaction() as session:
        settle_since(session, clock.now() - LOOK_BACK)


def settle_since(session: Session, since: datetime) -> None:
    """Bring up everything that came due after `since`."""
    due = session.execute(
        select(col(RepEvent.subject), col(RepEvent.earn_day), col(RepEvent.topic_id))
        .where(col(RepEvent.counts_from) <= clock.now(), col(RepEvent.counts_from) > since)
        .distinct()
    ).all()
    refresh_days(session, {(row.subject, row.earn_day) for row in due})
    for subject in sorted({row.subject for row in due}):
        topics = {row.topic_id for row in due if row.subject == subject and row.topic_id is not None}
        tags.refresh_topics(session, canonical(session, subject), topics)


def shadow() -> None:
    """Every night: replay the whole ledger beside the projections and say how far they are apart. It must be nothing."""
    with transaction(writes=False) as session:
        found = drift(session)
    for line in found[:20]:
        log.error("projection differs from the ledger", where=line)
    with transaction() as session:
        insert_ignoring(session, SiteChoice, {"name": DRIFT, "value": "", "changed_at": clock.now()})
        row = session.get_one(SiteChoice, DRIFT)
        row.value, row.changed_at = json.dumps({"differences": len(found)}), clock.now()


def drift(session: Session) -> list[str]:
    """Where projections differ from a replay of the ledger; empty when all is well."""
    moment = clock.now()
    stored = {
        (row.subject, row.day): row.total
        for row in session.execute(select(col(RepDay.subject), col(RepDay.day), col(RepDay.total)))
    }
    sums: Counter[str] = Counter()
    for (subject, _), total in stored.items():
        sums[subject] += total
    found: list[str] = []
    for key, entries in _by_day(session):
        said = stored.pop(key, 0)
        if said not in _right(entries, moment):
            found.append(f"day {key[1]} of {key[0]}: stored {said}, ledger {day_of(lines_of_day(entries, moment)).total}")
    found += [f"day {day} of {subject}: stored {total}, no lines" for (subject, day), total in stored.items() if total]
    for member_id, handle, shown, subject in session.execute(
        select(col(Member.id), col(Member.handle), col(Member.reputation), col(RepSubject.subject)).outerjoin(
            RepSubject, col(RepSubject.member_id) == col(Member.id)
        )
    ):
        expected = max(0, sums[subject])
        if shown != expected:
            found.append(f"member {member_id} ({handle}): stored {shown}, days {expected}")
    return found + tags.differences(session, _just_due(session, moment))


def _just_due(session: Session, moment: datetime) -> set[str]:
    query = select(col(RepEvent.subject)).where(
        col(RepEvent.counts_from) <= moment, col(RepEvent.counts_from) > moment - SETTLED_WITHIN
    )
    return {canonical(session, subject) for subject in session.scalars(query.distinct()).all()}


def _by_day(session: Session) -> Iterator[tuple[tuple[str, date], list[Entry]]]:
    """The ledger in the order that needs no more memory than one day of one person. Erased subjects are left out."""
    rows = session.execute(
        select(*ENTRY_COLUMNS, CANONICAL)
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .order_by(CANONICAL, col(RepEvent.earn_day), col(RepEvent.id))
        .execution_options(yield_per=BATCH)
    )
    entries = (Entry(row[0], row[-1], *row[2:-1]) for row in rows)
    for key, group in groupby(entries, key=lambda entry: (entry.subject, entry.earn_day)):
        yield key, list(group)


def _right(entries: list[Entry], moment: datetime) -> set[int]:
    """The day's total, and what was right before lines came due a little while ago: the next settling brings them up."""
    recent = {
        entry.counts_from for entry in entries if entry.counts_from and moment - SETTLED_WITHIN < entry.counts_from <= moment
    }
    instant = timedelta(microseconds=1)
    moments = [moment, *(at - instant for at in recent)]
    return {day_of(lines_of_day(entries, at)).total for at in moments}


def rebuild() -> int:
    """Write all projections anew from the ledger. Returns how many days were written."""
    moment = clock.now()
    written = 0
    with transaction() as session:
        session.execute(delete(RepDay))
        rows: list[dict[str, object]] = []
        for (subject, day), entries in _by_day(session):
            rows.append({"subject": subject, "day": day, **day_values(_day(entries, moment))})
            if len(rows) == BATCH:
                written += _write(session, rows)
        written += _write(session, rows)
        tags.rebuild(session)
        refresh_totals(session)
    privileges.refresh_all()
    return written


def _day(entries: list[Entry], moment: datetime) -> Day:
    return day_of(lines_of_day(entries, moment))


def _write(session: Session, rows: list[dict[str, object]]) -> int:
    count = len(rows)
    if rows:
        session.execute(insert(RepDay), rows)
    rows.clear()
    return count
