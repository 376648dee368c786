"""Members for tests."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session

from forum.core import clock
from forum.models import Member, Role

_numbers = count(1)
MONTHS_AGO = timedelta(days=120)


def member(session: Session, name: str = "", *, role: Role = Role.member, confirmed: bool = True, **values: Any) -> Member:
    """A confirmed member of some months' standing, who may say "not helpful", unless told otherwise."""
    session.commit()  # a reader's view may be old by now, and an old view cannot write
    number = next(_numbers)
    name = name or f"Person {number}"
    handle = values.pop(
        "handle", name.lower().replace(" ", "-") if name.startswith("Person") else f"{name.split()[0].lower()}{number}"
    )
    joined: datetime = values.pop("joined_at", clock.now() - MONTHS_AGO)
    row = Member(
        handle=handle,
        handle_key=handle.casefold(),
        name=name,
        email=f"{handle}@example.org",
        email_key=f"{handle}@example.org",
        role=role,
        joined_at=joined,
        confirmed_at=joined if confirmed else None,
        privileges=values.pop("privileges", "vote_not_helpful"),
        staff_since=joined if role in (Role.agent, Role.admin) else None,
        **values,
    )
    session.add(row)
    session.commit()
    return row


def moderator(session: Session, **values: Any) -> Member:
    return member(session, role=Role.moderator, **values)


def agent(session: Session, **values: Any) -> Member:
    return member(session, role=Role.agent, **values)


def admin(session: Session, **values: Any) -> Member:
    return member(session, role=Role.admin, **values)
