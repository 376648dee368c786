"""Questions for one reader: what they chose, what they know, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log1p
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.accounts.blocks import apart_from
from forum.core import clock
from forum.models import Post, PostKind, Topic, TopicKind, TopicState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.routing.history import ANSWERED, SOLVED, TAG_DAYS
from forum.recognition.routing.queries import chosen_topics
from forum.recognition.routing.reasons import Done, done_in, why
from forum.topics.rows import select_rows, topic_row, visible_topics
from forum.topics.views import TopicRow

SHOWN, LOOKED_AT = 30, 300
OPEN_FOR = timedelta(days=30)
CHOSEN, UNANSWERED = 2.0, 0.5
FRESH_DAYS = 3.0


@dataclass(frozen=True, slots=True)
class ForYouRow:
    row: TopicRow
    reason: str


@dataclass(frozen=True, slots=True)
class ForYouPage:
    rows: list[ForYouRow]
    wants: list[str]
    known: list[str]
    """Tags this reader has answered most in."""


def for_you(session: Session, actor: Actor) -> ForYouPage:
    """Open questions of the last month, the best thirty; three statements."""
    require(actor, Permission.account_own)
    chosen = dict(chosen_topics(session, actor.member_id))
    done = done_in(session, [actor.member_id])
    points = {one.tag: points_of(one, clock.now()) for one in done}
    wants = [tag for tag, wanted in chosen.items() if wanted]
    if not points and not wants:
        return ForYouPage([], wants, [])
    ranked = []
    for found in session.execute(_open(actor)):
        row = topic_row(found)
        tags = [tag.slug for tag in row.tags]
        worth = fit(tags, points, chosen, row.answer_count, (clock.now() - row.created_at) / timedelta(days=1))
        if worth > 0:
            ranked.append((worth, row.id, ForYouRow(row, _reason(tags, chosen, done, actor.member_id))))
    ranked.sort(key=lambda one: (-one[0], -one[1]))
    return ForYouPage([one for _, _, one in ranked[:SHOWN]], wants, [one.tag for one in done[:5]])


def points_of(done: Done, now: datetime) -> float:
    """What an answer and a solution are worth, fading with the time since the last."""
    faded: float = 0.5 ** (((now - done.last_at) / timedelta(days=1)) / TAG_DAYS)
    return (ANSWERED * done.answered + SOLVED * done.solved) * faded


def fit(tags: list[str], points: Mapping[str, float], chosen: Mapping[str, bool], answers: int, age_days: float) -> float:
    """Nothing for what they want to be spared, or know nothing of."""
    if any(chosen.get(tag) is False for tag in tags):
        return 0.0
    known = max((log1p(points.get(tag, 0.0)) for tag in tags), default=0.0)
    wanted = CHOSEN if any(chosen.get(tag) for tag in tags) else 0.0
    if not known and not wanted:
        return 0.0
    return known + wanted + exp(-max(0.0, age_days) / FRESH_DAYS) + (UNANSWERED if not answers else 0.0)


def _reason(tags: list[str], chosen: Mapping[str, bool], done: list[Done], member_id: int) -> str:
    watched = next((tag for tag in tags if chosen.get(tag)), "")
    mine = [one for one in done if one.tag in tags]
    if mine:
        return why(mine, member_id)
    return f"You watch {watched}."


def _open(actor: Actor) -> Any:
    answered = (
        select(col(Post.id))
        .where(col(Post.topic_id) == col(Topic.id), col(Post.author_id) == actor.id, col(Post.kind) == PostKind.answer)
        .exists()
    )
    return (
        select_rows(actor)
        .where(
            visible_topics(actor),
            col(Topic.kind) == TopicKind.question,
            col(Topic.state).in_((TopicState.new, TopicState.answered)),
            col(Topic.created_at) > clock.now() - OPEN_FOR,
            col(Topic.author_id).is_distinct_from(actor.id),
            apart_from(actor.member_id, col(Topic.author_id)),
            ~answered,
        )
        .order_by(col(Topic.created_at).desc(), col(Topic.id).desc())
        .limit(LOOKED_AT)
    )
