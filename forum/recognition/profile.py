"""A member's public page: what their answers did for others first, then numbers, then everything they asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.accounts.queries import access_member_by_handle
from forum.core import clock
from forum.core.templating import day, number
from forum.models import (
    Acceptance,
    Audience,
    Credit,
    Member,
    Post,
    PostKind,
    PostState,
    RecognitionChoices,
    Resolution,
    ResolutionState,
    Tag,
    Topic,
    TopicTag,
)
from forum.policy.actor import Actor, actor_of
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.badges.pages import Medal, medals_of
from forum.recognition.closing.thanks import NoteView, published
from forum.recognition.peers.endorsements import is_expert
from forum.recognition.vip.published import PublicStanding, public_standing
from forum.topics.people import COLUMNS, person
from forum.topics.rows import keyset_page, select_rows, topic_url, visible_topics
from forum.topics.views import PersonView, Tab, TopicRow

BEST = 5
TAGS = 6
MEDALS = 9


@dataclass(frozen=True, slots=True)
class BestAnswer:
    url: str
    title: str
    helped: int
    has_official: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class KnownFor:
    slug: str
    count: int
    expert: bool
    share: int
    """Percent of the strongest one."""


@dataclass(frozen=True, slots=True)
class CreditedFor:
    url: str
    question: str


@dataclass(frozen=True, slots=True)
class ProfilePage:
    person: PersonView
    handle: str
    joined_at: datetime
    bio_html: str
    languages: str
    last_seen: datetime | None
    reputation: int
    helped: int
    stats: list[tuple[str, str]]
    best: list[BestAnswer]
    tabs: list[Tab]
    rows: list[TopicRow]
    more_url: str | None
    resolutions: list[CreditedFor]
    known_for: list[KnownFor]
    thanks: list[NoteView]
    knows: list[str]
    """Tags they are an expert in."""
    may_endorse: bool
    may_block: bool
    blocked: bool
    """By the reader."""
    is_me: bool
    may_manage: bool
    suspended_text: str
    medals: list[Medal]
    more_medals: int
    may_star: bool
    programme: PublicStanding


def profile_page(session: Session, actor: Actor, handle: str, tab: str, after: str | None) -> ProfilePage:
    member = access_member_by_handle(session, handle)
    row = session.execute(select(*COLUMNS, blocks.blocked_by(actor).label("blocked")).where(col(Member.id) == member.id)).one()
    base = f"/members/{member.handle_key}"
    tab = tab or ("questions" if member.questions or not member.answers else "answers")
    rows, more = _topics(session, actor, member, tab, after)
    shown = member.shows_impact or actor.id == member.id
    medals = medals_of(session, member, own=actor.id == member.id)
    known = _known_for(session, member.id)
    return ProfilePage(
        person=person(row),
        handle=member.handle,
        joined_at=member.joined_at,
        bio_html=member.bio_html,
        languages=member.languages,
        last_seen=member.last_seen_at if member.shows_last_seen else None,
        reputation=member.reputation,
        helped=member.helped if shown else 0,
        stats=_stats(member) if shown else [],
        best=_best(session, actor, member.id) if shown else [],
        tabs=[
            Tab(f"{base}?tab=questions", "Questions", tab != "answers", member.questions),
            Tab(f"{base}?tab=answers", "Answered", tab == "answers", member.answers),
            Tab(f"{base}/reputation", "Reputation"),
        ],
        rows=rows,
        more_url=f"{base}?tab={tab}&after={more}" if more else None,
        resolutions=_credited(session, member.id),
        known_for=known,
        thanks=published(session, actor, member.id),
        knows=[tag.slug for tag in known if tag.expert] if shown else [],
        may_endorse=actor.id != member.id and may(actor, Permission.member_endorse),
        may_block=blocks.may_block(actor, member),
        blocked=row.blocked,
        is_me=actor.signed_in and actor.id == member.id,
        may_manage=may(actor, Permission.member_manage),
        suspended_text=_suspended(member),
        medals=medals[:MEDALS],
        more_medals=len(medals[MEDALS:]),
        may_star=may(actor, Permission.badge_give, About(owner_id=member.id)),
        programme=public_standing(session, member),
    )


def _suspended(member: Member) -> str:
    until = actor_of(member).suspended_until
    return f"Suspended until {day(until)}" if until and until > clock.now() else ""


def _stats(member: Member) -> list[tuple[str, str]]:
    return [
        ("Questions solved", number(member.accepted)),
        ("Confirmed by staff", number(member.officials)),
        ("Answers", number(member.answers)),
        ("Reputation", number(member.reputation)),
    ]


def _topics(session: Session, actor: Actor, member: Member, tab: str, after: str | None) -> tuple[list[TopicRow], str | None]:
    query = select_rows(actor)
    if tab == "answers":
        answered = select(col(Post.topic_id)).where(
            col(Post.author_id) == member.id, col(Post.kind) == PostKind.answer, col(Post.state) == PostState.visible
        )
        query = query.where(col(Topic.id).in_(answered))
    else:
        query = query.where(col(Topic.author_id) == member.id)
    page = keyset_page(session, query, col(Topic.created_at), after, 15)
    return page.items, page.after


def _best(session: Session, actor: Actor, member_id: int) -> list[BestAnswer]:
    """By people helped: said it works, has the same problem and it is accepted, found it helpful."""
    accepted = col(Acceptance.post_id).is_not(None)
    helped = col(Post.works) + col(Post.helpful)
    rows = session.execute(
        select(
            col(Post.id),
            col(Topic.id).label("topic_id"),
            col(Topic.slug),
            col(Topic.title),
            helped.label("helped"),
            accepted.label("accepted"),
            (col(Topic.official_post_id) == col(Post.id)).label("official"),
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(
            col(Post.author_id) == member_id,
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            visible_topics(actor),
            (helped > 0) | accepted,
        )
        .order_by(helped.desc(), accepted.desc(), col(Post.id).desc())
        .limit(BEST)
    ).all()
    return [_best_view(row) for row in rows]


def _best_view(row: Row[Any]) -> BestAnswer:
    return BestAnswer(
        f"{topic_url(row.topic_id, row.slug)}#a-{row.id}", row.title, row.helped, bool(row.official), bool(row.accepted)
    )


def _known_for(session: Session, member_id: int) -> list[KnownFor]:
    count = func.count()
    off = (col(RecognitionChoices.member_id) == member_id) & col(RecognitionChoices.shows_level).is_(False)
    hidden = select(col(RecognitionChoices.member_id)).where(off).exists()
    rows = session.execute(
        select(col(Tag.slug), count.label("count"), (is_expert(col(Tag.id), member_id) & ~hidden).label("expert"))
        .join(TopicTag, col(TopicTag.tag_id) == col(Tag.id))
        .join(Acceptance, col(Acceptance.topic_id) == col(TopicTag.topic_id))
        .join(Post, col(Post.id) == col(Acceptance.post_id))
        .join(Topic, col(Topic.id) == col(TopicTag.topic_id))
        .where(col(Post.author_id) == member_id, col(Topic.audience) == Audience.public)
        .group_by(col(Tag.id), col(Tag.slug))
        .order_by(count.desc(), col(Tag.slug))
        .limit(TAGS)
    ).all()
    most = max((row[1] for row in rows), default=1)
    return [KnownFor(row.slug, row[1], bool(row.expert), round(100 * row[1] / most)) for row in rows]


def _credited(session: Session, member_id: int) -> list[CreditedFor]:
    rows = session.execute(
        select(col(Resolution.id), col(Resolution.slug), col(Resolution.question))
        .join(Credit, col(Credit.resolution_id) == col(Resolution.id))
        .where(col(Credit.member_id) == member_id, col(Resolution.state) == ResolutionState.public)
        .order_by(col(Resolution.published_at).desc())
        .limit(5)
    ).all()
    return [CreditedFor(f"/resolutions/{row.id}/{row.slug}", row.question) for row in rows]
