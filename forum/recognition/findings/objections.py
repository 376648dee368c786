"""Objections to findings: said once by whoever lost points, answered by a moderator other than the one who found it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock, paging
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.core.text import excerpt
from forum.models import LedgerKind, Member, Objection, Post, PostState, RepEvent, RepSubject, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.actions import flip
from forum.recognition.findings.events import FindingObjected, ObjectionAnswered
from forum.recognition.findings.inputs import AnswerObjection, Object
from forum.recognition.rates import FINDINGS, RATES
from forum.recognition.standing import live, subjects_of
from forum.topics.access import access_post
from forum.topics.edits import return_post
from forum.topics.people import COLUMNS, person
from forum.topics.rows import moderated_topics
from forum.topics.views import PersonView

PAGE = 25
UPHELD = "your objection was upheld"
Finder, Answerer = aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class FindingPage:
    """What the person found against reads."""

    id: int
    what: str
    points: int
    at: datetime
    reason: str
    post: str
    counts: bool
    objection: str
    answer: str
    may_object: bool


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    id: int
    person: PersonView
    what: str
    reason: str
    found_by: str
    found_at: datetime
    post: str
    post_url: str | None
    gone: bool
    text: str
    at: datetime
    answer: str
    answered: bool
    upheld: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class ObjectionList:
    rows: list[ObjectionRow]
    more_url: str | None
    first_url: str | None


def access_finding(session: Session, actor: Actor, event_id: int) -> RepEvent:
    """A finding against the reader; all others do not exist for them."""
    require(actor, Permission.account_own)
    own = session.scalar(select(col(RepSubject.subject)).where(col(RepSubject.member_id) == actor.member_id))
    row = session.scalars(
        select(RepEvent).where(
            col(RepEvent.id) == event_id, col(RepEvent.kind).in_(FINDINGS), col(RepEvent.subject).in_(subjects_of(own or ""))
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def finding_page(session: Session, actor: Actor, event_id: int) -> FindingPage:
    line = access_finding(session, actor, event_id)
    said = session.scalars(select(Objection).where(col(Objection.event_id) == line.id)).first()
    body = session.scalar(select(func.substr(Post.body, 1, 600)).where(col(Post.id) == line.post_id))
    counts = _is_live(session, line)
    return FindingPage(
        id=line.id,
        what=RATES[LedgerKind(line.kind)].why,
        points=-line.points,
        at=line.occurred_at,
        reason=line.reason,
        post=excerpt(body or "", 300),
        counts=counts,
        objection=said.text if said else "",
        answer=said.answer if said else "",
        may_object=said is None and counts,
    )


def _is_live(session: Session, line: RepEvent) -> bool:
    return session.scalar(select(col(RepEvent.id)).where(col(RepEvent.id) == line.id, live())) is not None


def object_to(session: Session, actor: Actor, event_id: int, data: Object) -> None:
    """Also while suspended: whoever was found against has a say."""
    line = access_finding(session, actor, event_id)
    if not _is_live(session, line):
        raise Conflict("This finding counts no longer, so there is nothing to object to.")
    values = {"event_id": line.id, "member_id": actor.member_id, "text": data.text, "at": clock.now(), "answer": ""}
    if not insert_ignoring(session, Objection, {**values, "upheld": False}):
        raise Conflict("You have objected already. The answer comes here, and as a notice.")
    made = session.execute(select(col(Objection.id)).where(col(Objection.event_id) == line.id)).scalar_one()
    emit(session, FindingObjected(actor.member_id, made))


def answer_objection(session: Session, actor: Actor, objection_id: int, data: AnswerObjection) -> None:
    require(actor, Permission.findings_judge)
    row = session.scalars(select(Objection).where(col(Objection.id) == objection_id).with_for_update()).first()
    if row is None:
        raise NotFound
    line = session.get_one(RepEvent, row.event_id)
    if line.post_id is not None:
        topic = session.scalars(select(Topic).join(Post, col(Post.topic_id) == col(Topic.id)).where(col(Post.id) == line.post_id))
        require(actor, Permission.topic_read, About(topic.first()))
    if actor.id in (line.issued_by, row.member_id):
        raise Conflict("You found it, or it is about you. Another moderator answers.")
    if row.answered_at is not None:
        raise Conflict("Somebody has answered this meanwhile.")
    row.upheld = data.decision != "stands"
    row.answer, row.answered_by_id, row.answered_at = data.answer, actor.id, clock.now()
    if row.upheld:
        _reverse(session, actor, line, back=data.decision == "upheld_and_back")
    emit(session, ObjectionAnswered(actor.member_id, row.member_id, row.id, line.id, row.upheld))


def _reverse(session: Session, actor: Actor, line: RepEvent, *, back: bool) -> None:
    """The points come back by a line of their own; bringing back the post returns what it had earned as well."""
    if _is_live(session, line):
        flip(session, [line], LedgerKind.reversal, UPHELD, issued_by=actor.id)
    if back and line.post_id is not None:
        topic, post = access_post(session, actor, line.post_id, merged=True)
        if post.state == PostState.removed:
            return_post(session, actor, topic, post)


def objection_list(session: Session, actor: Actor, after: str | None) -> ObjectionList:
    """Those that wait first, and of those that were answered the newest."""
    require(actor, Permission.findings_judge)
    waiting = _rows(session, actor, col(Objection.answered_at).is_(None), None, 100) if after is None else []
    key = paging.decode(after, datetime)
    answered = _rows(session, actor, col(Objection.answered_at).is_not(None), key, PAGE + 1)
    page = paging.cut(
        answered, PAGE, lambda row: _view(row, actor), lambda row: (row[0].answered_at, row[0].id), first=key is None
    )
    older = f"/desk/findings?after={page.after}" if page.after else None
    return ObjectionList(
        [*(_view(row, actor) for row in waiting), *page.items], older, "/desk/findings" if after is not None else None
    )


def _rows(session: Session, actor: Actor, which: Any, key: Any, limit: int) -> list[Any]:
    query = (
        select(
            Objection,
            RepEvent,
            func.substr(Post.body, 1, 600).label("body"),
            col(Post.id).label("post_id"),
            col(Post.state).label("post_state"),
            col(Finder.name).label("finder"),
            *COLUMNS,
        )
        .join(RepEvent, col(RepEvent.id) == col(Objection.event_id))
        .join(Member, col(Member.id) == col(Objection.member_id))
        .outerjoin(Finder, col(Finder.id) == col(RepEvent.issued_by))
        .outerjoin(Post, col(Post.id) == col(RepEvent.post_id))
        .outerjoin(Topic, col(Topic.id) == col(Post.topic_id))
        .where(which, col(Topic.id).is_(None) | moderated_topics(actor))
    )
    if key is not None:
        at, row_id = key
        query = query.where(
            (col(Objection.answered_at) < at) | ((col(Objection.answered_at) == at) & (col(Objection.id) < row_id))
        )
    return list(session.execute(query.order_by(col(Objection.answered_at).desc(), col(Objection.id).desc()).limit(limit)).all())


def _view(row: Any, actor: Actor) -> ObjectionRow:
    said: Objection = row.Objection
    line: RepEvent = row.RepEvent
    return ObjectionRow(
        id=said.id,
        person=person(row),
        what=RATES[LedgerKind(line.kind)].why,
        reason=line.reason,
        found_by=row.finder or "Somebody",
        found_at=line.occurred_at,
        post=excerpt(row.body or "", 300),
        post_url=f"/posts/{row.post_id}" if row.post_id else None,
        gone=row.post_state == PostState.removed,
        text=said.text,
        at=said.at,
        answer=said.answer,
        answered=said.answered_at is not None,
        upheld=said.upheld,
        may_answer=said.answered_at is None and actor.id not in (line.issued_by, said.member_id),
    )
