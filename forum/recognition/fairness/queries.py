"""Pages about doubted votes: the list for staff, one case with its evidence, and what the owner reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock, paging
from forum.core.errors import NotFound
from forum.models import FraudCase, FraudMember, FraudState, FraudVote, Member, Post, RepEvent, RepSubject, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.fairness.wording import subject
from forum.topics.people import COLUMNS, FORMER, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.views import PersonView, Tab

PAGE = 25
SHOWN = 200
DETECTORS = {
    "serial": "Many votes for one person within a day",
    "star": "Accounts that vote for one person",
    "ring": "A group whose members vote for each other",
    "same_hand": "Two accounts that may be one person's",
    "jump": "A day far above somebody's usual ones",
    "clique": "Solutions from the same few people",
    "farm": "Accounts that may ask so that one person can answer",
    "new_pair": "Two accounts made within an hour in one place",
}
VOTES = (
    ("Votes", "Of all they gave then", "Expected"),
    "Expected is what the same person would have given by the share that everybody else gave this author in those weeks.",
)
TICKS = (
    ("Solutions", "Of all they ticked", "Expected"),
    "Expected is what the same person would have ticked by the share that everybody else ticked of this helper.",
)
MEASURES = {
    "jump": (
        ("Points", "Of all on that day", "A usual day"),
        "A usual day is the middle one of the last ninety with points. Shown are those who gave most of this one.",
    ),
    "clique": TICKS,
    "farm": TICKS,
    "new_pair": (
        ("Questions answered", "Of all they asked", "Expected"),
        "From and to say when the two accounts were made. Two people of one household look the same, so ask before you decide.",
    ),
}
"""What the three numbers of a pair are, where they are not votes, and a sentence about them."""
STATES = {
    FraudState.open: "Waiting, the votes count",
    FraudState.voided: "Waiting, the votes do not count",
    FraudState.confirmed: "Confirmed",
    FraudState.dismissed: "Dismissed",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    url: str
    what: str
    state: str
    at: datetime
    people: int
    votes: int
    appeals: int


@dataclass(frozen=True, slots=True)
class CaseList:
    tabs: list[Tab]
    rows: list[CaseRow]
    more_url: str | None
    first_url: str | None


@dataclass(frozen=True, slots=True)
class PairRow:
    voter: PersonView
    author: PersonView
    start: datetime
    end: datetime
    seen: int
    cast: int
    share: int
    wanted: float


@dataclass(frozen=True, slots=True)
class VoteRow:
    at: datetime
    voter: PersonView
    author: PersonView
    url: str | None
    title: str


@dataclass(frozen=True, slots=True)
class AppealView:
    person: PersonView
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    what: str
    state: str
    undecided: bool
    counts: bool
    at: datetime
    people: list[PersonView]
    pairs: list[PairRow]
    columns: tuple[str, str, str]
    explained: str
    votes: list[VoteRow]
    more_votes: int
    appeals: list[AppealView]
    note: str
    decided: str


@dataclass(frozen=True, slots=True)
class DoubtPage:
    """What the owner sees: neither names nor counts of others."""

    id: int
    what: str
    """ "votes", "solutions" or "points"."""
    at: datetime
    counts: bool
    decided: bool
    note: str
    appeal: str
    may_appeal: bool


def case_list(session: Session, actor: Actor, state: str, after: str | None) -> CaseList:
    require(actor, Permission.votes_judge)
    undecided = [FraudState.open, FraudState.voided]
    states = [FraudState(state)] if state in ("confirmed", "dismissed") else undecided
    key = paging.decode(after, datetime)
    counted = (
        select(func.count()).select_from(FraudMember).where(col(FraudMember.case_id) == col(FraudCase.id)).scalar_subquery(),
        select(func.count()).select_from(FraudVote).where(col(FraudVote.case_id) == col(FraudCase.id)).scalar_subquery(),
        select(func.count(col(FraudMember.appealed_at))).where(col(FraudMember.case_id) == col(FraudCase.id)).scalar_subquery(),
    )
    query = select(FraudCase, *counted).where(col(FraudCase.state).in_(states))
    if key is not None:
        at, row_id = key
        query = query.where((col(FraudCase.found_at) < at) | ((col(FraudCase.found_at) == at) & (col(FraudCase.id) < row_id)))
    rows = session.execute(query.order_by(col(FraudCase.found_at).desc(), col(FraudCase.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _case_row, lambda row: (row[0].found_at, row[0].id), first=key is None)
    base = f"/desk/votes?state={states[0]}" if len(states) == 1 else "/desk/votes"
    tabs = [
        Tab("/desk/votes", "Waiting", len(states) > 1),
        *(Tab(f"/desk/votes?state={one.value}", STATES[one], states == [one]) for one in list(FraudState)[2:]),
    ]
    older = f"{base}{'&' if '?' in base else '?'}after={page.after}" if page.after else None
    return CaseList(tabs, page.items, older, base if key is not None else None)


def _case_row(row: Any) -> CaseRow:
    case, people, votes, appeals = row
    return CaseRow(
        f"/desk/votes/{case.id}",
        DETECTORS.get(case.detector, case.detector),
        STATES[case.state],
        case.found_at,
        people,
        votes,
        appeals,
    )


def case_page(session: Session, actor: Actor, case: FraudCase) -> CasePage:
    members = list(session.scalars(select(FraudMember).where(col(FraudMember.case_id) == case.id)))
    votes, more = _votes(session, actor, case)
    wanted = {one.member_id for one in members} | {number for row in case.evidence for number in row[:2]}
    wanted |= {number for row in votes for number in (row.voter_id, row.author_id) if number} | {case.decided_by_id or 0}
    people = {row.person_id: person(row) for row in session.execute(select(*COLUMNS).where(col(Member.id).in_(wanted)))}
    return CasePage(
        id=case.id,
        what=DETECTORS.get(case.detector, case.detector),
        state=STATES[FraudState(case.state)],
        undecided=case.state in (FraudState.open, FraudState.voided),
        counts=case.state in (FraudState.open, FraudState.dismissed),
        at=case.found_at,
        people=[people.get(one.member_id, FORMER) for one in members],
        pairs=[_pair(row, people) for row in case.evidence],
        columns=MEASURES.get(case.detector, VOTES)[0],
        explained=MEASURES.get(case.detector, VOTES)[1],
        votes=[_vote(row, people) for row in votes],
        more_votes=more,
        appeals=[
            AppealView(people.get(one.member_id, FORMER), one.appeal, one.appealed_at) for one in members if one.appealed_at
        ],
        note=case.note,
        decided=f"{people[case.decided_by_id].name}" if case.decided_by_id in people else "",
    )


def _votes(session: Session, actor: Actor, case: FraudCase) -> tuple[list[Any], int]:
    voter = select(col(RepSubject.member_id)).where(col(RepSubject.subject) == col(RepEvent.actor_subject)).scalar_subquery()
    query: Any = (
        select(
            col(RepEvent.occurred_at),
            func.coalesce(voter, col(Topic.author_id)).label("voter_id"),
            col(Post.author_id).label("author_id"),
            col(Post.id).label("post_id"),
            col(Topic.id).label("topic_id"),
            col(Topic.title),
            col(Topic.slug),
        )
        .join(FraudVote, col(FraudVote.event_id) == col(RepEvent.id))
        .outerjoin(Post, col(Post.id) == col(RepEvent.post_id))
        .outerjoin(Topic, (col(Topic.id) == col(Post.topic_id)) & visible_topics(actor))
        .where(col(FraudVote.case_id) == case.id)
        .order_by(col(RepEvent.occurred_at), col(RepEvent.id))
    )
    rows = list(session.execute(query).all())
    return rows[:SHOWN], len(rows[SHOWN:])


def _vote(row: Any, people: dict[int, PersonView]) -> VoteRow:
    url = f"{topic_url(row.topic_id, row.slug)}#a-{row.post_id}" if row.topic_id else None
    voter, author = people.get(row.voter_id, FORMER), people.get(row.author_id, FORMER)
    return VoteRow(row.occurred_at, voter, author, url, row.title or "An answer that is not there any more")


def _pair(row: list[Any], people: dict[int, PersonView]) -> PairRow:
    voter, author, start, end, seen, cast, wanted = row
    return PairRow(
        people.get(voter, FORMER),
        people.get(author, FORMER),
        datetime.fromisoformat(start),
        datetime.fromisoformat(end),
        seen,
        cast,
        round(100 * seen / max(1, cast)),
        wanted,
    )


def doubt_page(session: Session, actor: Actor, case_id: int) -> DoubtPage:
    require(actor, Permission.account_own)
    row = session.get(FraudMember, (case_id, actor.member_id))
    case = session.get(FraudCase, case_id)
    if row is None or case is None or case.state == FraudState.open:
        raise NotFound
    decided = case.state in (FraudState.confirmed, FraudState.dismissed)
    return DoubtPage(
        id=case.id,
        what=subject(case.detector),
        at=case.found_at or clock.now(),
        counts=case.state == FraudState.dismissed,
        decided=decided,
        note=case.note if decided else "",
        appeal=row.appeal,
        may_appeal=row.appealed_at is None and case.state != FraudState.dismissed,
    )
