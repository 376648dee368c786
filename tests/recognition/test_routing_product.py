"""Being asked: who is invited, when, why, and what they can say."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.models import (
    Availability,
    InviteState,
    MemberBlock,
    Notice,
    NoticeKind,
    RecognitionChoices,
    RoutingInvite,
    RoutingModel,
    RoutingProfile,
    Tag,
    TopicState,
)
from forum.policy.actor import actor_of
from forum.recognition.routing import inviting, jobs
from forum.recognition.routing.for_you import fit
from forum.recognition.routing.learned import Learned
from forum.recognition.routing.memory import Memory, memory
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import words

TUESDAY = datetime(2026, 11, 17, 12, tzinfo=UTC)


class Community:
    """Helpers who answered about hubs, on a Tuesday at noon."""

    def __init__(self, session):
        self.session = session
        memory.cache_clear()
        self.at(TUESDAY - timedelta(days=20))
        self.asker = make.member(session, "Asha Asker")
        self.helpers = [make.member(session, f"Helper{n} Hale", handle=f"helper{n}") for n in range(5)]
        for number, helper in enumerate(self.helpers * 2):
            self.at(TUESDAY - timedelta(days=15 - number, hours=2))
            topic = make.topic(session, title=f"The hub is offline again, case {number}", tags="hub-3")
            answer = make.answer(session, topic, helper)
            if number < 5:
                accept_answer(session, actor_of(make.moderator(session)), topic, answer)
                session.commit()
        self.at(TUESDAY)

    def at(self, moment):
        clock.use(lambda: moment)

    def waits(self, hours, **more):
        """A question that has stood without an answer for so long."""
        now = clock.now()
        self.at(now - timedelta(hours=hours))
        more = {"author": self.asker, "title": "My hub is offline since the update", "tags": "hub-3", **more}
        topic = make.topic(self.session, **more)
        self.at(now)
        return topic

    def route(self, dice=None):
        self.session.commit()
        memory.cache_clear()
        if dice is None:
            jobs.route()
            return self.invites()
        with transaction() as session:
            mind = Memory()
            mind.catch_up(session)
            inviting.invite_for_all(session, mind, Learned(), dice)
        return self.invites()

    def invites(self):
        self.session.rollback()
        self.session.expire_all()
        return list(self.session.exec(select(RoutingInvite).order_by(RoutingInvite.id)))


@pytest.fixture
def community(session):
    return Community(session)


def test_after_four_hours_three_people_are_asked_and_told_why(community, client, drain):
    topic = community.waits(5)
    invites = community.route()
    assert len(invites) == 3
    assert {invite.member_id for invite in invites} <= {helper.id for helper in community.helpers}
    assert {invite.wave for invite in invites} == {1}
    assert all(0 < invite.propensity <= 1 and 0 < invite.chance < 1 for invite in invites)
    assert invites[0].reason.startswith("You solved one hub-3 question, on ")
    asked = community.session.get(type(community.asker), invites[0].member_id)
    client.sign_in(asked)
    page = client.get("/invitations")
    assert topic.title in words(page)
    assert invites[0].reason in words(page)
    notices = community.session.exec(select(Notice).where(Notice.kind == NoticeKind.invitation)).all()
    assert sorted(notice.member_id for notice in notices) == sorted(invite.member_id for invite in invites)
    assert f"/invitations#i-{invites[0].id}" in client.get("/notifications").text


@pytest.mark.parametrize("by_asker", [True, False])
def test_nobody_is_asked_by_somebody_they_are_apart_from(community, client, by_asker):
    topic = community.waits(5)
    session, asker = community.session, community.asker
    apart = community.helpers[:3]
    for helper in apart:
        pair = (asker.id, helper.id) if by_asker else (helper.id, asker.id)
        session.add(MemberBlock(member_id=pair[0], blocked_id=pair[1]))
    assert {invite.member_id for invite in community.route()} == {helper.id for helper in community.helpers[3:]}
    for helper, listed in ((apart[0], False), (community.helpers[3], True)):
        client.sign_in(helper)
        assert (topic.title in words(client.get("/for-you"))) == listed


def test_nobody_is_asked_too_early_or_about_what_is_answered(community):
    community.waits(3)
    make.answer(community.session, community.waits(6))
    closed = community.waits(6)
    closed.state = TopicState.closed
    community.session.add(closed)
    assert community.route() == []


def test_the_same_round_twice_asks_nobody_twice(community):
    community.waits(5)
    first = community.route()
    assert [invite.id for invite in community.route()] == [invite.id for invite in first]


def test_after_a_day_others_are_asked(community):
    topic = community.waits(5)
    first = {invite.member_id for invite in community.route()}
    community.at(TUESDAY + timedelta(hours=24))
    second = {invite.member_id for invite in community.route() if invite.wave == 2}
    assert second
    assert not first & second
    community.at(TUESDAY + timedelta(hours=48))
    assert {invite.wave for invite in community.route() if invite.topic_id == topic.id} == {1, 2}


def spare(community, helper, how):
    session = community.session
    if how == "opted out":
        session.add(RecognitionChoices(member_id=helper.id, takes_invitations=False))
    elif how == "staff":
        helper.role = "agent"
        session.add(helper)
    elif how == "suspended":
        helper.suspended_until = TUESDAY + timedelta(days=3)
        session.add(helper)
    elif how == "asleep":
        session.add(Availability(member_id=helper.id, zone="Pacific/Auckland"))
    elif how == "snoozing":
        session.add(Availability(member_id=helper.id, snoozed_until=TUESDAY + timedelta(hours=1)))
    elif how == "no such topics":
        tag = session.exec(select(Tag).where(Tag.slug == "hub-3")).one()
        session.add(RoutingProfile(member_id=helper.id, tag_id=tag.id, wanted=False))
    else:
        session.add(Availability(member_id=helper.id, per_day=0))
    session.commit()


@pytest.mark.parametrize("how", ["opted out", "staff", "suspended", "asleep", "snoozing", "no such topics", "none a day"])
def test_some_are_never_asked(community, how):
    for helper in community.helpers[1:]:
        spare(community, helper, how)
    community.waits(5)
    assert {invite.member_id for invite in community.route()} == {community.helpers[0].id}


def test_the_asker_is_not_asked(community):
    community.waits(5, author=community.helpers[0])
    assert community.helpers[0].id not in {invite.member_id for invite in community.route()}


def test_nobody_gets_more_than_three_a_day(community):
    for number in range(6):
        community.waits(5 + number / 10, title=f"The hub is offline, way number {number}")
    by_member = [invite.member_id for invite in community.route()]
    assert max(by_member.count(one) for one in by_member) == 3


def test_three_without_a_word_and_they_are_left_alone(community):
    helper = community.helpers[0]
    for day in (12, 10, 8):
        community.at(TUESDAY - timedelta(days=day))
        topic = make.topic(community.session, title=f"Something else on day {day}")
        invite = RoutingInvite(topic_id=topic.id, member_id=helper.id, wave=1, chance=0.1, propensity=1.0)
        community.session.add(invite)
        community.session.commit()
    community.at(TUESDAY)
    community.waits(5)
    asked = community.route()
    assert helper.id not in {invite.member_id for invite in asked if invite.at == TUESDAY}
    assert [invite.state for invite in asked if invite.member_id == helper.id] == [InviteState.unanswered] * 3


def test_somebody_new_gets_a_chance_now_and_then(community):
    community.at(TUESDAY - timedelta(days=100))
    for helper in community.helpers:
        make.answer(community.session, make.topic(community.session), helper)
    community.at(TUESDAY - timedelta(days=3))
    new = make.member(community.session, "Nia New")
    for _ in range(2):
        make.answer(community.session, make.topic(community.session, tags="hub-3"), new)
    community.at(TUESDAY)
    community.waits(5)
    asked = community.route(Random(2))
    explored = [invite for invite in asked if invite.explored]
    assert [invite.member_id for invite in explored] == [new.id]
    assert 0 < explored[0].propensity <= 1


def reply(community, client, what):
    topic = community.waits(5)
    invite = community.route()[0]
    member = community.session.get(type(community.asker), invite.member_id)
    client.sign_in(member)
    client.post(f"/invitations/{invite.id}/replies", {"reply": what})
    community.session.rollback()
    community.session.expire_all()
    return topic, member, community.session.get(RoutingInvite, invite.id)


def test_taking_it_shows_others_who_is_looking(community, client):
    topic, member, invite = reply(community, client, "take")
    assert invite.state == InviteState.taken
    assert invite.held_until == TUESDAY + timedelta(hours=2)
    assert f"{member.name} is looking at it" in words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    other = community.session.get(type(member), community.invites()[1].member_id)
    client.sign_in(other)
    refused = client.post(f"/invitations/{community.invites()[1].id}/replies", {"reply": "take"})
    assert refused.status_code == 409
    assert member.name in words(refused)
    community.at(TUESDAY + timedelta(hours=2, minutes=1))
    assert "is looking at it" not in words(client.get(f"/topics/{topic.id}/{topic.slug}"))


def test_letting_it_pass_costs_nothing(community, client):
    before = {one.id: one.reputation for one in community.helpers}
    topic, member, invite = reply(community, client, "later")
    assert invite.state == InviteState.later
    assert "Not now" in words(client.get("/invitations"))
    community.session.refresh(member)
    assert member.reputation == before[member.id]
    assert community.session.get(Availability, member.id) is None
    client.sign_in(make.agent(community.session))
    shown = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "no answer yet" in shown
    assert "not now" not in shown.lower()


def test_not_my_topic_is_remembered_and_can_be_changed(community, client):
    community.at(TUESDAY - timedelta(days=4))
    fresh = make.member(community.session, "Mia Meant")
    for number in range(3):
        make.answer(
            community.session, make.topic(community.session, title=f"A thermostat question, number {number}", tags="heat"), fresh
        )
    community.at(TUESDAY)
    community.waits(5, title="The thermostat shows the wrong time", tags="heat, display")
    invite = next(one for one in community.route() if one.member_id == fresh.id)
    client.sign_in(fresh)
    client.post(f"/invitations/{invite.id}/replies", {"reply": "not_mine"})
    community.session.rollback()
    page = client.get("/settings/invitations")
    assert 'value="display, heat"' in page.text
    client.post("/settings/invitations", {"avoids": "", "wants": "heat", "zone": "Europe/Lisbon", "weekends": "1"})
    community.session.rollback()
    rows = community.session.exec(select(RoutingProfile).where(RoutingProfile.member_id == fresh.id)).all()
    assert [row.wanted for row in rows] == [True]
    own = community.session.get(Availability, fresh.id)
    assert (own.zone, own.weekends) == ("Europe/Lisbon", True)


def test_fewer_of_these_lowers_the_limits(community, client):
    _, member, invite = reply(community, client, "fewer")
    own = community.session.get(Availability, member.id)
    assert (own.per_day, own.per_week) == (2, 5)
    assert invite.state == InviteState.later


def test_somebody_else_s_invitation_does_not_exist(community, client):
    community.waits(5)
    invite = community.route()[0]
    client.sign_in(community.asker)
    assert client.post(f"/invitations/{invite.id}/replies", {"reply": "take"}).status_code == 404


def test_answering_closes_the_invitation(community, client):
    topic = community.waits(5)
    invite = community.route()[0]
    helper = community.session.get(type(community.asker), invite.member_id)
    make.answer(community.session, topic, helper)
    community.session.rollback()
    assert community.session.get(RoutingInvite, invite.id).state == InviteState.answered
    client.sign_in(helper)
    assert "You answered" in words(client.get("/invitations"))
    assert client.post(f"/invitations/{invite.id}/replies", {"reply": "later"}).status_code == 409


def test_a_break_is_taken_and_ended(community, client):
    member = community.helpers[0]
    client.sign_in(member)
    client.post("/settings/invitations/pauses", {"length": "week"})
    assert "Nobody asks you for another" in words(client.get("/settings/invitations"))
    client.post("/settings/invitations/pauses", {"length": "none"})
    assert "One month" in words(client.get("/settings/invitations"))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"wants": "no-such-tag"}, "There is no tag"),
        ({"wants": "hub-3", "avoids": "hub-3"}, "both lists"),
        ({"away_until": "tomorrow"}, "Write a date"),
        ({"per_day": "9"}, "too large"),
    ],
)
def test_settings_that_cannot_be_kept_are_given_back(community, client, form, said):
    client.sign_in(community.helpers[0])
    answer = client.post("/settings/invitations", {"zone": "UTC", **form})
    assert answer.status_code == 422
    assert said in words(answer)
    community.session.rollback()
    assert community.session.get(Availability, community.helpers[0].id) is None


def test_questions_for_me_are_those_i_know_and_watch(community, client):
    known = community.waits(3, title="The hub loses its lamp after the update")
    make.topic(community.session, community.asker, title="Which paint goes on radiators?", tags="paint")
    client.sign_in(community.helpers[0])
    page = client.get("/for-you")
    assert known.title in words(page)
    assert "You solved one hub-3 question" in words(page)
    assert "radiators" not in words(page)
    client.post("/settings/invitations", {"zone": "UTC", "wants": "paint", "avoids": "hub-3"})
    page = client.get("/for-you")
    assert "radiators" in words(page)
    assert "You watch paint." in words(page)
    assert known.title not in words(page)


def test_a_newcomer_is_told_how_questions_get_here(community, client):
    client.sign_in(make.member(community.session))
    assert "We do not know your topics yet" in words(client.get("/for-you"))
    assert "Nobody has asked you yet" in words(client.get("/invitations"))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (({"a": 5.0}, {}, 0, 1.0), ({"a": 1.0}, {}, 0, 1.0)),
        (({"a": 1.0}, {}, 0, 1.0), ({"a": 1.0}, {}, 2, 1.0)),
        (({"a": 1.0}, {}, 0, 0.1), ({"a": 1.0}, {}, 0, 20.0)),
        (({"a": 1.0}, {"a": True}, 0, 1.0), ({"a": 1.0}, {}, 0, 1.0)),
        (({}, {"a": True}, 0, 1.0), ({"a": 9.0}, {"a": False}, 0, 1.0)),
    ],
)
def test_what_comes_first_for_me(better, worse):
    def worth(known, chosen, answers, age):
        return fit(["a"], known, chosen, answers, age)

    assert worth(*better) > worth(*worse)


def test_staff_see_who_was_asked_why_and_what_waits(community, client):
    topic = community.waits(30)
    community.waits(80, title="Waiting for much too long already")
    invites = community.route()
    agent = make.agent(community.session)
    client.sign_in(agent)
    page = client.get("/desk/routing")
    assert topic.title in words(page)
    assert "More than 72 hours" in words(page)
    assert invites[0].reason in words(page)
    assert "By the busiest one" in words(page)
    shown = client.get(f"/topics/{topic.id}/{topic.slug}")
    assert "Invited to answer" in words(shown)
    client.sign_in(community.asker)
    assert "Invited to answer" not in words(client.get(f"/topics/{topic.id}/{topic.slug}"))


def test_a_night_of_learning_is_kept_when_there_was_something_to_learn(community):
    jobs.learn()
    community.session.rollback()
    assert community.session.exec(select(RoutingModel)).all() == []
    for number in range(60):
        community.at(TUESDAY - timedelta(hours=14 - number / 5))
        topic = make.topic(community.session, title=f"The hub is offline, story {number}", tags="hub-3")
        make.answer(community.session, topic, community.helpers[number % 5])
    community.at(TUESDAY)
    jobs.learn()
    community.session.rollback()
    (row,) = community.session.exec(select(RoutingModel)).all()
    assert row.learned_from >= 50
    community.waits(5)
    assert len(community.route()) <= 3
