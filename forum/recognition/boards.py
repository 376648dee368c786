"""Boards that stay healthy: people helped, not posts; short windows; made once a week; nobody on them who would rather not be."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.jobs.queue import enqueue
from forum.models import BoardRow, LedgerKind, Member, RepEvent, RepSubject, SiteChoice, Tag, Topic, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible, wants
from forum.recognition.events import RecognitionChosen
from forum.recognition.rates import POSITIVE_SIGNALS, SOLUTIONS
from forum.recognition.standing import counts
from forum.topics.people import COLUMNS, person
from forum.topics.views import PersonView

WINDOWS = {"7": timedelta(days=7), "30": timedelta(days=30), "90": timedelta(days=90), "season": timedelta(days=365)}
NAMES = {
    "7": "Seven days",
    "30": "Thirty days",
    "90": "Ninety days",
    "season": "This season",
    "newcomers": "Newcomers",
    "rescues": "Rescues",
    "articles": "Resolutions",
}
DESCRIPTIONS = {
    "newcomers": "People in their first ninety days here, over the last ninety days.",
    "rescues": "Questions solved after nobody had replied for three days, over the last ninety days.",
    "articles": "People whose answers became resolutions, over the last ninety days.",
}
DEFAULT = "30"
A_WEEK = 20
"""More people than this in one week add nothing: nobody has to run a marathon."""
AT_LEAST = 3
ROWS = 25
AROUND = 2
NEWCOMER = timedelta(days=90)
RESCUE_AFTER = timedelta(hours=72)
MONDAY_AT = time(6)
SWITCH = "boards"


@dataclass(frozen=True, slots=True)
class Signal:
    """Somebody was helped."""

    member_id: int
    asker_id: int
    at: datetime
    topic_id: int


@dataclass(frozen=True, slots=True)
class BoardLine:
    rank: int
    score: int
    person: PersonView
    me: bool = False


@dataclass(frozen=True, slots=True)
class BoardTab:
    key: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    on: bool
    key: str
    description: str
    scope: str
    tabs: list[BoardTab]
    lines: list[BoardLine]
    around_me: list[BoardLine]
    made_at: datetime | None
    tags: list[str]


def scores(signals: Iterable[Signal]) -> dict[int, int]:
    """Distinct people helped by each member, each counted in the week they were first helped, at most A_WEEK a week."""
    seen: dict[int, set[int]] = defaultdict(set)
    weeks: dict[tuple[int, tuple[int, int]], int] = defaultdict(int)
    for signal in sorted(signals, key=lambda one: one.at):
        if signal.asker_id not in seen[signal.member_id]:
            seen[signal.member_id].add(signal.asker_id)
            weeks[signal.member_id, signal.at.isocalendar()[:2]] += 1
    totals: dict[int, int] = defaultdict(int)
    for (member_id, _), count in weeks.items():
        totals[member_id] += min(A_WEEK, count)
    return {member_id: total for member_id, total in totals.items() if total >= AT_LEAST}


def ranked(totals: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """(rank, member, score), dense: equals share a rank, and the next rank follows."""
    ladder = sorted(set(totals.values()), reverse=True)
    places = {score: number for number, score in enumerate(ladder, 1)}
    for member_id, score in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        yield places[score], member_id, score


def make() -> None:
    """Every Monday at six. Running again in the same week changes nothing."""
    moment = clock.now()
    monday = datetime.combine((moment - timedelta(days=moment.weekday())).date(), MONDAY_AT, moment.tzinfo)
    due = monday if moment >= monday else monday - timedelta(days=7)
    with transaction() as session:
        last = session.scalar(select(func.max(col(BoardRow.made_at))))
        if last is None or last < due:
            rebuild(session)


def again() -> None:
    """Somebody came back, who waited for Monday otherwise."""
    with transaction() as session:
        rebuild(session)


def follow_choice(session: Session, event: RecognitionChosen) -> None:
    """Whoever is off a board since it was made is on it already; whoever was off before needs a new one."""
    listed = select(col(BoardRow.member_id)).where(col(BoardRow.member_id) == event.actor_id).exists()
    back = select(col(Member.id)).where(col(Member.id) == event.actor_id, eligible(), wants("on_boards"), ~listed)
    if session.scalar(back) is not None and session.scalar(select(col(BoardRow.board)).limit(1)) is not None:
        enqueue(session, "recognition.boards_again", dedup_key=f"boards:{clock.now():%Y%m%d%H%M}")


def rebuild(session: Session) -> None:
    moment = clock.now()
    session.execute(delete(BoardRow))
    signals = list(_signals(session, moment - WINDOWS["season"], POSITIVE_SIGNALS))
    for board, window in WINDOWS.items():
        recent = [signal for signal in signals if signal.at > moment - window]
        _write(session, board, "", recent)
        if board in ("30", "90"):
            for scope, part in _by_place(session, recent).items():
                _write(session, board, scope, part)
    lately = [signal for signal in signals if signal.at > moment - WINDOWS["90"]]
    newcomers = set(session.scalars(select(col(Member.id)).where(col(Member.joined_at) > moment - NEWCOMER)))
    _write(session, "newcomers", "", [signal for signal in lately if signal.member_id in newcomers])
    rescued = _rescued(session, [signal.topic_id for signal in lately])
    solved = _signals(session, moment - WINDOWS["90"], SOLUTIONS)
    _write(session, "rescues", "", [signal for signal in solved if signal.topic_id in rescued])
    _write(session, "articles", "", list(_signals(session, moment - WINDOWS["90"], (LedgerKind.article_published,))))


def _signals(session: Session, since: datetime, kinds: Iterable[LedgerKind]) -> Iterator[Signal]:
    """Live lines of people who take part, with whom they helped. A vote helped its voter, everything else the asker."""
    owner, giver = aliased(RepSubject), aliased(RepSubject)
    rows = session.execute(
        select(
            col(Member.id),
            func.coalesce(col(giver.member_id), col(Topic.author_id)),
            col(RepEvent.occurred_at),
            col(RepEvent.topic_id),
        )
        .select_from(RepEvent)
        .join(owner, col(owner.subject) == col(RepEvent.subject))
        .join(Member, col(Member.id) == col(owner.member_id))
        .join(Topic, col(Topic.id) == col(RepEvent.topic_id))
        .outerjoin(giver, col(giver.subject) == col(RepEvent.actor_subject))
        .where(col(RepEvent.kind).in_(list(kinds)), col(RepEvent.occurred_at) > since, counts(), eligible(), wants("on_boards"))
    )
    for member_id, asker_id, at, topic_id in rows:
        if asker_id is not None:
            yield Signal(member_id, asker_id, at, topic_id)


def _by_place(session: Session, signals: list[Signal]) -> dict[str, list[Signal]]:
    """By tag (`tag:hub-3`) and by a language its helper speaks (`lang:polish`)."""
    tags: dict[int, list[str]] = defaultdict(list)
    pairs = select(col(TopicTag.topic_id), col(Tag.slug)).join(Tag, col(Tag.id) == col(TopicTag.tag_id))
    for topic_id, slug in session.execute(pairs):
        tags[topic_id].append(f"tag:{slug}")
    spoken = {
        row.id: [f"lang:{one.strip().casefold()}"[:60] for one in row.languages.split(",") if one.strip()]
        for row in session.execute(select(col(Member.id), col(Member.languages)).where(col(Member.languages) != ""))
    }
    places: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        for scope in (*tags[signal.topic_id], *spoken.get(signal.member_id, ())):
            places[scope].append(signal)
    return places


def _rescued(session: Session, topic_ids: list[int]) -> set[int]:
    """Questions whose first answer came after three days."""
    query = select(col(Topic.id), col(Topic.created_at), col(Topic.first_answer_at)).where(col(Topic.id).in_(set(topic_ids)))
    return {
        row.id for row in session.execute(query) if row.first_answer_at and row.first_answer_at - row.created_at >= RESCUE_AFTER
    }


def _write(session: Session, board: str, scope: str, signals: Iterable[Signal]) -> None:
    moment = clock.now()
    rows = [
        {"board": board, "scope": scope, "member_id": member_id, "rank": rank, "score": score, "made_at": moment}
        for rank, member_id, score in ranked(scores(signals))
    ]
    if rows:
        session.execute(insert(BoardRow), rows)


def board_page(session: Session, actor: Actor, key: str, scope: str) -> BoardPage:
    """The first rows for everybody, and for a member the two above and below them. Whoever opted out since is left out at once."""
    key = key if key in NAMES else DEFAULT
    on = is_on(session)
    rows = list(session.execute(_lines(key, scope).limit(ROWS))) if on else []
    return BoardPage(
        on=on,
        key=key,
        description=DESCRIPTIONS.get(
            key, "People helped: those who said that an answer solved it, worked for them or was helpful."
        ),
        scope=scope,
        tabs=[BoardTab(one, name, one == key) for one, name in NAMES.items()],
        lines=[_line(actor, row) for row in rows],
        around_me=_around(session, actor, key, scope, {row.member_id for row in rows}) if len(rows) == ROWS else [],
        made_at=rows[0].made_at if rows else None,
        tags=_scopes(session, key) if on else [],
    )


def _lines(key: str, scope: str) -> Select[Any]:
    lines: Any = (
        select(col(BoardRow.rank), col(BoardRow.score), col(BoardRow.made_at), col(BoardRow.member_id), *COLUMNS)
        .join(Member, col(Member.id) == col(BoardRow.member_id))
        .where(col(BoardRow.board) == key, col(BoardRow.scope) == scope, eligible(), wants("on_boards"))
        .order_by(col(BoardRow.rank), col(BoardRow.member_id))
    )
    made: Select[Any] = lines
    return made


def _line(actor: Actor, row: Any) -> BoardLine:
    return BoardLine(row.rank, row.score, person(row), row.member_id == actor.id)


def _around(session: Session, actor: Actor, key: str, scope: str, shown: set[int]) -> list[BoardLine]:
    """The reader with whoever stands just above and below; nobody else sees that part."""
    mine = session.get(BoardRow, (key, scope, actor.id)) if actor.signed_in and actor.id not in shown else None
    if mine is None:
        return []
    place = tuple_(col(BoardRow.rank), col(BoardRow.member_id))
    here = tuple_(literal(mine.rank), literal(mine.member_id))
    above = _lines(key, scope).order_by(None).order_by(col(BoardRow.rank).desc(), col(BoardRow.member_id).desc())
    before = list(session.execute(above.where(place < here).limit(AROUND)))
    after = list(session.execute(_lines(key, scope).where(place >= here).limit(AROUND + 1)))
    return [_line(actor, row) for row in (*reversed(before), *after)]


def _scopes(session: Session, key: str) -> list[str]:
    """The places with most people on their board."""
    query = (
        select(col(BoardRow.scope))
        .where(col(BoardRow.board) == key, col(BoardRow.scope) != "")
        .group_by(col(BoardRow.scope))
        .order_by(func.count().desc(), col(BoardRow.scope))
        .limit(20)
    )
    return list(session.scalars(query))


def is_on(session: Session) -> bool:
    """Boards can be switched off for a whole site."""
    row = session.get(SiteChoice, SWITCH)
    return row is None or bool(json.loads(row.value)["on"])


def switch(session: Session, actor: Actor, *, on: bool) -> None:
    require(actor, Permission.recognition_manage)
    insert_ignoring(session, SiteChoice, {"name": SWITCH, "value": "", "changed_at": clock.now()})
    row = session.get_one(SiteChoice, SWITCH)
    row.value, row.changed_at, row.by_id = json.dumps({"on": on}), clock.now(), actor.member_id
