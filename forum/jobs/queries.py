"""What administrators see of the queue, and what they may do about the dead."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from forum.core import clock, paging
from forum.core.db import after_commit
from forum.core.errors import NotFound
from forum.jobs.queue import wake
from forum.models import Job, JobState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission

PAGE = 50


@dataclass(frozen=True, slots=True)
class JobView:
    id: int
    name: str
    attempts: int
    created_at: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class JobsPage:
    waiting: int
    retrying: int
    dead: list[JobView]
    more_url: str | None


def jobs_page(session: Session, actor: Actor, after: str | None) -> JobsPage:
    """Payloads stay unseen: a mail job holds a letter with a link that works."""
    require(actor, Permission.admin_see)
    waiting, retrying = session.execute(
        select(func.count(), func.count().filter(col(Job.attempts) > 0)).where(col(Job.state) == JobState.waiting)
    ).one()
    key = paging.decode(after)
    query = select(Job).where(col(Job.state) == JobState.dead)
    if key is not None:
        query = query.where(col(Job.id) < key[1])
    rows = session.scalars(query.order_by(col(Job.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _view, lambda job: (job.created_at, job.id), first=key is None)
    return JobsPage(waiting, retrying, page.items, f"/admin/jobs?after={page.after}" if page.after else None)


def _view(job: Job) -> JobView:
    return JobView(job.id, job.name, job.attempts, job.created_at, job.last_error)


def retry(session: Session, actor: Actor, job_id: int) -> None:
    require(actor, Permission.admin_see)
    revived = session.execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.dead)
        .values(state=JobState.waiting, attempts=0, run_at=clock.now(), leased_until=None)
        .returning(col(Job.id))
    ).first()
    if revived is None:
        raise NotFound
    after_commit(session, wake.set)


def remove(session: Session, actor: Actor, job_id: int) -> None:
    require(actor, Permission.admin_see)
    gone = session.execute(
        delete(Job).where(col(Job.id) == job_id, col(Job.state) == JobState.dead).returning(col(Job.id))
    ).first()
    if gone is None:
        raise NotFound
