"""What staff do with an offer: write it, have it approved by somebody else, send the invitations, close or withdraw it."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock, markdown
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.events import emit
from forum.models import OfferState, Product, SeatState, VipInvitation, VipOffer
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip.disclosure import note_early_access
from forum.recognition.vip.events import MissedAgain, OfferChanged, OfferHeld, OfferWithdrawn
from forum.recognition.vip.inputs import Attendance, Withdraw, WriteOffer
from forum.recognition.vip.lottery import sealed

CAME = (SeatState.accepted, SeatState.tentative, SeatState.attended, SeatState.absent)
ELSEWHERE = {
    *("product", "opens_at", "closes_at", "event_at", "ends_at", "embargo_until"),
    *("tier_rising", "tier_vip", "tier_fellow", "tier_alumni"),
}
"""Fields that are kept in another shape than they were typed."""
CHANGEABLE = (OfferState.draft, OfferState.approved)


def access_offer(session: Session, actor: Actor, offer_id: int, *, to_change: bool = False) -> VipOffer:
    """For staff; what is about to change is locked."""
    require(actor, Permission.programme_run)
    query = select(VipOffer).where(col(VipOffer.id) == offer_id)
    offer = session.scalars(query.with_for_update() if to_change else query).first()
    if offer is None:
        raise NotFound
    return offer


def write_offer(session: Session, actor: Actor, data: WriteOffer, offer: VipOffer | None = None) -> VipOffer:
    """A change to an approved offer needs to be approved again; what is announced already keeps its terms."""
    require(actor, Permission.programme_run)
    if offer is not None and offer.state not in CHANGEABLE:
        raise Conflict("The invitations are out. Withdraw it with a reason if it cannot take place as written.")
    values = _values(session, data)
    if offer is None:
        offer = VipOffer(**values)
        session.add(offer)
    for name, value in values.items():
        setattr(offer, name, value)
    offer.state, offer.created_by_id = OfferState.draft, actor.member_id
    offer.approved_by_id, offer.approved_at, offer.seed, offer.seed_hash = None, None, "", ""
    session.flush()
    emit(session, OfferChanged(actor_id=actor.member_id, offer_id=offer.id, what="written"))
    return offer


def _values(session: Session, data: WriteOffer) -> dict[str, Any]:
    return {
        **data.model_dump(exclude=ELSEWHERE),
        "html": markdown.render(data.text),
        "room_html": markdown.render(data.room_text) if data.room_text else "",
        "tiers": ",".join(data.tiers),
        "opens_at": data.moment(data.opens_at),
        "closes_at": data.moment(data.closes_at),
        **{
            name: data.moment(value) if (value := getattr(data, name)) else None
            for name in ("event_at", "ends_at", "embargo_until")
        },
        "product_id": _product(session, data.product),
    }


def _product(session: Session, slug: str) -> int | None:
    if not slug:
        return None
    found = session.scalars(select(col(Product.id)).where(col(Product.slug) == slug)).first()
    if found is None:
        raise Invalid({"product": "Choose one of the products."})
    return found


def approve_offer(session: Session, actor: Actor, offer: VipOffer) -> None:
    """By a second person. From here on the hash of the seed is public, so nobody can choose who wins."""
    require(actor, Permission.programme_run)
    if offer.state != OfferState.draft:
        raise Conflict("This offer is approved already.")
    if offer.created_by_id == actor.id:
        raise Forbidden("Somebody other than the person who wrote it approves it.")
    seed = secrets.token_hex(16)
    offer.state, offer.approved_by_id, offer.approved_at = OfferState.approved, actor.member_id, clock.now()
    offer.seed, offer.seed_hash = seed, sealed(seed)
    session.flush()
    emit(session, OfferChanged(actor_id=actor.member_id, offer_id=offer.id, what="approved"))


def withdraw_offer(session: Session, actor: Actor, offer: VipOffer, data: Withdraw) -> None:
    require(actor, Permission.programme_run)
    if offer.state in (OfferState.held, OfferState.withdrawn):
        raise Conflict("This offer is over.")
    offer.state, offer.withdrawn_reason = OfferState.withdrawn, data.reason
    offer.edition = offer.edition + 1
    session.flush()
    emit(session, OfferWithdrawn(actor_id=actor.member_id, offer_id=offer.id))


def close_offer(session: Session, actor: Actor, offer: VipOffer, data: Attendance) -> None:
    """It took place. Who said yes was there, unless marked absent; being absent changes nothing for anybody."""
    require(actor, Permission.programme_run)
    if offer.state != OfferState.inviting:
        raise Conflict("Only what people were invited to can be closed.")
    offer.state, offer.held_at = OfferState.held, clock.now()
    rows = list(session.scalars(select(VipInvitation).where(col(VipInvitation.offer_id) == offer.id)))
    for row in rows:
        if row.state in CAME:
            row.state = SeatState.absent if row.ticket in data.absent else SeatState.attended
    session.flush()
    if offer.product_id and offer.embargo_until is None:
        note_early_access(session, offer)
    emit(session, OfferHeld(actor_id=actor.member_id, offer_id=offer.id))
    for row in rows:
        if row.state == SeatState.absent and _missed(session, row.member_id) == 2:
            emit(session, MissedAgain(offer_id=offer.id, ticket=row.ticket))


def _missed(session: Session, member_id: int) -> int:
    query = select(col(VipInvitation.ticket)).where(
        col(VipInvitation.member_id) == member_id, col(VipInvitation.state) == SeatState.absent
    )
    return len(session.execute(query).all())


def begins(offer: VipOffer) -> datetime:
    """Until when a seat is worth anything."""
    return offer.event_at or offer.closes_at


def over(offer: VipOffer) -> datetime:
    return offer.ends_at or begins(offer)


def text_hash(offer: VipOffer) -> str:
    """Of what was signed."""
    return hashlib.sha256(f"{offer.nda_version}\n{offer.nda_text}".encode()).hexdigest()
