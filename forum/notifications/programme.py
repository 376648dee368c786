"""News of the volunteer programme. Invitations are named by ticket, so that saying no can take back what was told."""

from sqlalchemy import String, cast, delete, select
from sqlmodel import Session, col

from forum.core.templating import day
from forum.models import Basis, Job, Notice, NoticeKind, SeatState, Tier, VipInvitation, VipOffer, VipPlace
from forum.notifications.handlers import tell
from forum.recognition.vip.criteria import TIER_NAMES
from forum.recognition.vip.events import (
    AppealAnswered,
    CriteriaAnnounced,
    EmbargoEnds,
    EmbargoLifted,
    InvitationGone,
    MemberNominated,
    MissedAgain,
    OfferWithdrawn,
    SeasonPublished,
    SeatsOffered,
)
from forum.recognition.vip.seasons import current_season

STANDING = "/me/vip"


def tell_criteria(session: Session, event: CriteriaAnnounced) -> None:
    """Everybody in the programme, a fortnight or more before it applies."""
    season = current_season(session)
    if season is None:
        return
    members = session.scalars(select(col(VipPlace.member_id)).where(col(VipPlace.season_id) == season.id)).all()
    title = f"The programme's criteria change on {day(event.applies_on)}. Read what, and say what you think"
    cause = f"criteria:{event.version}"
    tell(session, members, NoticeKind.season, cause, actor_id=event.actor_id, title=title, link="/recognition#changes")


def tell_season(session: Session, event: SeasonPublished) -> None:
    rows = session.execute(
        select(col(VipPlace.member_id), col(VipPlace.tier), col(VipPlace.basis)).where(col(VipPlace.season_id) == event.season_id)
    ).all()
    for tier in Tier:
        title = f"You are {TIER_NAMES[tier]} in the season {event.name}"
        members = [row.member_id for row in rows if row.tier == tier and row.basis != Basis.grace]
        cause = f"season:{event.season_id}"
        tell(session, members, NoticeKind.season, cause, actor_id=None, title=title, link=STANDING)
    graced = [row.member_id for row in rows if row.basis == Basis.grace]
    title = f"You keep your place in the season {event.name}, as a season of grace"
    tell(session, graced, NoticeKind.season, f"season:{event.season_id}", actor_id=None, title=title, link=STANDING)


def tell_appeal(session: Session, event: AppealAnswered) -> None:
    title = "Your appeal about the season was answered"
    cause = f"appeal:{event.appeal_id}"
    tell(session, [event.member_id], NoticeKind.season, cause, actor_id=event.actor_id, title=title, link=STANDING)


def tell_nominee(session: Session, event: MemberNominated) -> None:
    title = f"You were nominated for {event.tier_name}"
    cause = f"nomination:{event.nomination_id}"
    tell(session, [event.member_id], NoticeKind.nomination, cause, actor_id=event.actor_id, title=title, link=STANDING)


def tell_seats(session: Session, event: SeatsOffered) -> None:
    offer = session.get_one(VipOffer, event.offer_id)
    rows = session.scalars(select(VipInvitation).where(col(VipInvitation.offer_id) == offer.id)).all()
    free = event.from_waiting_list
    for row in rows:
        if row.ticket in event.tickets:
            title = f"A seat came free for you: {offer.title}" if free else f"You are invited: {offer.title}"
            _tell_one(session, offer, row, title, "free" if free else "")
        elif not free and row.state == SeatState.unplaced:
            _tell_one(session, offer, row, f"No seat in the draw, and a waiting list if you like: {offer.title}", "")


def forget_invitation(session: Session, event: InvitationGone) -> None:
    """Everything that was told, or waits to be told, about a seat that somebody does not want."""
    member_id = session.execute(select(col(VipInvitation.member_id)).where(col(VipInvitation.ticket) == event.ticket)).scalar()
    cause = f"perk:{event.ticket}"
    session.execute(delete(Notice).where(col(Notice.member_id) == member_id, col(Notice.cause).startswith(cause)))
    session.execute(delete(Job).where(col(Job.name).startswith("notifications."), cast(col(Job.payload), String).contains(cause)))


def tell_withdrawn(session: Session, event: OfferWithdrawn) -> None:
    offer = session.get_one(VipOffer, event.offer_id)
    query = select(VipInvitation).where(
        col(VipInvitation.offer_id) == offer.id, col(VipInvitation.state).not_in((SeatState.unplaced, SeatState.expired))
    )
    for row in session.scalars(query).all():
        _tell_one(session, offer, row, f"Withdrawn, with the reason: {offer.title}", "withdrawn")


def tell_embargo_ends(session: Session, event: EmbargoEnds) -> None:
    offer = session.get_one(VipOffer, event.offer_id)
    if offer.embargo_until is None:
        return
    until = offer.embargo_until
    title = f"The embargo lifts on {day(until)} at {until:%H:%M} UTC; until then it stays in the room: {offer.title}"
    for row in _seated(session, offer):
        _tell_one(session, offer, row, title, f"eve:{until:%Y%m%d%H%M}")


def tell_lifted(session: Session, event: EmbargoLifted) -> None:
    offer = session.get_one(VipOffer, event.offer_id)
    for row in _seated(session, offer):
        _tell_one(session, offer, row, f"The embargo has lifted, you can talk about it: {offer.title}", "lifted")


def _seated(session: Session, offer: VipOffer) -> list[VipInvitation]:
    query = select(VipInvitation).where(
        col(VipInvitation.offer_id) == offer.id, col(VipInvitation.state).in_((SeatState.accepted, SeatState.attended))
    )
    return list(session.scalars(query))


def ask_kindly(session: Session, event: MissedAgain) -> None:
    row = session.get_one(VipInvitation, event.ticket)
    title = "We missed you twice, and that is fine. Would you like fewer invitations?"
    tell(
        session,
        [row.member_id],
        NoticeKind.quiet,
        f"perk:{row.ticket}:missed",
        actor_id=None,
        title=title,
        link="/settings/recognition",
    )


def _tell_one(session: Session, offer: VipOffer, row: VipInvitation, title: str, about: str) -> None:
    cause = ":".join(filter(None, ("perk", row.ticket, about)))
    link = f"/perks/{offer.id}"
    tell(session, [row.member_id], NoticeKind.perk, cause, actor_id=None, title=title[:200], link=link)
