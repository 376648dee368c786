"""How many questions carry a tag, as far as everybody may see them."""

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.models import Audience, Tag, Topic, TopicTag


def recount_tags(session: Session, tag_ids: set[int]) -> None:
    """Topics that everybody may see, counted."""
    if not tag_ids:
        return
    seen = (
        select(func.count())
        .select_from(TopicTag)
        .join(Topic, col(Topic.id) == col(TopicTag.topic_id))
        .where(col(TopicTag.tag_id) == col(Tag.id), col(Topic.audience) == Audience.public)
        .scalar_subquery()
    )
    session.execute(update(Tag).where(col(Tag.id).in_(tag_ids)).values(topics=seen))
