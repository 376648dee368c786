"""Tags come into being with the first topic that carries them; staff keep sections and products."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.catalog.counting import recount_tags
from forum.catalog.events import TopicRetagged
from forum.catalog.synonyms import stays
from forum.core.db import insert_ignoring
from forum.core.events import emit
from forum.models import Tag, Topic, TopicTag


def tag_topic(session: Session, topic: Topic, slugs: list[str]) -> None:
    """Make the topic carry exactly these tags, and the counters follow."""
    session.flush()
    wanted = set(_tag_ids(session, stays(session, slugs)))
    present = set(session.scalars(select(col(TopicTag.tag_id)).where(col(TopicTag.topic_id) == topic.id)))
    if present - wanted:
        session.execute(delete(TopicTag).where(col(TopicTag.topic_id) == topic.id, col(TopicTag.tag_id).in_(present - wanted)))
    for tag_id in sorted(wanted - present):
        insert_ignoring(session, TopicTag, {"topic_id": topic.id, "tag_id": tag_id})
    recount_tags(session, wanted ^ present)
    if wanted ^ present:
        emit(session, TopicRetagged(topic.id, tuple(sorted(wanted ^ present))))


def unknown_tags(session: Session, slugs: list[str]) -> list[str]:
    slugs = stays(session, slugs)
    known = _known(session, slugs)
    return [slug for slug in slugs if slug not in known]


def _tag_ids(session: Session, slugs: list[str]) -> list[int]:
    if not slugs:
        return []
    known = _known(session, slugs)
    for slug in slugs:
        if slug not in known:
            insert_ignoring(session, Tag, {"slug": slug, "description": "", "topics": 0})
    if len(known) < len(slugs):
        known = _known(session, slugs)
    return list(known.values())


def _known(session: Session, slugs: list[str]) -> dict[str, int]:
    rows = session.execute(select(col(Tag.slug), col(Tag.id)).where(col(Tag.slug).in_(slugs)))
    return {row.slug: row.id for row in rows}
