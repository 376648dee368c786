"""Endorsing and mentoring: one a day, not back, three make a review, a label for a year; drafts between two people only."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core import clock
from forum.models import Draft, DraftShown, Mentorship, Notice, NoticeKind, Tag, TagLabel
from forum.recognition.peers import endorsements, mentoring
from tests import make
from tests.fakes.client import Browser, words

SENTENCE = "Has found every trick of that box."


def pass_time(**length):
    moment = clock.now() + timedelta(**length)
    clock.use(lambda: moment)


def trusted(session, name=""):
    return make.member(session, name, privileges="endorse,vote_not_helpful", reputation=600)


def press(app, member, url, **form):
    with Browser(app) as browser:
        browser.sign_in(member)
        return browser.post(url, form)


def be_mentor(app, session, member):
    member.privileges = "mentor"
    session.add(member)
    session.commit()
    assert press(app, member, "/mentoring/mentor", on="1").status_code == 303


@pytest.fixture
def hal(session):
    make.topic(session, tags="hub-3")
    return make.member(session, "Hal Helper")


def endorse(app, who, whom, tag="hub-3"):
    return press(app, who, f"/members/{whom.handle_key}/endorsements", tag=tag, text=SENTENCE).status_code


def test_who_may_endorse_and_how_often(app, session, hal):
    one, newcomer = trusted(session), make.member(session, privileges="")
    refused = press(app, newcomer, f"/members/{hal.handle_key}/endorsements", tag="hub-3", text=SENTENCE)
    assert refused.status_code == 403 and "from 100 points" in words(refused)
    assert endorse(app, one, hal, "no-such-tag") == 422
    assert endorse(app, one, one) == 409
    assert endorse(app, one, make.agent(session)) == 409
    assert endorse(app, one, hal) == 303
    other = trusted(session)
    assert endorse(app, one, other) == 429, "one a day"
    pass_time(days=2)
    assert endorse(app, one, hal) == 409
    assert endorse(app, one, other) == 303
    assert endorse(app, other, one) == 409, "not back within ninety days"
    pass_time(days=91)
    assert endorse(app, other, one) == 303


def test_three_ask_the_experts_and_the_label_lasts_a_year(app, session, hal):
    for _ in range(3):
        endorse(app, trusted(session), hal)
    agent = make.agent(session)
    with Browser(app) as browser:
        browser.sign_in(agent)
        assert SENTENCE in words(browser.get("/endorsements"))
        review = browser.get("/endorsements").text.split('action="/endorsements/')[1].split('"')[0]
        stranger = press(app, make.member(session), f"/endorsements/{review}", agrees="yes", reason="I like them.")
        assert stranger.status_code == 404
        assert browser.post(f"/endorsements/{review}", {"agrees": "yes", "reason": "Seen it many times."}).status_code == 303
        assert browser.post(f"/endorsements/{review}", {"agrees": "no", "reason": "On second thought."}).status_code == 409
    session.commit()
    assert session.scalars(select(TagLabel.member_id)).all() == [hal.id]
    told = session.scalars(select(Notice.title).where(Notice.kind == NoticeKind.endorsement)).all()
    assert sum("Seen it many times." in title for title in told) == 4, "the person and the three who spoke for them"
    pass_time(days=366)
    endorsements.renew()
    session.commit()
    assert session.scalars(select(TagLabel)).all() == [], "it ends without a word"


def test_two_experts_decide_like_staff(app, session, hal):
    tag = session.scalars(select(Tag.id).where(Tag.slug == "hub-3")).one()
    experts = [make.member(session) for _ in range(2)]
    session.add_all(TagLabel(tag_id=tag, member_id=expert.id, until=clock.now() + timedelta(days=9)) for expert in experts)
    session.commit()
    for _ in range(3):
        endorse(app, trusted(session), hal)
    with Browser(app) as browser:
        browser.sign_in(experts[0])
        review = browser.get("/endorsements").text.split('action="/endorsements/')[1].split('"')[0]
    for expert in experts:
        assert press(app, expert, f"/endorsements/{review}", agrees="yes", reason="They do.").status_code == 303
    session.commit()
    assert hal.id in session.scalars(select(TagLabel.member_id)).all()


def test_a_draft_goes_to_the_mentor_and_comes_back_with_a_word(app, session):
    mentor, mentee, other = (make.member(session) for _ in range(3))
    topic = make.topic(session)
    be_mentor(app, session, mentor)
    assert press(app, mentee, "/mentoring", mentor=mentor.id).status_code == 303
    assert press(app, mentee, "/mentoring", mentor=mentor.id).status_code == 409
    pair = session.scalars(select(Mentorship.id)).one()
    assert press(app, other, f"/mentoring/{pair}/acceptance").status_code == 404
    assert press(app, mentee, f"/mentoring/{pair}/acceptance").status_code == 404
    assert press(app, mentor, f"/mentoring/{pair}/acceptance").status_code == 303
    session.commit()
    session.add(Draft(member_id=mentee.id, place=f"topic:{topic.id}", body="Have you tried a reset?"))
    session.commit()
    assert press(app, mentee, "/mentoring/drafts", topic=topic.id).status_code == 303
    shown = session.scalars(select(DraftShown.id)).one()
    with Browser(app) as browser:
        browser.sign_in(mentor)
        assert "Have you tried a reset?" in words(browser.get("/mentoring"))
        assert browser.post(f"/mentoring/drafts/{shown}", {"comment": "Say which button, and for how long."}).status_code == 303
        browser.sign_in(other)
        assert "Have you tried a reset?" not in words(browser.get("/mentoring"))
        browser.sign_in(mentee)
        assert "Say which button" in words(browser.get("/mentoring"))
    pass_time(days=31)
    mentoring.finish()
    session.commit()
    assert session.scalars(select(DraftShown)).all() == [] and session.scalars(select(Mentorship.state)).all() == ["ended"]


def test_a_mentor_looks_after_three_at_most(app, session):
    mentor = make.member(session)
    be_mentor(app, session, mentor)
    statuses = [press(app, make.member(session), "/mentoring", mentor=mentor.id).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 409]
