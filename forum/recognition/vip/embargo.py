"""The room of an offer: closed until somebody with a seat has signed, open to the offer's audience once the embargo lifts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.core.events import emit
from forum.models import OfferState, SeatState, SiteChoice, VipConsent, VipInvitation, VipOffer
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.vip.disclosure import note_early_access
from forum.recognition.vip.events import EmbargoEnds, EmbargoLifted
from forum.recognition.vip.inputs import Sign
from forum.recognition.vip.invitations import access_invited
from forum.recognition.vip.offers import text_hash

SEATED = (SeatState.accepted, SeatState.attended)
EVE = timedelta(days=1)
CLOSED = "The room opens when you have a seat and have signed."


@dataclass(frozen=True, slots=True)
class RoomPage:
    offer_id: int
    offer_url: str
    title: str
    html: str
    embargo_until: datetime | None
    """While it is ahead, nothing in here may be passed on."""


def room_page(session: Session, actor: Actor, offer_id: int) -> RoomPage:
    require(actor, Permission.account_own)
    offer = session.get(VipOffer, offer_id)
    if offer is None or not offer.room_text:
        raise NotFound
    if not may(actor, Permission.programme_run):
        _let_in(session, actor, offer_id)
    until = offer.embargo_until if offer.lifted_at is None else None
    return RoomPage(offer.id, offer_url(actor, offer), offer.title, offer.room_html, until)


def offer_url(actor: Actor, offer: VipOffer) -> str:
    """Where somebody sees the offer itself: those who run the programme do so at their desk."""
    return f"{'/desk' if may(actor, Permission.programme_run) else ''}/perks/{offer.id}"


def _let_in(session: Session, actor: Actor, offer_id: int) -> None:
    offer, own = access_invited(session, actor, offer_id)
    if offer.embargo_until is not None and offer.lifted_at is None:
        if own is None or own.state not in SEATED or not has_signed(session, offer, actor):
            raise Forbidden(CLOSED)
    elif offer.embargo_until is None and (own is None or own.state not in SEATED):
        raise Forbidden("The room is for those with a seat.")


def has_signed(session: Session, offer: VipOffer, actor: Actor) -> bool:
    """This very text, for this very seat: a changed one, or a new seat, is signed anew."""
    consent = session.get(VipConsent, (offer.id, actor.member_id))
    return consent is not None and consent.ended_at is None and consent.text_hash == text_hash(offer)


def sign(session: Session, actor: Actor, offer: VipOffer, own: VipInvitation | None, data: Sign) -> None:
    require(actor, Permission.account_own)
    if own is None or own.state not in SEATED:
        raise Forbidden("Take your seat first, then sign.")
    if not offer.nda_text:
        raise Conflict("There is nothing to sign here.")
    if data.version != offer.nda_version:
        raise Conflict("The text has changed while you were reading. Read it again.")
    values = {
        "nda_version": offer.nda_version,
        "text_hash": text_hash(offer),
        "signed_at": clock.now(),
        "address": actor.address,
        "ended_at": None,
    }
    keys = {"offer_id": offer.id, "member_id": actor.member_id}
    if not insert_ignoring(session, VipConsent, {**keys, **values}):
        row = session.get_one(VipConsent, (offer.id, actor.member_id))
        for name, value in values.items():
            setattr(row, name, value)


def ended_on(session: Session, offer: VipOffer, actor: Actor) -> datetime | None:
    """When a signature ended with the seat it was for."""
    consent = session.get(VipConsent, (offer.id, actor.member_id))
    return consent.ended_at if consent else None


def remind(session: Session, moment: datetime) -> None:
    """Once, on the day before an embargo lifts; a date that is moved is said again."""
    soon = select(VipOffer).where(
        col(VipOffer.embargo_until) > moment,
        col(VipOffer.embargo_until) <= moment + EVE,
        col(VipOffer.lifted_at).is_(None),
        col(VipOffer.state).not_in((OfferState.draft, OfferState.withdrawn)),
    )
    for offer in session.scalars(soon).all():
        name = f"embargo-eve:{offer.id}:{offer.embargo_until:%Y%m%d%H%M}"
        if insert_ignoring(session, SiteChoice, {"name": name, "value": "", "changed_at": moment, "by_id": None}):
            emit(session, EmbargoEnds(offer_id=offer.id))


def lift(session: Session, moment: datetime) -> int:
    """What is due: once each, and everything about it in this one step."""
    due = session.scalars(
        select(VipOffer)
        .where(col(VipOffer.embargo_until) <= moment, col(VipOffer.lifted_at).is_(None), col(VipOffer.state) != "draft")
        .order_by(col(VipOffer.id))
    ).all()
    lifted = 0
    for offer in due:
        first = session.execute(
            update(VipOffer)
            .where(col(VipOffer.id) == offer.id, col(VipOffer.lifted_at).is_(None))
            .values(lifted_at=moment)
            .returning(col(VipOffer.id))
        ).first()
        if first is None:
            continue
        note_early_access(session, offer)
        emit(session, EmbargoLifted(offer_id=offer.id))
        lifted += 1
    return lifted
