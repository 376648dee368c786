"""Two tags that mean the same become one: when asking, searching, on their pages, and for points."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.catalog.synonyms import fold_tag
from forum.core import clock
from forum.models import RepTag, RoutingProfile, Tag, TagSynonym, TopicTag
from forum.policy.actor import actor_of
from forum.recognition.jobs import settle
from forum.search import feed
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture
def world(session, client):
    """Two questions, one tagged wifi and one wi-fi, and somebody who knows tags."""
    asker, helper = make.member(session), make.member(session, "Hal Helper")
    old = make.topic(session, asker, title="The hall has no wireless at night", tags="wifi")
    make.topic(session, asker, title="The attic has no wireless at noon", tags="wi-fi")
    answer = make.answer(session, old, helper)
    accept_answer(session, actor_of(asker), old, answer)
    wifi = session.exec(select(Tag).where(Tag.slug == "wifi")).one()
    session.add(RoutingProfile(member_id=helper.id, tag_id=wifi.id, wanted=True))
    knows = make.member(session, "Kim Knows")
    fresh(session, knows).privileges = "propose_synonym"
    session.commit()
    client.sign_in(knows)
    return old


def propose(client, name="wifi", same_as="Wi-Fi"):
    return client.post("/synonyms", {"name": name, "same_as": same_as})


def accepted(session, client, app):
    assert propose(client).status_code == 303
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    assert "wifi is the same as wi-fi" in words(staff.get("/desk/tags"))
    assert staff.post("/desk/tags/wifi", {"decision": "accept"}).status_code == 303
    return staff


def tags_of(session, topic):
    session.rollback()
    query = select(Tag.slug).join(TopicTag, TopicTag.tag_id == Tag.id).where(TopicTag.topic_id == topic.id)
    return list(session.exec(query))


def rewarded(session):
    session.rollback()
    return session.exec(select(Tag.slug).join(RepTag, RepTag.tag_id == Tag.id)).all()


def test_once_accepted_there_is_one_name(session, client, app, world, drain):
    moment = clock.now()
    clock.use(lambda: moment + timedelta(hours=2))
    settle()
    assert rewarded(session) == ["wifi"]
    staff = accepted(session, client, app)
    drain()
    feed.follow()
    assert tags_of(session, world) == ["wi-fi"]
    counts = dict(session.exec(select(Tag.slug, Tag.topics)).all())
    assert (counts["wifi"], counts["wi-fi"]) == (0, 2)
    moved = client.get("/tags/wifi")
    assert (moved.status_code, moved.headers["location"]) == (302, "/tags/wi-fi")
    for path in ("/questions?tag=wifi", "/search?q=%5Bwifi%5D"):
        page = words(client.get(path))
        assert "The hall has no wireless" in page and "The attic has no wireless" in page, path
    assert rewarded(session) == ["wi-fi"]
    assert session.exec(select(Tag.slug).join(RoutingProfile, RoutingProfile.tag_id == Tag.id)).all() == ["wi-fi"]
    assert "wifi and wi-fi are one tag now" in words(client.get("/notifications"))
    assert "wifi is wi-fi" in words(staff.get("/desk/tags"))
    fold_tag("wifi")  # again, and nothing happens
    assert tags_of(session, world) == ["wi-fi"]


def test_who_types_the_old_name_gets_the_one_that_stays(session, client, app, world, drain):
    accepted(session, client, app)
    drain()
    topic = make.topic(session, title="Something new about the wireless", tags="wifi, attic")
    assert sorted(tags_of(session, topic)) == ["attic", "wi-fi"]


def test_names_of_names_lead_to_the_last(session, client, app, world, drain):
    accepted(session, client, app)
    drain()
    make.topic(session, title="A question about the network at home", tags="network")
    assert propose(client, "wi-fi", "network").status_code == 303
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    staff.post("/desk/tags/wi-fi", {"decision": "accept"})
    drain()
    assert client.get("/tags/wifi").headers["location"] == "/tags/network"
    assert tags_of(session, world) == ["network"]


def test_declined_they_stay_two_and_the_proposer_is_told(session, client, app, world):
    propose(client)
    staff = Browser(app)
    staff.sign_in(make.agent(session))
    assert staff.post("/desk/tags/wifi", {"decision": "decline"}).status_code == 303
    session.rollback()
    assert session.exec(select(TagSynonym)).all() == []
    assert "wifi and wi-fi stay two tags" in words(client.get("/notifications"))
    assert client.get("/tags/wifi").status_code == 200


def test_what_cannot_be_the_same(session, client, world):
    assert "Name two different tags" in words(propose(client, "wifi", "wifi"))
    refused = propose(client, "wifi", "no-such-tag")
    assert refused.status_code == 422 and "There is no such tag" in words(refused) and 'value="wifi"' in refused.text
    propose(client)
    assert propose(client).status_code == 409
    client.sign_in(make.member(session))
    assert propose(client).status_code == 403
    assert client.get("/desk/tags").status_code == 403
