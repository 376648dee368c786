"""How many readers a reply brought: counted in memory and written now and then, never who."""

import threading
from collections import Counter

from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.models import ShareVisit, ThreadLink

PARAMETER = "s"
"""`?s=7` at the end of an address says: read in the reply to thread 7."""
MOST = 2_000
_lock = threading.Lock()
_waiting: Counter[int] = Counter()


def note(thread_id: int) -> None:
    with _lock:
        if thread_id in _waiting or len(_waiting) < MOST:
            _waiting[thread_id] += 1


def write() -> None:
    """A crash loses at most what came since the last time."""
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    if taken:
        with transaction() as session:
            _add(session, taken)


def _add(session: Session, taken: dict[int, int]) -> None:
    day = clock.now().date()
    for thread_id in session.exec(select(ThreadLink.id).where(col(ThreadLink.id).in_(list(taken)))).all():
        if insert_ignoring(session, ShareVisit, {"thread_id": thread_id, "day": day, "visits": taken[thread_id]}):
            continue
        row = session.get_one(ShareVisit, (thread_id, day), with_for_update=True)
        row.visits += taken[thread_id]
        session.add(row)
