"""Letters that have not gone out. Their jobs hold an address and working links, so they are forgotten with their cause, or in time."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from forum.core import clock
from forum.models.jobs import Job, JobState

KEPT = timedelta(days=7)
"""How long a letter that failed for good may still be tried again."""
LETTERS = ("mail.send", "accounts.send_reset")


def forget_to(session: Session, address: str) -> None:
    """Waiting or laid aside; so below."""
    session.execute(delete(Job).where(col(Job.name) == "mail.send", _said("to") == address))


def forget_about(session: Session, key: str) -> None:
    """Every letter whose key begins so."""
    session.execute(delete(Job).where(col(Job.name) == "mail.send", _said("key").startswith(key, autoescape=True)))


def _said(field: str) -> Any:
    payload: Any = col(Job.payload)
    return payload[field].as_string()


def sweep(session: Session) -> None:
    old = col(Job.run_at) < clock.now() - KEPT
    session.execute(delete(Job).where(col(Job.state) == JobState.dead, col(Job.name).in_(LETTERS), old))
