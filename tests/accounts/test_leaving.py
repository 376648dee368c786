"""Leaving: the person goes, the help stays."""

import re

import pytest
from sqlalchemy import inspect, select, text
from sqlmodel import Session

from forum.accounts import passwords
from forum.core import clock, db
from forum.models import Job, JobState, Member, Post, RepSubject, Topic, Vote
from forum.recognition.jobs import drift
from forum.upkeep import counters
from tests import make
from tests.fakes.client import Browser, fresh, words

PASSWORD = "three unrelated plain words"


@pytest.fixture
def leaver(session):
    return make.member(
        session, "Lea Verdant", handle="leaverdant", password_hash=passwords.hash_password(PASSWORD), bio="I like hubs."
    )


def test_everything_that_leads_to_the_person_goes_and_everything_for_others_stays(app, session, leaver):
    other, gone = make.member(session), leaver.id
    asked = make.topic(session, leaver, tags="hub-3")
    helped = make.answer(session, asked, other)
    answered = make.answer(session, make.topic(session, other), leaver)
    with Browser(app) as browser:
        browser.sign_in(leaver)
        browser.post(f"/posts/{helped.id}/vote", {"value": "1"})
        browser.post(f"/posts/{helped.id}/marks", {"kind": "works", "on": "1"})
        browser.post(f"/topics/{answered.topic_id}/me-too", {"on": "1"})
        browser.post(f"/topics/{asked.id}/acceptances", {"post": helped.id})
        browser.post(f"/posts/{helped.id}/thanks", {"text": "Thank you"})
        browser.post("/settings/recognition", {})
        points = fresh(session, other).reputation
        assert browser.post("/settings/deletion", {"current": "wrong", "sure": "1"}).status_code == 422
        unsure = browser.post("/settings/deletion", {"current": PASSWORD})
        assert unsure.status_code == 422 and "Tick that you are sure" in words(unsure)
        assert browser.post("/settings/deletion", {"current": PASSWORD, "sure": "1"}).status_code == 303
        assert browser.get("/settings/profile").status_code == 303
        assert browser.get("/members/leaverdant").status_code == 404
        page = words(browser.get(f"/posts/{answered.id}", follow_redirects=True))
        assert "Former member" in page and "Lea Verdant" not in page
    session.commit()
    assert fresh(session, other).reputation == points
    assert fresh(session, session.get(Post, helped.id)).helpful == 1
    assert session.scalars(select(Vote.member_id)).all() == [None]
    assert session.get(Topic, asked.id).author_id is None
    assert drift(session) == [] and counters.differences(session) == []
    _nothing_names(session, gone)


def _nothing_names(session: Session, member_id: int) -> None:
    """No foreign key points at the row that is gone, and no text holds the name."""
    with db.engine().begin() as connection:
        for table in inspect(connection).get_table_names():
            for key in inspect(connection).get_foreign_keys(table):
                if key["referred_table"] == "member":
                    column = key["constrained_columns"][0]
                    found = connection.execute(text(f'SELECT count(*) FROM "{table}" WHERE "{column}" = {member_id}')).scalar()
                    assert not found, (table, column)
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            assert not re.search("lea.?verdant", str(rows), re.I), table
    assert session.scalars(select(RepSubject).where(RepSubject.member_id == member_id)).all() == []
    assert session.get(Member, member_id) is None


def test_staff_stay_until_somebody_takes_their_role(app, session):
    agent = make.agent(session, password_hash=passwords.hash_password(PASSWORD), last_seen_at=clock.now())
    with Browser(app) as browser:
        browser.sign_in(agent)
        refused = browser.post("/settings/deletion", {"current": PASSWORD, "sure": "1"})
        assert refused.status_code == 403 and "give up their role first" in words(refused)
    assert session.get(Member, agent.id) is not None


def test_letters_that_could_not_be_sent_go_with_the_person(client, session, leaver):
    for to in (leaver.email, "other@example.org"):
        session.add(Job(name="mail.send", payload={"to": to, "subject": "x", "text": "x", "key": to}, state=JobState.dead))
    session.commit()
    client.sign_in(leaver)
    assert client.post("/settings/deletion", {"current": PASSWORD, "sure": "1"}).status_code == 303
    session.rollback()
    assert [job.payload["to"] for job in session.scalars(select(Job).where(Job.name == "mail.send"))] == ["other@example.org"]
