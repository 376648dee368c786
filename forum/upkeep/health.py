"""What `forum doctor` looks at: settings of the database, counters, ledger, index, files."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import storage
from forum.core.db import is_sqlite, transaction
from forum.models import Acceptance, Image, OfficialMark, SearchOutbox, Topic, TopicState
from forum.recognition.jobs import drift
from forum.search.feed import index_differences
from forum.upkeep.counters import differences

SAFE_POSTGRES = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def examine() -> list[str]:
    """One sentence for each trouble; empty when all is well."""
    with transaction(writes=False) as session:
        return [
            *durability(session),
            *differences(session),
            *drift(session),
            *_states(session),
            *index_differences(session),
            *_outbox(session),
            *_files(session),
        ]


def durability(session: Session) -> list[str]:
    """An acknowledged write must survive a power cut."""
    connection = session.connection()
    if is_sqlite(session):
        mode = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        return [] if mode is not None and mode >= 2 else ["SQLite does not sync every commit (synchronous is below FULL)"]
    return [
        f"PostgreSQL runs with {name} = {value}"
        for name, safe in SAFE_POSTGRES.items()
        if (value := connection.exec_driver_sql(f"SHOW {name}").scalar()) != safe
    ]


def _states(session: Session) -> list[str]:
    """A topic is solved exactly while an answer of it is ticked; its official post is the marked one."""
    ticked = select(col(Acceptance.topic_id))
    wrong = session.scalars(
        select(col(Topic.id)).where(
            ((col(Topic.state) == TopicState.solved) & col(Topic.id).not_in(ticked))
            | (col(Topic.state).in_((TopicState.new, TopicState.answered)) & col(Topic.id).in_(ticked))
        )
    ).all()
    marked = session.execute(
        select(col(Topic.id), col(Topic.official_post_id), col(OfficialMark.post_id))
        .outerjoin(OfficialMark, col(OfficialMark.topic_id) == col(Topic.id))
        .where(func.coalesce(Topic.official_post_id, 0) != func.coalesce(OfficialMark.post_id, 0))
    ).all()
    return [f"topic {topic_id}: its state and its ticks disagree" for topic_id in wrong] + [
        f"topic {row[0]}: shows official post {row[1]}, marked is {row[2]}" for row in marked
    ]


def _outbox(session: Session) -> list[str]:
    waiting = session.execute(select(func.count()).select_from(SearchOutbox)).scalar_one()
    return [f"{waiting:,} changes wait for the index; is a worker running?"] if waiting > 5_000 else []


def _files(session: Session) -> list[str]:
    images = session.execute(select(col(Image.id), col(Image.extension)))
    return [f"picture {row.id} has no file" for row in images if not storage.exists(f"{row.id}.{row.extension}")]
