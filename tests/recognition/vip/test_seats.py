"""Invitations as people meet them: a seat, no, perhaps, the waiting list, the calendar, and what nobody remembers."""

import json
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import Session, SQLModel, select

from forum.core import clock, db
from forum.models import Activity, Availability, Job, Notice, OfferState, SeatState, Tier, VipInvitation, VipOffer
from forum.policy.actor import actor_of
from forum.recognition.vip import invitations, jobs
from forum.recognition.vip.inputs import Reply
from forum.recognition.vip.lottery import Entrant, draw, sealed
from tests import make
from tests.fakes.client import Browser, fresh, words


def seat(session: Session, offer: VipOffer, member) -> VipInvitation | None:
    session.rollback()
    session.expire_all()
    query = select(VipInvitation).where(VipInvitation.offer_id == offer.id, VipInvitation.member_id == member.id)
    return session.exec(query).first()


def answer(client: Browser, offer: VipOffer, what: str, **more: str):
    return client.post(f"/perks/{offer.id}/reply", {"answer": what, **more})


@pytest.fixture
def three(session):
    """Three people for two places: two with a seat kept, and the one without."""
    people = [make.vip(session) for _ in range(3)]
    offer = make.offer(session)
    without = next(one for one in people if seat(session, offer, one).state == SeatState.unplaced)
    return offer, [one for one in people if one is not without], without


def test_everybody_fits_and_everybody_is_invited(session, client):
    member = make.vip(session, tier=Tier.rising)
    make.vip(session, tier=Tier.alumni)
    offer = make.offer(session)
    assert offer.draw == ""
    client.sign_in(member)
    page = words(client.get(f"/perks/{offer.id}"))
    assert "A seat is kept for you" in page
    assert "Your seat is kept until" in page
    assert "You are invited: An evening with the radio team" in words(client.get("/notifications"))
    assert session.exec(select(VipInvitation)).all()[0].member_id == member.id


def test_dates_in_the_zone_of_the_reader(session, client):
    member = make.vip(session)
    offer = make.offer(session, event_at="2030-07-01T18:30", ends_at="2030-07-01T20:00", tz="Europe/London")
    client.sign_in(member)
    page = words(client.get(f"/perks/{offer.id}"))
    assert "Monday 1 July 2030, 18:30–20:00 (Europe/London)" in page
    assert "Monday 1 July, 17:30 (UTC)" in page
    session.add(Availability(member_id=member.id, zone="Asia/Tokyo"))
    session.commit()
    assert "Tuesday 2 July, 02:30 (Asia/Tokyo)" in words(client.get(f"/perks/{offer.id}"))


def test_a_seat_goes_into_the_calendar_and_out_of_it(session, client, drain):
    member = make.vip(session)
    offer = make.offer(session, tz="America/New_York")
    client.sign_in(member)
    assert client.get(f"/perks/{offer.id}/seat.ics").status_code == 404
    answer(client, offer, "yes")
    file = client.get(f"/perks/{offer.id}/seat.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    event = Calendar.from_ical(file.text).walk("VEVENT")[0]
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event["dtstart"].dt == fresh(session, offer).event_at
    assert b"BEGIN:VTIMEZONE" in file.content
    back = answer(client, offer, "no")
    shown = client.get(back.headers["location"])
    link = next(part for part in shown.text.split('"') if part.startswith(f"/perks/{offer.id}/cancellation.ics"))
    gone = Calendar.from_ical(client.get(link.replace("&amp;", "&")).text)
    assert gone["method"] == "CANCEL"
    cancelled = gone.walk("VEVENT")[0]
    assert (cancelled["uid"], str(cancelled["status"])) == (event["uid"], "CANCELLED")
    assert cancelled["sequence"] > event["sequence"]


def rows_about(member, *words_: str) -> list[str]:
    """Rows of any table that name the person and the offer, in whatever shape."""
    found = []
    with db.engine().execution_options(forum_writes=False).connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                values = json.dumps([value if isinstance(value, int | dict | list) else str(value) for value in row])
                named = member.handle in values or any(
                    value == member.id for name, value in row._mapping.items() if name.endswith("_id")
                )
                if named and any(word in values for word in words_):
                    found.append(f"{table.name}: {values}")
    return found


@pytest.mark.parametrize("mailed", [True, False], ids=["after the mail", "before the mail"])
@pytest.mark.parametrize("first", ["", "yes", "maybe"])
def test_no_leaves_nothing_about_the_person(session, client, drain, mailed, first):
    member = make.vip(session)
    offer = make.offer(session)
    ticket = seat(session, offer, member).ticket
    client.sign_in(member)
    assert rows_about(member, ticket)
    if mailed:
        drain()
    if first:
        answer(client, offer, first, needs="Vegan", listed="1")
    before = len(session.exec(select(Activity)).all())
    reply = answer(client, offer, "no")
    assert reply.status_code == 303
    assert rows_about(member, ticket, offer.title, f"/perks/{offer.id}", f'"offer_id": {offer.id}') == []
    assert seat(session, offer, member) is None
    assert fresh(session, offer).declined == 1
    for row in session.exec(select(Activity)).all()[before:]:
        assert row.actor_id is None
        assert set(row.data) == {"offer_id", "ticket"}
    assert not session.exec(select(Notice).where(Notice.member_id == member.id, Notice.link == f"/perks/{offer.id}")).all()
    assert not [job for job in session.exec(select(Job)).all() if ticket in json.dumps(job.payload) + (job.dedup_key or "")]
    drain()
    assert rows_about(member, ticket, offer.title, f"/perks/{offer.id}") == []


def test_there_is_no_place_for_a_no_in_the_schema():
    states = set(SeatState)
    assert not {state for state in states if "declin" in state or state in ("no", "refused")}
    columns = [field for field in VipInvitation.model_fields if "declin" in field or "refus" in field]
    assert columns == []


def test_the_waiting_list_takes_the_freed_seat(session, client, three):
    offer, seated, without = three
    client.sign_in(without)
    assert "No seat in the draw" in words(client.get(f"/perks/{offer.id}"))
    answer(client, offer, "wait")
    assert "Nobody is before you" in words(client.get(f"/perks/{offer.id}"))
    client.sign_in(seated[0])
    answer(client, offer, "no")
    kept = seat(session, offer, without)
    assert kept.state == SeatState.invited
    assert timedelta(hours=47) < kept.answer_by - clock.now() <= timedelta(hours=48)
    client.sign_in(without)
    assert "A seat came free for you" in words(client.get("/notifications"))
    answer(client, offer, "yes")
    assert seat(session, offer, without).state == SeatState.accepted


def test_a_seat_that_nobody_claims_goes_on(session, client, three):
    offer, seated, without = three
    client.sign_in(without)
    answer(client, offer, "wait")
    late = offer.closes_at + timedelta(minutes=1)
    clock.use(lambda: late)
    jobs.tick()
    jobs.tick()
    assert [seat(session, offer, one).state for one in seated] == [SeatState.expired, SeatState.expired]
    assert seat(session, offer, without).state == SeatState.invited
    clock.use(lambda: late + timedelta(hours=49))
    jobs.tick()
    assert seat(session, offer, without).state == SeatState.expired


def test_order_inside_the_waiting_list(session):
    risers = [make.vip(session, tier=Tier.rising) for _ in range(4)]
    fellows = [make.vip(session, tier=Tier.fellow) for _ in range(2)]
    offer = make.offer(session, capacity="1")
    waiting = [one for one in (*risers, *fellows) if seat(session, offer, one).state == SeatState.unplaced]
    holder = next(one for one in (*risers, *fellows) if not any(one is other for other in waiting))
    for one in waiting:
        _, own = invitations.access_invited(session, actor_of(one), offer.id)
        invitations.reply(session, actor_of(one), offer, own, Reply(answer="wait"))
    session.commit()
    _, own = invitations.access_invited(session, actor_of(holder), offer.id)
    invitations.reply(session, actor_of(holder), offer, own, Reply(answer="no"))
    session.commit()
    next_one = next(one for one in waiting if seat(session, offer, one).state == SeatState.invited)
    assert any(next_one is one for one in fellows)
    others = [seat(session, offer, one) for one in waiting if one is not next_one]
    assert all(row.state == SeatState.waiting for row in others)


def test_the_draw_can_be_done_again_by_anybody_with_a_ticket(session, client, three):
    offer, seated, without = three
    facts = client.sign_in(without) and client.get(f"/perks/{offer.id}/draw.json").json()
    assert sealed(facts["seed"]) == facts["seed_sha256"] == offer.seed_hash
    tiers = {"VIP": Tier.vip, "Rising": Tier.rising, "Fellow": Tier.fellow}
    entrants = [Entrant(one["ticket"], tiers[one["tier"]], one["weight"], one["kept_for"]) for one in facts["entrants"]]
    again = [one.ticket for one in draw(facts["seed"], entrants, facts["capacity"]) if one.seated]
    assert sorted(again) == sorted(facts["seats"]) == sorted(seat(session, offer, one).ticket for one in seated)
    page = words(client.get(f"/perks/{offer.id}/draw"))
    assert "yours" in page
    assert without.name not in page and seated[0].name not in page


def test_the_seed_stays_secret_until_the_draw(session, client):
    member = make.vip(session)
    offer = make.offer(session, OfferState.approved)
    client.sign_in(member)
    for path in ("", "/draw", "/draw.json"):
        page = client.get(f"/perks/{offer.id}{path}").text
        assert offer.seed not in page
    assert offer.seed_hash in client.get(f"/perks/{offer.id}").text


def test_who_had_no_place_last_time_weighs_double(session, three):
    _, seated, without = three
    second = make.offer(session)
    weights = {ticket: weight for ticket, _, weight, _ in json.loads(second.draw)}
    assert weights[seat(session, second, without).ticket] == 2
    assert all(weights[seat(session, second, one).ticket] == 1 for one in seated)


def test_a_second_person_approves(session, client):
    offer = make.offer(session, OfferState.draft)
    writer = session.get(type(make.member(session)), offer.created_by_id)
    client.sign_in(writer)
    assert client.post(f"/desk/perks/{offer.id}/approval").status_code == 403
    assert fresh(session, offer).state == OfferState.draft
    client.sign_in(make.agent(session))
    assert client.post(f"/desk/perks/{offer.id}/approval").status_code == 303
    assert fresh(session, offer).state == OfferState.approved


def test_a_withdrawal_says_why_and_takes_the_date_out(session, client):
    member = make.vip(session)
    offer = make.offer(session)
    client.sign_in(member)
    answer(client, offer, "yes")
    client.sign_in(make.agent(session))
    assert client.post(f"/desk/perks/{offer.id}/withdrawal", {"reason": "no"}).status_code == 422
    client.post(f"/desk/perks/{offer.id}/withdrawal", {"reason": "The speaker is ill; we look for another day."})
    client.sign_in(member)
    assert "The speaker is ill" in words(client.get(f"/perks/{offer.id}"))
    assert "Withdrawn, with the reason" in words(client.get("/notifications"))
    assert "STATUS:CANCELLED" in client.get(f"/perks/{offer.id}/seat.ics").text


def test_needs_are_sealed_read_on_record_and_deleted(session, client):
    member = make.vip(session)
    offer = make.offer(session)
    client.sign_in(member)
    answer(client, offer, "yes", needs="Peanut allergy")
    assert "Peanut" not in seat(session, offer, member).needs_sealed
    agent = make.agent(session)
    client.sign_in(agent)
    assert "Peanut" not in client.get(f"/desk/perks/{offer.id}").text
    assert "Peanut allergy" in client.post(f"/desk/perks/{offer.id}/needs").text
    seen = session.exec(select(Activity).where(Activity.event == "NeedsSeen")).one()
    assert (seen.actor_id, seen.data["offer_id"]) == (agent.id, offer.id)
    assert "Peanut" not in json.dumps([row.data for row in session.exec(select(Activity)).all()])
    clock.use(lambda: offer.ends_at + timedelta(days=29))
    jobs.tick()
    assert seat(session, offer, member).needs_sealed
    clock.use(lambda: offer.ends_at + timedelta(days=30, minutes=1))
    jobs.tick()
    assert seat(session, offer, member).needs_sealed == ""


def test_those_who_agreed_see_each_other(session, client):
    first, second, third = (make.vip(session, name) for name in ("Flo First", "Sid Second", "Tia Third"))
    offer = make.offer(session, capacity="3")
    for member, more in ((first, {"listed": "1"}), (second, {"listed": "1"}), (third, {})):
        client.sign_in(member)
        answer(client, offer, "yes", **more)
    client.sign_in(first)
    page = words(client.get(f"/perks/{offer.id}"))
    assert "Sid Second" in page and "Tia Third" not in page
    client.sign_in(third)
    assert "Sid Second" not in words(client.get(f"/perks/{offer.id}"))


def test_absent_twice_is_asked_kindly_and_loses_nothing(session, client):
    member = make.vip(session)
    for _ in range(2):
        offer = make.offer(session)
        client.sign_in(member)
        answer(client, offer, "yes")
        client.sign_in(make.agent(session))
        client.post(f"/desk/perks/{offer.id}/closing", {"absent": seat(session, offer, member).ticket})
        assert seat(session, offer, member).state == SeatState.absent
    client.sign_in(member)
    assert "We missed you twice, and that is fine." in words(client.get("/notifications"))
    third = make.offer(session)
    assert seat(session, third, member).state == SeatState.invited


def test_what_has_no_date_asks_nobody_to_come(session, client):
    client.sign_in(make.vip(session))
    page = words(client.get(f"/perks/{make.offer(session).id}"))
    assert "Will you come?" in page
    loan = make.offer(session, kind="early_product", event_at="", ends_at="")
    page = words(client.get(f"/perks/{loan.id}"))
    assert "Would you like to take part?" in page
    assert "Will you come?" not in page
    assert "Food and access" not in page
