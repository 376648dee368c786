"""Votes, me-too, and "works for me": each once per person, each with undo."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Invalid, TooMany
from forum.core.events import emit
from forum.core.ids import keyed
from forum.core.settings import settings
from forum.models import AnswerMark, Follow, MarkKind, MeToo, Post, PostKind, Topic, Vote
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.votes.events import AnswerMarked, AnswerUnmarked, MeTooPressed, MeTooTakenBack, VoteCast, VoteTakenBack
from forum.votes.inputs import CastVote, MarkAnswer

COUNTER = {1: "helpful", -1: "not_helpful"}
AN_HOUR = 60
A_DAY = 200


def vote(session: Session, actor: Actor, topic: Topic, post: Post, data: CastVote) -> None:
    """The same value again changes nothing; 0 takes it back."""
    require(actor, Permission.post_vote, About(topic, post))
    value = int(data.value)
    if value == 0:
        _take_back(session, actor, topic, post)
        return
    if value < 0:
        require(actor, Permission.post_vote_down, About(topic, post))
    _check_pace(session, actor)
    values = {"post_id": post.id, "member_id": actor.id, "value": value, "at": clock.now()}
    made = insert_ignoring(session, Vote, values)
    row = _own_vote(session, actor, post)
    if row is None or (not made and row.value == value):
        return
    if not made:
        _count(topic, post, row.value, -1)
        row.value, row.at = value, clock.now()
    _count(topic, post, value, 1)
    emit(session, VoteCast(actor.member_id, topic.id, post.id, post.author_id, row.id, value, post.kind))


def _take_back(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    row = session.execute(
        delete(Vote).where(col(Vote.post_id) == post.id, col(Vote.member_id) == actor.id).returning(col(Vote.id), col(Vote.value))
    ).first()
    if row is not None:
        _count(topic, post, row.value, -1)
        emit(session, VoteTakenBack(actor.member_id, topic.id, post.id, post.author_id, row.id))


def _own_vote(session: Session, actor: Actor, post: Post) -> Vote | None:
    return session.scalars(select(Vote).where(col(Vote.post_id) == post.id, col(Vote.member_id) == actor.id)).first()


def _count(topic: Topic, post: Post, value: int, step: int) -> None:
    bump(post, **{COUNTER[value]: step})
    if post.kind == PostKind.question:
        bump(topic, score=value * step)


def _check_pace(session: Session, actor: Actor) -> None:
    if actor.is_staff or not settings().rate_limits:
        return
    moment = clock.now()
    mine = select(func.count()).select_from(Vote).where(col(Vote.member_id) == actor.id)
    hourly = session.execute(mine.where(col(Vote.at) > moment - timedelta(hours=1))).scalar_one()
    daily = session.execute(mine.where(col(Vote.at) > moment - timedelta(days=1))).scalar_one()
    if hourly >= AN_HOUR or daily >= A_DAY:
        raise TooMany("You have voted a lot just now. Take a break and come back in a while.", 600)


def press_me_too(session: Session, actor: Actor, topic: Topic, *, on: bool) -> bool:
    """Members follow the topic with it. True when something changed."""
    require(actor, Permission.topic_me_too, About(topic))
    if actor.signed_in and actor.id == topic.author_id:
        raise Invalid({"on": "You asked it, so we counted you already."})
    who: dict[str, Any] = {"member_id": actor.id} if actor.signed_in else {"visitor": visitor_key(actor, topic)}
    if not on:
        return _release_me_too(session, actor, topic, who)
    if not insert_ignoring(session, MeToo, {"topic_id": topic.id, "at": clock.now(), **who}):
        return False
    bump(topic, me_too=1)
    if actor.signed_in:
        insert_ignoring(session, Follow, {"topic_id": topic.id, "member_id": actor.id, "at": clock.now()})
    emit(session, MeTooPressed(actor.id, topic.id))
    return True


def visitor_key(actor: Actor, topic: Topic) -> str:
    """Names a visitor for one topic only; the address itself is not kept."""
    return keyed(f"{topic.id}:{actor.address}", "me-too")


def _release_me_too(session: Session, actor: Actor, topic: Topic, who: dict[str, Any]) -> bool:
    column, value = next(iter(who.items()))
    removed = session.execute(
        delete(MeToo).where(col(MeToo.topic_id) == topic.id, getattr(MeToo, column) == value).returning(col(MeToo.id))
    ).first()
    if removed is None:
        return False
    bump(topic, me_too=-1)
    emit(session, MeTooTakenBack(actor.id, topic.id))
    return True


def mark_answer(session: Session, actor: Actor, topic: Topic, post: Post, data: MarkAnswer) -> None:
    """ "Dangerous" needs a word of why, since somebody will act on it."""
    require(actor, Permission.answer_mark, About(topic, post))
    if data.on == "0":
        _unmark(session, actor, topic, post, data.kind)
        return
    if data.kind == MarkKind.dangerous and len(data.comment) < 10:
        raise Invalid({"comment": "Say in a sentence what could go wrong, so that staff can check it."})
    values = {"post_id": post.id, "member_id": actor.id, "kind": data.kind, "comment": data.comment, "at": clock.now()}
    if not insert_ignoring(session, AnswerMark, values):
        return
    _count_mark(session, post, data.kind, 1)
    total = getattr(post, data.kind.value)
    emit(session, AnswerMarked(actor.member_id, topic.id, post.id, post.author_id, data.kind, total))


def _unmark(session: Session, actor: Actor, topic: Topic, post: Post, kind: MarkKind) -> None:
    removed = session.execute(
        delete(AnswerMark)
        .where(col(AnswerMark.post_id) == post.id, col(AnswerMark.member_id) == actor.id, col(AnswerMark.kind) == kind)
        .returning(col(AnswerMark.id))
    ).first()
    if removed is not None:
        _count_mark(session, post, kind, -1)
        emit(session, AnswerUnmarked(actor.member_id, topic.id, post.id, post.author_id, kind))


def _count_mark(session: Session, post: Post, kind: MarkKind, step: int) -> None:
    bump(post, **{kind.value: step})
    session.flush()
    session.refresh(post)
