"""A member asks another one to help: with their name, their reason, and the usual courtesy."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import MemberBlock, RoutingInvite
from tests import make
from tests.fakes.client import Browser, fresh, words
from tests.recognition.test_routing_product import TUESDAY, Community, spare

REASON = "You solved the same with your mesh in May."


@pytest.fixture
def community(session):
    made = Community(session)
    made.topic = made.waits(1)
    made.friend = make.member(session, "Fay Friend")
    fresh(session, made.friend).privileges = "invite_volunteer"
    session.commit()
    return made


def ask(client, topic, handle="helper0", reason=REASON):
    return client.post(f"/topics/{topic.id}/invitations", {"handle": handle, "reason": reason})


def invites(session):
    session.rollback()
    return list(session.exec(select(RoutingInvite)))


def test_the_invited_member_reads_who_asked_and_why(community, session, client, app):
    client.sign_in(community.friend)
    assert "Ask somebody to help" in words(client.get(f"/topics/{community.topic.id}", follow_redirects=True))
    assert ask(client, community.topic, "@helper0").status_code == 303
    (row,) = invites(session)
    assert (row.member_id, row.by_id, row.reason) == (community.helpers[0].id, community.friend.id, REASON)
    asked = Browser(app)
    asked.sign_in(community.helpers[0])
    assert f"Fay Friend asks you: “{REASON}”" in words(asked.get("/invitations"))
    assert f"/invitations#i-{row.id}" in asked.get("/notifications").text
    again = ask(client, community.topic)
    assert again.status_code == 422 and "was asked already" in words(again) and REASON in again.text
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    assert "asked by Fay Friend" in words(staff.get(f"/topics/{community.topic.id}", follow_redirects=True))


def test_an_answer_of_somebody_else_does_not_close_it(community, session, client):
    client.sign_in(community.friend)
    ask(client, community.topic)
    make.answer(session, community.topic, community.helpers[3])
    client.sign_in(community.helpers[0])
    assert "I will look at it" in words(client.get("/invitations"))


def test_two_a_day(community, session, client):
    client.sign_in(community.friend)
    for number in (0, 1):
        assert ask(client, community.topic, f"helper{number}").status_code == 303
    assert ask(client, community.topic, "helper2").status_code == 409
    community.at(TUESDAY + timedelta(days=1, minutes=1))
    client.sign_in(community.friend)
    assert ask(client, community.topic, "helper2").status_code == 303


@pytest.mark.parametrize(
    "how", ["opted out", "staff", "suspended", "asleep", "snoozing", "no such topics", "none a day", "blocked", "blocks", "apart"]
)
def test_why_somebody_cannot_be_asked_is_theirs(community, session, client, how):
    helper, friend, asker = community.helpers[0], community.friend, community.asker
    pairs = {"blocked": (friend, helper), "blocks": (helper, friend), "apart": (helper, asker)}
    if how in pairs:
        one, other = pairs[how]
        session.add(MemberBlock(member_id=one.id, blocked_id=other.id))
        session.commit()
    else:
        spare(community, helper, how)
    client.sign_in(friend)
    refused = ask(client, community.topic)
    assert refused.status_code == 422 and "They cannot be asked just now." in words(refused)
    assert invites(session) == []


def test_whoever_asked_oneself_and_nobody(community, session, client):
    client.sign_in(community.friend)
    for handle, said in (
        (community.asker.handle, "other than yourself and the person who asked"),
        (community.friend.handle, "other than yourself and the person who asked"),
        ("no-such-person", "There is nobody of that name"),
    ):
        assert said in words(ask(client, community.topic, handle))
    assert invites(session) == []


def test_it_needs_the_privilege_and_an_open_question(community, session, client):
    client.sign_in(make.member(session))
    assert "You can ask a volunteer to help from 50 points" in words(ask(client, community.topic))
    client.sign_in(community.friend)
    topic = fresh(session, community.topic)
    topic.state = "solved"
    session.commit()
    assert ask(client, topic).status_code == 409
    assert clock.now() == TUESDAY
