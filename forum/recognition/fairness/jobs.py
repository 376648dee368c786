"""When votes are looked at: at night, and soon after somebody gives one person many."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.accounts import traces
from forum.core import clock
from forum.core.db import transaction
from forum.core.logs import log
from forum.jobs.queue import enqueue
from forum.models import Post, Vote
from forum.recognition.fairness import cases
from forum.votes.events import VoteCast

BURST, DAY = 5, timedelta(hours=24)
SOON = timedelta(minutes=10)


def look() -> None:
    with transaction() as session:
        traces.sweep(session)
        opened = cases.examine(session)
    log().info("fairness.looked", opened=opened)


def notice_burst(session: Session, event: VoteCast) -> None:
    """Five votes for one author within a day: look before the night."""
    if event.value < 0 or event.author_id is None:
        return
    count = session.scalar(
        select(func.count())
        .select_from(Vote)
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(
            col(Vote.member_id) == event.actor_id,
            col(Vote.value) == 1,
            col(Vote.at) > clock.now() - DAY,
            col(Post.author_id) == event.author_id,
        )
    )
    if (count or 0) >= BURST:
        enqueue(session, "recognition.detect", dedup_key="detect:burst", delay=SOON)
