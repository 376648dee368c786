"""What is wrong just now, for everybody's pages. Kept in memory for a moment, because every page asks."""

import time
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import Incident, IncidentState

SECONDS = 10.0
_lock = Lock()
_kept: list[tuple[float, list["PublicNotice"]]] = []


@dataclass(frozen=True, slots=True)
class PublicNotice:
    url: str
    text: str
    product_id: int | None


def current(session: Session) -> list[PublicNotice]:
    with _lock:
        if _kept and _kept[0][0] > time.monotonic():
            return _kept[0][1]
    statement = select(Incident).where(col(Incident.state) == IncidentState.confirmed).order_by(col(Incident.id).desc()).limit(5)
    found = [
        PublicNotice(f"/incidents/{one.id}", f"{one.title}: {one.note}", one.product_id) for one in session.scalars(statement)
    ]
    with _lock:
        _kept[:] = [(time.monotonic() + SECONDS, found)]
    return found


def forget() -> None:
    """After a decision, at once in this process."""
    with _lock:
        _kept.clear()
