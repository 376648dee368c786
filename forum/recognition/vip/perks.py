"""What members see of offers: what is open to them, one offer with their own seat, and the draw to check."""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import NotFound
from forum.core.templating import day
from forum.models import Availability, Member, OfferKind, OfferState, SeatState, Tier, VipInvitation, VipOffer
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.vip import sealing
from forum.recognition.vip.criteria import TIER_NAMES
from forum.recognition.vip.embargo import SEATED, ended_on, has_signed, offer_url
from forum.recognition.vip.invitations import HOLDS, access_invited
from forum.recognition.vip.lottery import TIER_ORDER, Entrant, draw, kept_places, number
from forum.recognition.vip.offers import begins
from forum.recognition.vip.seasons import place_of

KIND_NAMES = {
    OfferKind.early_product: "Early product",
    OfferKind.event: "Event",
    OfferKind.briefing: "Briefing",
    OfferKind.direct_line: "Direct line to a product team",
    OfferKind.conference: "Conference",
}
KIND_ICONS = {
    OfferKind.early_product: "zap",
    OfferKind.event: "calendar",
    OfferKind.briefing: "megaphone",
    OfferKind.direct_line: "message-circle",
    OfferKind.conference: "ticket",
}
OWN_WORDS = {
    SeatState.invited: ("accent", "hand", "A seat is kept for you"),
    SeatState.accepted: ("ok", "circle-check", "You have a seat"),
    SeatState.tentative: ("warn", "circle-question-mark", "Perhaps: your seat is kept"),
    SeatState.unplaced: ("", "circle-dashed", "No seat in the draw"),
    SeatState.waiting: ("accent", "clock", "On the waiting list"),
    SeatState.expired: ("", "history", "The time to answer passed"),
    SeatState.attended: ("ok", "circle-check", "You were there"),
    SeatState.absent: ("", "circle-dashed", "You could not come"),
}
SHOWN = 60


@dataclass(frozen=True, slots=True)
class PerkRow:
    url: str
    icon: str
    kind: str
    title: str
    when: str
    over: bool
    tone: str
    own_icon: str
    own: str


@dataclass(frozen=True, slots=True)
class PerksPage:
    tier_name: str
    open: list[PerkRow]
    past: list[PerkRow]


@dataclass(frozen=True, slots=True)
class PerkPage:
    id: int
    kind: str
    title: str
    html: str
    state: str
    when: str
    own_time: str
    """In the zone that the reader chose for invitations; else in UTC. Empty where that is the zone of the event."""
    starts: datetime | None
    place: str
    online_url: str
    provides: str
    accessibility: str
    capacity: int
    tiers: str
    opens_at: datetime
    answer_by: datetime | None
    withdrawn_reason: str
    own: str
    tone: str
    own_icon: str
    own_words: str
    ticket: str
    may_answer: bool
    may_wait: bool
    ahead: int
    """People before you on the waiting list."""
    listed: bool
    needs: str
    has_room: bool
    room_open: bool
    nda_text: str
    nda_version: str
    signed: bool
    ended_at: datetime | None
    """When what was signed ended, with the seat it was for."""
    must_sign: bool
    embargo_until: datetime | None
    seed_hash: str
    has_draw: bool
    company: list[str]
    """Others who come and agreed to be named."""


@dataclass(frozen=True, slots=True)
class DrawLine:
    position: int
    ticket: str
    tier: str
    weight: int
    kept_for: bool
    number: str
    seated: bool
    kept_seat: bool


@dataclass(frozen=True, slots=True)
class DrawPage:
    offer_id: int
    offer_url: str
    title: str
    capacity: int
    kept: int
    seed: str
    seed_hash: str
    lines: list[DrawLine]
    own_ticket: str

    def facts(self) -> dict[str, object]:
        """Everything that is needed to repeat it, for machines."""
        entrants = [
            {"ticket": line.ticket, "tier": line.tier, "weight": line.weight, "kept_for": line.kept_for} for line in self.lines
        ]
        seats = [line.ticket for line in self.lines if line.seated]
        return {"seed": self.seed, "seed_sha256": self.seed_hash, "capacity": self.capacity, "entrants": entrants, "seats": seats}


def perks_page(session: Session, actor: Actor) -> PerksPage:
    require(actor, Permission.account_own)
    place = place_of(session, actor.id)
    open_to: list[ColumnElement[bool]] = [col(VipInvitation.ticket).is_not(None)]
    if place is not None:
        open_to.append(col(VipOffer.tiers).contains(place.tier))
    rows = session.execute(
        select(VipOffer, col(VipInvitation.state).label("own"))
        .outerjoin(VipInvitation, (col(VipInvitation.offer_id) == col(VipOffer.id)) & (col(VipInvitation.member_id) == actor.id))
        .where(col(VipOffer.state) != OfferState.draft, or_(*open_to))
        .order_by(col(VipOffer.id).desc())
        .limit(SHOWN)
    )
    views = [_row(row[0], row.own) for row in rows]
    return PerksPage(
        TIER_NAMES[Tier(place.tier)] if place else "",
        [view for view in views if not view.over],
        [view for view in views if view.over],
    )


def _row(offer: VipOffer, own: str | None) -> PerkRow:
    tone, icon, words = OWN_WORDS[SeatState(own)] if own else ("", "circle-dashed", _unasked(offer))
    over = offer.state in (OfferState.held, OfferState.withdrawn) or begins(offer) < clock.now()
    if offer.state == OfferState.withdrawn:
        tone, icon, words = "warn", "triangle-alert", "Withdrawn"
    kind = OfferKind(offer.kind)
    return PerkRow(f"/perks/{offer.id}", KIND_ICONS[kind], KIND_NAMES[kind], offer.title, when(offer), over, tone, icon, words)


def _unasked(offer: VipOffer) -> str:
    if offer.state == OfferState.approved:
        return f"Invitations go out on {day(offer.opens_at)}"
    return "No seat" if offer.state == OfferState.held else "You have no seat"


def when(offer: VipOffer) -> str:
    """In the zone of the event, which is named."""
    if offer.event_at is None:
        return ""
    zone = ZoneInfo(offer.tz)
    start = offer.event_at.astimezone(zone)
    words = f"{start:%A} {start.day} {start:%B %Y, %H:%M}"
    if offer.ends_at is not None:
        end = offer.ends_at.astimezone(zone)
        words += f"–{end:%H:%M}" if end.date() == start.date() else f" to {end.day} {end:%B, %H:%M}"
    return f"{words} ({offer.tz.replace('_', ' ')})"


def perk_page(session: Session, actor: Actor, offer_id: int) -> PerkPage:
    offer, own = access_invited(session, actor, offer_id)
    tone, icon, words = OWN_WORDS[SeatState(own.state)] if own else ("", "circle-dashed", _unasked(offer))
    running = offer.state == OfferState.inviting and clock.now() < begins(offer)
    seated = own is not None and own.state in SEATED
    embargoed = offer.embargo_until is not None and offer.lifted_at is None
    signed = seated and bool(offer.nda_text) and has_signed(session, offer, actor)
    lifted = offer.embargo_until is not None and not embargoed
    return PerkPage(
        id=offer.id,
        kind=KIND_NAMES[OfferKind(offer.kind)],
        title=offer.title,
        html=offer.html,
        state=offer.state,
        when=when(offer),
        own_time=_own_time(session, actor, offer),
        starts=offer.event_at,
        place=offer.place,
        online_url=offer.online_url if seated else "",
        provides=offer.provides,
        accessibility=offer.accessibility,
        capacity=offer.capacity,
        tiers=", ".join(TIER_NAMES[Tier(tier)] for tier in offer.tiers.split(",")),
        opens_at=offer.opens_at,
        answer_by=own.answer_by if own else None,
        withdrawn_reason=offer.withdrawn_reason,
        own=str(own.state) if own else "",
        tone=tone,
        own_icon=icon,
        own_words=words,
        ticket=own.ticket if own else "",
        may_answer=running and own is not None and own.state in (SeatState.invited, SeatState.accepted, SeatState.tentative),
        may_wait=running and (own is None or own.state in (SeatState.unplaced, SeatState.expired)),
        ahead=_ahead(session, own) if own and own.state == SeatState.waiting else 0,
        listed=bool(own and own.listed),
        needs=sealing.unseal(own.needs_sealed) if own and own.needs_sealed else "",
        has_room=bool(offer.room_text),
        room_open=bool(offer.room_text) and (lifted or (seated and (signed or not embargoed))),
        nda_text=offer.nda_text if seated else "",
        nda_version=offer.nda_version,
        signed=signed,
        ended_at=ended_on(session, offer, actor),
        must_sign=seated and bool(offer.nda_text) and not signed and not lifted,
        embargo_until=offer.embargo_until if embargoed else None,
        seed_hash=offer.seed_hash,
        has_draw=bool(offer.draw),
        company=_company(session, own) if own and own.listed and own.state in HOLDS else [],
    )


def _own_time(session: Session, actor: Actor, offer: VipOffer) -> str:
    if offer.event_at is None:
        return ""
    chosen = session.get(Availability, actor.member_id)
    zone = chosen.zone if chosen else "UTC"
    moment = offer.event_at.astimezone(ZoneInfo(zone))
    words = f"{moment:%A} {moment.day} {moment:%B, %H:%M}"
    return "" if zone == offer.tz else f"{words} ({zone.replace('_', ' ')})"


def _ahead(session: Session, own: VipInvitation) -> int:
    rows = session.execute(
        select(col(VipInvitation.tier), col(VipInvitation.position)).where(
            col(VipInvitation.offer_id) == own.offer_id, col(VipInvitation.state) == SeatState.waiting
        )
    )
    mine = (TIER_ORDER.index(Tier(own.tier)), own.position)
    return sum((TIER_ORDER.index(Tier(tier)), position) < mine for tier, position in rows)


def _company(session: Session, own: VipInvitation) -> list[str]:
    return list(
        session.scalars(
            select(col(Member.name))
            .join(VipInvitation, col(VipInvitation.member_id) == col(Member.id))
            .where(
                col(VipInvitation.offer_id) == own.offer_id,
                col(VipInvitation.listed).is_(True),
                col(VipInvitation.state).in_(SEATED),
                col(VipInvitation.ticket) != own.ticket,
            )
            .order_by(col(Member.name))
        )
    )


def draw_page(session: Session, actor: Actor, offer_id: int) -> DrawPage:
    """Done again from the published seed, each time the page is opened."""
    if may(actor, Permission.programme_run):
        offer, own = session.get(VipOffer, offer_id), None
    else:
        offer, own = access_invited(session, actor, offer_id)
    if offer is None:
        raise NotFound
    kept = json.loads(offer.draw or "[]")
    entrants = [Entrant(ticket, Tier(tier), weight, kept_for) for ticket, tier, weight, kept_for in kept]
    by_ticket = {entrant.ticket: entrant for entrant in entrants}
    lines = [
        DrawLine(
            one.position,
            one.ticket,
            TIER_NAMES[by_ticket[one.ticket].tier],
            by_ticket[one.ticket].weight,
            by_ticket[one.ticket].kept_for,
            number(offer.seed, by_ticket[one.ticket])[:16],
            one.seated,
            one.kept_seat,
        )
        for one in draw(offer.seed, entrants, offer.capacity)
    ]
    seed = offer.seed if offer.draw else ""
    return DrawPage(
        offer.id,
        offer_url(actor, offer),
        offer.title,
        offer.capacity,
        kept_places(offer.capacity),
        seed,
        offer.seed_hash,
        lines,
        own.ticket if own else "",
    )


def calendar_of(session: Session, actor: Actor, offer_id: int) -> tuple[VipOffer, VipInvitation]:
    offer, own = access_invited(session, actor, offer_id)
    if own is None or own.state not in (*SEATED, SeatState.tentative) or offer.event_at is None:
        raise NotFound("There is a calendar file once you have a seat.")
    return offer, own


def returned_offer(session: Session, actor: Actor, offer_id: int, proven: bool) -> VipOffer:
    """For somebody who gave a seat back; nothing in here says who that is."""
    require(actor, Permission.account_own)
    offer = session.get(VipOffer, offer_id) if proven else None
    if offer is None or offer.event_at is None:
        raise NotFound
    return offer
