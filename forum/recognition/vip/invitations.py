"""Seats: the draw, what people answer, and the waiting list. Saying no leaves only a number on the offer."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.core.ids import public_id
from forum.models import (
    Member,
    OfferState,
    RepSubject,
    RepTag,
    SeatState,
    Tag,
    Tier,
    VipConsent,
    VipInvitation,
    VipOffer,
    VipPlace,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible, wants
from forum.recognition.vip import sealing
from forum.recognition.vip.deadlines import claim_until
from forum.recognition.vip.events import InvitationGone, SeatsOffered
from forum.recognition.vip.inputs import Reply
from forum.recognition.vip.lottery import TIER_ORDER, Drawn, Entrant, draw
from forum.recognition.vip.offers import begins
from forum.recognition.vip.seasons import current_season, place_of

HOLDS = (SeatState.invited, SeatState.accepted, SeatState.tentative, SeatState.attended, SeatState.absent)
"""States that take up a seat."""
WITHOUT = (SeatState.unplaced, SeatState.waiting)


def send_invitations(session: Session, actor: Actor, offer: VipOffer) -> None:
    """Everybody when there is room, else the lottery. The seed becomes public with it."""
    require(actor, Permission.programme_run)
    if offer.state != OfferState.approved:
        raise Conflict(
            "It has to be approved by a second person first." if offer.state == OfferState.draft else "The invitations are out."
        )
    if clock.now() < offer.opens_at:
        raise Conflict("The invitations go out on the day that was announced, not before.")
    if clock.now() >= offer.closes_at:
        raise Conflict("The last day to answer is over. Change the dates first.")
    people = _entrants(session, offer)
    drawn = draw(offer.seed, [entrant for entrant, _ in people], offer.capacity)
    by_ticket = {one.ticket: one for one in drawn}
    rows = [_row(offer, entrant, member_id, by_ticket[entrant.ticket]) for entrant, member_id in people]
    if rows:
        session.execute(insert(VipInvitation), rows)
    offer.state, offer.invited_at = OfferState.inviting, clock.now()
    if len(people) > offer.capacity:
        offer.draw = json.dumps([[one.ticket, one.tier.value, one.weight, one.kept_for] for one, _ in people])
    session.flush()
    seated = tuple(one.ticket for one in drawn if one.seated)
    emit(session, SeatsOffered(actor_id=actor.member_id, offer_id=offer.id, tickets=seated))


def _row(offer: VipOffer, entrant: Entrant, member_id: int, drawn: Drawn) -> dict[str, Any]:
    return {
        "ticket": entrant.ticket,
        "offer_id": offer.id,
        "member_id": member_id,
        "state": SeatState.invited if drawn.seated else SeatState.unplaced,
        "tier": entrant.tier,
        "position": drawn.position,
        "answer_by": offer.closes_at if drawn.seated else None,
        "listed": False,
        "needs_sealed": "",
    }


def _entrants(session: Session, offer: VipOffer) -> list[tuple[Entrant, int]]:
    """Everybody in one of the offer's tiers, who takes part, each with a new ticket."""
    season = current_season(session)
    if season is None:
        return []
    rows = session.execute(
        select(col(Member.id), col(VipPlace.tier), col(Member.languages))
        .join(VipPlace, col(VipPlace.member_id) == col(Member.id))
        .where(col(VipPlace.season_id) == season.id, col(VipPlace.tier).in_(offer.tiers.split(",")), eligible(), wants("vip"))
    ).all()
    missed = _without_a_place_last_time(session, offer)
    favoured = _knows_a_favoured_tag(session, offer)
    words = _favours(offer)
    return [
        (
            Entrant(
                public_id(),
                Tier(row.tier),
                2 if row.id in missed else 1,
                row.tier == Tier.rising or row.id in favoured or any(word in row.languages.casefold() for word in words),
            ),
            row.id,
        )
        for row in rows
    ]


def _favours(offer: VipOffer) -> list[str]:
    return [word.strip().casefold() for word in offer.favours.split(",") if word.strip()]


def _without_a_place_last_time(session: Session, offer: VipOffer) -> set[int]:
    last = session.scalars(
        select(col(VipOffer.id))
        .where(col(VipOffer.draw) != "", col(VipOffer.id) != offer.id, col(VipOffer.state) != OfferState.withdrawn)
        .order_by(col(VipOffer.invited_at).desc())
        .limit(1)
    ).first()
    if last is None:
        return set()
    query = select(col(VipInvitation.member_id)).where(col(VipInvitation.offer_id) == last, col(VipInvitation.state).in_(WITHOUT))
    return set(session.scalars(query))


def _knows_a_favoured_tag(session: Session, offer: VipOffer) -> set[int]:
    if not _favours(offer):
        return set()
    return set(
        session.scalars(
            select(col(RepSubject.member_id))
            .join(RepTag, col(RepTag.subject) == col(RepSubject.subject))
            .join(Tag, col(Tag.id) == col(RepTag.tag_id))
            .where(col(Tag.slug).in_(_favours(offer)), col(RepTag.solutions) > 0)
        )
    )


def access_invited(
    session: Session, actor: Actor, offer_id: int, *, to_change: bool = False
) -> tuple[VipOffer, VipInvitation | None]:
    """The offer with one's own invitation; what is about to change is locked. For others it does not exist."""
    require(actor, Permission.account_own)
    query = select(VipOffer).where(col(VipOffer.id) == offer_id)
    offer = session.scalars(query.with_for_update() if to_change else query).first()
    if offer is None:
        raise NotFound
    own = session.scalars(
        select(VipInvitation).where(col(VipInvitation.offer_id) == offer.id, col(VipInvitation.member_id) == actor.id)
    ).first()
    if own is None and not _may_come(session, actor, offer):
        raise NotFound
    return offer, own


def _may_come(session: Session, actor: Actor, offer: VipOffer) -> bool:
    place = place_of(session, actor.id)
    return offer.state != OfferState.draft and place is not None and place.tier in offer.tiers.split(",")


def reply(session: Session, actor: Actor, offer: VipOffer, own: VipInvitation | None, data: Reply) -> str:
    """Returns the ticket of a seat that was given back, for the calendar; else nothing."""
    if offer.state != OfferState.inviting or clock.now() >= begins(offer):
        raise Conflict("There is nothing to answer any more.")
    if data.answer == "no":
        return say_no(session, offer, own)
    if data.answer == "wait":
        _wait(session, actor, offer, own)
    else:
        _take(offer, own, data)
    session.flush()
    fill(session, offer)
    return ""


def _take(offer: VipOffer, own: VipInvitation | None, data: Reply) -> None:
    if own is None or own.state not in (SeatState.invited, SeatState.accepted, SeatState.tentative):
        raise Conflict("No seat is kept for you just now. You can join the waiting list.")
    own.state = SeatState.accepted if data.answer == "yes" else SeatState.tentative
    own.answer_by = None if data.answer == "yes" else min(offer.closes_at, begins(offer))
    if own.answer_by is not None and own.answer_by <= clock.now():
        raise Conflict("The day to decide has come: say yes, or give the seat to somebody else.")
    own.listed = data.listed
    own.needs_sealed = sealing.seal(data.needs) if data.needs else ""


def _wait(session: Session, actor: Actor, offer: VipOffer, own: VipInvitation | None) -> None:
    """The lottery's order inside a tier; who comes later stands behind it."""
    if own is not None and own.state == SeatState.unplaced:
        own.state = SeatState.waiting
        return
    if own is not None and own.state != SeatState.expired:
        raise Conflict("You have a seat, or are on the waiting list already.")
    last = select(func.coalesce(func.max(VipInvitation.position), 0)).where(col(VipInvitation.offer_id) == offer.id)
    position = session.execute(last).scalar_one() + 1
    if own is not None:
        own.state, own.position, own.answer_by = SeatState.waiting, position, None
        return
    place = place_of(session, actor.id)
    if place is None:
        raise NotFound
    values: dict[str, Any] = {
        "ticket": public_id(),
        "offer_id": offer.id,
        "member_id": actor.member_id,
        "state": SeatState.waiting,
        "tier": place.tier,
        "position": position,
        "answer_by": None,
        "listed": False,
        "needs_sealed": "",
    }
    insert_ignoring(session, VipInvitation, values)


def say_no(session: Session, offer: VipOffer, own: VipInvitation | None) -> str:
    """The offer counts one more; what was told about the seat goes, then the row. Nothing else remembers it."""
    if own is None:
        return ""
    ticket = own.ticket if own.state == SeatState.accepted else ""
    if own.state in HOLDS:
        bump(offer, declined=1)
    emit(session, InvitationGone(offer_id=offer.id, ticket=own.ticket))
    session.execute(
        update(VipConsent)
        .where(col(VipConsent.offer_id) == offer.id, col(VipConsent.member_id) == own.member_id)
        .values(ended_at=clock.now())
    )
    session.delete(own)
    session.flush()
    fill(session, offer)
    return ticket


def fill(session: Session, offer: VipOffer) -> None:
    """Offer free seats to the waiting list, highest tier first and in the lottery's order inside it. The offer is locked."""
    until = claim_until(clock.now(), begins(offer))
    if offer.state != OfferState.inviting or until is None:
        return
    rows = list(session.scalars(select(VipInvitation).where(col(VipInvitation.offer_id) == offer.id)))
    free = offer.capacity - sum(row.state in HOLDS for row in rows)
    waiting = sorted(
        (row for row in rows if row.state == SeatState.waiting),
        key=lambda row: (TIER_ORDER.index(Tier(row.tier)), row.position),
    )
    lucky = waiting[: max(0, free)]
    for row in lucky:
        row.state, row.answer_by = SeatState.invited, until
    session.flush()
    if lucky:
        tickets = tuple(row.ticket for row in lucky)
        emit(session, SeatsOffered(actor_id=None, offer_id=offer.id, tickets=tickets, from_waiting_list=True))


def expire(session: Session, offer: VipOffer, moment: datetime) -> int:
    """Seats that were not answered in time go on to the next. The offer is locked."""
    late = list(
        session.scalars(
            select(VipInvitation).where(
                col(VipInvitation.offer_id) == offer.id,
                col(VipInvitation.state).in_((SeatState.invited, SeatState.tentative)),
                col(VipInvitation.answer_by) <= moment,
            )
        )
    )
    for row in late:
        row.state, row.answer_by = SeatState.expired, None
    session.flush()
    if late:
        fill(session, offer)
    return len(late)
