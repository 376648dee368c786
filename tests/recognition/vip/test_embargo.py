"""What is under embargo is in its room, and nowhere else, until it lifts (REC-9)."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import Activity, Job, Member, Notice, OfferState, Product, VipConsent
from forum.recognition.vip import jobs
from forum.search import feed
from forum.topics.disclosure import kept_days
from tests import make
from tests.fakes.client import Browser, fresh, words
from tests.make.programme import ROOM

SECRET, SEARCHED = "four antennas", "Walnut"


@pytest.fixture
def offer(session):
    session.add(Product(slug="hub-3", name="Hub 3"))
    session.commit()
    return make.offer(session, OfferState.approved, product="hub-3", **ROOM)


def taken(session, client, offer, *, signed: bool = True) -> Member:
    """A volunteer with a seat, and their browser."""
    member = make.vip(session)
    client.sign_in(make.agent(session))
    assert client.post(f"/desk/perks/{offer.id}/invitations").status_code == 303
    client.sign_in(member)
    client.post(f"/perks/{offer.id}/reply", {"answer": "yes"})
    if signed:
        client.post(f"/perks/{offer.id}/signature", {"agree": "1", "version": "2026-1"})
    return member


def test_the_room_opens_for_a_seat_and_a_signature(session, client, offer):
    taken(session, client, offer, signed=False)
    assert client.get(f"/perks/{offer.id}/room").status_code == 403
    page = words(client.get(f"/perks/{offer.id}"))
    assert "please read and sign" in page and SECRET not in page
    assert client.post(f"/perks/{offer.id}/signature", {"version": "2026-1"}).status_code == 422
    assert client.post(f"/perks/{offer.id}/signature", {"agree": "1", "version": "2025-9"}).status_code == 409
    assert client.post(f"/perks/{offer.id}/signature", {"agree": "1", "version": "2026-1"}).status_code == 303
    room = words(client.get(f"/perks/{offer.id}/room"))
    assert SECRET in room and "Under embargo until" in room
    consent = session.exec(select(VipConsent)).one()
    assert (consent.nda_version, len(consent.text_hash)) == ("2026-1", 64)
    clock.use(lambda: consent.signed_at + timedelta(days=90, minutes=1))
    jobs.tick()
    assert fresh(session, consent).address == ""


def test_a_seat_given_back_closes_the_room(session, client, offer):
    taken(session, client, offer)
    client.post(f"/perks/{offer.id}/reply", {"answer": "no"})
    assert client.get(f"/perks/{offer.id}/room").status_code == 403


def test_what_was_signed_ends_with_the_seat(session, client, offer):
    member = taken(session, client, offer)
    client.post(f"/perks/{offer.id}/reply", {"answer": "no"})
    assert "What you signed ended with your seat" in words(client.get(f"/perks/{offer.id}"))
    client.post(f"/perks/{offer.id}/reply", {"answer": "wait"})
    client.post(f"/perks/{offer.id}/reply", {"answer": "yes"})
    page = words(client.get(f"/perks/{offer.id}"))
    assert "please read and sign" in page and SECRET not in page
    assert client.get(f"/perks/{offer.id}/room").status_code == 403
    client.post(f"/perks/{offer.id}/signature", {"agree": "1", "version": "2026-1"})
    assert SECRET in words(client.get(f"/perks/{offer.id}/room"))
    session.rollback()
    assert session.exec(select(VipConsent)).one().member_id == member.id


def test_an_ended_signature_goes_ninety_days_after_once_nothing_is_under_embargo(session, client, offer):
    taken(session, client, offer)
    client.post(f"/perks/{offer.id}/reply", {"answer": "no"})
    moment = clock.now()
    clock.use(lambda: moment + timedelta(days=89))
    jobs.tick()
    session.rollback()
    assert session.exec(select(VipConsent)).one().ended_at is not None
    clock.use(lambda: moment + timedelta(days=91))
    jobs.tick()
    session.rollback()
    assert session.exec(select(VipConsent)).all() == []


def test_seat_holders_hear_of_the_lift_the_day_before_and_once(session, client, offer):
    member = taken(session, client, offer)

    def told():
        session.rollback()
        rows = session.exec(select(Notice).where(Notice.member_id == member.id, Notice.cause.contains(":eve:")))
        return [row.title for row in rows]

    lifts = fresh(session, offer).embargo_until
    clock.use(lambda: lifts - timedelta(hours=25))
    jobs.tick()
    assert told() == []
    for minutes in (0, 5, 600):
        clock.use(lambda: lifts - timedelta(hours=23) + timedelta(minutes=minutes))  # noqa: B023
        jobs.tick()
    (title,) = told()
    assert "until then it stays in the room" in title and SECRET not in title and SEARCHED not in title


def test_nothing_of_it_is_anywhere_else(session, client, offer, app, drain):
    seated = taken(session, client, offer)
    other = make.vip(session)
    topic = make.topic(session, title="Which hub for a long hall is the best one")
    drain()
    feed.follow()
    surfaces = {
        *("/", "/questions", "/recognition", "/perks", "/me/vip", "/notifications", "/feed.xml", "/feeds/resolutions.xml"),
        *(f"/search?q={SEARCHED}", f"/ask/similar?title={SEARCHED}", "/sitemap.xml", "/dev/mail", "/tags", f"/topics/{topic.id}"),
        *(f"/perks/{offer.id}", f"/perks/{offer.id}/draw", f"/perks/{offer.id}/draw.json", f"/perks/{offer.id}/seat.ics"),
        *(f"/members/{seated.handle}", "/badges", "/settings/recognition", "/nominations"),
    }
    for reader in (None, other, seated):
        for accept in ("text/html", "application/json"):
            browser = Browser(app)
            if reader is not None:
                browser.sign_in(reader)
            for path in surfaces:
                answer = browser.get(path, headers={"accept": accept}, follow_redirects=True)
                assert SECRET not in answer.text, (path, reader and reader.handle)
    for reader in (None, other):
        browser = Browser(app)
        if reader is not None:
            browser.sign_in(reader)
        assert SECRET not in browser.get(f"/perks/{offer.id}/room", follow_redirects=True).text
    kept = [repr(vars(row)) for table in (Activity, Notice, Job) for row in session.exec(select(table)).all()]
    assert kept and SECRET not in "".join(kept)


def test_at_the_lift_one_event_opens_it_to_its_audience(session, client, offer, app):
    seated = taken(session, client, offer)
    other = make.vip(session)
    clock.use(lambda: fresh(session, offer).embargo_until + timedelta(minutes=1))
    browser = Browser(app)
    browser.sign_in(other)
    assert browser.get(f"/perks/{offer.id}/room").status_code == 403
    jobs.tick()
    jobs.tick()
    assert len(session.exec(select(Activity).where(Activity.event == "EmbargoLifted")).all()) == 1
    assert SECRET in browser.get(f"/perks/{offer.id}/room").text
    assert "Under embargo" not in browser.get(f"/perks/{offer.id}/room").text
    outside = Browser(app)
    outside.sign_in(make.member(session))
    assert outside.get(f"/perks/{offer.id}/room").status_code == 404
    news = Browser(app)
    news.sign_in(seated)
    assert "The embargo has lifted" in words(news.get("/notifications"))


def test_posts_about_a_product_received_early_say_so_for_a_year(session, client, offer, app):
    seated = taken(session, client, offer)
    product = session.exec(select(Product)).one()
    topic = make.topic(session, title="How do I place the new hub in a long hall")
    topic.product_id = product.id
    session.commit()
    make.answer(session, topic, seated, "Put it in the middle.")
    elsewhere = make.topic(session, title="Something about an altogether other thing")
    make.answer(session, elsewhere, seated)
    visitor, label = Browser(app), "Early access from Northwind Home"
    assert label not in visitor.get(f"/topics/{topic.id}", follow_redirects=True).text
    lift = fresh(session, offer).embargo_until + timedelta(minutes=1)
    clock.use(lambda: lift)
    jobs.tick()
    assert list(kept_days(fresh(session, seated).early_access)) == [product.id]
    visitor = Browser(app)
    assert label in words(visitor.get(f"/topics/{topic.id}", follow_redirects=True))
    assert label not in words(visitor.get(f"/topics/{elsewhere.id}", follow_redirects=True))
    clock.use(lambda: lift + timedelta(days=367))
    assert label not in words(Browser(app).get(f"/topics/{topic.id}", follow_redirects=True))


def test_a_word_beside_the_form_while_the_embargo_holds(session, client, offer, app):
    seated = taken(session, client, offer)
    about = make.topic(session, title="Which hub for a long hall is the best one", tags="hub-3")
    other = make.topic(session, title="Something about an altogether other thing")
    word = "what you saw in the room stays in the room"
    assert word in words(client.get("/ask")) and word in words(client.get(f"/topics/{about.id}", follow_redirects=True))
    assert word not in words(client.get(f"/topics/{other.id}", follow_redirects=True))
    outside = Browser(app)
    outside.sign_in(make.member(session))
    for path in ("/ask", f"/topics/{about.id}"):
        assert word not in words(outside.get(path, follow_redirects=True))
    clock.use(lambda: fresh(session, offer).embargo_until + timedelta(minutes=1))
    jobs.tick()
    client.sign_in(seated)
    assert word not in words(client.get("/ask"))
