"""Carrying out what a form asks for: once for each form, all or nothing, and with the text kept when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import ForumError, Invalid, NotFound, TooMany
from forum.models import FormKey
from forum.policy.actor import Actor
from forum.web.forms import Form


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either where to go, or the form to show again with a status."""

    url: str | None
    form: Form[Any]
    status: int = 303
    retry_after: int = 0


def carry_out(db: Session, me: Actor, form: Form[Any], act: Callable[[], str]) -> Outcome:
    """`act` does the work and returns the address of what it made. A refusal undoes everything it did."""
    if not form.ok:
        return Outcome(None, form, 422 if form.errors else 200)
    try:
        with db.begin_nested():
            return Outcome(_once(db, me, form, act), form)
    except NotFound:
        raise
    except ForumError as error:
        errors = error.errors if isinstance(error, Invalid) else {"": error.sentence}
        wait = error.retry_after if isinstance(error, TooMany) else 0
        return Outcome(None, form.refused(errors), error.status, wait)


def _once(db: Session, me: Actor, form: Form[Any], act: Callable[[], str]) -> str:
    if not form.key or not me.signed_in:
        return act()
    token = f"{me.id}:{form.key}"[:64]
    if not insert_ignoring(db, FormKey, {"token": token, "member_id": me.id, "url": "", "at": clock.now()}):
        return str(db.execute(select(col(FormKey.url)).where(col(FormKey.token) == token)).scalar_one()) or "/"
    url = act()
    db.flush()
    db.execute(update(FormKey).where(col(FormKey.token) == token).values(url=url))
    return url
