"""Thank-you notes: private, worth no points, counted nowhere. Public only when both sides want it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.core import clock, paging, templating
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Conflict, NotFound, TooMany
from forum.core.events import emit
from forum.core.paging import Page
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import Acceptance, Audience, Member, Post, PostState, ThankNote, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.choices import STAFF, wants
from forum.recognition.closing.inputs import WriteThanks
from forum.recognition.events import Thanked, ThanksShown
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.views import PersonView

A_DAY = 20
UNDO = timedelta(minutes=10)
PAGE = 20
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NoteView:
    id: int
    sender: PersonView
    text: str
    at: datetime
    url: str
    title: str
    may_publish: bool
    """By the leave of whoever wrote it."""
    published: bool
    may_undo: bool


@dataclass(frozen=True, slots=True)
class UnthankedRow:
    post_id: int
    author: PersonView
    solved_at: datetime
    url: str
    title: str


def thank(session: Session, actor: Actor, topic: Topic, post: Post, data: WriteThanks) -> None:
    """Once for each answer; again changes the words while nobody has published them."""
    require(actor, Permission.answer_thank, About(topic, post))
    if post.author_id is None:
        raise Conflict("The person who wrote this is not a member here, so a note would not reach them.")
    blocks.keep_apart(session, actor, post.author_id)
    _check_pace(session, actor)
    first = session.scalar(select(col(ThankNote.id)).where(col(ThankNote.to_id) == post.author_id).limit(1)) is None
    values = {"post_id": post.id, "from_id": actor.id, "to_id": post.author_id, "at": clock.now(), **data.model_dump()}
    if not insert_ignoring(session, ThankNote, values):
        raise Conflict("You thanked them for this answer already.")
    emit(session, Thanked(actor.member_id, topic.id, post.id, post.author_id, first))


def _check_pace(session: Session, actor: Actor) -> None:
    mine = select(func.count()).where(col(ThankNote.from_id) == actor.id, col(ThankNote.at) > clock.now() - timedelta(days=1))
    if session.execute(mine).scalar_one() >= A_DAY and settings().rate_limits:
        raise TooMany("That is twenty notes today. Come back tomorrow; your words are kept below.", 3_600)


def undo(session: Session, actor: Actor, note_id: int) -> None:
    """For ten minutes, as if it had never been."""
    note = _note(session, note_id)
    require(actor, Permission.thanks_own, About(owner_id=note.from_id))
    if clock.now() - note.at >= UNDO:
        raise Conflict("Ten minutes have passed, so it stays. The person can still keep it to themselves.")
    session.delete(note)


def publish(session: Session, actor: Actor, note_id: int, *, on: bool) -> None:
    """By the person who was thanked, and only with the leave of whoever wrote it."""
    note = _note(session, note_id)
    require(actor, Permission.thanks_own, About(owner_id=note.to_id))
    if on and not note.may_publish:
        raise Conflict("Whoever wrote this would rather keep it between you.")
    note.published_at = clock.now() if on else None
    emit(session, ThanksShown(actor.member_id, note.id, on))


def _note(session: Session, note_id: int) -> ThankNote:
    note = session.get(ThankNote, note_id)
    if note is None:
        raise NotFound
    return note


def received(session: Session, actor: Actor, after: str | None) -> Page[NoteView]:
    require(actor, Permission.account_own)
    query = _notes().where(col(ThankNote.to_id) == actor.id)
    return _page(session, actor, query, after)


def sent(session: Session, actor: Actor) -> list[NoteView]:
    require(actor, Permission.account_own)
    query = _notes(sender=False).where(col(ThankNote.from_id) == actor.id)
    return _page(session, actor, query, None).items


def published(session: Session, actor: Actor, member_id: int) -> list[NoteView]:
    """What stands on somebody's profile."""
    query = _notes().where(
        col(ThankNote.to_id) == member_id, col(ThankNote.published_at).is_not(None), col(Post.state) == PostState.visible
    )
    return _page(session, actor, query.where(visible_topics(actor)), None).items


def _notes(*, sender: bool = True) -> Select[Any]:
    """With the other person: who wrote it, or who got it."""
    other = col(ThankNote.from_id) if sender else col(ThankNote.to_id)
    notes: Any = (
        select(ThankNote, col(Topic.id).label("topic_id"), col(Topic.slug), col(Topic.title), *COLUMNS)
        .join(Post, col(Post.id) == col(ThankNote.post_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Member, col(Member.id) == other)
    )
    made: Select[Any] = notes
    return made


def _page(session: Session, actor: Actor, query: Select[Any], after: str | None) -> Page[NoteView]:
    key = paging.decode(after)
    if key is not None:
        query = query.where(col(ThankNote.id) < key[1])
    rows = session.execute(query.order_by(col(ThankNote.id).desc()).limit(PAGE + 1)).all()
    return paging.cut(
        rows, PAGE, lambda row: _view(actor, row), lambda row: (row.ThankNote.at, row.ThankNote.id), first=key is None
    )


def _view(actor: Actor, row: Any) -> NoteView:
    note: ThankNote = row.ThankNote
    return NoteView(
        id=note.id,
        sender=person(row),
        text=note.text,
        at=note.at,
        url=f"{topic_url(row.topic_id, row.slug)}#a-{note.post_id}",
        title=row.title,
        may_publish=note.may_publish,
        published=note.published_at is not None,
        may_undo=note.from_id == actor.id and clock.now() - note.at < UNDO,
    )


def unthanked(session: Session, actor: Actor) -> list[UnthankedRow]:
    """This week's accepted answers by volunteers that nobody has thanked for, oldest first."""
    require(actor, Permission.thanks_see_missing)
    thanked = select(col(ThankNote.id)).where(col(ThankNote.post_id) == col(Post.id)).exists()
    rows = session.execute(
        select(col(Post.id).label("post_id"), col(Acceptance.at), col(Topic.id), col(Topic.slug), col(Topic.title), *COLUMNS)
        .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .join(Member, col(Member.id) == col(Post.author_id))
        .where(
            col(Acceptance.at) > clock.now() - WEEK,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_distinct_from(col(Topic.author_id)),
            col(Topic.audience).in_((Audience.public, Audience.members)),
            col(Member.role).not_in(STAFF),
            col(Member.email).is_not(None),
            wants("staff_contact"),
            ~thanked,
        )
        .order_by(col(Acceptance.at), col(Post.id))
        .limit(50)
    ).all()
    return [
        UnthankedRow(row.post_id, person(row), row.at, f"{topic_url(row.id, row.slug)}#a-{row.post_id}", row.title)
        for row in rows
    ]


def digest() -> None:
    """Once a week, one letter to everybody who was thanked. The very first note was told at once."""
    with transaction() as session:
        fresh = (
            select(col(ThankNote.to_id), func.count().label("count"))
            .join(Member, col(Member.id) == col(ThankNote.to_id))
            .where(
                col(ThankNote.digested_at).is_(None),
                col(ThankNote.at) < clock.now() - UNDO,
                col(Member.mail_recognition).is_(True),
                col(Member.email).is_not(None),
            )
            .group_by(col(ThankNote.to_id))
        )
        week = f"{clock.now():%G%V}"
        for row in session.execute(fresh).all():
            enqueue(session, "recognition.thanks_letter", dedup_key=f"thanks:{row.to_id}:{week}", member_id=row.to_id)


def letter(member_id: int) -> None:
    """Written when it leaves; marks what it told."""
    with transaction() as session:
        member = session.get(Member, member_id)
        query = select(ThankNote).where(col(ThankNote.to_id) == member_id, col(ThankNote.digested_at).is_(None))
        notes = list(session.scalars(query.order_by(col(ThankNote.id)).with_for_update()))
        if member is None or not notes or not (member.email and member.mail_recognition):
            return
        for note in notes:
            note.digested_at = clock.now()
        site = settings().site_name
        words = templating.render(
            "email/thanks.txt",
            name=member.name,
            count=len(notes),
            texts=[note.text for note in notes if note.text][:5],
            url=f"{settings().base_url}/me/thanks",
            settings_url=f"{settings().base_url}/settings/notifications",
            site=site,
        )
        key = f"thanks-{member_id}-{notes[-1].id}"
        enqueue(
            session, "mail.send", dedup_key=f"mail:{key}", to=member.email, subject=f"Thank you · {site}", text=words, key=key
        )
