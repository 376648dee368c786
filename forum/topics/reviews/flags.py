"""Flags: a member says that a post wants looking at. The first opens a review item, later ones join it."""

from datetime import timedelta

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Conflict, Invalid, TooMany
from forum.core.events import emit
from forum.models import Flag, FlagReason, FlagState, Post, ReviewKind, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.reviews.events import FlagRaised
from forum.topics.reviews.inputs import RaiseFlag
from forum.topics.reviews.items import open_item

A_DAY = timedelta(days=1)
IN_A_DAY = 10
SAYS_WHY = 10
"""Characters that a reason of one's own needs at least."""


def raise_flag(session: Session, actor: Actor, topic: Topic, post: Post, data: RaiseFlag) -> None:
    require(actor, Permission.post_flag, About(topic, post))
    if data.reason == FlagReason.other and len(data.text) < SAYS_WHY:
        raise Invalid({"text": "Say in a sentence what a moderator should know."})
    _check_pace(session, actor)
    item = open_item(session, ReviewKind.flag, post.id)
    values = {"item_id": item.id, "post_id": post.id, "member_id": actor.id, **data.model_dump(), "at": clock.now()}
    if not insert_ignoring(session, Flag, {**values, "state": FlagState.open}):
        raise Conflict("You have flagged this already. You hear from us when a moderator has looked.")
    bump(item, weight=accuracy(session, actor.member_id))
    flag_id = session.execute(
        select(col(Flag.id)).where(
            col(Flag.post_id) == post.id, col(Flag.member_id) == actor.id, col(Flag.state) == FlagState.open
        )
    ).scalar_one()
    emit(session, FlagRaised(actor.member_id, topic.id, post.id, flag_id, data.reason))


def _check_pace(session: Session, actor: Actor) -> None:
    mine = select(func.count()).where(col(Flag.member_id) == actor.id, col(Flag.at) > clock.now() - A_DAY)
    if session.execute(mine).scalar_one() >= IN_A_DAY:
        raise TooMany(f"That is {IN_A_DAY} flags in a day, and we look at each. Come back tomorrow.", 3_600)


def accuracy(session: Session, member_id: int) -> int:
    """How often flags of this member were upheld, in percent; halfway for somebody new (one of each is added)."""
    upheld = func.count(case((col(Flag.state) == FlagState.upheld, 1)))
    decided = func.count(case((col(Flag.state) != FlagState.open, 1)))
    kept, looked_at = session.execute(select(upheld, decided).where(col(Flag.member_id) == member_id)).one()
    return round(100 * (int(kept) + 1) / (int(looked_at) + 2))
