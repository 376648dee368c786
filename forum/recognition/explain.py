"""Why somebody has the reputation they have, line by line; the lines add up to the headline."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from forum.accounts.queries import access_member_by_handle
from forum.core import clock, paging, text
from forum.core.templating import day
from forum.models import LedgerKind, Member, RepEvent, RepSubject, Topic
from forum.policy.actor import Actor
from forum.recognition.actions import entries_of
from forum.recognition.ledger import Entry, Line, lines_of_day
from forum.recognition.rates import DAILY_CAP, RATES
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.views import PersonView, Tab

LINES = 50


@dataclass(frozen=True, slots=True)
class LineView:
    at: datetime
    why: str
    url: str | None
    title: str
    nominal_text: str
    counted: int
    note: str
    void: bool


@dataclass(frozen=True, slots=True)
class TotalView:
    label: str
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class ReputationPage:
    """`full` is for the person themselves; everybody else sees totals for each kind."""

    person: PersonView
    handle: str
    headline: int
    sentence: str
    lines: list[LineView]
    totals: list[TotalView]
    full: bool
    more_url: str | None
    filters: list[Tab]


def reputation_page(session: Session, actor: Actor, handle: str, kind: str, after: str | None) -> ReputationPage:
    member = access_member_by_handle(session, handle)
    row = session.execute(
        select(*COLUMNS, col(RepSubject.subject))
        .outerjoin(RepSubject, col(RepSubject.member_id) == col(Member.id))
        .where(col(Member.id) == member.id)
    ).one()
    lines = all_lines(entries_of(session, row.subject)) if row.subject else []
    headline = max(0, sum(line.counted for line in lines))
    full = actor.signed_in and actor.id == member.id
    base = f"/members/{member.handle_key}/reputation"
    wanted = [line for line in reversed(lines) if kind in ("", line.entry.kind)]
    shown, more = _cut(wanted, after) if full else ([], None)
    return ReputationPage(
        person=person(row),
        handle=member.handle,
        headline=headline,
        sentence=sentence(headline, lines),
        lines=_views(session, actor, shown),
        totals=_totals(lines),
        full=full,
        more_url=f"{base}?kind={kind}&after={more}" if more else None,
        filters=[Tab(base, "Everything", not kind)]
        + [Tab(f"{base}?kind={each.value}", RATES[each].why, kind == each.value) for each in _kinds(lines)],
    )


def all_lines(entries: list[Entry]) -> list[Line]:
    """Every line with what it counts, oldest first."""
    days: dict[Any, list[Entry]] = defaultdict(list)
    for entry in entries:
        days[entry.earn_day].append(entry)
    moment = clock.now()
    lines = [line for rows in days.values() for line in lines_of_day(rows, moment)]
    return sorted(lines, key=lambda line: (line.entry.occurred_at, line.entry.id))


def sentence(headline: int, lines: list[Line]) -> str:
    """ "60 = 2 accepted (50) + 1 helpful (10)"; what is lost, reversed or pending is said behind it."""
    live = [line for line in lines if not line.void and not line.pending]
    parts = []
    for kind in _kinds(live):
        mine = [line for line in live if line.entry.kind == kind]
        points = sum(line.counted for line in mine)
        lost = sum(line.entry.points for line in mine) - points
        words = RATES[kind].one if len(mine) == 1 else RATES[kind].many
        parts.append(f"{len(mine)} {words} ({points:,}{f'; {lost} over the daily limit' if lost else ''})")
    said = (
        f"{headline:,} = " + " + ".join(parts)
        if parts
        else "Nothing counted yet. Points come when somebody says that an answer helped."
    )
    pending = [line for line in lines if line.pending and not line.void]
    if pending:
        said += f". {text.plural(sum(line.entry.points for line in pending), 'point')} wait to be counted"
    reversed_ = sum(line.void for line in lines)
    return said + (f". {text.plural(reversed_, 'line')} reversed." if reversed_ else ".")


def _kinds(lines: list[Line]) -> list[LedgerKind]:
    present = {LedgerKind(line.entry.kind) for line in lines}
    return [kind for kind in RATES if kind in present]


def _totals(lines: list[Line]) -> list[TotalView]:
    return [
        TotalView(
            RATES[kind].why,
            sum(line.entry.kind == kind and not line.void for line in lines),
            sum(line.counted for line in lines if line.entry.kind == kind),
        )
        for kind in _kinds(lines)
    ]


def _cut(lines: list[Line], after: str | None) -> tuple[list[Line], str | None]:
    key = paging.decode(after, datetime)
    if key is not None:
        lines = [line for line in lines if (line.entry.occurred_at, line.entry.id) < key]
    shown = lines[:LINES]
    more = paging.encode(shown[-1].entry.occurred_at, shown[-1].entry.id) if len(lines) > LINES else None
    return shown, more


def _views(session: Session, actor: Actor, lines: list[Line]) -> list[LineView]:
    ids = [line.entry.id for line in lines]
    rows = session.execute(
        select(col(RepEvent.id), col(RepEvent.post_id), col(Topic.id).label("topic_id"), col(Topic.title), col(Topic.slug))
        .outerjoin(Topic, (col(Topic.id) == col(RepEvent.topic_id)) & visible_topics(actor))
        .where(col(RepEvent.id).in_(ids))
    ).all()
    places: dict[int, Row[Any]] = {row.id: row for row in rows}
    reasons = _reasons(session, [line.entry.id for line in lines if line.void])
    return [_view(line, places.get(line.entry.id), reasons) for line in lines]


def _reasons(session: Session, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = (
        select(col(RepEvent.reverses_id), col(RepEvent.reason))
        .where(col(RepEvent.reverses_id).in_(ids))
        .order_by(col(RepEvent.id))
    )
    return {row.reverses_id: row.reason for row in session.execute(query)}


def _view(line: Line, place: Row[Any] | None, reasons: dict[int, str]) -> LineView:
    entry = line.entry
    topic = place is not None and place.topic_id is not None
    return LineView(
        at=entry.occurred_at,
        why=RATES[LedgerKind(entry.kind)].why,
        url=f"{topic_url(place.topic_id, place.slug)}#a-{place.post_id}" if place is not None and topic else None,
        title=place.title if place is not None and topic else "A topic that is no longer public",
        nominal_text=f"+{entry.points}" if entry.points >= 0 else f"−{-entry.points}",
        counted=line.counted,
        note=_note(line, reasons),
        void=line.void,
    )


def _note(line: Line, reasons: dict[int, str]) -> str:
    if line.void:
        return f"Reversed: {reasons.get(line.entry.id, '')}"
    if line.pending and line.entry.counts_from is not None:
        return f"Counts from {day(line.entry.counts_from)}, {line.entry.counts_from:%H:%M} UTC"
    if line.counted < line.entry.points:
        return f"{line.counted} counted: the daily limit is {DAILY_CAP}"
    return ""
