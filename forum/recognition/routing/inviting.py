"""Finds questions that nobody has answered and asks the few who are likeliest to, at a time that suits them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import Row, func, select, update
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.events import emit
from forum.models import (
    Audience,
    Availability,
    InviteState,
    Member,
    Post,
    PostKind,
    RoutingInvite,
    RoutingProfile,
    Tag,
    ThreadLink,
    Topic,
    TopicKind,
    TopicState,
)
from forum.recognition.choices import eligible, wants
from forum.recognition.routing.choosing import Candidate, Choice, choose
from forum.recognition.routing.courtesy import ANSWERED_WITHIN, Sent, Wishes, may_invite
from forum.recognition.routing.events import InvitationSent
from forum.recognition.routing.learned import Learned
from forum.recognition.routing.learning import in_tail
from forum.recognition.routing.memory import MAX_BODY, Memory, as_question
from forum.recognition.routing.reasons import Done, done_in, why
from forum.recognition.routing.signals import signals
from forum.topics.rows import SEPARATOR, TAGS_OF_TOPIC

FIRST_WAVE, FROM_ELSEWHERE, SECOND_WAVE = timedelta(hours=4), timedelta(hours=1), timedelta(hours=24)
GIVEN_UP = timedelta(days=7)
MOST_TOPICS = 50
LISTED = 60
REMEMBERED = timedelta(days=60)
NEW_DAYS, NEW_ANSWERS = 90.0, 2


@dataclass(slots=True)
class People:
    """What must be known of everybody who may be asked in this round."""

    wishes: dict[int, Wishes] = field(default_factory=dict)
    """Only those who may be invited at all."""
    sent: dict[int, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    avoided: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    invited: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By topic."""
    apart: set[frozenset[int]] = field(default_factory=set)
    """Pairs of an asker and somebody they blocked, or who blocked them."""


def settle(session: Session) -> None:
    """Invitations that met no reaction end quietly."""
    session.execute(
        update(RoutingInvite)
        .where(col(RoutingInvite.state) == InviteState.asked, col(RoutingInvite.at) <= clock.now() - ANSWERED_WITHIN)
        .values(state=InviteState.unanswered, closed_at=clock.now())
    )


def invite_for_all(session: Session, memory: Memory, learned: Learned, dice: Random) -> int:
    """One round. Returns how many were asked."""
    topics = session.execute(_due()).all()
    if not topics:
        return 0
    ranked = {topic.id: _ranked(memory, learned, topic) for topic in topics}
    people = people_for(session, {one for found in ranked.values() for one, _, _ in found}, [topic.id for topic in topics])
    people.apart = blocks.pairs_apart(session, {topic.author_id for topic in topics if topic.author_id is not None})
    asked = 0
    for topic in topics:
        asked += _invite(session, topic, _fitting(topic, ranked[topic.id], people), people, learned, dice)
    return asked


def _due() -> Any:
    """Questions without an answer that have waited long enough for their next wave."""
    now = clock.now()
    invites = select(func.max(col(RoutingInvite.wave))).where(col(RoutingInvite.topic_id) == col(Topic.id)).scalar_subquery()
    wave = func.coalesce(invites, 0)
    elsewhere = select(col(ThreadLink.id)).where(col(ThreadLink.topic_id) == col(Topic.id)).exists()
    waited = col(Topic.created_at) <= now - FIRST_WAVE
    first = (wave == 0) & (waited | (elsewhere & (col(Topic.created_at) <= now - FROM_ELSEWHERE)))
    second = (wave == 1) & (col(Topic.created_at) <= now - SECOND_WAVE)
    return (
        select(
            col(Topic.id),
            col(Topic.author_id),
            col(Topic.created_at),
            col(Topic.title),
            wave.label("wave"),
            func.substr(Post.body, 1, MAX_BODY).label("body"),
            TAGS_OF_TOPIC.label("tags"),
        )
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question))
        .where(
            col(Topic.audience).in_((Audience.public, Audience.members)),
            col(Topic.kind) == TopicKind.question,
            col(Topic.state) == TopicState.new,
            col(Topic.answers) == 0,
            col(Topic.created_at) > now - GIVEN_UP,
            first | second,
        )
        .order_by(col(Topic.created_at))
        .limit(MOST_TOPICS)
    )


def _ranked(memory: Memory, learned: Learned, topic: Row[Any]) -> list[tuple[int, float, bool]]:
    """The likeliest helpers: member, chance, and whether they are beyond the busiest ten. As of now: who is there today counts."""
    history = memory.history
    question = as_question(topic.author_id, clock.now(), topic.title, topic.body, topic.tags)
    found = signals(history, question, memory.window())
    tail = in_tail(history, found.helpers, question.at)
    chances = learned.weights.chances(found.rows)
    order = np.argsort(-chances, kind="stable")
    kept = np.concatenate([order[tail[order]][:LISTED], order[~tail[order]][:LISTED]])
    return [(int(history.names[found.helpers[one]]), float(chances[one]), bool(tail[one])) for one in kept]


def people_for(session: Session, members: set[int], topics: list[int]) -> People:
    people = People()
    allowed = session.scalars(select(col(Member.id)).where(col(Member.id).in_(members), eligible(), wants("takes_invitations")))
    people.wishes = dict.fromkeys(allowed, Wishes())
    for row in session.scalars(select(Availability).where(col(Availability.member_id).in_(people.wishes))):
        people.wishes[row.member_id] = wishes_of(row)
    profile = (
        select(col(RoutingProfile.member_id), col(Tag.slug))
        .join(Tag, col(Tag.id) == col(RoutingProfile.tag_id))
        .where(col(RoutingProfile.member_id).in_(people.wishes), col(RoutingProfile.wanted).is_(False))
    )
    for member_id, tag in session.execute(profile):
        people.avoided[member_id].add(tag)
    lately = (col(RoutingInvite.member_id).in_(people.wishes)) & (col(RoutingInvite.at) > clock.now() - REMEMBERED)
    for past in session.scalars(select(RoutingInvite).where(lately | col(RoutingInvite.topic_id).in_(topics))):
        people.sent[past.member_id].append(Sent(past.at, past.state not in (InviteState.asked, InviteState.unanswered)))
        people.invited[past.topic_id].add(past.member_id)
    return people


def wishes_of(row: Availability) -> Wishes:
    return Wishes(
        row.zone, row.quiet_from, row.quiet_until, row.per_day, row.per_week, row.weekends, row.snoozed_until, row.away_until
    )


def _fitting(topic: Row[Any], ranked: list[tuple[int, float, bool]], people: People) -> list[tuple[int, float, bool]]:
    """Beyond the busiest when there are enough of those; never the asker, nobody twice, nobody at a bad time."""
    tags = set(_tags(topic))
    fitting = [one for one in ranked if fits(people, one[0], topic.id, topic.author_id, tags)]
    beyond = [one for one in fitting if one[2]]
    return beyond if len(beyond) >= 3 else fitting


def fits(people: People, member_id: int, topic_id: int, asker_id: int | None, tags: set[str]) -> bool:
    """Whether this person may be asked about this question now."""
    return (
        member_id in people.wishes
        and member_id != asker_id
        and frozenset((member_id, asker_id)) not in people.apart
        and member_id not in people.invited[topic_id]
        and not tags & people.avoided[member_id]
        and may_invite(people.wishes[member_id], people.sent[member_id], clock.now())
    )


def _invite(
    session: Session,
    topic: Row[Any],
    fitting: list[tuple[int, float, bool]],
    people: People,
    learned: Learned,
    dice: Random,
) -> int:
    done = done_in(session, [one for one, _, _ in fitting], _tags(topic)) if fitting else []
    fresh = _newcomers(session, done)
    candidates = [
        Candidate(member_id, chance, newcomer=member_id in fresh)
        for member_id, chance, _ in fitting
        if learned.bar.reached(member_id, chance) or member_id in fresh
    ]
    chosen = choose(candidates, learned.bar.least, dice)
    return sum(_send(session, topic, one, why(done, one.member_id), people) for one in chosen)


def _newcomers(session: Session, done: list[Done]) -> set[int]:
    """At least two answers in these tags, and none anywhere before the last three months."""
    answers: dict[int, int] = defaultdict(int)
    for one in done:
        answers[one.member_id] = max(answers[one.member_id], one.answered)
    able = [member_id for member_id, count in answers.items() if count >= NEW_ANSWERS]
    if not able:
        return set()
    first = (
        select(col(Post.author_id))
        .where(col(Post.author_id).in_(able), col(Post.kind) == PostKind.answer)
        .group_by(col(Post.author_id))
        .having(func.min(col(Post.created_at)) > clock.now() - timedelta(days=NEW_DAYS))
    )
    return {one for one in session.scalars(first) if one is not None}


def _send(session: Session, topic: Row[Any], chosen: Choice, reason: str, people: People) -> int:
    now: datetime = clock.now()
    values = {"topic_id": topic.id, "member_id": chosen.member_id, "wave": topic.wave + 1, "state": InviteState.asked}
    values |= {"chance": round(chosen.chance, 6), "propensity": chosen.propensity, "explored": chosen.explored}
    if not insert_ignoring(session, RoutingInvite, {**values, "reason": reason[:200], "at": now}):
        return 0
    people.sent[chosen.member_id].append(Sent(now, reacted=False))
    row = session.scalars(
        select(RoutingInvite).where(col(RoutingInvite.topic_id) == topic.id, col(RoutingInvite.member_id) == chosen.member_id)
    ).one()
    emit(session, InvitationSent(chosen.member_id, topic.id, row.id))
    return 1


def _tags(topic: Row[Any]) -> Iterable[str]:
    return topic.tags.split(SEPARATOR) if topic.tags else ()
