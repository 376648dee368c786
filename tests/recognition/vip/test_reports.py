"""Reports on early products: from the room to the team, and nowhere else."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import Activity, BadgeAward, Job, Notice, OfferState, PreviewReport
from forum.recognition.badges import jobs as badge_jobs
from forum.recognition.vip import jobs
from forum.search import feed
from tests import make
from tests.fakes.client import Browser, fresh, words
from tests.make.programme import ROOM

REPORT = "The walnut case gets warm after an hour.\nThe antennas are a joy."
ANSWER = "We changed the plastic because of you."


@pytest.fixture
def offer(session):
    return make.offer(session, OfferState.approved, **ROOM)


@pytest.fixture
def member(session, client, offer):
    """With a seat and a signature, and signed in."""
    one = make.vip(session, "Vera Volunteer", joined_at=clock.now() - timedelta(days=90))
    client.sign_in(make.agent(session))
    client.post(f"/desk/perks/{offer.id}/invitations")
    client.sign_in(one)
    client.post(f"/perks/{offer.id}/reply", {"answer": "yes"})
    client.post(f"/perks/{offer.id}/signature", {"agree": "1", "version": "2026-1"})
    return one


def report(client, offer, text=REPORT):
    return client.post(f"/perks/{offer.id}/reports", {"text": text})


def answered(session, app, offer, verdict="useful") -> Browser:
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    number = session.exec(select(PreviewReport.id).order_by(PreviewReport.id.desc())).first()
    form = {"verdict": verdict, "sentence": ANSWER}
    assert staff.post(f"/desk/perks/{offer.id}/reports/{number}/answer", form).status_code == 303
    return staff


def test_a_report_goes_from_the_room_to_the_desk_and_back(session, client, app, offer, member):
    assert report(client, offer).status_code == 303
    room = words(client.get(f"/perks/{offer.id}/room"))
    assert "The antennas are a joy." in room and "Not read yet" in room
    staff = answered(session, app, offer)
    desk = words(staff.get(f"/desk/perks/{offer.id}"))
    assert "Vera Volunteer" in desk and "The antennas are a joy." in desk and "Useful to us" in desk
    room = words(client.get(f"/perks/{offer.id}/room"))
    assert ANSWER in room and "Useful to us" in room
    assert "Your report was useful to us" in words(client.get("/notifications"))


def test_a_short_one_comes_back_with_its_text(client, offer, member):
    again = report(client, offer, "Too warm.")
    assert again.status_code == 422 and "Too warm." in again.text


def test_only_a_signed_seat_reports(session, client, app, offer, member):
    other = Browser(app)
    other.sign_in(make.vip(session))
    assert report(other, offer).status_code in (403, 404)
    client.post(f"/perks/{offer.id}/reply", {"answer": "no"})
    assert report(client, offer).status_code == 403
    session.rollback()
    assert session.exec(select(PreviewReport)).all() == []


def test_after_the_deadline_there_are_no_new_ones(session, client, offer, member):
    report(client, offer)
    ends = fresh(session, offer).ends_at
    clock.use(lambda: ends + timedelta(minutes=1))
    client.sign_in(member)
    late = report(client, offer, REPORT + " And it hums.")
    assert late.status_code == 409 and "The time for reports is over" in words(late)
    assert "Send the report" not in words(client.get(f"/perks/{offer.id}/room"))


def test_a_report_is_answered_once_and_with_a_sentence(session, client, app, offer, member):
    report(client, offer)
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    number = session.exec(select(PreviewReport.id)).one()
    url = f"/desk/perks/{offer.id}/reports/{number}/answer"
    empty = staff.post(url, {"verdict": "useful", "sentence": "Ok."})
    assert empty.status_code == 422 and 'value="Ok."' in empty.text
    answered(session, app, offer, "read")
    assert staff.post(url, {"verdict": "useful", "sentence": ANSWER}).status_code == 409
    session.rollback()
    assert session.exec(select(PreviewReport.state)).one() == "read"


def test_nothing_of_it_is_anywhere_else(session, client, app, offer, member, drain):
    report(client, offer)
    answered(session, app, offer)
    drain()
    feed.follow()
    other = make.vip(session)
    surfaces = ("/", "/feed.xml", "/search?q=walnut", "/notifications", "/dev/mail", "/perks", f"/perks/{offer.id}", "/me/vip")
    for reader in (None, other, member):
        browser = Browser(app)
        if reader is not None:
            browser.sign_in(reader)
        for path in (*surfaces, f"/members/{member.handle}", "/badges/preview-voice"):
            text = browser.get(path, follow_redirects=True).text
            assert "gets warm" not in text and ANSWER not in text, path
    kept = "".join(repr(vars(row)) for table in (Activity, Notice, Job) for row in session.exec(select(table)).all())
    assert "gets warm" not in kept and ANSWER not in kept


def test_a_useful_one_earns_its_badge_once_the_embargo_is_over(session, client, app, offer, member):
    report(client, offer)
    report(client, offer, "Setting it up takes one minute now, it took ten before.")
    answered(session, app, offer)

    def held():
        session.rollback()
        return session.exec(select(BadgeAward).where(BadgeAward.badge == "preview-voice")).all()

    moment = clock.now()
    clock.use(lambda: moment + timedelta(days=3))
    badge_jobs.reconcile()
    assert held() == []
    lifts = fresh(session, offer).embargo_until
    clock.use(lambda: lifts + timedelta(minutes=1))
    jobs.tick()
    badge_jobs.reconcile()
    (award,) = held()
    assert award.scope == str(offer.id)
    client.sign_in(member)
    assert "Preview voice" in words(client.get(f"/members/{member.handle}"))
