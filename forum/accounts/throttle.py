"""Tries that must be remembered over a restart and between processes: counted in rows."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import TooMany
from forum.core.settings import settings
from forum.models.accounts import Attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in `minutes`, for each key."""

    name: str
    count: int
    minutes: int
    said: str = "That was several tries in a row."


SIGN_IN_NAME = Limit("sign-in-name", 5, 30)
SIGN_IN_ADDRESS = Limit("sign-in-address", 20, 60)
SIGN_IN_ALL = Limit("sign-in-all", 1000, 5)
JOIN_ADDRESS = Limit("join-address", 3, 60)
RESET_MAIL = Limit("reset-mail", 2, 60)
RESET_ADDRESS = Limit("reset-address", 5, 24 * 60)
CONFIRM_MAIL = Limit("confirm-mail", 3, 6 * 60)
GUEST_ME_TOO = Limit("guest-me-too", 10, 60)
GUEST_DRAFT = Limit("guest-draft", 10, 60)
PRIVATE_MESSAGE = Limit("private-message", 10, 10)
PRIVATE_ADDRESS = Limit("private-address", 30, 60)
DEFLECTION = Limit("deflection", 10, 60)
CASE_LETTERS = Limit("case-letters", 5, 24 * 60)
CASE_ADDRESS = Limit("case-address", 3, 24 * 60)


def check(session: Session, *pairs: tuple[Limit, str]) -> None:
    """Raise TooMany when a limit is reached already. Counts nothing."""
    if not settings().rate_limits:
        return
    for limit, key in pairs:
        since = clock.now() - timedelta(minutes=limit.minutes)
        where = (col(Attempt.bucket) == f"{limit.name}:{key}", col(Attempt.at) > since)
        count, oldest = session.execute(select(func.count(), func.min(Attempt.at)).where(*where)).one()
        if count >= limit.count:
            wait = int((oldest + timedelta(minutes=limit.minutes) - clock.now()).total_seconds())
            raise TooMany(f"{limit.said} Try again in {_minutes(wait)}.", wait)


def record(*pairs: tuple[Limit, str]) -> None:
    """Count one in its own transaction, so that a refused request still counts."""
    if not settings().rate_limits:
        return
    with transaction() as session:
        session.add_all(Attempt(bucket=f"{limit.name}:{key}", at=clock.now()) for limit, key in pairs)


def count(session: Session, *pairs: tuple[Limit, str]) -> None:
    """Count one in the caller's transaction: a try that was refused for another reason does not count."""
    session.add_all(Attempt(bucket=f"{limit.name}:{key}", at=clock.now()) for limit, key in pairs)


def take_back(session: Session, *pairs: tuple[Limit, str]) -> None:
    """Uncount one of each: a try that was counted before it was known to be fine."""
    for limit, key in pairs:
        newest = select(func.max(Attempt.id)).where(col(Attempt.bucket) == f"{limit.name}:{key}").scalar_subquery()
        session.execute(delete(Attempt).where(col(Attempt.id) == newest))


def forget(session: Session, limit: Limit, key: str) -> None:
    session.execute(delete(Attempt).where(col(Attempt.bucket) == f"{limit.name}:{key}"))


def _minutes(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
