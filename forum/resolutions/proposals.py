"""Articles that members propose for solved questions: sent, published by staff or declined with a sentence, taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from forum.core import clock, markdown, text
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import ArticleProposal, ArticleState, Audience, Member, Resolution, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.resolutions.events import ArticleAccepted, ArticleDeclined, ArticleProposed, ArticleTakenBack
from forum.resolutions.inputs import DeclineArticle, ProposeArticle
from forum.topics.access import access_topic
from forum.topics.actions import check_links, rendered
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url, visible_topics
from forum.topics.suggestions import PAGE, SuggestionList, SuggestionRow, longest_first
from forum.topics.views import PersonView

MOST_OPEN = 3
"""Articles of one member that may wait at a time."""
STATES = {
    ArticleState.open: "Waiting",
    ArticleState.accepted: "Published",
    ArticleState.declined: "Declined",
    ArticleState.withdrawn: "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class ArticleForm:
    """Beside the form: what it is about."""

    send_url: str
    topic_url: str
    topic_title: str
    source_excerpt: str


@dataclass(frozen=True, slots=True)
class ArticlePage:
    id: int
    topic_url: str
    topic_title: str
    question: str
    answer: str
    body: str
    html: str
    scope: str
    by: PersonView
    at: datetime
    open: bool
    state_label: str
    decided_at: datetime | None
    said: str
    edit_url: str
    """The editor of the resolution, for those who may publish it."""
    may_withdraw: bool


def check_place(session: Session, actor: Actor, topic: Topic) -> None:
    """One article for each question that is solved, public, and has none."""
    require(actor, Permission.article_propose, About(topic))
    if not (topic.accepted or topic.official_post_id):
        raise Conflict("There is nothing to write down yet: first an answer is accepted or marked official.")
    if topic.audience != Audience.public:
        raise Conflict("This question is not public, so its outcome cannot be either.")
    if session.scalar(select(col(Resolution.id)).where(col(Resolution.topic_id) == topic.id)) is not None:
        raise Conflict("Staff have written this one down already. If something is missing, say it in a comment.")


def propose(session: Session, actor: Actor, topic: Topic, data: ProposeArticle) -> ArticleProposal:
    check_place(session, actor, topic)
    check_links(actor, rendered(session, data.body)[0])
    session.execute(select(col(Member.id)).where(col(Member.id) == actor.id).with_for_update())  # their articles, one by one
    mine = (col(ArticleProposal.by_id) == actor.id) & (col(ArticleProposal.state) == ArticleState.open)
    if (session.scalar(select(func.count()).select_from(ArticleProposal).where(mine)) or 0) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} of your articles wait already. Come back when staff have read one of them.")
    values = {
        **data.model_dump(include={"question", "answer", "body", "scope"}),
        "topic_id": topic.id,
        "by_id": actor.id,
        "state": ArticleState.open,
        "at": clock.now(),
        "said": "",
    }
    if not insert_ignoring(session, ArticleProposal, values):
        raise Conflict("Somebody has proposed an article for this question already. Staff read it.")
    row = session.scalars(select(ArticleProposal).where(_open(topic.id))).one()
    emit(session, ArticleProposed(actor.member_id, topic.id, row.id))
    return row


def access_article(session: Session, actor: Actor, article_id: int) -> tuple[Topic, ArticleProposal]:
    """For whoever proposed it and those who publish; the topic is locked."""
    row = session.get(ArticleProposal, article_id)
    if row is None:
        raise NotFound
    topic = access_topic(session, actor, row.topic_id)
    session.refresh(row)
    if row.by_id != actor.id and not may(actor, Permission.resolution_write, About(topic)):
        raise NotFound
    return topic, row


def accept(session: Session, actor: Actor, resolution: Resolution, article_id: int) -> None:
    """Part of publishing, which has asked for the permission."""
    row = session.scalars(
        select(ArticleProposal).where(col(ArticleProposal.id) == article_id, col(ArticleProposal.topic_id) == resolution.topic_id)
    ).first()
    if row is None:
        raise NotFound
    _still_open(row)
    _close(row, ArticleState.accepted, actor.member_id, "")
    session.flush()
    emit(session, ArticleAccepted(actor.member_id, row.topic_id, row.id, resolution.id, row.by_id))


def decline(session: Session, actor: Actor, topic: Topic, row: ArticleProposal, data: DeclineArticle) -> None:
    require(actor, Permission.resolution_write, About(topic))
    _still_open(row)
    _close(row, ArticleState.declined, actor.member_id, data.said)
    emit(session, ArticleDeclined(actor.member_id, topic.id, row.id, row.by_id))


def take_back(session: Session, actor: Actor, topic: Topic, row: ArticleProposal) -> None:
    require(actor, Permission.article_withdraw, About(topic, owner_id=row.by_id))
    _still_open(row)
    _close(row, ArticleState.withdrawn, actor.member_id, "")
    emit(session, ArticleTakenBack(actor.member_id, topic.id, row.id))


def _still_open(row: ArticleProposal) -> None:
    if row.state != ArticleState.open:
        raise Conflict(
            f"This article was {STATES[ArticleState(row.state)].casefold()} already. Reload the page to see how it stands."
        )


def _close(row: ArticleProposal, state: ArticleState, by_id: int, said: str) -> None:
    row.state, row.decided_by_id, row.decided_at, row.said = state, by_id, clock.now(), said


def _open(topic_id: int) -> Any:
    return (col(ArticleProposal.topic_id) == topic_id) & (col(ArticleProposal.state) == ArticleState.open)


def open_article(session: Session, topic_id: int) -> ArticlePage | None:
    """The one that waits, for the editor of the resolution."""
    row = session.execute(_with_people().where(_open(topic_id))).first()
    return _page(row, may_withdraw=False) if row is not None else None


def article_page(session: Session, actor: Actor, topic: Topic, row: ArticleProposal) -> ArticlePage:
    found = session.execute(_with_people().where(col(ArticleProposal.id) == row.id)).one()
    mine = may(actor, Permission.article_withdraw, About(topic, owner_id=row.by_id))
    return _page(found, may_withdraw=mine, may_publish=may(actor, Permission.resolution_write, About(topic)))


def _with_people() -> Select[Any]:
    found: Any = (
        select(ArticleProposal, col(Topic.title), col(Topic.slug), *COLUMNS)
        .join(Topic, col(Topic.id) == col(ArticleProposal.topic_id))
        .outerjoin(Member, col(Member.id) == col(ArticleProposal.by_id))
    )
    made: Select[Any] = found
    return made


def _page(found: Any, *, may_withdraw: bool, may_publish: bool = False) -> ArticlePage:
    row = found.ArticleProposal
    waits = row.state == ArticleState.open
    return ArticlePage(
        id=row.id,
        topic_url=topic_url(row.topic_id, found.slug),
        topic_title=found.title,
        question=row.question,
        answer=row.answer,
        body=row.body,
        html=markdown.render(row.body),
        scope=row.scope,
        by=person(found),
        at=row.at,
        open=waits,
        state_label=STATES[ArticleState(row.state)],
        decided_at=row.decided_at,
        said=row.said,
        edit_url=f"/topics/{row.topic_id}/resolution" if may_publish else "",
        may_withdraw=waits and may_withdraw,
    )


def waiting_list(session: Session, actor: Actor, after: str | None) -> SuggestionList:
    """Everything that waits, for those who publish; the longest first."""
    require(actor, Permission.resolution_write)
    query = _rows().where(col(ArticleProposal.state) == ArticleState.open, visible_topics(actor))
    return longest_first(session, query, ArticleProposal, _row, "/desk/articles", after)


def own_articles(session: Session, actor: Actor) -> list[SuggestionRow]:
    """The newest that a member has proposed."""
    query = _rows().where(col(ArticleProposal.by_id) == actor.id).order_by(col(ArticleProposal.id).desc()).limit(PAGE)
    return [_row(row) for row in session.execute(query)]


def _rows() -> Select[Any]:
    found: Any = (
        select(
            col(ArticleProposal.id),
            col(ArticleProposal.at),
            col(ArticleProposal.question),
            col(ArticleProposal.answer),
            col(ArticleProposal.state),
            col(ArticleProposal.said),
            *COLUMNS,
        )
        .join(Topic, col(Topic.id) == col(ArticleProposal.topic_id))
        .outerjoin(Member, col(Member.id) == col(ArticleProposal.by_id))
    )
    made: Select[Any] = found
    return made


def _row(row: Any) -> SuggestionRow:
    state = STATES[ArticleState(row.state)]
    said = text.excerpt(row.answer, 120)
    return SuggestionRow(f"/articles/{row.id}", row.question, "article", person(row), row.at, said, state, row.said)
