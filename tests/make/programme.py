"""The volunteer programme for tests: a season with people in it, and offers in any state."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from forum.core import clock
from forum.models import (
    Basis,
    Member,
    OfferKind,
    OfferState,
    PreviewReport,
    Tier,
    VipAppeal,
    VipInvitation,
    VipNomination,
    VipOffer,
    VipPlace,
    VipSeason,
)
from forum.policy.actor import actor_of
from forum.recognition.credentials.inputs import AskForCredential
from forum.recognition.credentials.issuing import ask
from forum.recognition.vip import offers
from forum.recognition.vip.appeals import make_appeal
from forum.recognition.vip.inputs import Appeal, Nominate, Reply, WriteOffer
from forum.recognition.vip.invitations import reply, send_invitations
from forum.recognition.vip.nominations import nominate
from tests.make import people

ROOM = {
    "kind": OfferKind.early_product.value,
    "title": "Something new for the hall",
    "room_text": "The **Walnut** hub has four antennas.",
    "embargo_until": (datetime.now(UTC) + timedelta(days=15)).isoformat(timespec="minutes"),
    "nda_text": "I keep what I read here until the embargo lifts.",
    "nda_version": "2026-1",
}


def season(session: Session) -> VipSeason:
    """The published season of today."""
    session.commit()
    found = session.exec(select(VipSeason)).first()
    if found is None:
        today = clock.now().date()
        found = VipSeason(
            name="this season",
            starts_on=today - timedelta(days=10),
            ends_on=today + timedelta(days=355),
            counted_from=date(today.year - 1, 1, 1),
            rule_version=1,
            published_at=clock.now() - timedelta(days=5),
        )
        session.add(found)
        session.commit()
    return found


def vip(session: Session, name: str = "", *, tier: Tier = Tier.vip, member: Member | None = None, **values: Any) -> Member:
    """A member with a place in the season."""
    row = member or people.member(session, name, **values)
    session.add(VipPlace(season_id=season(session).id, member_id=row.id, tier=tier, basis=Basis.criteria))
    session.commit()
    return row


def offer_form(**changes: Any) -> dict[str, Any]:
    """What the form of an offer sends: an event in three weeks, answers within ten days."""
    now = clock.now()
    fields: dict[str, Any] = {
        "kind": OfferKind.event.value,
        "title": "An evening with the radio team",
        "text": "We show what the next firmware does and you tell us what it should do.",
        "tier_vip": "1",
        "tier_rising": "1",
        "tier_fellow": "1",
        "capacity": "2",
        "opens_at": _typed(now - timedelta(hours=1)),
        "closes_at": _typed(now + timedelta(days=10)),
        "event_at": _typed(now + timedelta(days=21)),
        "ends_at": _typed(now + timedelta(days=21, hours=2)),
        "tz": "Europe/London",
        "place": "Leeds",
        "accessibility": "Step-free, captions.",
    }
    return {**fields, **changes}


def _typed(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def offer(session: Session, state: OfferState = OfferState.inviting, **changes: Any) -> VipOffer:
    """Written by one member of staff and, unless a draft, approved by another."""
    session.commit()
    writer, second = people.agent(session), people.agent(session)
    row = offers.write_offer(session, actor_of(writer), WriteOffer.model_validate(offer_form(**changes)))
    if state != OfferState.draft:
        offers.approve_offer(session, actor_of(second), row)
    if state in (OfferState.inviting, OfferState.held):
        send_invitations(session, actor_of(writer), row)
    session.commit()
    return row


def _report(session: Session, offer: VipOffer, member: Member) -> PreviewReport:
    row = PreviewReport(offer_id=offer.id, member_id=member.id, text="The walnut case gets warm after an hour.")
    session.add(row)
    session.commit()
    return row


def programme(session: Session, ids: dict[str, Any]) -> None:
    """The asker has a place: invited to one offer, seated in another whose room waits for a signature."""
    asker = vip(session, member=ids["asker"])
    peer = vip(session, "Petra Peer", tier=Tier.fellow)
    invited, seated = offer(session), offer(session, **ROOM)
    form = Reply(answer="yes", listed=True, needs="No nuts, please.")
    own = session.exec(
        select(VipInvitation).where(VipInvitation.offer_id == seated.id, VipInvitation.member_id == asker.id)
    ).one()
    reply(session, actor_of(asker), seated, own, form)
    nominate(session, actor_of(peer), Nominate(handle=ids["helper"].handle, sentence="Explains until it works, every time."))
    make_appeal(session, actor_of(ids["helper"]), Appeal(text="Two of my solutions seem to be missing."))
    start = clock.now().date()
    draft = VipSeason(
        name="the next one", starts_on=start, ends_on=start.replace(year=start.year + 1), counted_from=start, rule_version=1
    )
    session.add(draft)
    session.commit()
    credential = ask(session, actor_of(asker), AskForCredential(source=f"season:{season(session).id}"))
    session.commit()
    ids |= {
        "season": season(session).id,
        "credential": credential.id,
        "offer": invited.id,
        "seat_offer": seated.id,
        "draft_offer": offer(session, OfferState.draft).id,
        "approved_offer": offer(session, OfferState.approved).id,
        "report": _report(session, seated, asker).id,
        "draft_season": draft.id,
        "nomination": session.exec(select(VipNomination.id)).one(),
        "appeal": session.exec(select(VipAppeal.id)).one(),
    }
