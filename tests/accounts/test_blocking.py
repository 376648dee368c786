"""Blocking somebody: nothing goes between the two, their help stays, and they are not told."""

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.errors import Conflict
from forum.models import Member, MemberBlock, Mentor, Mentorship, MentorshipState, Notice
from forum.policy.actor import actor_of
from forum.recognition.badges.actions import give_star
from forum.recognition.badges.inputs import GiveStar
from forum.recognition.peers import mentoring
from tests import make
from tests.fakes.client import Browser, words


@pytest.fixture
def two(session):
    return make.member(session, "Asha Asker", handle="asha"), make.member(session, "Bo Bother", handle="bo")


def press(app, who, url, **form):
    with Browser(app) as browser:
        browser.sign_in(who)
        return browser.post(url, form)


def told(session, member):
    session.rollback()
    return [row.kind for row in session.exec(select(Notice).where(Notice.member_id == member.id).order_by(Notice.id))]


def test_from_the_profile_and_back_from_the_settings(client, session, two):
    asha, bo = two
    client.sign_in(asha)
    assert "Block" in words(client.get("/members/bo"))
    page = client.post("/members/bo/blocks", {}, follow_redirects=True)
    assert "You hear nothing from Bo Bother any more." in words(page) and "Unblock" in words(page)
    client.post("/members/bo/blocks", {})
    session.rollback()
    assert len(session.exec(select(MemberBlock)).all()) == 1
    assert "Bo Bother" in words(client.get("/settings/blocked"))
    assert told(session, bo) == []
    client.sign_in(bo)
    assert "Unblock" not in words(client.get("/members/asha")) and "Bo Bother" not in words(client.get("/settings/blocked"))
    client.sign_in(asha)
    client.post("/members/bo/blocks/removal", {})
    assert "You blocked nobody" in words(client.get("/settings/blocked"))


def test_neither_oneself_nor_staff(app, session, two):
    asha, _ = two
    assert press(app, asha, "/members/asha/blocks").status_code == 409
    staff = make.agent(session, name="Stef Staff")
    refused = press(app, asha, f"/members/{staff.handle_key}/blocks")
    assert refused.status_code == 409 and "Staff speak for the company" in words(refused)
    session.rollback()
    assert session.exec(select(MemberBlock)).all() == []


def test_no_news_from_them_and_their_answer_stands(app, client, session, two):
    asha, bo = two
    topic = make.topic(session, asha)
    press(app, asha, "/members/bo/blocks")
    press(app, bo, f"/topics/{topic.id}/answers", body="Set it to 25, @asha, and save.")
    assert told(session, asha) == []
    assert "Set it to 25" in words(client.get(f"/topics/{topic.id}", follow_redirects=True))
    make.answer(session, topic, make.member(session))
    assert told(session, asha) == ["answer"]


@pytest.mark.parametrize("who", ["asha", "bo"])
def test_no_thanks_either_way_and_the_refusal_gives_nothing_away(app, session, two, who):
    asha, bo = two
    sender, other = (asha, bo) if who == "asha" else (bo, asha)
    answer = make.answer(session, make.topic(session), other)
    press(app, asha, "/members/bo/blocks")
    refused = press(app, sender, f"/posts/{answer.id}/thanks", text="Thank you so much.")
    assert refused.status_code == 409
    assert ("You blocked them." if who == "asha" else "would not reach them just now") in words(refused)
    assert ("blocked" in words(refused)) == (who == "asha")
    assert told(session, other) == []
    press(app, asha, "/members/bo/blocks/removal")
    assert press(app, sender, f"/posts/{answer.id}/thanks", text="Thank you so much.").status_code == 303


def test_no_endorsement_and_no_star(app, session, two):
    asha, bo = two
    make.topic(session, tags="hub-3")
    session.get_one(Member, bo.id).privileges = "endorse"
    session.get_one(Member, bo.id).reputation = 9_000
    session.commit()
    press(app, asha, "/members/bo/blocks")
    form = {"tag": "hub-3", "text": "Knows every light of the hub."}
    assert press(app, bo, "/members/asha/endorsements", **form).status_code == 409
    with pytest.raises(Conflict):
        give_star(session, actor_of(session.get_one(Member, bo.id)), asha, GiveStar(note="Always friendly and quick."))


@pytest.mark.parametrize("active", [True, False])
def test_mentoring_ends_and_cannot_begin(app, session, two, active):
    asha, bo = two
    session.add(Mentor(member_id=asha.id))
    state = MentorshipState.active if active else MentorshipState.asked
    session.add(Mentorship(mentor_id=asha.id, mentee_id=bo.id, state=state, ends_at=clock.now()))
    session.commit()
    press(app, asha, "/members/bo/blocks")
    session.rollback()
    assert session.exec(select(Mentorship.state)).all() == ["ended"]
    assert mentoring.mentoring_page(session, actor_of(bo)).mentors == []
    assert press(app, bo, "/mentoring", mentor=asha.id).status_code == 409
