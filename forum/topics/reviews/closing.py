"""Votes to close a topic, or to open a closed one again: three, or one of somebody whom everybody asks about its subject."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, String, cast, delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models import BadgeAward, RepSubject, StateVote, StateWish, Topic, TopicState, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.events import TopicStateChanged
from forum.topics.inputs import ChangeState
from forum.topics.reviews.events import StateVoteCast, StateVoteTakenBack
from forum.topics.reviews.inputs import VoteOnState
from forum.topics.rows import topic_url
from forum.topics.states import carry_out_change

NEEDED = 3
LAPSES = timedelta(days=14)
KNOWS_IT = "tag-gold"
"""The badge in a tag whose holder's vote is enough there."""
REASONS: dict[str, str] = {
    "asked_before": "This was asked before. Look at the earlier question, and ask anew if it does not help.",
    "off_topic": "This is outside what the community covers. The sections say what belongs here.",
    "unclear": "This needs more detail to be answered. Add it with “Edit”, and it can be opened again.",
    "several": "This asks several things at once. Ask each as a question of its own.",
    "opinion": "This rests on opinion more than on facts. Say what you want to achieve, and it can be opened again.",
}


@dataclass(frozen=True, slots=True)
class StateVotePage:
    topic_url: str
    topic_title: str
    topic_id: int
    reopens: bool
    closed_reason: str
    votes: int
    needed: int
    mine: bool
    reasons: list[tuple[str, str]]


def vote_on_state(session: Session, actor: Actor, topic: Topic, data: VoteOnState) -> bool:
    """True when that was the last vote it needed."""
    require(actor, Permission.topic_vote_state, About(topic))
    wish = wish_for(topic)
    if wish == StateWish.close and data.reason not in REASONS:
        raise Invalid({"reason": "Choose why. Everybody reads it."})
    lapsed = col(StateVote.at) <= clock.now() - LAPSES
    session.execute(delete(StateVote).where(col(StateVote.topic_id) == topic.id, lapsed))
    values = {"topic_id": topic.id, "member_id": actor.id, "wish": wish, "reason": data.reason, "at": clock.now()}
    if not insert_ignoring(session, StateVote, values):
        raise Conflict("You have voted already. Your vote counts for two weeks.")
    votes = session.scalars(select(StateVote).where(col(StateVote.topic_id) == topic.id).order_by(col(StateVote.id))).all()
    emit(session, StateVoteCast(actor.member_id, topic.id, wish, len(votes)))
    enough = len(votes) >= NEEDED or _is_known_here(session, actor.member_id, topic.id)
    if enough and wish == StateWish.reopen:
        carry_out_change(session, actor, topic, ChangeState(state="open"))
    elif enough:
        named = Counter(vote.reason for vote in reversed(votes))
        carry_out_change(session, actor, topic, ChangeState(state="closed", reason=REASONS[named.most_common(1)[0][0]]))
    return enough


def take_vote_back(session: Session, actor: Actor, topic: Topic) -> None:
    require(actor, Permission.topic_vote_state, About(topic))
    mine = (col(StateVote.topic_id) == topic.id, col(StateVote.member_id) == actor.id)
    if session.execute(delete(StateVote).where(*mine).returning(col(StateVote.id))).first() is not None:
        emit(session, StateVoteTakenBack(actor.member_id, topic.id))


def forget_votes(session: Session, event: TopicStateChanged) -> None:
    """They were about how the topic stood before."""
    session.execute(delete(StateVote).where(col(StateVote.topic_id) == event.topic_id))


def wish_for(topic: Topic) -> StateWish:
    return StateWish.reopen if topic.state == TopicState.closed else StateWish.close


def live_votes(topic_id: Any, since: Any) -> ScalarSelect[Any]:
    """How many votes of a topic have not lapsed."""
    return select(func.count()).where(col(StateVote.topic_id) == topic_id, col(StateVote.at) > since).scalar_subquery()


def _is_known_here(session: Session, member_id: int, topic_id: int) -> bool:
    query = (
        select(col(BadgeAward.id))
        .join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
        .join(TopicTag, cast(col(TopicTag.tag_id), String) == col(BadgeAward.scope))
        .where(
            col(RepSubject.member_id) == member_id,
            col(TopicTag.topic_id) == topic_id,
            col(BadgeAward.badge) == KNOWS_IT,
            col(BadgeAward.voided_at).is_(None),
        )
    )
    return session.scalar(query.limit(1)) is not None


def vote_page(session: Session, actor: Actor, topic: Topic) -> StateVotePage:
    require(actor, Permission.topic_vote_state, About(topic))
    mine = select(col(StateVote.id)).where(
        col(StateVote.topic_id) == topic.id, col(StateVote.member_id) == actor.id, col(StateVote.at) > clock.now() - LAPSES
    )
    return StateVotePage(
        topic_url=topic_url(topic.id, topic.slug),
        topic_title=topic.title,
        topic_id=topic.id,
        reopens=wish_for(topic) == StateWish.reopen,
        closed_reason=topic.closed_reason,
        votes=session.scalar(select(live_votes(topic.id, clock.now() - LAPSES))) or 0,
        needed=NEEDED,
        mine=session.scalar(mine) is not None,
        reasons=list(REASONS.items()),
    )
