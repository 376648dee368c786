"""Suggested edits as people see them: one with its difference, those that wait, and one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session, col

from forum.core import paging
from forum.models import ArticleProposal, Member, Post, PostKind, Revision, SuggestedEdit, SuggestionState, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.history import differences, form_of
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.views import EditPage, PersonView

PAGE = 25
STATES = {
    SuggestionState.open: "Waiting",
    SuggestionState.accepted: "Accepted",
    SuggestionState.declined: "Declined",
    SuggestionState.withdrawn: "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    id: int
    kind: str
    topic_title: str
    post_url: str
    by: PersonView
    at: datetime
    reason: str
    open: bool
    state_label: str
    number: int
    """The version of the post that the difference is against."""
    changed: bool
    """The post has changed since, so that accepting would take those changes back."""
    title_parts: list[tuple[str, str]]
    parts: list[tuple[str, str]]
    tag_parts: list[tuple[str, str]]
    decided_by: str
    decided_at: datetime | None
    answer: str
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    url: str
    title: str
    kind: str
    by: PersonView
    at: datetime
    reason: str
    state_label: str
    answer: str


@dataclass(frozen=True, slots=True)
class SuggestionList:
    rows: list[SuggestionRow]
    first_url: str | None
    more_url: str | None


@dataclass(frozen=True, slots=True)
class OwnSuggestions:
    """What a member suggested, and what others suggest to their posts."""

    waiting: list[SuggestionRow]
    mine: SuggestionList


def suggestion_form(session: Session, actor: Actor, topic: Topic, post: Post) -> EditPage:
    require(actor, Permission.edit_suggest, About(topic, post))
    return form_of(session, topic, post, suggesting=True)


def suggestion_page(session: Session, actor: Actor, topic: Topic, post: Post, row: SuggestedEdit) -> SuggestionPage:
    """While it waits the difference is to the post as it is now, afterwards to what it was made from."""
    session.flush()
    waits = row.state == SuggestionState.open
    number = post.revisions if waits else row.base
    before = session.scalars(select(Revision).where(col(Revision.post_id) == post.id, col(Revision.number) == number)).one()
    question = post.kind == PostKind.question
    people = {one.person_id: one for one in session.execute(select(*COLUMNS).where(col(Member.id).in_(_people(row))))}
    decider = people.get(row.decided_by_id)
    about = About(topic, post, row.by_id)
    anchor = "q" if question else "a"
    return SuggestionPage(
        id=row.id,
        kind=post.kind,
        topic_title=topic.title,
        post_url=f"{topic_url(topic.id, topic.slug)}#{anchor}-{post.id}",
        by=person(people.get(row.by_id) or _Nobody()),
        at=row.at,
        reason=row.reason,
        open=waits,
        state_label=STATES[SuggestionState(row.state)],
        number=number,
        changed=waits and post.revisions != row.base,
        title_parts=differences(before.title or "", row.title or "") if question else [],
        parts=differences(before.body, row.body),
        tag_parts=differences(before.tags or "", row.tags or "") if question else [],
        decided_by=decider.person_name if decider else "",
        decided_at=row.decided_at,
        answer=row.answer,
        may_decide=waits and may(actor, Permission.edit_decide, about),
        may_withdraw=waits and may(actor, Permission.edit_withdraw, about),
    )


@dataclass(frozen=True, slots=True)
class _Nobody:
    person_id: None = None


def _people(row: SuggestedEdit) -> list[int]:
    return [one for one in (row.by_id, row.decided_by_id) if one is not None]


def _rows() -> Select[Any]:
    found: Any = (
        select(
            col(SuggestedEdit.id),
            col(SuggestedEdit.at),
            col(SuggestedEdit.reason),
            col(SuggestedEdit.state),
            col(SuggestedEdit.answer),
            col(Post.kind),
            col(Topic.title),
            *COLUMNS,
        )
        .join(Post, col(Post.id) == col(SuggestedEdit.post_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Member, col(Member.id) == col(SuggestedEdit.by_id))
    )
    made: Select[Any] = found
    return made


def _view(row: Row[Any]) -> SuggestionRow:
    state = STATES[SuggestionState(row.state)]
    return SuggestionRow(f"/suggestions/{row.id}", row.title, row.kind, person(row), row.at, row.reason, state, row.answer)


def waiting_list(session: Session, actor: Actor, after: str | None) -> SuggestionList:
    """Everything that waits, for those who look after the place; the longest first."""
    require(actor, Permission.edits_see)
    query = _rows().where(col(SuggestedEdit.state) == SuggestionState.open, visible_topics(actor))
    return longest_first(session, query, SuggestedEdit, _view, "/desk/edits", after)


def longest_first(
    session: Session,
    query: Select[Any],
    table: type[SuggestedEdit] | type[ArticleProposal],
    view: Callable[[Any], SuggestionRow],
    url: str,
    after: str | None,
) -> SuggestionList:
    """One page of what waits, by when it came."""
    key = paging.decode(after, datetime)
    at, number = col(table.at), col(table.id)
    if key is not None:
        query = query.where((at > key[0]) | ((at == key[0]) & (number > key[1])))
    rows = session.execute(query.order_by(at, number).limit(PAGE + 1)).all()
    return _list(paging.cut(rows, PAGE, view, lambda row: (row.at, row.id), first=key is None), url)


def own_suggestions(session: Session, actor: Actor, after: str | None) -> OwnSuggestions:
    require(actor, Permission.account_own)
    key = paging.decode(after, int)
    query = _rows().where(col(SuggestedEdit.by_id) == actor.id, visible_topics(actor))
    if key is not None:
        query = query.where(col(SuggestedEdit.id) < key[1])
    rows = session.execute(query.order_by(col(SuggestedEdit.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _view, lambda row: (0, row.id), first=key is None)
    waiting = _rows().where(
        col(Post.author_id) == actor.id, col(SuggestedEdit.state) == SuggestionState.open, visible_topics(actor)
    )
    own = session.execute(waiting.order_by(col(SuggestedEdit.id)).limit(PAGE)).all() if key is None else []
    return OwnSuggestions([_view(row) for row in own], _list(page, "/me/edits"))


def _list(page: paging.Page[SuggestionRow], url: str) -> SuggestionList:
    return SuggestionList(page.items, None if page.first else url, f"{url}?after={page.after}" if page.after else None)
