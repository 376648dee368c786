"""When badges are looked at: soon after something settled, for one member; and every night, for everybody."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import transaction
from forum.core.logs import log
from forum.jobs.queue import enqueue
from forum.models import Acceptance, Post, PreviewReport, Topic
from forum.recognition.badges import awards
from forum.recognition.badges.definitions import badges

MOMENT = timedelta(seconds=1)


def consider(session: Session, event: object) -> None:
    """Something happened that badges may come from: look at those it is about when it has settled."""
    name = type(event).__name__
    waits = {badge.waits for badge in badges().values() if name in badge.triggers}
    for member_id in _people(session, event) if waits else ():
        for wait in waits:
            _look_later(session, member_id, wait, f"{wait.total_seconds():.0f}")


def _people(session: Session, event: object) -> set[int]:
    """Who acted, who wrote, asked, suggested or linked it, whom it is about, and who solved it."""
    named = ("actor_id", "author_id", "asker_id", "suggester_id", "linker_id", "member_id")
    people = {getattr(event, name, None) for name in named}
    report_id = getattr(event, "report_id", None)
    if report_id is not None:
        people.add(session.scalar(select(col(PreviewReport.member_id)).where(col(PreviewReport.id) == report_id)))
    topic_id = getattr(event, "topic_id", None)
    if topic_id is not None and len(people - {None}) < 2:
        people.add(session.scalar(select(col(Topic.author_id)).where(col(Topic.id) == topic_id)))
        solvers = (
            select(col(Post.author_id))
            .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
            .where(col(Acceptance.topic_id) == topic_id)
        )
        people.update(session.scalars(solvers))
    return {one for one in people if one is not None}


def _look_later(session: Session, member_id: int, wait: timedelta, name: str) -> None:
    enqueue(session, "recognition.badges", dedup_key=f"badges:{member_id}:{name}", delay=wait, member_id=member_id)


def look_at(member_id: int) -> None:
    """Everything of one member. What has not settled yet is looked at again when it has."""
    outcome = awards.settle_accounts([member_id])
    with transaction() as session:
        for moment in sorted({one.ready_at for one in outcome.waiting})[:3]:
            _look_later(session, member_id, moment - clock.now() + MOMENT, f"{moment:%Y%m%d%H%M}")


def reconcile(only: str = "") -> None:
    """Everybody: what events missed, what a new definition gives to those who earned it long ago."""
    outcome = awards.settle_accounts(only=only)
    log().info("badges.reconciled", given=outcome.given, voided=outcome.voided, returned=outcome.returned)


def digest() -> None:
    awards.digest()
