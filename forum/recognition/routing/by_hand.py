"""A member asks another one to help with a question. The same courtesy holds as for invitations that nobody sends by hand."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.accounts.queries import find_by_handle
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models import InviteState, Member, RoutingInvite, Tag, Topic, TopicState, TopicTag
from forum.policy.actor import Actor, actor_of
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.routing.events import VolunteerInvited
from forum.recognition.routing.inputs import InviteVolunteer
from forum.recognition.routing.inviting import fits, people_for

A_DAY = 2
DAY = timedelta(days=1)
NOT_NOW = "They cannot be asked just now. That says nothing about you or them; perhaps somebody else knows."


def invite_volunteer(session: Session, actor: Actor, topic: Topic, data: InviteVolunteer) -> Member:
    """Why somebody cannot be asked is theirs: quiet hours, limits, switches and blocks all give the same sentence."""
    require(actor, Permission.volunteer_invite, About(topic))
    if topic.state == TopicState.solved:
        raise Conflict("This question is solved already.")
    _within_the_day(session, actor)
    member = find_by_handle(session, data.handle.removeprefix("@"))
    if member is None:
        raise Invalid({"handle": "There is nobody of that name here. The name stands in the address of their profile."})
    if member.id in (actor.id, topic.author_id):
        raise Invalid({"handle": "Name somebody other than yourself and the person who asked."})
    asked = (col(RoutingInvite.topic_id) == topic.id) & (col(RoutingInvite.member_id) == member.id)
    if session.scalar(select(col(RoutingInvite.id)).where(asked)) is not None:
        raise Invalid({"handle": f"{member.name} was asked already."})
    if not _welcome(session, actor, topic, member):
        raise Invalid({"handle": NOT_NOW})
    values = {
        "topic_id": topic.id,
        "member_id": member.id,
        "wave": 0,
        "state": InviteState.asked,
        "chance": 0.0,
        "propensity": 1.0,
    }
    insert_ignoring(session, RoutingInvite, {**values, "reason": data.reason, "at": clock.now(), "by_id": actor.id})
    row = session.execute(select(col(RoutingInvite.id)).where(asked)).scalar_one()
    emit(session, VolunteerInvited(actor.member_id, member.id, topic.id, row))
    return member


def _within_the_day(session: Session, actor: Actor) -> None:
    sent = (col(RoutingInvite.by_id) == actor.id) & (col(RoutingInvite.at) > clock.now() - DAY)
    if (session.scalar(select(func.count()).select_from(RoutingInvite).where(sent)) or 0) >= A_DAY:
        raise Conflict("You have asked two people within a day. Tomorrow you can ask again.")


def _welcome(session: Session, actor: Actor, topic: Topic, member: Member) -> bool:
    if not may(actor_of(member), Permission.topic_read, About(topic)):
        return False
    people = people_for(session, {member.id}, [topic.id])
    people.apart = blocks.pairs_apart(session, {one for one in (topic.author_id, actor.id) if one is not None})
    tags = session.scalars(
        select(col(Tag.slug)).join(TopicTag, col(TopicTag.tag_id) == col(Tag.id)).where(col(TopicTag.topic_id) == topic.id)
    )
    apart = frozenset((member.id, actor.member_id)) in people.apart
    return not apart and fits(people, member.id, topic.id, topic.author_id, set(tags))
