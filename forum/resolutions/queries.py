"""The published outcome as people read it, the list of them, and the form staff write in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from forum.core import paging, templating, text
from forum.core.errors import NotFound
from forum.models import Acceptance, Audience, Credit, CreditRole, Member, Post, Resolution, ResolutionState, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.resolutions.credits import WORDS, possible_credits
from forum.resolutions.helped import HelpedView, helped_view
from forum.resolutions.proposals import ArticleForm, ArticlePage, check_place, open_article
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url
from forum.topics.views import OriginView, PersonView

PAGE = 30


@dataclass(frozen=True, slots=True)
class CreditView:
    person: PersonView
    text: str


@dataclass(frozen=True, slots=True)
class ResolutionPage:
    id: int
    url: str
    question: str
    answer: str
    html: str
    scope: str
    published_at: datetime | None
    review_by: date | None
    official: bool
    withdrawn: bool
    withdrawn_reason: str
    credits: list[CreditView]
    origins: list[OriginView]
    topic_url: str
    draft: bool
    may_edit: bool
    edit_url: str
    helped: HelpedView | None


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    url: str
    question: str
    answer: str
    published_at: datetime
    credit_names: str


@dataclass(frozen=True, slots=True)
class ResolutionList:
    rows: list[ResolutionRow]
    more_url: str | None


@dataclass(frozen=True, slots=True)
class CreditChoice:
    member_id: int
    name: str
    role: str
    checked: bool


@dataclass(frozen=True, slots=True)
class EditResolution:
    topic_url: str
    topic_title: str
    source_excerpt: str
    exists: bool
    state: str
    credits: list[CreditChoice]
    article: ArticlePage | None
    """What a member proposes to publish."""
    shares: list[Any] = field(default_factory=list)


def resolution_url(row: Any) -> str:
    return f"/resolutions/{row.id}/{row.slug}"


def resolution_page(session: Session, actor: Actor, resolution_id: int) -> ResolutionPage:
    """A draft is for staff; a withdrawn one says so and why."""
    found = session.execute(
        select(Resolution, Topic)
        .join(Topic, col(Topic.id) == col(Resolution.topic_id))
        .where(col(Resolution.id) == resolution_id)
    ).first()
    if found is None:
        raise NotFound
    row, topic = found
    require(actor, Permission.topic_read, About(topic))
    may_edit = may(actor, Permission.resolution_write, About(topic))
    if row.state == ResolutionState.draft and not may_edit:
        raise NotFound
    withdrawn = row.state == ResolutionState.withdrawn
    return ResolutionPage(
        id=row.id,
        url=resolution_url(row),
        question=row.question,
        answer="" if withdrawn and not may_edit else row.answer,
        html="" if withdrawn and not may_edit else row.html,
        scope=row.scope,
        published_at=row.published_at,
        review_by=row.review_by,
        official=topic.official_post_id is not None,
        withdrawn=withdrawn,
        withdrawn_reason=row.withdrawn_reason,
        credits=_credits(session, row.id, topic),
        origins=[],
        topic_url=topic_url(topic.id, topic.slug),
        draft=row.state == ResolutionState.draft,
        may_edit=may_edit,
        edit_url=f"/topics/{topic.id}/resolution",
        helped=helped_view(session, actor, row, topic),
    )


def _credits(session: Session, resolution_id: int, topic: Topic) -> list[CreditView]:
    rows = session.execute(
        select(col(Credit.role), *COLUMNS, func.min(Post.created_at).label("answered_at"))
        .join(Member, col(Member.id) == col(Credit.member_id))
        .outerjoin(
            Post, (col(Post.author_id) == col(Member.id)) & (col(Post.topic_id) == topic.id) & (col(Post.kind) == "answer")
        )
        .where(col(Credit.resolution_id) == resolution_id)
        .group_by(col(Credit.role), col(Credit.position), *COLUMNS)
        .order_by(col(Credit.position))
    ).all()
    return [CreditView(person(row), _credit_text(row, topic)) for row in rows]


def _credit_text(row: Row[Any], topic: Topic) -> str:
    someone = person(row)
    words = WORDS[CreditRole(row.role)]
    if someone.staff:
        return f"{words}, {someone.role}"
    if row.role == CreditRole.solved and row.answered_at and row.answered_at > topic.created_at:
        return f"{words}, as a volunteer, {templating.span(row.answered_at - topic.created_at)} after it was asked"
    return f"{words}, as a volunteer"


def resolution_list(session: Session, after: str | None) -> ResolutionList:
    key = paging.decode(after, datetime)
    names = (
        select(func.aggregate_strings(col(Member.name), "\x1f"))
        .join(Credit, col(Credit.member_id) == col(Member.id))
        .where(col(Credit.resolution_id) == col(Resolution.id))
        .correlate(Resolution)
        .scalar_subquery()
    )
    query = (
        select(
            col(Resolution.id),
            col(Resolution.slug),
            col(Resolution.question),
            col(Resolution.answer),
            col(Resolution.published_at),
            names.label("names"),
        )
        .join(Topic, col(Topic.id) == col(Resolution.topic_id))
        .where(col(Resolution.state) == ResolutionState.public, col(Topic.audience) == Audience.public)
    )
    at: Any = col(Resolution.published_at)
    if key is not None:
        query = query.where((at < key[0]) | ((at == key[0]) & (col(Resolution.id) < key[1])))
    rows = session.execute(query.order_by(at.desc(), col(Resolution.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _list_row, lambda row: (row.published_at, row.id), first=key is None)
    return ResolutionList(page.items, f"/resolutions?after={page.after}" if page.after else None)


def _list_row(row: Row[Any]) -> ResolutionRow:
    names = text.listed((row.names or "").split("\x1f")) if row.names else ""
    return ResolutionRow(resolution_url(row), row.question, row.answer, row.published_at, names)


def resolution_of(session: Session, topic_id: int) -> Resolution | None:
    return session.scalars(select(Resolution).where(col(Resolution.topic_id) == topic_id)).first()


def edit_form(session: Session, actor: Actor, topic: Topic) -> tuple[EditResolution, dict[str, str]]:
    """What the form offers, and what stands in it: the saved words, or a first draft from the answer."""
    require(actor, Permission.resolution_write, About(topic))
    row = resolution_of(session, topic.id)
    article = open_article(session, topic.id)
    source = _source(session, topic)
    chosen = set(session.scalars(select(col(Credit.member_id)).where(col(Credit.resolution_id) == row.id))) if row else None
    page = EditResolution(
        topic_url=topic_url(topic.id, topic.slug),
        topic_title=topic.title,
        source_excerpt=text.excerpt(source, 600),
        exists=row is not None,
        state=row.state if row else "",
        credits=[
            CreditChoice(each.member_id, each.name, WORDS[each.role], chosen is None or each.member_id in chosen)
            for each in possible_credits(session, topic.id)
        ],
        article=article,
    )
    if row is not None:
        review = row.review_by.isoformat() if row.review_by else ""
        return page, {"question": row.question, "answer": row.answer, "body": row.body, "scope": row.scope, "review_by": review}
    if article is not None:
        words = {"question": article.question, "answer": article.answer, "body": article.body, "scope": article.scope}
        return page, words | {"proposal": str(article.id)}
    return page, {"question": topic.title, "answer": text.excerpt(source, 200), "body": source, "scope": topic.product_detail}


def article_form(session: Session, actor: Actor, topic: Topic) -> tuple[ArticleForm, dict[str, str]]:
    """What somebody who proposes an article reads beside the form, and what stands in it."""
    check_place(session, actor, topic)
    source = text.excerpt(_source(session, topic), 600)
    page = ArticleForm(f"/topics/{topic.id}/articles", topic_url(topic.id, topic.slug), topic.title, source)
    return page, {"question": topic.title, "scope": topic.product_detail}


def _source(session: Session, topic: Topic) -> str:
    """The official answer, else the first accepted one."""
    body = session.scalars(
        select(col(Post.body))
        .outerjoin(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(
            col(Post.topic_id) == topic.id,
            (col(Post.id) == (topic.official_post_id or 0)) | col(Acceptance.post_id).is_not(None),
        )
        .order_by((col(Post.id) == (topic.official_post_id or 0)).desc(), col(Acceptance.at))
        .limit(1)
    ).first()
    return body or ""
