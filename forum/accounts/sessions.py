"""Browsers that are signed in: who a cookie's token stands for, and how long it lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.ids import new_token, token_hash
from forum.models.accounts import Member, Role, SignInSession, Theme
from forum.models.notifications import Notice
from forum.models.recognition import PRIVILEGES, SiteChoice
from forum.policy.actor import Actor

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=90)
STAFF_IDLE = timedelta(hours=12)
STAFF_ABSOLUTE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=10)
_TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True)
class Found:
    actor: Actor
    last_seen_at: datetime


def find(session: Session, token: str, address: str) -> Found | None:
    """The person behind a token, with their unread count, in one query. None when it is unknown, old or a former member's."""
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    row = session.execute(_statement(), {"token": token_hash(token)}).first()
    if row is None:
        return None
    actor = _actor(row, address)
    return Found(actor, row.last_seen_at) if _lasts(actor, row.created_at, row.last_seen_at) else None


@cache
def _statement() -> Any:
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(col(Notice.member_id) == col(Member.id), col(Notice.read_at).is_(None))
        .scalar_subquery()
    )
    chosen = select(col(SiteChoice.value)).where(col(SiteChoice.name) == PRIVILEGES).scalar_subquery()
    return (
        select(
            col(SignInSession.id).label("session_id"),
            col(SignInSession.created_at),
            col(SignInSession.last_seen_at),
            col(Member.id),
            col(Member.handle),
            col(Member.name),
            col(Member.role),
            col(Member.theme),
            col(Member.confirmed_at),
            col(Member.suspended_until),
            col(Member.suspended_reason),
            col(Member.joined_at),
            col(Member.reputation),
            col(Member.privileges),
            chosen.label("thresholds"),
            unread.label("unread"),
        )
        .join(Member, col(Member.id) == col(SignInSession.member_id))
        .where(col(SignInSession.token_hash) == bindparam("token"), col(Member.deleted_at).is_(None))
    )


def _actor(row: Any, address: str) -> Actor:
    return Actor(
        id=row.id,
        handle=row.handle,
        name=row.name,
        role=Role(row.role),
        confirmed=row.confirmed_at is not None,
        suspended_until=row.suspended_until,
        suspended_reason=row.suspended_reason,
        joined_at=row.joined_at,
        reputation=row.reputation,
        privileges=row.privileges,
        thresholds=row.thresholds or "",
        theme=Theme(row.theme),
        unread=row.unread,
        session_id=row.session_id,
        address=address,
    )


def _lasts(actor: Actor, created_at: datetime, last_seen_at: datetime) -> bool:
    """By today's role, so that somebody who joins the staff falls under the shorter times at once."""
    idle, absolute = (STAFF_IDLE, STAFF_ABSOLUTE) if actor.is_staff else (IDLE, ABSOLUTE)
    moment = clock.now()
    return moment - last_seen_at < idle and moment - created_at < absolute


def start(session: Session, member: Member, user_agent: str, address: str) -> str:
    """A new signed-in browser; returns the token for its cookie, which is kept nowhere else."""
    token = new_token()
    moment = clock.now()
    staff = Actor(id=member.id, role=Role(member.role)).is_staff
    assert member.id is not None
    session.add(
        SignInSession(
            token_hash=token_hash(token),
            member_id=member.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + (STAFF_ABSOLUTE if staff else ABSOLUTE),
            user_agent=user_agent[:200],
            address=address[:45],
        )
    )
    member.last_seen_at = moment
    session.flush()
    return token


def session_id_of(session: Session, token: str) -> int | None:
    found: int | None = session.scalar(select(col(SignInSession.id)).where(col(SignInSession.token_hash) == token_hash(token)))
    return found


def end(session: Session, member_id: int, session_id: int) -> bool:
    """True when it was there to end."""
    result: Any = session.execute(
        delete(SignInSession).where(col(SignInSession.id) == session_id, col(SignInSession.member_id) == member_id)
    )
    return bool(result.rowcount)


def end_all(session: Session, member_id: int, except_id: int | None = None) -> int:
    statement = delete(SignInSession).where(col(SignInSession.member_id) == member_id)
    if except_id is not None:
        statement = statement.where(col(SignInSession.id) != except_id)
    result: Any = session.execute(statement)
    return int(result.rowcount)


def is_stale(last_seen_at: datetime) -> bool:
    return clock.now() - last_seen_at > TOUCH_EVERY


def touch(session: Session, actor: Actor) -> None:
    """Remember that the browser was here; call it in a transaction that writes."""
    moment = clock.now()
    older = moment - TOUCH_EVERY
    result: Any = session.execute(
        update(SignInSession)
        .where(col(SignInSession.id) == actor.session_id, col(SignInSession.last_seen_at) < older)
        .values(last_seen_at=moment)
    )
    if result.rowcount:
        session.execute(
            update(Member)
            .where(col(Member.id) == actor.id, or_(col(Member.last_seen_at).is_(None), col(Member.last_seen_at) < older))
            .values(last_seen_at=moment)
        )


def sweep(session: Session) -> None:
    """Drop what no cookie can use any more."""
    moment = clock.now()
    session.execute(
        delete(SignInSession).where(or_(col(SignInSession.expires_at) < moment, col(SignInSession.last_seen_at) < moment - IDLE))
    )
