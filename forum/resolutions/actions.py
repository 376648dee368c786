"""Writing, publishing and withdrawing the outcome of a topic."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock, markdown
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.core.text import slug
from forum.models import Acceptance, Audience, Credit, Resolution, ResolutionState, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.resolutions import proposals
from forum.resolutions.credits import possible_credits
from forum.resolutions.events import ResolutionChanged, ResolutionPublished, ResolutionWithdrawn
from forum.resolutions.inputs import Withdraw, WriteResolution


def write_resolution(session: Session, actor: Actor, topic: Topic, data: WriteResolution) -> Resolution:
    """Save the words, and publish when asked to. One resolution per topic, whoever presses first."""
    require(actor, Permission.resolution_write, About(topic))
    if not (topic.accepted or topic.official_post_id):
        raise Conflict("There is nothing to publish yet: first an answer is accepted or marked official.")
    row = _row(session, actor, topic)
    row.question, row.slug, row.answer = data.question, slug(data.question), data.answer
    row.body, row.html = data.body, markdown.render(data.body)
    row.scope, row.review_by = data.scope, data.review_by
    row.written_by_id = actor.id
    _credit(session, topic, row, set(data.credit))
    if data.proposal is not None and data.act == "publish":
        proposals.accept(session, actor, row, data.proposal)
    if data.act == "publish":
        _publish(session, actor, topic, row)
    elif row.state == ResolutionState.public:
        row.changed_at = clock.now()
        emit(session, ResolutionChanged(actor.member_id, topic.id, row.id))
    return row


def _first_accepted(session: Session, topic: Topic) -> int | None:
    query = select(col(Acceptance.post_id)).where(col(Acceptance.topic_id) == topic.id).order_by(col(Acceptance.at)).limit(1)
    found: int | None = session.scalar(query)
    return found


def _row(session: Session, actor: Actor, topic: Topic) -> Resolution:
    insert_ignoring(
        session,
        Resolution,
        {
            "topic_id": topic.id,
            "post_id": topic.official_post_id or _first_accepted(session, topic),
            "state": ResolutionState.draft,
            "question": topic.title,
            "slug": topic.slug,
            "answer": "",
            "body": "",
            "html": "",
            "scope": "",
            "written_by_id": actor.id,
            "created_at": clock.now(),
            "withdrawn_reason": "",
        },
    )
    return session.scalars(select(Resolution).where(col(Resolution.topic_id) == topic.id).with_for_update()).one()


def _credit(session: Session, topic: Topic, row: Resolution, chosen: set[int]) -> None:
    session.execute(delete(Credit).where(col(Credit.resolution_id) == row.id))
    offered = [each for each in possible_credits(session, topic.id) if each.member_id in chosen]
    session.add_all(
        Credit(resolution_id=row.id, member_id=each.member_id, role=each.role, position=position)
        for position, each in enumerate(offered)
    )


def _publish(session: Session, actor: Actor, topic: Topic, row: Resolution) -> None:
    if topic.audience != Audience.public:
        raise Conflict("This topic is not public, so its outcome cannot be either. Keep it as a draft.")
    moment = clock.now()
    if row.state == ResolutionState.public:
        row.changed_at = moment
        emit(session, ResolutionChanged(actor.member_id, topic.id, row.id))
        return
    row.state = ResolutionState.public
    row.published_at = row.published_at or moment
    row.withdrawn_reason = ""
    emit(session, ResolutionPublished(actor.member_id, topic.id, row.id))


def withdraw(session: Session, actor: Actor, topic: Topic, row: Resolution, data: Withdraw) -> None:
    require(actor, Permission.resolution_write, About(topic))
    if row.state != ResolutionState.public:
        raise Conflict("This resolution is not public now.")
    row.state = ResolutionState.withdrawn
    row.withdrawn_reason = data.reason
    emit(session, ResolutionWithdrawn(actor.member_id, topic.id, row.id, data.reason))


def access_resolution(session: Session, resolution_id: int) -> tuple[Resolution, Topic]:
    row = session.get(Resolution, resolution_id)
    if row is None:
        raise NotFound
    return row, session.get_one(Topic, row.topic_id)
