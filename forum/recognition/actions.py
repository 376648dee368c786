"""Writing the ledger: lines, reversals, restores; and keeping the projections equal to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select, true, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.ids import public_id
from forum.models import LedgerKind, Member, RepDay, RepEvent, RepSubject
from forum.recognition import privileges, tags
from forum.recognition.ledger import Day, Entry, day_of, lines_of_day
from forum.recognition.rates import RATES, VERSION, Scope
from forum.recognition.standing import subjects_of


def subject_of(session: Session, member_id: int) -> str:
    """The surrogate of a member, locked so that two lines of one person follow each other."""
    return _subject(session, member_id=member_id)


def subject_elsewhere(session: Session, account_id: int) -> str:
    """The surrogate of somebody elsewhere, or of the member who has claimed that account."""
    return _subject(session, external_account_id=account_id)


def _subject(session: Session, **owner: int) -> str:
    ((column, value),) = owner.items()
    statement = (
        select(col(RepSubject.subject), col(RepSubject.merged_into)).where(getattr(RepSubject, column) == value).with_for_update()
    )
    row = session.execute(statement).first()
    if row is None:
        insert_ignoring(session, RepSubject, {"subject": public_id(), **owner})
        row = session.execute(statement).one()
    return str(row.merged_into or row.subject)


@dataclass(frozen=True, slots=True)
class Cause:
    """What a line is for: the same cause has at most one live line, and may earn again once it was reversed."""

    type: str
    id: int
    topic_id: int | None = None
    post_id: int | None = None


def credit(
    session: Session,
    subject: str,
    kind: LedgerKind,
    cause: Cause,
    *,
    actor_id: int | None = None,
    counts_from: datetime | None = None,
    points: int | None = None,
    reason: str = "",
    issued_by: int | None = None,
    approved_by: int | None = None,
) -> bool:
    """Add a line; False when this cause has a live one, or when its kind has reached its limit.

    `points` only where the rate leaves them open. Who gave it is kept as a surrogate, and only when that is somebody else.
    """
    giver = subject_of(session, actor_id) if actor_id is not None else None
    if giver == subject:
        return False
    earlier = _of_cause(session, subject, kind, cause, giver)
    void = _void(session, earlier)
    if any(row.id not in void for row in earlier) or _full(session, subject, kind, cause):
        return False
    moment = clock.now()
    name = ":".join(filter(None, [kind.value, cause.type, str(cause.id), subject[:10], giver, f"g{len(earlier) + 1}"]))
    values: dict[str, Any] = {
        "idem_key": name,
        "subject": subject,
        "kind": kind,
        "points": RATES[kind].points if points is None else points,
        "capped": RATES[kind].capped,
        "occurred_at": moment,
        "counts_from": counts_from,
        "earn_day": moment.date(),
        "recorded_at": moment,
        "topic_id": cause.topic_id,
        "post_id": cause.post_id,
        "cause_type": cause.type,
        "cause_id": cause.id,
        "actor_subject": giver,
        "reason": reason,
        "rule_version": VERSION,
        "issued_by": issued_by,
        "approved_by": approved_by,
    }
    made = insert_ignoring(session, RepEvent, values)
    if made:
        refresh_day(session, subject, moment.date())
        _refresh_tags(session, subject, [cause.topic_id])
    return made


def _full(session: Session, subject: str, kind: LedgerKind, cause: Cause) -> bool:
    limit = RATES[kind].limit
    if limit is None:
        return False
    places: dict[Scope, Any] = {
        Scope.post: col(RepEvent.post_id) == cause.post_id,
        Scope.topic: col(RepEvent.topic_id) == cause.topic_id,
        Scope.day: col(RepEvent.earn_day) == clock.now().date(),
        Scope.lifetime: true(),
    }
    live = select(RepEvent).where(col(RepEvent.subject).in_(subjects_of(subject)), col(RepEvent.kind) == kind, places[limit.per])
    rows = list(session.scalars(live))
    return len(rows) - len(_void(session, rows)) >= limit.lines


def _refresh_tags(session: Session, subject: str, topic_ids: Iterable[int | None]) -> None:
    topics = {topic_id for topic_id in topic_ids if topic_id is not None}
    if topics:
        tags.refresh_topics(session, subject, topics)


def reverse(session: Session, kind: LedgerKind, cause: Cause, reason: str, *, actor_id: int | None = None) -> bool:
    """Void the live lines of a cause by adding rows; nothing is changed or deleted. True when there was one."""
    giver = subject_of(session, actor_id) if actor_id is not None else None
    live = [
        row
        for row in _live(session, kind, cause.type, cause.id)
        if row.post_id == cause.post_id and (giver is None or row.actor_subject == giver)
    ]
    flip(session, live, LedgerKind.reversal, reason)
    return bool(live)


def reverse_own(session: Session, subject: str, kind: LedgerKind, cause: Cause, reason: str) -> None:
    """The same for one person, where several have a line of the same cause."""
    rows = _of_cause(session, subject, kind, cause, None)
    void = _void(session, rows)
    flip(session, [row for row in rows if row.id not in void], LedgerKind.reversal, reason)


def credited_post(session: Session, kind: LedgerKind, cause: str, cause_id: int) -> int | None:
    """The post whose author holds the live line of this cause, if anybody does."""
    return next((row.post_id for row in _live(session, kind, cause, cause_id)), None)


def live_line(session: Session, kind: LedgerKind, cause: Cause) -> int | None:
    return next((row.id for row in _live(session, kind, cause.type, cause.id)), None)


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
    flip(session, [row for row in rows if row.id not in void], LedgerKind.reversal, reason)


def restore_post(session: Session, post_id: int, reason: str) -> None:
    """Undo `void_post`: only lines that were voided for that reason return."""
    rows = list(session.scalars(select(RepEvent).where(col(RepEvent.post_id) == post_id, col(RepEvent.reverses_id).is_(None))))
    flips = _last_flips(session, rows)
    back = [
        row for row in rows if row.id in flips and flips[row.id].kind == LedgerKind.reversal and flips[row.id].reason == reason
    ]
    flip(session, back, LedgerKind.restore, reason)


def flip(session: Session, rows: list[RepEvent], kind: LedgerKind, reason: str, *, issued_by: int | None = None) -> None:
    """Reverse or restore lines by adding one row for each; days, tags and totals follow."""
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
                issued_by=issued_by,
            )
        )
        session.flush()
    refresh_days(session, {(row.subject, row.earn_day) for row in rows})
    for subject in {row.subject for row in rows}:
        _refresh_tags(session, canonical(session, subject), [row.topic_id for row in rows if row.subject == subject])


def canonical(session: Session, subject: str) -> str:
    """For whom this subject's lines count."""
    merged = session.scalar(select(col(RepSubject.merged_into)).where(col(RepSubject.subject) == subject))
    return str(merged or subject)


def refresh_day(session: Session, subject: str, day: date) -> None:
    refresh_days(session, [(subject, day)])


def refresh_days(session: Session, days: Iterable[tuple[str, date]]) -> None:
    """Make the projection of some days, and the shown totals, equal to the ledger; what opens is looked at once for all."""
    session.flush()
    members = {member_id for subject, day in sorted(days) if (member_id := _project_day(session, subject, day)) is not None}
    if members:
        refresh_totals(session, sorted(members))


def _project_day(session: Session, subject: str, day: date) -> int | None:
    """Whose it is. Nothing to do for an erased subject."""
    subject = canonical(session, subject)
    row = session.get(RepSubject, subject)
    if row is None:
        return None
    values = day_values(day_of(lines_of_day(entries_of(session, subject, day), clock.now())))
    if not insert_ignoring(session, RepDay, {"subject": subject, "day": day, **values}):
        session.execute(update(RepDay).where(col(RepDay.subject) == subject, col(RepDay.day) == day).values(**values))
    return row.member_id


def day_values(total: Day) -> dict[str, int]:
    return {
        "cap_nominal": total.cap_nominal,
        "cap_counted": total.cap_counted,
        "negative": total.negative,
        "uncapped": total.uncapped,
        "total": total.total,
    }


def refresh_totals(session: Session, member_ids: list[int] | None = None) -> None:
    """The shown reputation of some members, or of all: the sum of their days, never below zero; and what it opens."""
    days = (
        select(func.coalesce(func.sum(col(RepDay.total)), 0))
        .join(RepSubject, col(RepSubject.subject) == col(RepDay.subject))
        .where(col(RepSubject.member_id) == col(Member.id))
        .scalar_subquery()
    )
    change = update(Member).values(reputation=case((days > 0, days), else_=0))
    if member_ids is not None:
        change = change.where(col(Member.id).in_(member_ids))
    session.execute(change.execution_options(synchronize_session=False))
    if member_ids is not None:
        privileges.refresh(session, member_ids)


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
    """The rows of a subject and of those merged into it, all under its own name."""
    query = select(*ENTRY_COLUMNS).where(col(RepEvent.subject).in_(subjects_of(subject)))
    if day is not None:
        query = query.where(col(RepEvent.earn_day) == day)
    return [Entry(row.id, subject, *row[2:]) for row in session.execute(query)]


def _of_cause(session: Session, subject: str, kind: LedgerKind, cause: Cause, giver: str | None) -> list[RepEvent]:
    query = select(RepEvent).where(
        col(RepEvent.subject).in_(subjects_of(subject)),
        col(RepEvent.kind) == kind,
        col(RepEvent.cause_type) == cause.type,
        col(RepEvent.cause_id) == cause.id,
    )
    if giver is not None:
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
