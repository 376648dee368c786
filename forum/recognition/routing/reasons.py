"""What somebody has done in the tags of a question, and the sentence that says why it is them. Read for several people at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock, templating
from forum.models import Acceptance, Post, PostKind, PostState, Tag, Topic, TopicTag

LOOKED_BACK = timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Done:
    """One person's answers to others in one tag."""

    member_id: int
    tag: str
    answered: int
    solved: int
    last_at: datetime


def done_in(session: Session, members: Iterable[int], tags: Iterable[str] | None = None) -> list[Done]:
    """In these tags, or in all; most solved first."""
    query: Any = (
        select(
            col(Post.author_id).label("member_id"),
            col(Tag.slug).label("tag"),
            func.count(func.distinct(col(Post.topic_id))).label("answered"),
            func.count(func.distinct(col(Acceptance.topic_id))).label("solved"),
            func.max(col(Post.created_at)).label("last_at"),
        )
        .join(Topic, (col(Topic.id) == col(Post.topic_id)) & col(Topic.author_id).is_distinct_from(col(Post.author_id)))
        .join(TopicTag, col(TopicTag.topic_id) == col(Post.topic_id))
        .join(Tag, col(Tag.id) == col(TopicTag.tag_id))
        .outerjoin(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(
            col(Post.author_id).in_(list(members)),
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.created_at) > clock.now() - LOOKED_BACK,
        )
        .group_by(col(Post.author_id), col(Tag.slug))
    )
    if tags is not None:
        query = query.where(col(Tag.slug).in_(list(tags)))
    found = [Done(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: (-one.solved, -one.answered, one.tag))


def why(done: Iterable[Done], member_id: int) -> str:
    """ "You solved 4 hub-3 questions, last on 3 May." """
    mine = next((one for one in done if one.member_id == member_id), None)
    if mine is None:
        return "You have helped with questions like this one."
    act, count = ("solved", mine.solved) if mine.solved else ("answered", mine.answered)
    if count == 1:
        return f"You {act} one {mine.tag} question, on {templating.day(mine.last_at)}."
    return f"You {act} {count} {mine.tag} questions, last on {templating.day(mine.last_at)}."
