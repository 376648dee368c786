"""After the play: no late flood of mail, old notices read, pending points counted."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from forum.core import clock
from forum.core.db import transaction
from forum.demo.people import Stage
from forum.models import Job, Notice, SearchOutbox
from forum.recognition import boards
from forum.recognition.jobs import settle_since
from forum.search import feed

UNREAD = 3
LETTERS = ("notifications.", "mail.")
"""How the names of jobs begin that end in mail."""


def tidy(stage: Stage, sign_ins: list[str]) -> None:
    """In the transaction of the play, so that no worker ever sees what goes."""
    session = stage.session
    session.flush()
    settle_since(session, datetime.min.replace(tzinfo=UTC))
    boards.rebuild(session)
    for prefix in LETTERS:
        session.execute(delete(Job).where(col(Job.name).startswith(prefix)))
    session.execute(delete(Job).where(col(Job.name) == "recognition.settle", col(Job.run_at) <= clock.now()))
    session.execute(update(Notice).values(read_at=col(Notice.at)))
    for handle in sign_ins:
        latest = (
            select(col(Notice.id))
            .where(col(Notice.member_id) == stage.actors[handle].id)
            .order_by(col(Notice.id).desc())
            .limit(UNREAD)
        )
        session.execute(update(Notice).where(col(Notice.id).in_(latest)).values(read_at=None))


def index() -> None:
    """Everything at once instead of change by change. The lines stay when this is interrupted, so a worker goes on."""
    with transaction(writes=False) as session:
        lines = session.scalars(select(col(SearchOutbox.id)).order_by(col(SearchOutbox.id).desc()).limit(1)).first()
    feed.rebuild()
    with transaction() as session:
        session.execute(delete(SearchOutbox).where(col(SearchOutbox.id) <= (lines or 0)))
