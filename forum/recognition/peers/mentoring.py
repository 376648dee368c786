"""Mentoring: for thirty days somebody who knows the place looks at a newcomer's drafts before they are posted. No points."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.accounts.events import MemberBlocked
from forum.core import clock, text
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import (
    Draft,
    DraftShown,
    Member,
    Mentor,
    Mentorship,
    MentorshipState,
    Post,
    PostKind,
    PostState,
    Topic,
)
from forum.policy.actor import Actor
from forum.policy.check import require, why_not
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible
from forum.recognition.events import MentoringChanged
from forum.recognition.peers.inputs import SayToDraft
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url
from forum.topics.views import PersonView

MENTEES = 3
LASTS = timedelta(days=30)
ANSWERS = 3
"""A mentor looks at the next three answers of a newcomer."""
PLACE = "topic:"


@dataclass(frozen=True, slots=True)
class MentorView:
    id: int
    person: PersonView
    places: int


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft that could be shown, or was: then with what the mentor said."""

    id: int
    topic_id: int
    title: str
    url: str
    body: str
    comment: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    title: str
    url: str
    at: datetime
    heard: bool
    """The person who asked has reacted: that is what brings newcomers back."""


@dataclass(frozen=True, slots=True)
class MentorshipView:
    id: int
    other: PersonView
    active: bool
    ends_at: datetime | None
    drafts: list[DraftView]
    answers: list[AnswerView]


@dataclass(frozen=True, slots=True)
class MentoringPage:
    is_mentor: bool
    offer_refused: str
    """What is missing to be a mentor, as a sentence; "" when nothing is."""
    mine: MentorshipView | None
    own_drafts: list[DraftView]
    mentees: list[MentorshipView]
    mentors: list[MentorView]


def offer(session: Session, actor: Actor, *, on: bool) -> None:
    """Be a mentor, or stop; those one looks after keep their thirty days."""
    require(actor, Permission.mentor_offer if on else Permission.mentoring)
    if on:
        insert_ignoring(session, Mentor, {"member_id": actor.member_id, "since": clock.now()})
        return
    session.execute(delete(Mentor).where(col(Mentor.member_id) == actor.id))
    session.execute(
        delete(Mentorship).where(col(Mentorship.mentor_id) == actor.id, col(Mentorship.state) == MentorshipState.asked)
    )


def ask(session: Session, actor: Actor, mentor_id: int) -> None:
    require(actor, Permission.mentoring)
    mentor = session.get(Mentor, mentor_id, with_for_update=True)
    if mentor is None or mentor_id == actor.id:
        raise NotFound
    blocks.keep_apart(session, actor, mentor_id)
    if _busy(session, mentor_id) >= MENTEES:
        raise Conflict("They look after three people already. Somebody else may have a place.")
    values = {"mentor_id": mentor_id, "mentee_id": actor.id, "asked_at": clock.now()}
    if not insert_ignoring(session, Mentorship, values):
        raise Conflict("You have a mentor already, or asked somebody. End that first.")
    emit(session, MentoringChanged(actor.member_id, mentor_id, "asked"))


def accept(session: Session, actor: Actor, mentorship_id: int) -> None:
    found = _own(session, actor, mentorship_id, as_mentor=True)
    if found.state != MentorshipState.asked:
        raise Conflict("That was decided already.")
    session.get(Mentor, actor.id, with_for_update=True)
    if _busy(session, actor.member_id, active=True) >= MENTEES:
        raise Conflict("You look after three people already. When one of them ends, there is a place again.")
    found.state, found.ends_at = MentorshipState.active, clock.now() + LASTS
    emit(session, MentoringChanged(actor.member_id, found.mentee_id, "accepted"))


def end(session: Session, actor: Actor, mentorship_id: int) -> None:
    """By either, at any time; nobody asks why, and the other is not told off."""
    _over(session, _own(session, actor, mentorship_id))


def part(session: Session, event: MemberBlocked) -> None:
    """What somebody has with a member they blocked ends, as it does whenever either likes."""
    pair = {event.actor_id, event.member_id}
    both = select(Mentorship).where(
        col(Mentorship.mentor_id).in_(pair), col(Mentorship.mentee_id).in_(pair), col(Mentorship.state) != MentorshipState.ended
    )
    for found in session.scalars(both.with_for_update()):
        _over(session, found)


def _over(session: Session, found: Mentorship) -> None:
    session.execute(delete(DraftShown).where(col(DraftShown.mentorship_id) == found.id))
    found.state = MentorshipState.ended


def show_draft(session: Session, actor: Actor, topic_id: int) -> None:
    """The draft as it is now; showing it again replaces what was shown."""
    require(actor, Permission.mentoring)
    found = session.scalars(_of_mentee(actor.member_id)).first()
    draft = session.scalars(
        select(Draft).where(col(Draft.member_id) == actor.id, col(Draft.place) == f"{PLACE}{topic_id}")
    ).first()
    if found is None or found.state != MentorshipState.active or draft is None or not draft.body.strip():
        raise NotFound
    session.execute(delete(DraftShown).where(col(DraftShown.mentorship_id) == found.id, col(DraftShown.topic_id) == topic_id))
    session.add(DraftShown(mentorship_id=found.id, topic_id=topic_id, body=draft.body))
    emit(session, MentoringChanged(actor.member_id, found.mentor_id, "draft"))


def say(session: Session, actor: Actor, draft_id: int, data: SayToDraft) -> None:
    require(actor, Permission.mentoring)
    shown = session.get(DraftShown, draft_id)
    if shown is None:
        raise NotFound
    found = _own(session, actor, shown.mentorship_id, as_mentor=True)
    shown.comment, shown.commented_at = data.comment, clock.now()
    emit(session, MentoringChanged(actor.member_id, found.mentee_id, "comment"))


def finish() -> None:
    """Every night: what is over is over, and drafts that were shown go."""
    with transaction() as session:
        over = select(col(Mentorship.id)).where(
            col(Mentorship.state) == MentorshipState.active, col(Mentorship.ends_at) <= clock.now()
        )
        ids = list(session.scalars(over))
        session.execute(delete(DraftShown).where(col(DraftShown.mentorship_id).in_(ids)))
        session.execute(update(Mentorship).where(col(Mentorship.id).in_(ids)).values(state=MentorshipState.ended))


def _busy(session: Session, mentor_id: int, *, active: bool = False) -> int:
    states = [MentorshipState.active] if active else [MentorshipState.active, MentorshipState.asked]
    query = select(func.count()).where(col(Mentorship.mentor_id) == mentor_id, col(Mentorship.state).in_(states))
    return int(session.execute(query).scalar_one())


def _own(session: Session, actor: Actor, mentorship_id: int, *, as_mentor: bool = False) -> Mentorship:
    require(actor, Permission.mentoring)
    found = session.get(Mentorship, mentorship_id, with_for_update=True)
    mine = found is not None and (actor.id == found.mentor_id or (actor.id == found.mentee_id and not as_mentor))
    if found is None or not mine or found.state == MentorshipState.ended:
        raise NotFound
    return found


def _of_mentee(member_id: int) -> Select[Any]:
    made: Select[Any] = select(Mentorship).where(
        col(Mentorship.mentee_id) == member_id, col(Mentorship.state) != MentorshipState.ended
    )
    return made


def mentoring_page(session: Session, actor: Actor) -> MentoringPage:
    require(actor, Permission.account_own)
    mine = session.scalars(_of_mentee(actor.member_id)).first()
    looked_after = session.scalars(
        select(Mentorship).where(col(Mentorship.mentor_id) == actor.id, col(Mentorship.state) != MentorshipState.ended)
    ).all()
    everybody = [*looked_after, *([mine] if mine else [])]
    people = _people(session, {one.mentee_id for one in looked_after} | ({mine.mentor_id} if mine else set()))
    drafts = _shown(session, [one.id for one in everybody])
    answers = _answers(session, [one.mentee_id for one in looked_after if one.state == MentorshipState.active])
    return MentoringPage(
        offer_refused=why_not(actor, Permission.mentor_offer),
        is_mentor=session.get(Mentor, actor.id) is not None,
        mine=_view(mine, people[mine.mentor_id], drafts, {}) if mine else None,
        own_drafts=_own_drafts(session, actor) if mine and mine.state == MentorshipState.active else [],
        mentees=[_view(one, people[one.mentee_id], drafts, answers) for one in looked_after],
        mentors=[] if mine else _mentors(session, actor),
    )


def _view(
    found: Mentorship, other: PersonView, drafts: dict[int, list[DraftView]], answers: dict[int, list[AnswerView]]
) -> MentorshipView:
    active = found.state == MentorshipState.active
    return MentorshipView(
        found.id, other, active, found.ends_at, drafts.get(found.id, []), answers.get(found.mentee_id, []) if active else []
    )


def _people(session: Session, ids: set[int]) -> dict[int, PersonView]:
    rows = session.execute(select(*COLUMNS).where(col(Member.id).in_(ids)))
    return {row.person_id: person(row) for row in rows}


def _shown(session: Session, ids: list[int]) -> dict[int, list[DraftView]]:
    found: dict[int, list[DraftView]] = {}
    rows = session.execute(
        select(DraftShown, col(Topic.title), col(Topic.slug))
        .join(Topic, col(Topic.id) == col(DraftShown.topic_id))
        .where(col(DraftShown.mentorship_id).in_(ids))
        .order_by(col(DraftShown.at))
    )
    for shown, title, slug in rows:
        view = DraftView(shown.id, shown.topic_id, title, topic_url(shown.topic_id, slug), shown.body, shown.comment)
        found.setdefault(shown.mentorship_id, []).append(view)
    return found


def _own_drafts(session: Session, actor: Actor) -> list[DraftView]:
    drafts = session.scalars(
        select(Draft)
        .where(col(Draft.member_id) == actor.id, col(Draft.place).startswith(PLACE), col(Draft.body) != "")
        .order_by(col(Draft.saved_at).desc())
        .limit(10)
    ).all()
    topics = {int(draft.place.removeprefix(PLACE)): draft for draft in drafts}
    rows = session.execute(select(col(Topic.id), col(Topic.title), col(Topic.slug)).where(col(Topic.id).in_(topics)))
    return [
        DraftView(0, row.id, row.title, topic_url(row.id, row.slug), text.excerpt(topics[row.id].body, 200), "") for row in rows
    ]


def _answers(session: Session, mentees: list[int]) -> dict[int, list[AnswerView]]:
    """The newest three of each, those that their asker has not reacted to first."""
    place = func.row_number().over(partition_by=col(Post.author_id), order_by=col(Post.id).desc()).label("place")
    newest = (
        select(
            col(Post.id), col(Post.author_id), col(Post.topic_id), col(Post.created_at), col(Post.works), col(Post.helpful), place
        )
        .where(col(Post.author_id).in_(mentees), col(Post.kind) == PostKind.answer, col(Post.state) == PostState.visible)
        .subquery()
    )
    rows = session.execute(
        select(newest, col(Topic.title), col(Topic.slug), col(Topic.accepted), col(Topic.active_at))
        .join(Topic, col(Topic.id) == newest.c.topic_id)
        .where(newest.c.place <= ANSWERS)
    ).all()
    found: dict[int, list[AnswerView]] = {}
    for row in sorted(rows, key=lambda one: (bool(one.accepted), -one.id)):
        reacted = bool(row.accepted or row.works or row.helpful)
        view = AnswerView(row.title, f"{topic_url(row.topic_id, row.slug)}#a-{row.id}", row.created_at, reacted)
        found.setdefault(row.author_id, []).append(view)
    return {author: sorted(views, key=lambda view: view.heard) for author, views in found.items()}


def _mentors(session: Session, actor: Actor) -> list[MentorView]:
    """Who has a place, the freest first."""
    busy = (
        select(col(Mentorship.mentor_id), func.count().label("busy"))
        .where(col(Mentorship.state) != MentorshipState.ended)
        .group_by(col(Mentorship.mentor_id))
        .subquery()
    )
    count = func.coalesce(busy.c.busy, 0)
    rows = session.execute(
        select(col(Mentor.member_id), count.label("busy"), *COLUMNS)
        .join(Member, col(Member.id) == col(Mentor.member_id))
        .outerjoin(busy, busy.c.mentor_id == col(Mentor.member_id))
        .where(eligible(), count < MENTEES, col(Mentor.member_id) != actor.id, blocks.apart_from(actor.member_id, col(Member.id)))
        .order_by(count, col(Mentor.member_id))
        .limit(20)
    ).all()
    return [MentorView(row.member_id, person(row), MENTEES - row.busy) for row in rows]
