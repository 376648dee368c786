"""Members one does not want to hear from. Their answers stand for everybody; nobody is told that they were blocked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import Session, col

from forum.accounts.events import MemberBlocked
from forum.core import clock, text
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict
from forum.core.events import emit
from forum.models.accounts import Member, MemberBlock
from forum.policy.actor import Actor, actor_of
from forum.policy.check import require
from forum.policy.permissions import Permission

STAFF_STAY = "Staff speak for the company, so what they write reaches you. What comes by mail is yours to choose."
OWN = "You blocked them. Take that back on their profile first."
NOT_NOW = "That would not reach them just now. What you wrote is kept below."


@dataclass(frozen=True, slots=True)
class BlockedRow:
    handle: str
    name: str
    initials: str
    hue: int
    since: datetime


MOST = 200
"""Shown in the settings."""


def may_block(actor: Actor, member: Member) -> bool:
    return actor.signed_in and actor.id != member.id and not actor_of(member).is_staff


def block(session: Session, actor: Actor, member: Member) -> None:
    require(actor, Permission.account_own)
    if member.id == actor.id:
        raise Conflict("That is you. You can switch off any kind of news in your settings.")
    if actor_of(member).is_staff:
        raise Conflict(STAFF_STAY)
    if insert_ignoring(session, MemberBlock, {"member_id": actor.member_id, "blocked_id": member.id, "at": clock.now()}):
        emit(session, MemberBlocked(actor.member_id, member.id))


def unblock(session: Session, actor: Actor, member: Member) -> None:
    require(actor, Permission.account_own)
    session.execute(delete(MemberBlock).where(col(MemberBlock.member_id) == actor.id, col(MemberBlock.blocked_id) == member.id))


def blocked_by(actor: Actor) -> ColumnElement[bool]:
    """A column beside Member: does this reader block them?"""
    own = (col(MemberBlock.member_id) == actor.id) & (col(MemberBlock.blocked_id) == col(Member.id))
    return select(col(MemberBlock.blocked_id)).where(own).exists()


def who_blocked(session: Session, member_id: int, among: Iterable[int]) -> set[int]:
    """Those of some people who do not want to hear from this one."""
    query = select(col(MemberBlock.member_id)).where(
        col(MemberBlock.blocked_id) == member_id, col(MemberBlock.member_id).in_(list(among))
    )
    return set(session.scalars(query))


def keep_apart(session: Session, actor: Actor, other_id: int) -> None:
    """Before anything goes from one to the other. The refusal does not say who blocked whom."""
    blocked_by = set(session.scalars(select(col(MemberBlock.member_id)).where(_between(actor.member_id, other_id))))
    if actor.id in blocked_by:
        raise Conflict(OWN)
    if blocked_by:
        raise Conflict(NOT_NOW)


def apart_from(member_id: int, column: Any) -> ColumnElement[bool]:
    """A condition: `column` is nobody whom this one has blocked, and nobody who has blocked them."""
    theirs = select(col(MemberBlock.blocked_id)).where(col(MemberBlock.member_id) == member_id)
    others = select(col(MemberBlock.member_id)).where(col(MemberBlock.blocked_id) == member_id)
    free: ColumnElement[bool] = column.is_(None) | (column.not_in(theirs) & column.not_in(others))
    return free


def pairs_apart(session: Session, members: Iterable[int]) -> set[frozenset[int]]:
    """All pairs with one of these in it."""
    ids = list(members)
    query = select(col(MemberBlock.member_id), col(MemberBlock.blocked_id)).where(
        or_(col(MemberBlock.member_id).in_(ids), col(MemberBlock.blocked_id).in_(ids))
    )
    return {frozenset((row.member_id, row.blocked_id)) for row in session.execute(query)}


def block_list(session: Session, actor: Actor) -> list[BlockedRow]:
    require(actor, Permission.account_own)
    rows = session.execute(
        select(col(Member.handle), col(Member.name), col(Member.id), col(MemberBlock.at))
        .join(MemberBlock, col(MemberBlock.blocked_id) == col(Member.id))
        .where(col(MemberBlock.member_id) == actor.id)
        .order_by(col(MemberBlock.at).desc(), col(Member.id))
        .limit(MOST)
    )
    return [BlockedRow(row.handle, row.name, text.initials(row.name), text.hue(row.id), row.at) for row in rows]


def _between(one: int, other: int) -> ColumnElement[bool]:
    there = (col(MemberBlock.member_id) == one) & (col(MemberBlock.blocked_id) == other)
    back = (col(MemberBlock.member_id) == other) & (col(MemberBlock.blocked_id) == one)
    return there | back
