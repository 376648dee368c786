"""Topics as feeds and the sitemap list them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import text
from forum.models import Audience, Member, Post, PostKind, PostState, Topic
from forum.policy.actor import Actor
from forum.topics.rows import topic_url, visible_topics

ENTRIES = 30
MOST_ADDRESSES = 45_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    url: str
    title: str
    summary: str
    author: str
    published: datetime
    updated: datetime


def latest(session: Session, actor: Actor) -> list[FeedEntry]:
    rows = session.execute(
        select(
            col(Topic.id),
            col(Topic.slug),
            col(Topic.title),
            col(Topic.created_at),
            col(Topic.active_at),
            func.substr(Post.body, 1, 1_200).label("body"),
            col(Member.name).label("author"),
        )
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question))
        .outerjoin(Member, col(Member.id) == col(Topic.author_id))
        .where(visible_topics(actor), col(Post.state) == PostState.visible)
        .order_by(col(Topic.created_at).desc(), col(Topic.id).desc())
        .limit(ENTRIES)
    ).all()
    return [
        FeedEntry(
            topic_url(row.id, row.slug),
            row.title,
            text.excerpt(row.body, 400),
            row.author or "Somebody",
            row.created_at,
            row.active_at,
        )
        for row in rows
    ]


def answered(session: Session) -> list[tuple[str, datetime]]:
    """Addresses worth a search engine's time: public topics with an answer."""
    rows = session.execute(
        select(col(Topic.id), col(Topic.slug), col(Topic.active_at))
        .where(col(Topic.audience) == Audience.public, col(Topic.answers) > 0)
        .order_by(col(Topic.active_at).desc())
        .limit(MOST_ADDRESSES)
    ).all()
    return [(topic_url(row.id, row.slug), row.active_at) for row in rows]
