"""What somebody says to an invitation, and when they want any."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_all_ignoring, insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.models import Acceptance, Availability, InviteState, Member, Post, RoutingInvite, RoutingProfile, Tag, Topic, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.routing.events import InvitationTaken
from forum.recognition.routing.inputs import ChooseAvailability, ReplyToInvitation, Snooze

HELD_FOR = timedelta(hours=2)
SNOOZES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "none": timedelta()}


def reply(session: Session, actor: Actor, invite_id: int, data: ReplyToInvitation) -> Topic:
    """Whatever they say costs nothing and needs no reason."""
    require(actor, Permission.account_own)
    invite = session.get(RoutingInvite, invite_id)
    if invite is None or invite.member_id != actor.id:
        raise NotFound
    topic = session.get_one(Topic, invite.topic_id)
    require(actor, Permission.topic_read, About(topic))
    if invite.state == InviteState.answered:
        raise Conflict("You have answered it already. Thank you.")
    if data.reply == "take":
        _take(session, actor, invite)
    else:
        _let_pass(invite, InviteState.not_mine if data.reply == "not_mine" else InviteState.later)
    if data.reply == "not_mine":
        _avoid(session, actor.member_id, topic.id)
    if data.reply == "fewer":
        _fewer(session, actor.member_id)
    return topic


def _take(session: Session, actor: Actor, invite: RoutingInvite) -> None:
    """Others see who is looking at it. Nobody is kept from answering."""
    now = clock.now()
    holder = session.execute(
        select(col(Member.name))
        .join(RoutingInvite, col(RoutingInvite.member_id) == col(Member.id))
        .where(
            col(RoutingInvite.topic_id) == invite.topic_id,
            col(RoutingInvite.held_until) > now,
            col(RoutingInvite.member_id) != actor.member_id,
        )
    ).scalar()
    if holder is not None:
        raise Conflict(f"{holder} is looking at it just now. It comes back to you if it stays open.")
    invite.state, invite.held_until, invite.closed_at = InviteState.taken, now + HELD_FOR, None
    emit(session, InvitationTaken(actor.member_id, invite.topic_id))


def _let_pass(invite: RoutingInvite, state: InviteState) -> None:
    invite.state, invite.held_until, invite.closed_at = state, None, clock.now()


def _avoid(session: Session, member_id: int, topic_id: int) -> None:
    """Not asked about these tags again, but for those they chose or have solved something in."""
    solved = (
        select(col(TopicTag.tag_id))
        .join(Acceptance, col(Acceptance.topic_id) == col(TopicTag.topic_id))
        .join(Post, (col(Post.id) == col(Acceptance.post_id)) & (col(Post.author_id) == member_id))
    )
    tags = session.scalars(
        select(col(TopicTag.tag_id)).where(col(TopicTag.topic_id) == topic_id, col(TopicTag.tag_id).not_in(solved))
    )
    rows = [{"member_id": member_id, "tag_id": tag_id, "wanted": False, "at": clock.now()} for tag_id in tags]
    insert_all_ignoring(session, RoutingProfile, rows, "tag_id")


def _fewer(session: Session, member_id: int) -> None:
    own = availability(session, member_id)
    own.per_day = max(1, own.per_day - 1)
    own.per_week = max(1, own.per_week // 2)


def availability(session: Session, member_id: int) -> Availability:
    """Their row, made when there is none yet."""
    usual = {name: value for name, value in ChooseAvailability().model_dump().items() if name not in ("wants", "avoids")}
    insert_ignoring(session, Availability, {"member_id": member_id, **usual})
    return session.get_one(Availability, member_id)


def choose(session: Session, actor: Actor, data: ChooseAvailability) -> None:
    require(actor, Permission.account_own)
    both = set(data.wants) & set(data.avoids)
    if both:
        raise Invalid({"avoids": f"“{min(both)}” stands in both lists. Keep it in one."})
    wanted, avoided = _tags(session, "wants", data.wants), _tags(session, "avoids", data.avoids)
    own = availability(session, actor.member_id)
    for name, value in data.model_dump(exclude={"wants", "avoids"}).items():
        setattr(own, name, value)
    session.execute(delete(RoutingProfile).where(col(RoutingProfile.member_id) == actor.member_id))
    session.add_all(
        RoutingProfile(member_id=actor.member_id, tag_id=tag_id, wanted=wants)
        for tags, wants in ((wanted, True), (avoided, False))
        for tag_id in tags
    )


def snooze(session: Session, actor: Actor, data: Snooze) -> None:
    require(actor, Permission.account_own)
    length = SNOOZES[data.length]
    availability(session, actor.member_id).snoozed_until = clock.now() + length if length else None


def note_answer(session: Session, topic_id: int, member_id: int) -> None:
    """Whoever answers has answered their invitation, however they found the question."""
    session.execute(
        update(RoutingInvite)
        .where(col(RoutingInvite.topic_id) == topic_id, col(RoutingInvite.member_id) == member_id)
        .values(state=InviteState.answered, held_until=None, closed_at=clock.now())
    )


def _tags(session: Session, name: str, slugs: Sequence[str]) -> list[int]:
    rows = session.execute(select(col(Tag.slug), col(Tag.id)).where(col(Tag.slug).in_(slugs))).all()
    found = {row.slug: row.id for row in rows}
    missing = next((slug for slug in slugs if slug not in found), None)
    if missing is not None:
        raise Invalid({name: f"There is no tag “{missing}” here. See all tags for those that exist."})
    return [found[slug] for slug in slugs]
