"""How fast one member may write and edit. Counted in rows, so it survives restarts."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.accounts import throttle
from forum.accounts.throttle import Limit
from forum.core import clock
from forum.core.errors import TooMany
from forum.core.settings import settings
from forum.models import Post, PostKind
from forum.policy.actor import Actor

NEW_FOR = timedelta(days=1)
HOUR = timedelta(hours=1)
QUESTIONS = {True: 3, False: 10}
WRITING = {True: 20, False: 60}
EDITING = {
    new: Limit("editing", most, 60, f"That is {most} edits in an hour, more than others can follow. Take a break.")
    for new, most in WRITING.items()
}
"""By "is new here"."""


def check_asking(session: Session, actor: Actor) -> None:
    _check(session, actor, (PostKind.question,), QUESTIONS, "questions")


def check_writing(session: Session, actor: Actor) -> None:
    _check(session, actor, (PostKind.answer, PostKind.comment), WRITING, "answers and comments")


def check_editing(session: Session, actor: Actor) -> None:
    """Counts one, too: within the first minutes an edit leaves no version that could be counted."""
    if actor.is_moderator:
        return
    limit = (EDITING[_is_new(actor)], str(actor.id))
    throttle.check(session, limit)
    throttle.count(session, limit)


def _check(session: Session, actor: Actor, kinds: tuple[PostKind, ...], most: dict[bool, int], what: str) -> None:
    if actor.is_moderator or not settings().rate_limits:
        return
    since = clock.now() - HOUR
    count = session.execute(
        select(func.count())
        .select_from(Post)
        .where(col(Post.author_id) == actor.id, col(Post.kind).in_(kinds), col(Post.created_at) > since)
    ).scalar_one()
    if count >= most[_is_new(actor)]:
        raise TooMany(f"That is {count} {what} in an hour. Take a break and come back in a while; your text is kept.", 600)


def _is_new(actor: Actor) -> bool:
    return actor.joined_at is None or clock.now() - actor.joined_at < NEW_FOR
