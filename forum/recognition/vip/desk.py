"""What staff see of the programme: offers with their seats, and the season as it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.events import emit
from forum.models import (
    Basis,
    Member,
    OfferKind,
    OfferState,
    Product,
    SeatState,
    Tier,
    VipInvitation,
    VipOffer,
    VipPlace,
    VipSeason,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.vip import sealing
from forum.recognition.vip.criteria import FIRST, ORDER, TIER_NAMES, threshold_label
from forum.recognition.vip.events import NeedsSeen
from forum.recognition.vip.invitations import HOLDS
from forum.recognition.vip.lottery import TIER_ORDER
from forum.recognition.vip.offers import CHANGEABLE, access_offer
from forum.recognition.vip.perks import KIND_NAMES, when
from forum.recognition.vip.reports import ReportView, reports_for_staff
from forum.recognition.vip.rules import Announced, announced, rules_on
from forum.recognition.vip.seasons import evaluation_day, name_of, next_evaluation

SHOWN = 100
STATE_NAMES = {
    OfferState.draft: "Draft",
    OfferState.approved: "Approved",
    OfferState.inviting: "Invitations are out",
    OfferState.held: "Held",
    OfferState.withdrawn: "Withdrawn",
}
BASIS_NAMES = {
    Basis.criteria: "by the criteria",
    Basis.grace: "season of grace",
    Basis.nominated: "nominated by staff",
    Basis.appeal: "after an appeal",
    Basis.alumni: "alumni",
}
SEAT_NAMES = {
    SeatState.invited: "invited",
    SeatState.accepted: "comes",
    SeatState.tentative: "perhaps",
    SeatState.unplaced: "no seat in the draw",
    SeatState.waiting: "waiting list",
    SeatState.expired: "did not answer in time",
    SeatState.attended: "was there",
    SeatState.absent: "could not come",
}


@dataclass(frozen=True, slots=True)
class OfferRow:
    id: int
    title: str
    kind: str
    state: str
    state_name: str
    when: str
    capacity: int
    taken: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SeatRow:
    ticket: str
    name: str
    handle: str
    tier: str
    state: str
    state_name: str
    answer_by: datetime | None
    expected: bool


@dataclass(frozen=True, slots=True)
class OfferDesk:
    id: int
    title: str
    kind: str
    html: str
    state: str
    state_name: str
    when: str
    tiers: str
    capacity: int
    taken: int
    declined: int
    embargo_until: datetime | None
    seed_hash: str
    has_room: bool
    has_draw: bool
    withdrawn_reason: str
    opens_at: datetime
    closes_at: datetime
    seats: list[SeatRow]
    waiting: list[SeatRow]
    others: list[SeatRow]
    may_change: bool
    may_approve: bool
    may_invite: bool
    may_close: bool
    may_withdraw: bool
    has_needs: bool
    needs: list[tuple[str, str]]
    reports: list[ReportView] | None
    """None where there is nothing to report on."""


@dataclass(frozen=True, slots=True)
class SeasonDesk:
    coming_name: str
    coming_day: date
    next_day: date
    season_id: int
    name: str
    evaluated_at: datetime | None
    published_at: datetime | None
    counts: list[tuple[str, int]]
    places: list[tuple[str, str, str, str, str]]
    """Name, handle, tier, why, reason."""
    rule_version: int
    thresholds: list[tuple[str, str, int]]
    """Field, label, value."""
    announced: list[Announced]
    may_change_rules: bool


def offer_list(session: Session, actor: Actor) -> list[OfferRow]:
    require(actor, Permission.programme_run)
    taken = func.count(col(VipInvitation.ticket)).filter(col(VipInvitation.state).in_(HOLDS))
    waiting = func.count(col(VipInvitation.ticket)).filter(col(VipInvitation.state) == SeatState.waiting)
    counts = (
        select(col(VipInvitation.offer_id), taken.label("taken"), waiting.label("waiting"))
        .group_by(col(VipInvitation.offer_id))
        .subquery()
    )
    rows = session.execute(
        select(VipOffer, counts.c.taken, counts.c.waiting)
        .outerjoin(counts, counts.c.offer_id == col(VipOffer.id))
        .order_by(col(VipOffer.id).desc())
        .limit(SHOWN)
    )
    return [
        OfferRow(
            row[0].id,
            row[0].title,
            KIND_NAMES[OfferKind(row[0].kind)],
            str(row[0].state),
            STATE_NAMES[OfferState(row[0].state)],
            when(row[0]),
            row[0].capacity,
            row.taken or 0,
            row.waiting or 0,
        )
        for row in rows
    ]


def offer_desk(session: Session, actor: Actor, offer_id: int, *, with_needs: bool = False) -> OfferDesk:
    """With needs only on request, and that is written down."""
    offer = access_offer(session, actor, offer_id)
    rows = session.execute(
        select(VipInvitation, col(Member.name), col(Member.handle_key))
        .join(Member, col(Member.id) == col(VipInvitation.member_id))
        .where(col(VipInvitation.offer_id) == offer.id)
        .order_by(col(VipInvitation.position), col(VipInvitation.ticket))
    ).all()
    seats = [(row[0], _seat(row[0], row.name, row.handle_key)) for row in rows]
    holding = [view for row, view in seats if row.state in HOLDS]
    line = sorted((item for item in seats if item[0].state == SeatState.waiting), key=lambda item: TIER_ORDER.index(item[0].tier))
    if with_needs:
        emit(session, NeedsSeen(actor_id=actor.member_id, offer_id=offer.id))
    state = OfferState(offer.state)
    open_ = state == OfferState.inviting
    return OfferDesk(
        id=offer.id,
        title=offer.title,
        kind=KIND_NAMES[OfferKind(offer.kind)],
        html=offer.html,
        state=state.value,
        state_name=STATE_NAMES[state],
        when=when(offer),
        tiers=", ".join(TIER_NAMES[Tier(tier)] for tier in offer.tiers.split(",")),
        capacity=offer.capacity,
        taken=len(holding),
        declined=offer.declined,
        embargo_until=offer.embargo_until if offer.lifted_at is None else None,
        seed_hash=offer.seed_hash,
        has_room=bool(offer.room_text),
        has_draw=bool(offer.draw),
        withdrawn_reason=offer.withdrawn_reason,
        opens_at=offer.opens_at,
        closes_at=offer.closes_at,
        seats=holding,
        waiting=[view for _, view in line],
        others=[view for row, view in seats if row.state in (SeatState.unplaced, SeatState.expired)],
        may_change=state in CHANGEABLE,
        may_approve=state == OfferState.draft and offer.created_by_id != actor.id,
        may_invite=state == OfferState.approved,
        may_close=open_,
        may_withdraw=state not in (OfferState.held, OfferState.withdrawn),
        has_needs=any(row.needs_sealed for row, _ in seats),
        needs=[(view.name, sealing.unseal(row.needs_sealed)) for row, view in seats if row.needs_sealed] if with_needs else [],
        reports=reports_for_staff(session, actor, offer) if offer.kind == OfferKind.early_product and offer.room_text else None,
    )


def _seat(row: VipInvitation, name: str, handle: str) -> SeatRow:
    state = SeatState(row.state)
    expected = state in (SeatState.accepted, SeatState.tentative)
    return SeatRow(row.ticket, name, handle, TIER_NAMES[Tier(row.tier)], state.value, SEAT_NAMES[state], row.answer_by, expected)


def offer_values(session: Session, actor: Actor, offer_id: int) -> dict[str, str]:
    """What the form shows when it is opened again; times in the zone of the event."""
    offer = access_offer(session, actor, offer_id)
    zone = ZoneInfo(offer.tz)
    plain = ("kind", "title", "text", "capacity", "favours", "tz", "place", "online_url", "provides", "accessibility")
    values = {name: str(getattr(offer, name)) for name in (*plain, "room_text", "nda_text", "nda_version")}
    for name in ("opens_at", "closes_at", "event_at", "ends_at", "embargo_until"):
        moment: datetime | None = getattr(offer, name)
        values[name] = moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
    for tier in offer.tiers.split(","):
        values[f"tier_{tier}"] = "1"
    slug = session.scalars(select(col(Product.slug)).where(col(Product.id) == offer.product_id)).first()
    return {**values, "product": slug or ""}


def products(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(col(Product.slug), col(Product.name)).order_by(col(Product.name)))
    return [(row.slug, row.name) for row in rows]


def season_desk(session: Session, actor: Actor) -> SeasonDesk:
    require(actor, Permission.programme_run)
    today = clock.now().date()
    day = evaluation_day(today)
    season = session.scalars(select(VipSeason).order_by(col(VipSeason.starts_on).desc()).limit(1)).first()
    rows = session.execute(
        select(col(VipPlace.tier), col(VipPlace.basis), col(VipPlace.reason), col(Member.name), col(Member.handle_key))
        .join(Member, col(Member.id) == col(VipPlace.member_id))
        .where(col(VipPlace.season_id) == (season.id if season else 0))
        .order_by(col(Member.name))
    ).all()
    rules = rules_on(session, today)
    tiers = (*ORDER, Tier.alumni)
    return SeasonDesk(
        coming_name=name_of(day),
        coming_day=day,
        next_day=next_evaluation(today),
        season_id=season.id if season else 0,
        name=season.name if season else "",
        evaluated_at=season.evaluated_at if season else None,
        published_at=season.published_at if season else None,
        counts=[(TIER_NAMES[tier], sum(row.tier == tier for row in rows)) for tier in tiers],
        places=[
            (row.name, row.handle_key, TIER_NAMES[Tier(row.tier)], BASIS_NAMES[Basis(row.basis)], row.reason)
            for row in sorted(rows, key=lambda row: tiers.index(Tier(row.tier)))
        ],
        rule_version=rules.version,
        thresholds=[(name, threshold_label(name), rules.thresholds[name]) for name in FIRST],
        announced=announced(session),
        may_change_rules=may(actor, Permission.programme_rules),
    )
