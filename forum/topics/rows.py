"""Lists of topics: who may see which, the columns of a row, and keyset pages over them."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlmodel import Session, col

from forum.core.paging import Key, Page, cut, decode
from forum.core.text import slug
from forum.models import Audience, Member, Section, Tag, ThreadLink, Topic, TopicKind, TopicState, TopicTag
from forum.policy.actor import Actor
from forum.topics.views import TagView, TopicRow

PAGE = 25
STATE_LABELS: dict[str, str] = {
    TopicState.new: "Waiting for an answer",
    TopicState.needs_info: "Needs details",
    TopicState.answered: "Answered",
    TopicState.solved: "Solved",
    TopicState.archived: "Archived",
    TopicState.closed: "Closed",
}
OPEN_STATES = (TopicState.new, TopicState.answered)
SEPARATOR = "\x1f"
PAGES_OF_TOPIC = ("resolution",)


def visible_topics(actor: Actor) -> ColumnElement[bool]:
    """Every list starts from here."""
    return visible_to(readable(actor))


def visible_to(audiences: tuple[Audience, ...]) -> ColumnElement[bool]:
    """The same for statements that are built once for each kind of reader."""
    return col(Topic.audience).in_(audiences)


def moderated_topics(actor: Actor) -> ColumnElement[bool]:
    """The same for lists of what wants deciding, where moderators also see what was removed."""
    extra = (Audience.removed,) if actor.is_moderator else ()
    return col(Topic.audience).in_((*readable(actor), *extra))


def readable(actor: Actor) -> tuple[Audience, ...]:
    """The audiences somebody belongs to."""
    if actor.is_staff:
        return (Audience.public, Audience.members, Audience.staff)
    return (Audience.public, Audience.members) if actor.signed_in else (Audience.public,)


def topic_url(topic_id: int, topic_slug: str) -> str:
    """A title that reads like a page of its own keeps apart from it."""
    return f"/topics/{topic_id}/{topic_slug}{'-' if topic_slug in PAGES_OF_TOPIC else ''}"


def state_label(kind: str, state: str) -> str:
    """Where a topic stands. Only a question waits for an answer; the others say what they are while they are open."""
    return STATE_LABELS[state] if kind == TopicKind.question or state not in OPEN_STATES else kind.capitalize()


TAGS_OF_TOPIC = (
    select(func.aggregate_strings(col(Tag.slug), SEPARATOR))
    .join(TopicTag, col(TopicTag.tag_id) == col(Tag.id))
    .where(col(TopicTag.topic_id) == col(Topic.id))
    .correlate(Topic)
    .scalar_subquery()
)
FIRST_PLATFORM = (
    select(func.min(col(ThreadLink.platform))).where(col(ThreadLink.topic_id) == col(Topic.id)).correlate(Topic).scalar_subquery()
)


def select_rows(actor: Actor) -> Select[Any]:
    return select_rows_of(readable(actor))


@cache
def select_rows_of(audiences: tuple[Audience, ...]) -> Select[Any]:
    """Built once for each kind of reader."""
    rows: Any = (
        select(
            col(Topic.id),
            col(Topic.title),
            col(Topic.slug),
            col(Topic.kind),
            col(Topic.state),
            col(Topic.official_post_id),
            col(Topic.created_at),
            col(Topic.active_at),
            col(Topic.solved_at),
            col(Topic.answers),
            col(Topic.me_too),
            col(Section.name).label("section_name"),
            col(Section.slug).label("section_slug"),
            col(Member.name).label("author_name"),
            TAGS_OF_TOPIC.label("tags"),
            FIRST_PLATFORM.label("platform"),
        )
        .join(Section, col(Section.id) == col(Topic.section_id))
        .outerjoin(Member, col(Member.id) == col(Topic.author_id))
        .where(visible_to(audiences))
    )
    made: Select[Any] = rows
    return made


def topic_row(row: Row[Any]) -> TopicRow:
    return TopicRow(
        id=row.id,
        url=topic_url(row.id, row.slug),
        title=row.title,
        kind=row.kind,
        state=row.state,
        state_label=state_label(row.kind, row.state),
        has_official=row.official_post_id is not None,
        section_name=row.section_name,
        section_url=f"/sections/{row.section_slug}",
        tags=tag_views(row.tags),
        author_name=row.author_name or ("Somebody elsewhere" if row.platform else "Former member"),
        created_at=row.created_at,
        answer_count=row.answers,
        me_too_count=row.me_too,
        platform=row.platform,
    )


def tag_views(joined: str | None) -> list[TagView]:
    return [TagView(slug(name), name) for name in sorted((joined or "").split(SEPARATOR)) if name]


def keyset_page(session: Session, query: Select[Any], order: Any, after: str | None, size: int = PAGE) -> Page[TopicRow]:
    """Newest first by `order`, then by id."""
    key: Key | None = decode(after, datetime)
    if key is not None:
        value, row_id = key
        query = query.where((order < value) | ((order == value) & (col(Topic.id) < row_id)))
    rows = session.execute(query.order_by(order.desc(), col(Topic.id).desc()).limit(size + 1)).all()
    name: str = getattr(order, "key", "created_at")
    key_of: Callable[[Any], Key] = lambda row: (getattr(row, name), row.id)  # noqa: E731
    return cut(rows, size, topic_row, key_of, first=key is None)
