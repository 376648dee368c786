"""Writes each event as one row. The first handler of every event."""

import dataclasses
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from forum.models.activity import Activity

_OWN_COLUMNS = ("actor_id", "topic_id", "post_id")


def record(session: Session, event: Any) -> None:
    values = {
        field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event) if field.name not in _OWN_COLUMNS
    }
    own: dict[str, Any] = {name: getattr(event, name, None) for name in _OWN_COLUMNS}
    session.add(Activity(event=type(event).__name__, data=values, **own))


def forget(session: Session, event: Any) -> None:
    """What a leaving member did stays written, without who it was."""
    session.execute(update(Activity).where(col(Activity.actor_id) == event.member_id).values(actor_id=None))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
