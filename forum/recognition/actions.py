"""Writing the ledger: lines, reversals, restores; and keeping the projections equal to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.ids import public_id
from forum.models import LedgerKind, Member, RepDay, RepEvent, RepSubject
from forum.recognition.ledger import Entry, day_of, lines_of_day
from forum.recognition.rates import RATES, VERSION


def subject_of(session: Session, member_id: int) -> str:
    """The surrogate of a member, locked so that two lines of one person follow each other."""
    insert_ignoring(session, RepSubject, {"subject": public_id(), "member_id": member_id})
    return str(
        session.execute(
            select(col(RepSubject.subject)).where(col(RepSubject.member_id) == member_id).with_for_update()
        ).scalar_one()
    )


def credit(
    session: Session,
    member_id: int,
    kind: LedgerKind,
    *,
    cause: str,
    cause_id: int,
    topic_id: int,
    post_id: int,
    actor_id: int | None = None,
    counts_from: datetime | None = None,
) -> bool:
    """Add a line unless this cause has a live one; False then. A cause that was reversed may earn again."""
    subject = subject_of(session, member_id)
    giver = subject_of(session, actor_id) if actor_id is not None and actor_id != member_id else None
    earlier = _of_cause(session, subject, kind, cause, cause_id, giver)
    if any(row.id not in _void(session, [row]) for row in earlier):
        return False
    moment = clock.now()
    name = ":".join(filter(None, [kind.value, cause, str(cause_id), subject[:10], giver, f"g{len(earlier) + 1}"]))
    values: dict[str, Any] = {
        "idem_key": name,
        "subject": subject,
        "kind": kind,
        "points": RATES[kind].points,
        "capped": RATES[kind].capped,
        "occurred_at": moment,
        "counts_from": counts_from,
        "earn_day": moment.date(),
        "recorded_at": moment,
        "topic_id": topic_id,
        "post_id": post_id,
        "cause_type": cause,
        "cause_id": cause_id,
        "actor_subject": giver,
        "reason": "",
        "rule_version": VERSION,
    }
    made = insert_ignoring(session, RepEvent, values)
    if made:
        refresh_day(session, subject, moment.date())
    return made


def reverse(
    session: Session, kind: LedgerKind, *, cause: str, cause_id: int, post_id: int, reason: str, actor_id: int | None = None
) -> bool:
    """Void the live lines of a cause by adding rows; nothing is changed or deleted. True when there was one."""
    giver = subject_of(session, actor_id) if actor_id is not None else None
    live = [
        row
        for row in _live(session, kind, cause, cause_id)
        if row.post_id == post_id and (giver is None or row.actor_subject == giver)
    ]
    _flip(session, live, LedgerKind.reversal, reason)
    return bool(live)


def is_credited(session: Session, kind: LedgerKind, cause: str, cause_id: int) -> bool:
    """Whether anybody holds a live line for this cause."""
    return bool(_live(session, kind, cause, cause_id))


def _live(session: Session, kind: LedgerKind, cause: str, cause_id: int) -> list[RepEvent]:
    rows = list(
        session.scalars(
            select(RepEvent).where(
                col(RepEvent.kind) == kind, col(RepEvent.cause_type) == cause, col(RepEvent.cause_id) == cause_id
            )
        )
    )
    void = _void(session, rows)
    return [row for row in rows if row.id not in void]


def void_post(session: Session, post_id: int, reason: str) -> None:
    """Everything a post earned counts nothing while it is gone."""
    rows = list(session.scalars(select(RepEvent).where(col(RepEvent.post_id) == post_id, col(RepEvent.reverses_id).is_(None))))
    void = _void(session, rows)
    _flip(session, [row for row in rows if row.id not in void], LedgerKind.reversal, reason)


def restore_post(session: Session, post_id: int, reason: str) -> None:
    """Undo `void_post`: only lines that were voided for that reason return."""
    rows = list(session.scalars(select(RepEvent).where(col(RepEvent.post_id) == post_id, col(RepEvent.reverses_id).is_(None))))
    flips = _last_flips(session, rows)
    back = [
        row for row in rows if row.id in flips and flips[row.id].kind == LedgerKind.reversal and flips[row.id].reason == reason
    ]
    _flip(session, back, LedgerKind.restore, reason)


def _flip(session: Session, rows: list[RepEvent], kind: LedgerKind, reason: str) -> None:
    moment = clock.now()
    for row in rows:
        _lock(session, row.subject)
        number = session.execute(
            select(func.count()).select_from(RepEvent).where(col(RepEvent.reverses_id) == row.id)
        ).scalar_one()
        session.add(
            RepEvent(
                idem_key=f"{kind.value}:{row.id}:{number + 1}",
                subject=row.subject,
                kind=kind,
                points=0,
                occurred_at=moment,
                earn_day=row.earn_day,
                recorded_at=moment,
                topic_id=row.topic_id,
                post_id=row.post_id,
                cause_type=row.cause_type,
                cause_id=row.cause_id,
                reverses_id=row.id,
                reason=reason,
                rule_version=VERSION,
            )
        )
        session.flush()
    for subject, day in {(row.subject, row.earn_day) for row in rows}:
        refresh_day(session, subject, day)


def refresh_day(session: Session, subject: str, day: date) -> None:
    """Make one day's projection, and the shown total, equal to the ledger."""
    session.flush()
    total = day_of(lines_of_day(entries_of(session, subject, day), clock.now()))
    values = {
        "cap_nominal": total.cap_nominal,
        "cap_counted": total.cap_counted,
        "negative": total.negative,
        "uncapped": total.uncapped,
        "total": total.total,
    }
    if not insert_ignoring(session, RepDay, {"subject": subject, "day": day, **values}):
        session.execute(update(RepDay).where(col(RepDay.subject) == subject, col(RepDay.day) == day).values(**values))
    refresh_total(session, subject)


def refresh_total(session: Session, subject: str) -> None:
    shown = session.execute(select(func.coalesce(func.sum(RepDay.total), 0)).where(col(RepDay.subject) == subject)).scalar_one()
    owner = select(col(RepSubject.member_id)).where(col(RepSubject.subject) == subject).scalar_subquery()
    session.execute(update(Member).where(col(Member.id) == owner).values(reputation=max(0, shown)))


ENTRY_COLUMNS = (
    col(RepEvent.id),
    col(RepEvent.subject),
    col(RepEvent.kind),
    col(RepEvent.points),
    col(RepEvent.capped),
    col(RepEvent.occurred_at),
    col(RepEvent.counts_from),
    col(RepEvent.earn_day),
    col(RepEvent.reverses_id),
)


def entries_of(session: Session, subject: str, day: date | None = None) -> list[Entry]:
    query = select(*ENTRY_COLUMNS).where(col(RepEvent.subject) == subject)
    if day is not None:
        query = query.where(col(RepEvent.earn_day) == day)
    return [Entry(*row) for row in session.execute(query)]


def _of_cause(session: Session, subject: str, kind: LedgerKind, cause: str, cause_id: int, giver: str | None) -> list[RepEvent]:
    query = select(RepEvent).where(
        col(RepEvent.subject) == subject,
        col(RepEvent.kind) == kind,
        col(RepEvent.cause_type) == cause,
        col(RepEvent.cause_id) == cause_id,
    )
    if kind == LedgerKind.answer_helpful:
        query = query.where(col(RepEvent.actor_subject) == giver)
    return list(session.scalars(query))


def _void(session: Session, rows: list[RepEvent]) -> set[int]:
    return {row_id for row_id, flip in _last_flips(session, rows).items() if flip.kind == LedgerKind.reversal}


def _last_flips(session: Session, rows: list[RepEvent]) -> dict[int, RepEvent]:
    ids = [row.id for row in rows]
    if not ids:
        return {}
    flips = session.scalars(select(RepEvent).where(col(RepEvent.reverses_id).in_(ids)).order_by(col(RepEvent.id)))
    return {flip.reverses_id: flip for flip in flips if flip.reverses_id is not None}


def _lock(session: Session, subject: str) -> None:
    session.execute(select(col(RepSubject.subject)).where(col(RepSubject.subject) == subject).with_for_update())
