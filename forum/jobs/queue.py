"""Putting work aside for later: a row in the caller's transaction, named by a string."""

import threading
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from forum.core import clock
from forum.core.db import after_commit, insert_ignoring
from forum.models.jobs import Job, JobState

wake = threading.Event()
"""Set after a commit that enqueued something, for a worker in the same process."""


def enqueue(session: Session, name: str, *, dedup_key: str | None = None, delay: timedelta = timedelta(), **payload: Any) -> bool:
    """Add a job. With a dedup_key, a second one is not added while the first still waits: then False."""
    moment = clock.now()
    made = insert_ignoring(
        session,
        Job,
        {
            "name": name,
            "payload": payload,
            "state": JobState.waiting,
            "run_at": moment + delay,
            "attempts": 0,
            "leased_by": "",
            "last_error": "",
            "dedup_key": dedup_key,
            "created_at": moment,
        },
    )
    after_commit(session, wake.set)
    return made
