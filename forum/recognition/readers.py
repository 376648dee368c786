"""How many different people read a solved question: sketches by month, from names that mean nothing the next day."""

import threading
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.core.ids import keyed
from forum.core.sketches import Sketch, join
from forum.models import Readership, Topic

MOST_TOPICS = 2_000
"""Readings of more topics than this between two writings are let go rather than kept in memory."""

_lock = threading.Lock()
_waiting: dict[tuple[int, date], Sketch] = {}


def reader_name(address: str, agent: str) -> str:
    """Somebody for one day: the salt is the day, so that two days cannot be joined. A second day counts them again."""
    return keyed(f"{clock.now().date()}:{address}:{agent}", "reader")


def note(topic_id: int, reader: str) -> None:
    """Keep it in memory; nothing is written while somebody waits for a page."""
    month = clock.now().date().replace(day=1)
    with _lock:
        sketch = _waiting.get((topic_id, month))
        if sketch is None:
            if len(_waiting) >= MOST_TOPICS:
                return
            sketch = _waiting[topic_id, month] = Sketch()
        sketch.add(reader)


def write() -> int:
    """Join what was noted into the stored sketches; a crash loses at most what came since the last time. Returns how many."""
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    if not taken:
        return 0
    with transaction() as session:
        known = set(session.scalars(select(col(Topic.id)).where(col(Topic.id).in_({topic_id for topic_id, _ in taken}))))
        for (topic_id, month), sketch in sorted(taken.items()):
            if topic_id in known:
                _join(session, topic_id, month, sketch)
    return len(taken)


def _join(session: Session, topic_id: int, month: date, sketch: Sketch) -> None:
    values = {"topic_id": topic_id, "month": month, "sketch": sketch.stored()}
    if insert_ignoring(session, Readership, values):
        return
    row = session.scalars(
        select(Readership).where(col(Readership.topic_id) == topic_id, col(Readership.month) == month).with_for_update()
    ).one()
    row.sketch = join([Sketch(row.sketch), sketch]).stored()
