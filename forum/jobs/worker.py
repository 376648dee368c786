"""Runs jobs: claims one at a time under a lease, at least once each, with back-off and a place for the dead."""

import os
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import is_sqlite, transaction
from forum.core.logs import log
from forum.jobs.queue import enqueue, wake
from forum.models.jobs import Job, JobState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 6
POLL_SECONDS = 1.0
FIRST_RETRY_SECONDS = 30

Function = Callable[..., None]
"""A job takes its payload as keyword arguments and opens its own transactions. It may run twice."""


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    name: str
    payload: dict[str, Any]
    attempts: int
    dedup_key: str | None


@dataclass(frozen=True, slots=True)
class Periodic:
    """Enqueued again and again; the dedup key holds it to one at a time over all workers."""

    name: str
    every: timedelta
    at: time | None = None
    """The hour of the day (UTC) of what runs at night."""

    def first(self, moment: datetime) -> datetime:
        if self.at is None:
            return moment
        today = datetime.combine(moment.date(), self.at, moment.tzinfo)
        return today if today >= moment else today + timedelta(days=1)


class Worker:
    def __init__(self, functions: Mapping[str, Function], schedule: list[Periodic]) -> None:
        self.functions = functions
        self.schedule = schedule
        self.name = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        self.stopping = threading.Event()
        self._next_run: dict[str, datetime] = {}

    def run(self) -> None:
        """Until told to stop. A database that is away is waited for."""
        while not self.stopping.is_set():
            try:
                self._enqueue_due()
                if self.run_one():
                    continue
            except Exception:
                log().exception("worker.trouble")
            wake.wait(POLL_SECONDS)
            wake.clear()

    def drain(self, limit: int = 10_000) -> int:
        """Run what is due now and return how many jobs ran (tests, commands)."""
        done = 0
        while done < limit and self.run_one():
            done += 1
        return done

    def stop(self) -> None:
        self.stopping.set()
        wake.set()

    def run_one(self) -> bool:
        job = self._claim()
        if job is None:
            return False
        try:
            self.functions[job.name](**job.payload)
        except Exception as error:
            log().exception("job.failed", job=job.name, id=job.id, attempt=job.attempts)
            self._put_back(job, error)
        else:
            with transaction() as session:
                session.execute(delete(Job).where(col(Job.id) == job.id))
        return True

    def _claim(self) -> Claimed | None:
        moment = clock.now()
        with transaction(writes=False) as session:
            if session.execute(select(col(Job.id)).where(_due(moment)).limit(1)).first() is None:
                return None
        with transaction() as session:
            return self._lease(session, moment)

    def _lease(self, session: Session, moment: datetime) -> Claimed | None:
        pick = select(col(Job.id)).where(_due(moment)).order_by(col(Job.run_at), col(Job.id)).limit(1)
        if not is_sqlite(session):
            pick = pick.with_for_update(skip_locked=True)
        row = session.execute(
            update(Job)
            .where(col(Job.id) == pick.scalar_subquery(), _due(moment))
            .values(leased_until=moment + LEASE, leased_by=self.name, attempts=Job.attempts + 1)
            .returning(col(Job.id), col(Job.name), col(Job.payload), col(Job.attempts), col(Job.dedup_key))
        ).first()
        if row is None:
            return None
        # A running job no longer stands in the way of a new one with the same key.
        session.execute(update(Job).where(col(Job.id) == row.id).values(dedup_key=None))
        return Claimed(row.id, row.name, row.payload, row.attempts, row.dedup_key)

    def _put_back(self, job: Claimed, error: Exception) -> None:
        dead = job.attempts >= MAX_ATTEMPTS
        pause = timedelta(seconds=FIRST_RETRY_SECONDS * 4 ** (job.attempts - 1))
        with transaction() as session:
            session.execute(
                update(Job)
                .where(col(Job.id) == job.id)
                .values(
                    state=JobState.dead if dead else JobState.waiting,
                    run_at=clock.now() + pause,
                    leased_until=None,
                    last_error="".join(traceback.format_exception_only(error))[:2000],
                )
            )

    def _enqueue_due(self) -> None:
        moment = clock.now()
        for task in self.schedule:
            due = self._next_run.setdefault(task.name, task.first(moment))
            if due <= moment:
                self._next_run[task.name] = (due if task.at else moment) + task.every
                with transaction() as session:
                    enqueue(session, task.name, dedup_key=f"periodic:{task.name}")


def _due(moment: datetime) -> ColumnElement[bool]:
    return and_(
        col(Job.state) == JobState.waiting,
        col(Job.run_at) <= moment,
        or_(col(Job.leased_until).is_(None), col(Job.leased_until) <= moment),
    )
