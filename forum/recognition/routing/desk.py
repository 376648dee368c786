"""What staff see of routing: what waits too long, who was asked and why, and whether too much rests on too few."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import InviteState, Member, Post, RoutingInvite, Tag, Topic, TopicKind, TopicState, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.routing.spread import gini, share_of_top
from forum.recognition.routing.volunteers import volunteers_answers
from forum.topics.rows import topic_url, visible_topics

Inviter = aliased(Member)
ROUTED_AFTER, STAFF_AFTER = timedelta(hours=24), timedelta(hours=72)
LOOKED_BACK = timedelta(days=30)
MOST = 100
ALARM_SHARE = 0.25
BUSY_ANSWERS = 5
MONTH, QUARTER, HALF_YEAR = timedelta(days=30), timedelta(days=90), timedelta(days=180)
EXPERT_ANSWERS, EXPERTS_NEEDED, TAG_QUESTIONS = 3, 2, 5
SAID = {InviteState.taken: "is looking at it", InviteState.answered: "answered"}
SILENT = "no answer yet"
"""Whoever lets an invitation pass looks to staff like somebody who has not seen it: declining costs nothing."""


@dataclass(frozen=True, slots=True)
class AskedView:
    name: str
    handle: str
    wave: int
    said: str
    reason: str
    chance: str
    explored: bool
    at: datetime
    by: str
    """Who asked them by hand, or empty."""


@dataclass(frozen=True, slots=True)
class WaitingView:
    topic_id: int
    title: str
    url: str
    created_at: datetime
    for_staff: bool
    """Open for 72 hours: volunteers are not the promise."""
    asked: list[AskedView]


@dataclass(frozen=True, slots=True)
class Health:
    answers: int
    top_one: float
    top_three: float
    alarm: bool
    busy_helpers: int
    new_helpers: int
    retained: int
    thin_tags: list[tuple[str, int]]
    """Tags with fewer than two people who know them, and how many there are."""
    invited: int
    answered: int
    gini: float


@dataclass(frozen=True, slots=True)
class RoutingDesk:
    waiting: list[WaitingView]
    for_staff: int
    health: Health


def routing_desk(session: Session, actor: Actor) -> RoutingDesk:
    require(actor, Permission.routing_see)
    waiting = _waiting(session, actor)
    return RoutingDesk(waiting, sum(1 for one in waiting if one.for_staff), _health(session))


def asked_about(session: Session, topic_ids: list[int]) -> dict[int, list[AskedView]]:
    """Who was asked about each topic, in order."""
    rows = session.execute(
        select(RoutingInvite, col(Member.name), col(Member.handle_key), col(Inviter.name))
        .outerjoin(Inviter, col(Inviter.id) == col(RoutingInvite.by_id))
        .join(Member, col(Member.id) == col(RoutingInvite.member_id))
        .where(col(RoutingInvite.topic_id).in_(topic_ids))
        .order_by(col(RoutingInvite.id))
    ).all()
    found: dict[int, list[AskedView]] = defaultdict(list)
    for invite, name, handle, by in rows:
        said = SAID.get(InviteState(invite.state), SILENT)
        chance = f"{100 * invite.chance:.1f} %"
        found[invite.topic_id].append(
            AskedView(name, handle, invite.wave, said, invite.reason, chance, invite.explored, invite.at, by or "")
        )
    return found


def _waiting(session: Session, actor: Actor) -> list[WaitingView]:
    now = clock.now()
    rows = session.execute(
        select(col(Topic.id), col(Topic.slug), col(Topic.title), col(Topic.created_at))
        .where(
            visible_topics(actor),
            col(Topic.kind) == TopicKind.question,
            col(Topic.state) == TopicState.new,
            col(Topic.answers) == 0,
            col(Topic.created_at) <= now - ROUTED_AFTER,
            col(Topic.created_at) > now - LOOKED_BACK,
        )
        .order_by(col(Topic.created_at), col(Topic.id))
        .limit(MOST)
    ).all()
    asked = asked_about(session, [row.id for row in rows])
    return [
        WaitingView(
            row.id,
            row.title,
            topic_url(row.id, row.slug),
            row.created_at,
            row.created_at <= now - STAFF_AFTER,
            asked.get(row.id, []),
        )
        for row in rows
    ]


def _health(session: Session) -> Health:
    counts = Counter({row.author_id: row.count for row in session.execute(_answers_by_helper(MONTH))})
    new, retained = _retained(session)
    sent = Counter[int]()
    answered = 0
    invites = select(col(RoutingInvite.member_id), col(RoutingInvite.state)).where(col(RoutingInvite.at) > clock.now() - MONTH)
    for member_id, state in session.execute(invites):
        sent[member_id] += 1
        answered += state == InviteState.answered
    top = share_of_top(counts.values(), 1)
    return Health(
        answers=counts.total(),
        top_one=top,
        top_three=share_of_top(counts.values(), 3),
        alarm=top > ALARM_SHARE,
        busy_helpers=sum(1 for count in counts.values() if count >= BUSY_ANSWERS),
        new_helpers=new,
        retained=retained,
        thin_tags=_thin_tags(session),
        invited=sent.total(),
        answered=answered,
        gini=gini(sent.values()),
    )


def _answers_by_helper(length: timedelta) -> Any:
    """Volunteers' answers to others."""
    return (
        select(col(Post.author_id), func.count().label("count"))
        .join(Topic, (col(Topic.id) == col(Post.topic_id)) & col(Topic.author_id).is_distinct_from(col(Post.author_id)))
        .where(*volunteers_answers(), col(Post.created_at) > clock.now() - length)
        .group_by(col(Post.author_id))
    )


def _retained(session: Session) -> tuple[int, int]:
    """Whose first answer was three to six months ago, and how many of them answered in the last three months."""
    now = clock.now()
    first, last = func.min(col(Post.created_at)), func.max(col(Post.created_at))
    rows = session.execute(
        select(last.label("last"))
        .where(*volunteers_answers())
        .group_by(col(Post.author_id))
        .having((first > now - HALF_YEAR) & (first <= now - QUARTER))
    ).all()
    return len(rows), sum(1 for row in rows if row.last > now - QUARTER)


def _thin_tags(session: Session) -> list[tuple[str, int]]:
    now = clock.now()
    busy = (
        select(col(TopicTag.tag_id), col(Tag.slug))
        .join(Tag, col(Tag.id) == col(TopicTag.tag_id))
        .join(Topic, col(Topic.id) == col(TopicTag.topic_id))
        .where(col(Topic.created_at) > now - QUARTER, col(Topic.kind) == TopicKind.question)
        .group_by(col(TopicTag.tag_id), col(Tag.slug))
        .having(func.count() >= TAG_QUESTIONS)
    )
    tags = {row.tag_id: row.slug for row in session.execute(busy)}
    experts = (
        select(col(TopicTag.tag_id), col(Post.author_id))
        .join(TopicTag, col(TopicTag.topic_id) == col(Post.topic_id))
        .where(*volunteers_answers(), col(Post.created_at) > now - HALF_YEAR, col(TopicTag.tag_id).in_(tags))
        .group_by(col(TopicTag.tag_id), col(Post.author_id))
        .having(func.count() >= EXPERT_ANSWERS)
    )
    known = Counter(row.tag_id for row in session.execute(experts))
    return sorted((slug, known[tag_id]) for tag_id, slug in tags.items() if known[tag_id] < EXPERTS_NEEDED)
