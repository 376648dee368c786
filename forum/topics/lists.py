"""The lists of topics that need no personalisation: what they filter, how they sort, where their tabs lead."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from forum.catalog import queries as catalog
from forum.core import clock
from forum.core.errors import Invalid
from forum.models import Section, Tag, Topic, TopicKind, TopicState, TopicTag
from forum.policy.actor import Actor
from forum.topics.rows import keyset_page, select_rows
from forum.topics.views import ListPage, Tab

ATTENTION_AFTER = timedelta(hours=24)
TABS = {
    "new": "Newest",
    "active": "Active",
    "unanswered": "Waiting for an answer",
    "attention": "Needs attention",
    "answered": "Answered",
    "solved": "Solved",
}
EMPTY = {
    "unanswered": "Nobody is waiting right now. Every question has an answer.",
    "attention": "Nothing is stuck. Every question older than a day has moved.",
    "solved": "Nothing is solved here yet. When an asker says an answer worked, it shows here.",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address says, checked."""

    state: str = "new"
    section: str = ""
    tag: str = ""
    after: str | None = None
    kind: TopicKind | None = None

    def url(self, **changes: str | None) -> str:
        """The same list with something changed, as an address that can be shared."""
        values = {"state": self.state, "section": self.section, "tag": self.tag} | changes
        shown = {name: value for name, value in values.items() if value and not (name == "state" and value == "new")}
        return "/questions" + ("?" + urlencode(shown) if shown else "")


def checked(state: str, section: str, tag: str, after: str | None) -> Filter:
    if state not in TABS:
        raise Invalid({"state": "There is no such list. Choose one of the tabs."})
    return Filter(state, section[:80], tag[:50], after)


def list_page(session: Session, actor: Actor, wanted: Filter) -> ListPage:
    section = catalog.access_section(session, actor, wanted.section) if wanted.section else None
    tag = catalog.access_tag(session, wanted.tag) if wanted.tag else None
    query = _filtered(select_rows(actor), wanted, section, tag)
    page = keyset_page(session, query, _order(wanted), wanted.after)
    sections = catalog.list_sections(session, actor)
    tags = catalog.busiest_tags(session, 16)
    return ListPage(
        heading=section.name if section else f"Questions about {tag.slug}" if tag else "Questions",
        lede=section.description if section else tag.description if tag else "",
        rows=page.items,
        tabs=[Tab(wanted.url(state=name), label, name == wanted.state) for name, label in TABS.items()],
        sections=[Tab(wanted.url(section=""), "All sections", not section)]
        + [Tab(wanted.url(section=each.slug), each.name, each.slug == wanted.section) for each in sections],
        tags=[
            Tab(wanted.url(tag="" if each.slug == wanted.tag else each.slug), each.slug, each.slug == wanted.tag, each.topics)
            for each in tags
        ],
        more_url=_with_after(wanted, page.after) if page.after else None,
        first_url=None if page.first else wanted.url(),
        empty_text=EMPTY.get(wanted.state, "Nothing here yet. Yours can be the first."),
    )


def _with_after(wanted: Filter, after: str) -> str:
    url = wanted.url()
    return f"{url}{'&' if '?' in url else '?'}after={after}"


def _filtered(query: Select[Any], wanted: Filter, section: Section | None, tag: Tag | None) -> Select[Any]:
    if section is not None:
        query = query.where(col(Topic.section_id) == section.id)
    elif wanted.kind is None:
        query = query.where(col(Topic.kind).in_((TopicKind.question, TopicKind.talk)))
    if tag is not None:
        carrying = select(col(TopicTag.topic_id)).where(col(TopicTag.tag_id) == tag.id)
        query = query.where(col(Topic.id).in_(carrying))
    for condition in _conditions(wanted.state):
        query = query.where(condition)
    return query


def _conditions(state: str) -> list[ColumnElement[bool]]:
    waiting = (TopicState.new, TopicState.needs_info)
    if state == "unanswered":
        return [col(Topic.answers) == 0, col(Topic.kind) == TopicKind.question, col(Topic.state).in_(waiting)]
    if state == "attention":
        return [
            col(Topic.kind) == TopicKind.question,
            col(Topic.state).in_((*waiting, TopicState.answered)),
            col(Topic.official_post_id).is_(None),
            col(Topic.active_at) < clock.now() - ATTENTION_AFTER,
        ]
    if state in ("answered", "solved"):
        return [col(Topic.state) == state]
    return []


def _order(wanted: Filter) -> ColumnElement[Any]:
    """Only the solved list needs a time of its own; every row there has one."""
    orders: dict[str, Any] = {"active": col(Topic.active_at), "solved": col(Topic.solved_at)}
    order: ColumnElement[Any] = orders.get(wanted.state, col(Topic.created_at))
    return order
