"""The first page: what was solved, what waits, who helps."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select
from sqlmodel import Session, col

from forum.catalog import queries as catalog
from forum.core import clock, templating, text
from forum.models import Acceptance, Audience, Member, Post, PostState, RecognitionChoices, Section, Topic, TopicKind
from forum.policy.actor import Actor
from forum.topics.lists import TABS, checked
from forum.topics.people import COLUMNS, person
from forum.topics.reviews.queries import waiting_for
from forum.topics.rows import readable, select_rows_of, topic_row, topic_url, visible_to
from forum.topics.views import HelperView, HomePage, OriginView, SectionView, StoryView, Tab

ROWS = 10
STORIES = 3
MONTH = timedelta(days=30)
WEEK = timedelta(days=7)
ENOUGH = 8
"""Fewer questions than this say nothing about a share."""


def home_page(session: Session, actor: Actor, elsewhere: list[OriginView]) -> HomePage:
    newest = session.execute(_select_newest(readable(actor))).all()
    share, first, to_review = _numbers(session, actor)
    return HomePage(
        stories=_stories(session, actor),
        rows=[topic_row(row) for row in newest],
        tabs=[Tab("/", "Newest", current=True)]
        + [Tab(checked(name, "", "", None).url(), TABS[name]) for name in ("unanswered", "answered", "solved")],
        sections=[section_view(section) for section in catalog.list_sections(session, actor)],
        helpers=helpers(session),
        elsewhere=elsewhere,
        solved_share=share,
        first_answer=first,
        to_review=to_review,
    )


@cache
def _select_newest(audiences: tuple[Audience, ...]) -> Any:
    """Built once for each kind of reader, as the others below."""
    query = select_rows_of(audiences).where(col(Topic.kind) == TopicKind.question)
    return query.order_by(col(Topic.created_at).desc(), col(Topic.id).desc()).limit(ROWS)


def section_view(section: Section) -> SectionView:
    return SectionView(section.slug, section.name, section.description, section.icon, f"/sections/{section.slug}")


def _stories(session: Session, actor: Actor) -> list[StoryView]:
    """The latest solved questions, each with the words that solved it."""
    rows = session.execute(_select_stories(readable(actor))).all()
    return [_story(row) for row in {row.topic_id: row for row in reversed(rows)}.values()][::-1]


@cache
def _select_stories(audiences: tuple[Audience, ...]) -> Any:
    latest = (
        select(col(Topic.id))
        .where(visible_to(audiences), col(Topic.solved_at).is_not(None), col(Topic.kind) == TopicKind.question)
        .order_by(col(Topic.solved_at).desc(), col(Topic.id).desc())
        .limit(STORIES)
    )
    return (
        select(
            col(Topic.id).label("topic_id"),
            col(Topic.title),
            col(Topic.slug),
            col(Topic.created_at),
            col(Topic.solved_at),
            col(Topic.official_post_id),
            col(Topic.me_too),
            func.substr(Post.body, 1, 900).label("body"),
            col(Post.works),
            *COLUMNS,
        )
        .join(Acceptance, col(Acceptance.topic_id) == col(Topic.id))
        .join(Post, and_(col(Post.id) == col(Acceptance.post_id), col(Post.state) == PostState.visible))
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(col(Topic.id).in_(latest))
        .order_by(col(Topic.solved_at).desc(), col(Topic.id).desc(), col(Acceptance.at))
    )


def _story(row: Row[Any]) -> StoryView:
    return StoryView(
        url=topic_url(row.topic_id, row.slug),
        title=row.title,
        how_long=f"Solved in {templating.span(max(timedelta(), row.solved_at - row.created_at))}",
        fix=text.excerpt(row.body, 180),
        solver=person(row),
        helped=row.works + row.me_too,
        has_official=row.official_post_id is not None,
    )


def helpers(session: Session, limit: int = 3) -> list[HelperView]:
    """Who solved most for different people in the last thirty days; staff are not volunteers."""
    now = clock.now()
    rows = session.execute(_select_helpers(), {"since": now - MONTH, "now": now, "most": limit}).all()
    return [HelperView(person(row), _helper_text(row)) for row in rows]


@cache
def _select_helpers() -> Any:
    askers = func.count(func.distinct(Topic.author_id))
    return (
        select(askers.label("askers"), *COLUMNS, func.substr(Member.bio, 1, 300).label("bio"))
        .join(Post, col(Post.author_id) == col(Member.id))
        .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .join(Topic, col(Topic.id) == col(Acceptance.topic_id))
        .where(
            col(Acceptance.at) > bindparam("since"),
            col(Topic.author_id) != col(Member.id),
            col(Topic.audience) == Audience.public,
            col(Member.staff_since).is_(None),
            col(Member.shows_impact).is_(True),
            (col(Member.suspended_until).is_(None)) | (col(Member.suspended_until) <= bindparam("now")),
            col(Member.id).not_in(select(col(RecognitionChoices.member_id)).where(col(RecognitionChoices.on_boards).is_(False))),
        )
        .group_by(*COLUMNS, col(Member.bio))
        .order_by(askers.desc(), col(Member.id))
        .limit(bindparam("most"))
    )


def _helper_text(row: Row[Any]) -> str:
    helped = f"Solved it for {text.plural(row.askers, 'person', 'people')} this month."
    bio = text.excerpt(row.bio, 90)
    return f"{helped} {bio}" if bio else helped


def _numbers(session: Session, actor: Actor) -> tuple[int | None, str, int]:
    """Percent of the last week's questions solved, the mean time to a first answer (staff's and peers'), and what to review."""
    since = clock.now() - WEEK
    row = session.execute(
        select(
            func.count().label("asked"), func.count(col(Topic.solved_at)).label("solved"), waiting_for(actor).label("to_review")
        )
        .where(col(Topic.created_at) > since, col(Topic.kind) == TopicKind.question, col(Topic.audience) == Audience.public)
        .select_from(Topic)
    ).one()
    share = round(100 * row.solved / row.asked) if row.asked >= ENOUGH and row.solved else None
    return share, typical_first_answer(session), row.to_review


def typical_first_answer(session: Session) -> str:
    """The median time to a first answer over the last hundred answered questions; empty when there are few."""
    rows = session.execute(_select_first_answers()).all()
    waits = sorted(row.first_answer_at - row.created_at for row in rows if row.first_answer_at > row.created_at)
    return templating.span(waits[len(waits) // 2]) if len(waits) >= ENOUGH else ""


@cache
def _select_first_answers() -> Any:
    return (
        select(col(Topic.created_at), col(Topic.first_answer_at))
        .where(
            col(Topic.first_answer_at).is_not(None), col(Topic.kind) == TopicKind.question, col(Topic.audience) == Audience.public
        )
        .order_by(col(Topic.created_at).desc())
        .limit(100)
    )
