"""Findings against somebody: they can object, another moderator answers, and points come back by a line of their own."""

import pytest
from sqlmodel import select

from forum.models import Audience, LedgerKind, Member, Notice, Objection, Post, RepEvent, Topic
from forum.recognition.actions import Cause, credit, subject_of
from forum.recognition.jobs import drift
from tests import make
from tests.fakes.client import Browser, fresh, words


def browser_of(app, member):
    browser = Browser(app)
    browser.sign_in(member)
    return browser


def points(session, member):
    return fresh(session, session.get(Member, member.id)).reputation


class Found:
    """A member with 200 points, whose answer a moderator took for spam."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.author = make.member(session, "Hal Helper")
        credit(session, subject_of(session, self.author.id), LedgerKind.staff_adjust, Cause("adjust", 1), points=200)
        self.answer = make.answer(session, author=self.author)
        self.moderator, self.other = make.moderator(session, name="Mod Erator"), make.moderator(session, name="Mona Other")
        with browser_of(app, self.moderator) as desk:
            desk.post(f"/posts/{self.answer.id}/removal", {"found": "spam", "reason": "It sells routers."})
        self.line = session.exec(select(RepEvent.id).where(RepEvent.kind == LedgerKind.conduct_spam_upheld)).one()

    def object(self, text="I only named the router I have at home."):
        with browser_of(self.app, self.author) as browser:
            return browser.post(f"/settings/findings/{self.line}/objections", {"text": text})

    def answer_as(self, member, decision, answer="We read it again."):
        with browser_of(self.app, member) as desk:
            listed = desk.get("/desk/findings").text
            number = listed.split("/desk/findings/")[1].split("/")[0] if "/desk/findings/" in listed else "1"
            return desk.post(f"/desk/findings/{number}/answers", {"decision": decision, "answer": answer})


@pytest.fixture
def found(app, session):
    return Found(app, session)


def test_the_way_from_the_notice_to_the_objection(app, session, found):
    with browser_of(app, found.author) as browser:
        assert f"/settings/findings/{found.line}" in browser.get("/notifications").text
        page = browser.get(f"/members/{found.author.handle_key}/reputation")
        assert "Read why, or object" in words(page) and f"/settings/findings/{found.line}" in page.text
        seen = words(browser.get(f"/settings/findings/{found.line}"))
        assert "It sells routers." in seen and "100 points less" in seen
    refused = found.object("No.")
    assert refused.status_code == 422 and "No.</textarea>" in refused.text
    assert found.object().status_code == 303
    assert found.object().status_code == 409
    with browser_of(app, make.member(session)) as stranger:
        assert stranger.get(f"/settings/findings/{found.line}").status_code == 404


def test_another_moderator_gives_the_points_back(app, session, found):
    found.object()
    assert points(session, found.author) == 100
    assert found.answer_as(found.moderator, "upheld").status_code == 409, "not whoever found it"
    assert found.answer_as(found.other, "upheld", "").status_code == 422
    assert found.answer_as(found.other, "upheld").status_code == 303
    assert points(session, found.author) == 200
    assert fresh(session, session.get(Post, found.answer.id)).state == "removed"
    titles = session.exec(select(Notice.title).where(Notice.member_id == found.author.id)).all()
    assert "Your objection was upheld, and the points count again." in titles
    with browser_of(app, found.author) as browser:
        page = words(browser.get(f"/members/{found.author.handle_key}/reputation"))
        assert "your objection was upheld" in page and "What was said about it" in page
        assert "We read it again." in words(browser.get(f"/settings/findings/{found.line}"))
    assert drift(session) == []


def test_the_post_can_come_back_with_the_points(app, session, found):
    found.object()
    found.answer_as(found.other, "upheld_and_back")
    assert points(session, found.author) == 200
    assert fresh(session, session.get(Post, found.answer.id)).state == "visible"
    assert drift(session) == []


def test_a_finding_that_stands(app, session, found):
    found.object()
    found.answer_as(found.other, "stands", "It links to a shop three times.")
    assert points(session, found.author) == 100
    with browser_of(app, found.author) as browser:
        assert "three times" in words(browser.get(f"/settings/findings/{found.line}"))


def test_nothing_to_object_to_once_the_post_is_back(app, session, found):
    with browser_of(app, found.moderator) as desk:
        desk.post(f"/posts/{found.answer.id}/removal/removal")
    assert found.object().status_code == 409


def test_what_staff_said_among_themselves_is_not_read_by_moderators(app, session, found):
    assert found.object().status_code == 303
    session.rollback()
    session.get(Topic, found.answer.topic_id).audience = Audience.staff
    session.commit()
    with browser_of(app, found.other) as desk:
        assert "I only named the router" not in words(desk.get("/desk/findings"))
        number = session.exec(select(Objection.id)).one()
        answered = desk.post(f"/desk/findings/{number}/answers", {"decision": "stands", "answer": "We read it again."})
        assert answered.status_code == 404
    with browser_of(app, make.agent(session)) as desk:
        assert "I only named the router" in words(desk.get("/desk/findings"))
        answered = desk.post(f"/desk/findings/{number}/answers", {"decision": "stands", "answer": "We read it again."})
        assert answered.status_code == 303
