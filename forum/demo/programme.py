"""The volunteer programme of the demo: a season, an evening with more people than places, and something under embargo."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select

from forum.demo.people import Stage
from forum.models import Basis, OfferKind, SeatState, Tier, VipInvitation, VipOffer, VipPlace, VipSeason
from forum.recognition.vip import offers, seasons
from forum.recognition.vip.inputs import Nominate, Reply, WriteOffer
from forum.recognition.vip.invitations import fill, reply, send_invitations
from forum.recognition.vip.measures import Window, measure
from forum.recognition.vip.nominations import nominate
from forum.recognition.vip.rules import rules_on

STAR, SECOND = "priya", "samir"
WRITES, APPROVES = "marta", "aoife"
EVENING = """
We open the lab in Leeds for an evening: the radio team shows what the next firmware does, and you say what it should do.

- Bring a question that keeps coming back.
- Nothing you say there is a commitment, and you may disagree with us afterwards, in public too.
"""
EARLY = """
A device for halls and long houses, some weeks before it is in the shops. You keep it for a month and write what you think, if you like.
"""
ROOM = """
## Mesh Disc 4

Three radios, a second Ethernet socket and a light that can be switched off. It ships with firmware 5.0.

We would like to know where it drops, what the app does not say, and whether the light is still too bright.
"""
TERMS = """I keep what I read in this room, and the device, to myself until the embargo lifts. After that my opinion is my own.
"""


def plan(stage: Stage) -> None:
    """A few days before the end, when there is something to count."""
    stage.timeline.at(stage.timeline.end - timedelta(days=5), _season, stage)
    stage.timeline.at(stage.timeline.end - timedelta(days=3), _offers, stage)


def _season(stage: Stage) -> None:
    """Decided like any other, on the twelve months before today, and after one in which somebody was VIP."""
    today = stage.timeline.end.date()
    begins = seasons.evaluation_day(today)
    before = _add(stage, begins.replace(year=begins.year - 1), stage.timeline.end - timedelta(days=200))
    stage.session.add(VipPlace(season_id=before.id, member_id=stage.actors[STAR].member_id, tier=Tier.vip, basis=Basis.criteria))
    nominate(
        stage.session,
        stage.actors[APPROVES],
        Nominate(handle=SECOND, sentence="Explains radio to people who never asked about radio."),
    )
    season = _add(stage, begins, None)
    window = Window(today - timedelta(days=365), today, stage.timeline.end)
    seasons.decide(stage.session, season, rules_on(stage.session, today), measure(stage.session, window))
    seasons.publish(stage.session, stage.actors[WRITES], season)


def _add(stage: Stage, begins: date, published: datetime | None) -> VipSeason:
    season = VipSeason(
        name=seasons.name_of(begins),
        starts_on=begins,
        ends_on=begins.replace(year=begins.year + 1),
        counted_from=begins.replace(year=begins.year - 1),
        rule_version=rules_on(stage.session, begins).version,
        published_at=published,
    )
    stage.session.add(season)
    stage.session.flush()
    return season


def _offers(stage: Stage) -> None:
    end = stage.timeline.end
    evening = datetime.combine(end.date() + timedelta(days=24), time(18, 30))
    common: dict[str, Any] = {
        "tier_rising": True,
        "tier_vip": True,
        "tier_fellow": True,
        "tz": "Europe/London",
        "opens_at": end - timedelta(days=4),
    }
    late = _send(
        stage,
        WriteOffer(
            **common,
            kind=OfferKind.event,
            title="An evening in the radio lab",
            text=EVENING,
            capacity=3,
            closes_at=end + timedelta(days=9),
            event_at=evening,
            ends_at=evening + timedelta(hours=2),
            place="Northwind Home, Leeds",
            provides="Travel and a meal",
            accessibility="Step-free, captions on the screen, a quiet room.",
        ),
    )
    _fill_the_evening(stage, late)
    _send(
        stage,
        WriteOffer(
            **common,
            kind=OfferKind.early_product,
            title="Something new for long halls",
            text=EARLY,
            capacity=12,
            closes_at=end + timedelta(days=12),
            provides="The device on loan, for a month",
            product=stage.community.products[-1].slug,
            room_text=ROOM,
            embargo_until=end + timedelta(days=30),
            nda_text=TERMS,
            nda_version="1",
        ),
    )


def _send(stage: Stage, data: WriteOffer) -> VipOffer:
    offer = offers.write_offer(stage.session, stage.actors[WRITES], data)
    offers.approve_offer(stage.session, stage.actors[APPROVES], offer)
    send_invitations(stage.session, stage.actors[WRITES], offer)
    return offer


def _fill_the_evening(stage: Stage, offer: VipOffer) -> None:
    """Everybody with a seat comes but one who thinks about it; everybody else waits."""
    stage.session.flush()
    rows = stage.session.exec(
        select(VipInvitation).where(VipInvitation.offer_id == offer.id).order_by(col(VipInvitation.position))
    )
    actors = {actor.id: actor for actor in stage.actors.values()}
    for number, row in enumerate(rows.all()):
        answer = "wait" if row.state == SeatState.unplaced else "maybe" if number == 2 else "yes"
        reply(stage.session, actors[row.member_id], offer, row, Reply(answer=answer, listed=answer == "yes"))
    fill(stage.session, offer)
