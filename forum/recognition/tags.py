"""Points per tag: a line counts in full for each tag its question has now, so retagging moves them (RECOGNITION 5.1)."""

from typing import Any

from sqlalchemy import Select, case, delete, func, insert, select
from sqlmodel import Session, col

from forum.catalog.events import TopicRetagged
from forum.models import RepEvent, RepSubject, RepTag, Topic, TopicTag
from forum.recognition.rates import SOLUTIONS
from forum.recognition.standing import CANONICAL, counts, subjects_of


def refresh(session: Session, subject: str, tag_ids: set[int]) -> None:
    """Make one subject's rows for these tags equal to the ledger."""
    if not tag_ids:
        return
    session.flush()
    session.execute(delete(RepTag).where(col(RepTag.subject) == subject, col(RepTag.tag_id).in_(tag_ids)))
    mine = col(RepSubject.subject).in_(subjects_of(subject))
    _insert(session, _totals().where(mine, col(TopicTag.tag_id).in_(tag_ids)))


def refresh_topics(session: Session, subject: str, topic_ids: set[int]) -> None:
    query = select(col(TopicTag.tag_id)).where(col(TopicTag.topic_id).in_(topic_ids))
    refresh(session, subject, set(session.scalars(query)))


def follow_retag(session: Session, event: TopicRetagged) -> None:
    """Everybody who earned something on the topic."""
    session.flush()
    earned = (
        select(CANONICAL)
        .select_from(RepEvent)
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .where(col(RepEvent.topic_id) == event.topic_id)
        .distinct()
    )
    for subject in session.scalars(earned).all():
        refresh(session, subject, set(event.tags))


def rebuild(session: Session) -> None:
    session.execute(delete(RepTag))
    _insert(session, _totals())


def differences(session: Session, unsettled: set[str]) -> list[str]:
    """Where the stored rows differ from what the ledger says now; `unsettled` subjects will be brought up soon."""
    expected = {(row.subject, row.tag_id): (row.points, row.solutions, row.askers) for row in session.execute(_totals())}
    stored = {(row.subject, row.tag_id): (row.points, row.solutions, row.askers) for row in session.scalars(select(RepTag))}
    return [
        f"tag {key[1]} of {key[0]}: stored {stored.get(key)}, ledger {expected.get(key)}"
        for key in expected.keys() | stored.keys()
        if stored.get(key) != expected.get(key) and key[0] not in unsettled
    ]


def _totals() -> Select[Any]:
    solved = col(RepEvent.kind).in_(SOLUTIONS)
    totals: Any = (
        select(
            CANONICAL.label("subject"),
            col(TopicTag.tag_id),
            func.sum(col(RepEvent.points)).label("points"),
            func.count(case((solved, 1))).label("solutions"),
            func.count(case((solved, col(Topic.author_id))).distinct()).label("askers"),
            func.max(col(RepEvent.occurred_at)).label("last_at"),
        )
        .select_from(RepEvent)
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .join(TopicTag, col(TopicTag.topic_id) == col(RepEvent.topic_id))
        .join(Topic, col(Topic.id) == col(RepEvent.topic_id))
        .where(counts())
        .group_by(CANONICAL, col(TopicTag.tag_id))
    )
    made: Select[Any] = totals
    return made


def _insert(session: Session, query: Select[Any]) -> None:
    session.execute(insert(RepTag).from_select(["subject", "tag_id", "points", "solutions", "askers", "last_at"], query))
