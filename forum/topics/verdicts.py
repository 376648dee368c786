"""Two different words on an answer: the asker's tick ("this solved it") and staff's official mark."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.core.templating import exact
from forum.models import Acceptance, Member, OfficialMark, Post, Topic, TopicState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.events import (
    AnswerAccepted,
    AnswerMadeOfficial,
    AnswerUnaccepted,
    HelperCredited,
    HelperUncredited,
    OfficialMarkRemoved,
)
from forum.topics.inputs import MarkOfficial

LONGEST_REVIEW = timedelta(days=3 * 365)


def accept_answer(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    """Accepting twice is accepting once."""
    require(actor, Permission.answer_accept, About(topic, post))
    if post.topic_id != topic.id:
        raise Conflict("That answer was moved to another topic. Open it there and tick it again.")
    moment = clock.now()
    values = {"post_id": post.id, "topic_id": topic.id, "by_id": actor.id, "at": moment}
    if not insert_ignoring(session, Acceptance, values):
        return
    if post.author_id != topic.author_id:
        uncredit(session, actor, topic)
    bump(topic, accepted=1)
    if topic.state not in (TopicState.closed, TopicState.archived):
        topic.state = TopicState.solved
    topic.solved_at = topic.solved_at or moment
    if post.author_id is not None and post.author_id != topic.author_id:
        bump(session.get_one(Member, post.author_id), accepted=1)
    emit(session, AnswerAccepted(actor.member_id, topic.id, post.id, post.author_id, topic.author_id))


def unaccept_answer(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    require(actor, Permission.answer_accept, About(_ticked_for(session, topic, post), post))
    take_back_acceptance(session, actor, topic, post)


def take_back_acceptance(session: Session, actor: Actor, topic: Topic, post: Post, *, tidied: bool = False) -> None:
    """The other ticks of a topic stay."""
    removed = session.execute(
        delete(Acceptance).where(col(Acceptance.post_id) == post.id).returning(col(Acceptance.topic_id))
    ).first()
    if removed is None:
        return
    if removed.topic_id != topic.id:
        topic = session.get_one(Topic, removed.topic_id)
    bump(topic, accepted=-1)
    session.flush()
    session.refresh(topic)
    if topic.accepted == 0:
        topic.solved_at = None
        if topic.state == TopicState.solved:
            topic.state = TopicState.answered if topic.answers else TopicState.new
    if post.author_id is not None and post.author_id != topic.author_id:
        bump(session.get_one(Member, post.author_id), accepted=-1)
    emit(session, AnswerUnaccepted(actor.member_id, topic.id, post.id, post.author_id, tidied))


def _ticked_for(session: Session, topic: Topic, post: Post) -> Topic:
    """The question that the tick belongs to: after a merge that is not the one the answer stands under."""
    row = session.get(Acceptance, post.id)
    return topic if row is None or row.topic_id == topic.id else session.get_one(Topic, row.topic_id)


def credit_helper(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    """The person who asked solved it themselves, and this answer led them there. One for each question."""
    require(actor, Permission.answer_credit, About(topic, post))
    own = (
        select(col(Post.created_at))
        .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(col(Acceptance.topic_id) == topic.id, col(Post.author_id) == topic.author_id)
        .order_by(col(Post.created_at).desc())
    )
    solved_at = session.scalars(own).first()
    if solved_at is None:
        raise Conflict("Mark your own answer as the solution first. If this one solved it, mark this one instead.")
    if post.created_at > solved_at:
        raise Conflict("This answer came after yours, so it cannot have led you there.")
    if topic.credited_post_id == post.id:
        return
    uncredit(session, actor, topic)
    topic.credited_post_id = post.id
    emit(session, HelperCredited(actor.member_id, topic.id, post.id, post.author_id))


def uncredit_helper(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    require(actor, Permission.answer_credit, About(topic, post))
    if topic.credited_post_id == post.id:
        uncredit(session, actor, topic)


def uncredit(session: Session, actor: Actor, topic: Topic) -> None:
    if topic.credited_post_id is None:
        return
    credited = session.get_one(Post, topic.credited_post_id)
    topic.credited_post_id = None
    emit(session, HelperUncredited(actor.member_id, topic.id, credited.id, credited.author_id))


def mark_official(session: Session, actor: Actor, topic: Topic, post: Post, data: MarkOfficial) -> None:
    """One per topic: the key of OfficialMark refuses a second one, however close in time."""
    require(actor, Permission.answer_verify, About(topic, post))
    today = clock.now().date()
    if not today < data.review_by <= today + LONGEST_REVIEW:
        raise Invalid({"review_by": "Choose a day to check it again, from tomorrow to three years ahead."})
    values = {"topic_id": topic.id, "post_id": post.id, "by_id": actor.id, "at": clock.now(), **data.model_dump()}
    if not insert_ignoring(session, OfficialMark, values):
        raise Conflict(_already(session, topic))
    topic.official_post_id = post.id
    if post.author_id is not None:
        bump(session.get_one(Member, post.author_id), officials=1)
    emit(session, AnswerMadeOfficial(actor.member_id, topic.id, post.id, post.author_id))


def unmark_official(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    require(actor, Permission.answer_verify, About(topic, post))
    removed = session.execute(
        delete(OfficialMark)
        .where(col(OfficialMark.topic_id) == topic.id, col(OfficialMark.post_id) == post.id)
        .returning(col(OfficialMark.post_id))
    ).first()
    if removed is None:
        raise Conflict("This answer is no longer marked official. Reload the page to see how it stands.")
    topic.official_post_id = None
    if post.author_id is not None:
        bump(session.get_one(Member, post.author_id), officials=-1)
    emit(session, OfficialMarkRemoved(actor.member_id, topic.id, post.id, post.author_id))


def _already(session: Session, topic: Topic) -> str:
    row = session.execute(
        select(col(OfficialMark.at), col(Member.name))
        .outerjoin(Member, col(Member.id) == col(OfficialMark.by_id))
        .where(col(OfficialMark.topic_id) == topic.id)
    ).one()
    who = row.name or "Somebody"
    return f"{who} marked an official answer here on {exact(row.at)}. Take that mark back first, or leave it."
