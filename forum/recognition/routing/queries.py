"""What a member sees of their invitations, and what they chose."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock, paging, templating
from forum.models import Availability, InviteState, Member, RoutingInvite, RoutingProfile, Section, Tag, Topic, TopicState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.choices import choices_of
from forum.recognition.routing.courtesy import MOST_A_DAY, MOST_A_WEEK, Wishes, local, zones
from forum.recognition.routing.inviting import wishes_of
from forum.topics.rows import TAGS_OF_TOPIC, tag_views, topic_url, visible_topics
from forum.topics.views import TagView

PAGE = 20
Inviter = aliased(Member)
UNSOLVED = (TopicState.new, TopicState.needs_info, TopicState.answered)
OPEN_STATES = (InviteState.asked, InviteState.taken)
SAID = {
    InviteState.asked: "",
    InviteState.taken: "You are looking at it",
    InviteState.later: "Not now",
    InviteState.not_mine: "Not your topic",
    InviteState.answered: "You answered",
    InviteState.unanswered: "",
}


@dataclass(frozen=True, slots=True)
class InvitationView:
    id: int
    title: str
    url: str
    section_name: str
    tags: list[TagView]
    reason: str
    by: str
    """The member who asked by hand, or empty."""
    by_url: str
    at: datetime
    said: str
    answered_by_others: bool
    open: bool
    held_for: str
    """ "2 hours" while others see that they are looking at it, else empty."""


@dataclass(frozen=True, slots=True)
class Invitations:
    rows: list[InvitationView]
    more_url: str | None


@dataclass(frozen=True, slots=True)
class AvailabilityForm:
    """What stands in the form at first."""

    takes_invitations: bool
    snoozed_for: str
    """ "6 days" of a break that are left, or empty."""
    local_now: datetime
    zones: list[tuple[str, str]]
    hours: list[tuple[str, str]]
    days: list[tuple[str, str]]
    weeks: list[tuple[str, str]]
    values: dict[str, str]
    weekends: bool


def invitations(session: Session, actor: Actor, after: str | None) -> Invitations:
    """Newest first; only of topics they may still read."""
    require(actor, Permission.account_own)
    key = paging.decode(after, datetime)
    query: Any = (
        select(
            RoutingInvite,
            col(Topic.id).label("topic_id"),
            col(Topic.slug),
            col(Topic.title),
            col(Topic.answers),
            col(Section.name).label("section_name"),
            col(Topic.state).label("topic_state"),
            col(Inviter.name).label("by"),
            col(Inviter.handle_key).label("by_handle"),
            TAGS_OF_TOPIC.label("tags"),
        )
        .join(Topic, col(Topic.id) == col(RoutingInvite.topic_id))
        .join(Section, col(Section.id) == col(Topic.section_id))
        .outerjoin(Inviter, col(Inviter.id) == col(RoutingInvite.by_id))
        .where(col(RoutingInvite.member_id) == actor.id, visible_topics(actor))
    )
    if key is not None:
        moment, row_id = key
        at, one = col(RoutingInvite.at), col(RoutingInvite.id)
        query = query.where((at < moment) | ((at == moment) & (one < row_id)))
    rows = session.execute(query.order_by(col(RoutingInvite.at).desc(), col(RoutingInvite.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _view, lambda row: (row.RoutingInvite.at, row.RoutingInvite.id), first=key is None)
    return Invitations(page.items, f"/invitations?after={page.after}" if page.after else None)


def _view(row: Row[Any]) -> InvitationView:
    invite: RoutingInvite = row.RoutingInvite
    held = invite.held_until if invite.held_until and invite.held_until > clock.now() else None
    state = InviteState(invite.state)
    waiting = state != InviteState.answered and _helps_still(invite, row)
    return InvitationView(
        id=invite.id,
        title=row.title,
        url=topic_url(row.topic_id, row.slug),
        section_name=row.section_name,
        tags=tag_views(row.tags),
        reason=invite.reason,
        by=row.by or "",
        by_url=f"/members/{row.by_handle}" if row.by else "",
        at=invite.at,
        said=SAID[state] if state != InviteState.taken or held else "",
        answered_by_others=state != InviteState.answered and not _helps_still(invite, row),
        open=waiting and state in (InviteState.asked, InviteState.taken, InviteState.unanswered),
        held_for=templating.span(held - clock.now()) if held else "",
    )


def _helps_still(invite: RoutingInvite, row: Row[Any]) -> bool:
    """Whoever was asked by hand may know better than the answers there are."""
    return row.topic_state in UNSOLVED if invite.by_id is not None else not row.answers


def waiting_invitations(session: Session, actor: Actor) -> int:
    """How many wait for a word."""
    query = select(func.count()).select_from(RoutingInvite).join(Topic, col(Topic.id) == col(RoutingInvite.topic_id))
    by_hand = col(RoutingInvite.by_id).is_not(None) & col(Topic.state).in_(UNSOLVED)
    still = by_hand | (col(RoutingInvite.by_id).is_(None) & (col(Topic.answers) == 0))
    found = session.execute(
        query.where(col(RoutingInvite.member_id) == actor.id, col(RoutingInvite.state).in_(OPEN_STATES), still)
    )
    return int(found.scalar_one())


def availability_form(session: Session, actor: Actor) -> AvailabilityForm:
    require(actor, Permission.account_own)
    row = session.get(Availability, actor.member_id)
    wishes = wishes_of(row) if row else Wishes()
    topics = chosen_topics(session, actor.member_id)
    now = clock.now()
    return AvailabilityForm(
        takes_invitations=choices_of(session, actor.member_id).takes_invitations,
        snoozed_for=templating.span(wishes.snoozed_until - now) if wishes.snoozed_until and wishes.snoozed_until > now else "",
        local_now=local(now, wishes.zone),
        zones=[(name, name.replace("_", " ")) for name in ("UTC", *zones())],
        hours=[(str(hour), f"{hour:02}:00") for hour in range(24)],
        days=_numbers(MOST_A_DAY),
        weeks=_numbers(MOST_A_WEEK),
        values={
            "zone": wishes.zone,
            "quiet_from": str(wishes.quiet_from),
            "quiet_until": str(wishes.quiet_until),
            "per_day": str(wishes.per_day),
            "per_week": str(wishes.per_week),
            "away_until": _day(wishes.away_until),
            "wants": ", ".join(tag for tag, wanted in topics if wanted),
            "avoids": ", ".join(tag for tag, wanted in topics if not wanted),
        },
        weekends=wishes.weekends,
    )


def chosen_topics(session: Session, member_id: int) -> list[tuple[str, bool]]:
    rows = session.execute(
        select(col(Tag.slug), col(RoutingProfile.wanted))
        .join(Tag, col(Tag.id) == col(RoutingProfile.tag_id))
        .where(col(RoutingProfile.member_id) == member_id)
        .order_by(col(Tag.slug))
    )
    return [(row.slug, row.wanted) for row in rows]


def _numbers(most: int) -> list[tuple[str, str]]:
    return [(str(number), str(number)) for number in range(most + 1)]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
