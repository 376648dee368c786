"""What the rows say of topics that may be suggested: their words, their resolutions, and which of them point to which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from forum.core.settings import settings
from forum.models import Audience, Post, PostKind, PostState, Resolution, ResolutionState, Topic
from forum.search.likeness import Words
from forum.search.shelf import Entry, Pointed
from forum.topics.rows import SEPARATOR, TAGS_OF_TOPIC

DAY = 86_400.0
MAX_BODY = 8_000
_ADDRESS = re.compile(r"/(topics|resolutions)/([1-9]\d{0,8})(?![\d])")


@dataclass(slots=True)
class Told:
    """News of some topics for the shelf."""

    entries: list[Entry] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    pointed: list[Pointed] = field(default_factory=list)


def days(moment: datetime) -> float:
    return moment.timestamp() / DAY


def words_of(title: str, body: str = "", tags: str | None = "") -> Words:
    return Words.of(title, body, (tags or "").split(SEPARATOR) if tags else (), settings().language)


def told(session: Session, topic_ids: list[int]) -> Told:
    """What everybody, or every member, may read of these topics."""
    news = Told()
    if not topic_ids:
        return news
    rows = session.execute(_questions(topic_ids)).all()
    for row in rows:
        news.entries += _entries(row)
        if row.duplicate_of_id:
            news.pointed.append(Pointed(row.id, row.duplicate_of_id, days(row.active_at)))
    present = {entry.key for entry in news.entries}
    open_ids = {row.id for row in rows}
    resolutions = session.execute(select(col(Resolution.id)).where(col(Resolution.topic_id).in_(topic_ids))).scalars()
    news.gone = [one for one in [*topic_ids, *(-one for one in resolutions)] if one not in present]
    news.pointed += [one for one in _mentioned(session, topic_ids) if one.source in open_ids]
    return news


def _questions(topic_ids: list[int]) -> Any:
    return (
        select(
            col(Topic.id),
            col(Topic.title),
            col(Topic.created_at),
            col(Topic.active_at),
            col(Topic.duplicate_of_id),
            col(Post.author_id),
            func.substr(Post.body, 1, MAX_BODY).label("body"),
            TAGS_OF_TOPIC.label("tags"),
            col(Resolution.id).label("resolution_id"),
            col(Resolution.question),
            col(Resolution.answer),
            col(Resolution.published_at),
        )
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question))
        .outerjoin(Resolution, (col(Resolution.topic_id) == col(Topic.id)) & (col(Resolution.state) == ResolutionState.public))
        .where(
            col(Topic.id).in_(topic_ids),
            col(Post.state) == PostState.visible,
            col(Topic.audience).in_((Audience.public, Audience.members)),
        )
        .order_by(col(Topic.id))
    )


def _entries(row: Row[Any]) -> Iterator[Entry]:
    yield Entry(row.id, row.id, row.author_id or 0, days(row.created_at), words_of(row.title, row.body, row.tags))
    if row.resolution_id is not None:
        found = words_of(row.question, f"{row.answer} {row.title}", row.tags)
        yield Entry(-row.resolution_id, row.id, 0, days(row.published_at or row.created_at), found)


def _mentioned(session: Session, topic_ids: list[int]) -> list[Pointed]:
    """Addresses of other topics and their resolutions in what helpers wrote: each source points to each target once."""
    rows = session.execute(
        select(col(Post.topic_id), col(Post.created_at), func.substr(Post.body, 1, MAX_BODY).label("body"))
        .where(
            col(Post.topic_id).in_(topic_ids),
            col(Post.kind) != PostKind.question,
            col(Post.kind) != PostKind.note,
            col(Post.state) == PostState.visible,
            col(Post.body).contains("/topics/") | col(Post.body).contains("/resolutions/"),
        )
        .order_by(col(Post.id))
    )
    found = [(row, kind, int(number)) for row in rows for kind, number in _ADDRESS.findall(row.body)]
    of_resolution = _topics_of(session, {number for _, kind, number in found if kind == "resolutions"})
    first: dict[tuple[int, int], float] = {}
    for row, kind, number in found:
        target = number if kind == "topics" else of_resolution.get(number)
        if target not in (None, row.topic_id):
            first.setdefault((row.topic_id, target), days(row.created_at))
    return [Pointed(source, target, at) for (source, target), at in first.items()]


def _topics_of(session: Session, resolutions: set[int]) -> dict[int, int]:
    if not resolutions:
        return {}
    wanted = select(col(Resolution.id), col(Resolution.topic_id)).where(col(Resolution.id).in_(resolutions))
    return {row.id: row.topic_id for row in session.execute(wanted)}
