"""Why somebody has the reputation they have, line by line; the lines add up to the headline."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from forum.accounts.queries import access_member_by_handle
from forum.core import clock, paging, text
from forum.core.settings import settings
from forum.core.templating import day
from forum.models import FraudCase, FraudState, FraudVote, LedgerKind, Member, RepEvent, RepSubject, RepTag, Tag, Topic, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.actions import entries_of
from forum.recognition.ledger import Entry, Line, lines_of_day
from forum.recognition.rates import DAILY_CAP, FINDINGS, RATES
from forum.recognition.standing import subjects_of
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.views import PersonView, Tab

LINES = 50
SAID = {"vote_pattern": "this vote did not look independent, so it does not count for now"}
TAGS = 12


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
    appeal_url: str
    """Where its owner objects, or reads the answer; empty for what needs none."""


@dataclass(frozen=True, slots=True)
class TotalView:
    label: str
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class TagPoints:
    slug: str
    points: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the ledger: empty means all of them."""

    kind: str = ""
    tag: str = ""
    day: date | None = None
    post: int | None = None

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: value for name in ("kind", "tag", "day", "post") if (value := getattr(self, name))})


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
    tags: list[TagPoints]
    wanted: Wanted
    export_url: str


def reputation_page(session: Session, actor: Actor, handle: str, wanted: Wanted, after: str | None) -> ReputationPage:
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
    matching = _matching(session, row.subject, wanted) if full and wanted.query else None
    chosen = [line for line in reversed(lines) if matching is None or line.entry.id in matching]
    shown, more = _cut(chosen, after) if full else ([], None)
    return ReputationPage(
        person=person(row),
        handle=member.handle,
        headline=headline,
        sentence=sentence(headline, lines),
        lines=_views(session, actor, shown),
        totals=_totals(lines),
        full=full,
        more_url=f"{base}?{wanted.query}&after={more}" if more else None,
        filters=[Tab(base, "Everything", not wanted.query)]
        + [Tab(f"{base}?kind={each.value}", RATES[each].why, wanted.kind == each.value) for each in _kinds(lines)],
        tags=_tag_tabs(session, row.subject, wanted) if full else [],
        wanted=wanted,
        export_url=f"{base}.csv" if full else "",
    )


def _matching(session: Session, subject: str | None, wanted: Wanted) -> set[int]:
    query = select(col(RepEvent.id)).where(col(RepEvent.subject).in_(subjects_of(subject or "")))
    if wanted.kind:
        query = query.where(col(RepEvent.kind) == wanted.kind)
    if wanted.day:
        query = query.where(col(RepEvent.earn_day) == wanted.day)
    if wanted.post:
        query = query.where(col(RepEvent.post_id) == wanted.post)
    if wanted.tag:
        tagged = select(col(TopicTag.topic_id)).join(Tag, col(Tag.id) == col(TopicTag.tag_id)).where(col(Tag.slug) == wanted.tag)
        query = query.where(col(RepEvent.topic_id).in_(tagged))
    return set(session.scalars(query))


def _tag_tabs(session: Session, subject: str | None, wanted: Wanted) -> list[TagPoints]:
    """Points per tag, strongest first. A line counts for each tag of its question, so they do not add up to the headline."""
    rows = session.execute(
        select(col(Tag.slug), col(RepTag.points))
        .join(RepTag, col(RepTag.tag_id) == col(Tag.id))
        .where(col(RepTag.subject) == (subject or ""), col(RepTag.points) != 0)
        .order_by(col(RepTag.points).desc(), col(Tag.slug))
        .limit(TAGS)
    )
    return [TagPoints(slug, points, slug == wanted.tag) for slug, points in rows]


def export(session: Session, actor: Actor, handle: str) -> list[dict[str, Any]]:
    """Every line of one's own ledger, oldest first; what counted adds up to the headline."""
    member = access_member_by_handle(session, handle)
    require(actor, Permission.ledger_export, About(owner_id=member.id))
    subject = session.scalar(select(col(RepSubject.subject)).where(col(RepSubject.member_id) == member.id)) or ""
    rows = {row.id: row for row in session.scalars(select(RepEvent).where(col(RepEvent.subject).in_(subjects_of(subject))))}
    reasons = _reasons(session, list(rows))
    return [_exported(line, rows[line.entry.id], reasons) for line in all_lines(entries_of(session, subject))]


def _exported(line: Line, row: RepEvent, reasons: dict[int, str]) -> dict[str, Any]:
    state = "reversed" if line.void else "waiting" if line.pending else "counted"
    return {
        "at": row.occurred_at.isoformat(),
        "day": row.earn_day.isoformat(),
        "kind": RATES[LedgerKind(row.kind)].why,
        "points": row.points,
        "counted": line.counted,
        "state": state,
        "reason": reasons.get(row.id, ""),
        "counts_from": row.counts_from.isoformat() if row.counts_from else "",
        "rule_version": row.rule_version,
        "post": f"{settings().base_url}/posts/{row.post_id}" if row.post_id else "",
    }


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
    reasons, doubted = _reasons(session, ids), _doubted(session, lines)
    return [_view(line, places.get(line.entry.id), reasons, doubted) for line in lines]


def _reasons(session: Session, ids: list[int]) -> dict[int, str]:
    """What stands with a line itself (a correction, a finding), or else with its last reversal."""
    about = func.coalesce(col(RepEvent.reverses_id), col(RepEvent.id))
    query = (
        select(about.label("line"), col(RepEvent.reason))
        .where(col(RepEvent.id).in_(ids) | col(RepEvent.reverses_id).in_(ids), col(RepEvent.kind) != LedgerKind.restore)
        .order_by(col(RepEvent.id))
    )
    return {row.line: row.reason for row in session.execute(query) if row.reason}


def _doubted(session: Session, lines: list[Line]) -> dict[int, int]:
    """The case about each line that was reversed for one."""
    query = (
        select(col(FraudVote.event_id), func.max(col(FraudVote.case_id)))
        .join(FraudCase, col(FraudCase.id) == col(FraudVote.case_id))
        .where(
            col(FraudVote.event_id).in_([line.entry.id for line in lines if line.void]), col(FraudCase.state) != FraudState.open
        )
        .group_by(col(FraudVote.event_id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _appeal_url(line: Line, doubted: dict[int, int]) -> str:
    if line.entry.kind in FINDINGS:
        return f"/settings/findings/{line.entry.id}"
    return f"/me/votes/{doubted[line.entry.id]}" if line.entry.id in doubted else ""


def _view(line: Line, place: Row[Any] | None, reasons: dict[int, str], doubted: dict[int, int]) -> LineView:
    entry = line.entry
    topic = place is not None and place.topic_id is not None
    return LineView(
        at=entry.occurred_at,
        why=RATES[LedgerKind(entry.kind)].why,
        url=_url(place) if place is not None and topic else None,
        title=place.title if place is not None and topic else _nowhere(place),
        nominal_text=f"+{entry.points}" if entry.points >= 0 else f"−{-entry.points}",
        counted=line.counted,
        note=_note(line, reasons),
        void=line.void,
        appeal_url=_appeal_url(line, doubted),
    )


def _url(place: Row[Any]) -> str:
    return topic_url(place.topic_id, place.slug) + (f"#a-{place.post_id}" if place.post_id is not None else "")


def _nowhere(place: Row[Any] | None) -> str:
    return "A topic that is no longer public" if place is not None and place.post_id is not None else ""


def _note(line: Line, reasons: dict[int, str]) -> str:
    if line.void:
        reason = reasons.get(line.entry.id, "")
        return f"Reversed: {SAID.get(reason, reason)}"
    if line.pending and line.entry.counts_from is not None:
        return f"Counts from {day(line.entry.counts_from)}, {line.entry.counts_from:%H:%M} UTC"
    if line.counted < line.entry.points:
        return f"{line.counted} counted: the daily limit is {DAILY_CAP}"
    return reasons.get(line.entry.id, "")
