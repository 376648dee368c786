"""What the search page and the "already answered?" panel show. Every hit is checked again in SQL."""

import time
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, bindparam, func, select
from sqlmodel import Session, col

from forum.catalog import synonyms
from forum.core import clock
from forum.core.templating import stored_html
from forum.core.text import plural
from forum.models import Audience, Post, PostState, Resolution, ResolutionState, Section, Topic
from forum.policy.actor import VISITOR, Actor
from forum.search.highlight import marked, passage
from forum.search.index import index
from forum.search.operators import MAX_LENGTH, parse
from forum.search.shelf import Suggestion, shelf
from forum.search.suggested import days, words_of
from forum.search.whoosh_index import Hit, Wanted, stems_of
from forum.topics.rows import readable, state_label, topic_url, visible_to, visible_topics
from forum.topics.views import LinkView

PAGE = 20
MOST = 200
MOST_PAGES = 10
SHORTEST_TITLE = 10
SIMILAR_FRESH_SECONDS = 300
TROUBLE = "Search is resting. These are titles that hold your words; the full search is back in a minute."


@dataclass(frozen=True, slots=True)
class HitView:
    url: str
    title_html: Any
    excerpt_html: Any
    state: str
    state_label: str
    has_official: bool
    section_name: str
    at: datetime
    answer_count: int
    kind: str
    topic_kind: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    q: str
    rows: list[HitView] = field(default_factory=list)
    total_text: str = ""
    more_url: str | None = None
    did_you_mean: str | None = None
    did_you_mean_url: str | None = None
    trouble: str = ""
    tips: bool = False
    ask_url: str = "/ask"


def search_page(session: Session, actor: Actor, q: str, page: int) -> SearchPage:
    q = q.strip()[:MAX_LENGTH]
    wanted = parse(q)
    if wanted.empty:
        return SearchPage(q=q, tips=True)
    _one_name(session, wanted)
    found = index().search(wanted, MOST)
    if found is None:
        return _without_index(session, actor, q, wanted)
    hits = _one_a_topic(found)
    page = min(max(page, 1), MOST_PAGES)
    rows = _views(session, actor, hits[(page - 1) * PAGE : page * PAGE], wanted)
    corrected = " ".join(index().correct(wanted.words)) if not hits and wanted.words else ""
    better = corrected if corrected.lower() != " ".join(wanted.words).lower() else ""
    more = len(hits) > page * PAGE and page < MOST_PAGES
    return SearchPage(
        q=q,
        rows=rows,
        total_text=plural(len(hits), "topic") if len(hits) < MOST else f"More than {MOST} topics",
        more_url="/search?" + urlencode({"q": q, "page": page + 1}) if more else None,
        did_you_mean=better or None,
        did_you_mean_url="/search?" + urlencode({"q": better}) if better else None,
        ask_url="/ask?" + urlencode({"title": " ".join(wanted.words)}),
    )


def _one_name(session: Session, wanted: Wanted) -> None:
    """Tags are looked for by the name that stays."""
    for place, (what, value) in enumerate(wanted.equals):
        if what == "tags":
            wanted.equals[place] = (what, synonyms.stays(session, [value])[0])


def _one_a_topic(hits: list[Hit]) -> list[Hit]:
    best: dict[int, Hit] = {}
    for hit in hits:
        if hit.topic_id not in best or best[hit.topic_id].score < hit.score:
            best[hit.topic_id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)


def _views(session: Session, actor: Actor, hits: list[Hit], wanted: Wanted) -> list[HitView]:
    if not hits:
        return []
    rows = session.execute(_select_hits(readable(actor)), {"posts": [hit.post_id for hit in hits]})
    found = {row.post_id: row for row in rows}
    stems = stems_of(" ".join([*wanted.words, *wanted.phrases]))
    return [_view(found[hit.post_id], stems) for hit in hits if hit.post_id in found]


@cache
def _select_hits(audiences: tuple[Audience, ...]) -> Any:
    return _columns().where(
        col(Post.id).in_(bindparam("posts", expanding=True)),
        visible_to(audiences),
        col(Post.state) == PostState.visible,
    )


def _columns() -> Any:
    return (
        select(
            col(Post.id).label("post_id"),
            col(Post.kind).label("post_kind"),
            func.substr(Post.body, 1, 4_000).label("body"),
            col(Post.created_at).label("at"),
            col(Topic.id),
            col(Topic.slug),
            col(Topic.title),
            col(Topic.kind).label("topic_kind"),
            col(Topic.state),
            col(Topic.official_post_id),
            col(Topic.answers),
            col(Section.name).label("section_name"),
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .join(Section, col(Section.id) == col(Topic.section_id))
    )


def _view(row: Row[Any], stems: Set[str]) -> HitView:
    anchor = f"#a-{row.post_id}" if row.post_kind == "answer" else ""
    return HitView(
        url=topic_url(row.id, row.slug) + anchor,
        title_html=stored_html(marked(row.title, stems)),
        excerpt_html=stored_html(passage(row.body, stems)),
        state=row.state,
        state_label=state_label(row.topic_kind, row.state),
        has_official=row.official_post_id is not None,
        section_name=row.section_name,
        at=row.at,
        answer_count=row.answers,
        kind=row.post_kind,
        topic_kind=row.topic_kind,
    )


def _without_index(session: Session, actor: Actor, q: str, wanted: Wanted) -> SearchPage:
    """Titles by SQL, and a word about it."""
    query = _columns().where(visible_topics(actor), col(Post.kind) == "question", col(Post.state) == PostState.visible)
    for word in (wanted.words or wanted.phrases)[:6]:
        query = query.where(col(Topic.title).icontains(word, autoescape=True))
    rows = session.execute(query.order_by(col(Topic.id).desc()).limit(PAGE)).all()
    stems = stems_of(" ".join(wanted.words))
    return SearchPage(q=q, rows=[_view(row, stems) for row in rows], total_text=plural(len(rows), "topic"), trouble=TROUBLE)


def similar_links(session: Session, actor: Actor, title: str, body: str = "", tags: str = "", limit: int = 5) -> list[LinkView]:
    """Topics and resolutions like a question that is being written; empty below ten characters."""
    if len(title.strip()) < SHORTEST_TITLE:
        return []
    asked = words_of(title, body, tags)
    return _links(session, actor, shelf().like(asked, actor.id or 0, days(clock.now()), limit + 3))[:limit]


def similar_topics(session: Session, topic_id: int, title: str, body: str, limit: int = 4) -> list[LinkView]:
    """Beside a topic. Only what everybody may read, so the look-up is shared for some minutes."""
    found = _like_topic(topic_id, title, body, int(time.monotonic() // SIMILAR_FRESH_SECONDS), str(shelf().path))
    return _links(session, VISITOR, list(found))[:limit]


@lru_cache(maxsize=4_096)
def _like_topic(topic_id: int, title: str, body: str, _epoch: int, _root: str) -> tuple[Suggestion, ...]:
    return tuple(shelf().like(words_of(title, body), 0, days(clock.now()), 6, without=topic_id))


def _links(session: Session, actor: Actor, found: list[Suggestion]) -> list[LinkView]:
    if not found:
        return []
    rows = session.execute(_select_links(readable(actor)), {"topics": [one.topic_id for one in found]})
    rows_of = {row.id: row for row in rows}
    return [_link(rows_of[one.topic_id], one.is_resolution) for one in found if one.topic_id in rows_of]


@cache
def _select_links(audiences: tuple[Audience, ...]) -> Any:
    return (
        select(
            col(Topic.id),
            col(Topic.slug),
            col(Topic.title),
            col(Topic.kind),
            col(Topic.state),
            col(Topic.official_post_id),
            col(Resolution.id).label("resolution_id"),
            col(Resolution.slug).label("resolution_slug"),
            col(Resolution.question),
        )
        .outerjoin(Resolution, (col(Resolution.topic_id) == col(Topic.id)) & (col(Resolution.state) == ResolutionState.public))
        .where(col(Topic.id).in_(bindparam("topics", expanding=True)), visible_to(audiences))
    )


def _link(row: Row[Any], is_resolution: bool) -> LinkView:
    """A resolution that was withdrawn meanwhile leads to its topic."""
    if is_resolution and row.resolution_id is not None:
        url = f"/resolutions/{row.resolution_id}/{row.resolution_slug}"
        return LinkView(url, row.question, row.state, "Resolution", row.official_post_id is not None, topic_url(row.id, row.slug))
    url = topic_url(row.id, row.slug)
    return LinkView(url, row.title, row.state, state_label(row.kind, row.state), row.official_post_id is not None, url)
