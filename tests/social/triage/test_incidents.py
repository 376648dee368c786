"""Incidents: suspected by counting people, confirmed by a person, told once, closed with an outcome."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from forum.core import clock
from forum.models import (
    ExternalAccount,
    Incident,
    IncidentReport,
    IncidentState,
    Member,
    MeToo,
    Notice,
    Product,
    Share,
    SharePurpose,
    ShareState,
    SpikeTerm,
    ThreadLink,
)
from forum.social.incidents import jobs
from forum.social.simulated.network import Network, address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

SAID = (
    "No internet in Headingley since noon, anybody else?",
    "The line is dead here in Headingley, third outage",
    "Headingley is offline again and nobody answers",
    "Red light on the hub, our street in Headingley is down",
    "Is Headingley broken for everyone or is it just us?",
)
NOTE = "We have seen it and are looking. Help is under Ask."


@pytest.fixture
def marta(session: Session, client: Browser) -> Member:
    member = make.agent(session)
    client.sign_in(member)
    return member


@pytest.fixture
def net(session: Session) -> Network:
    channels.channel(session)
    return channels.network()


def look(session: Session) -> list[Incident]:
    session.rollback()
    jobs.look_for_spikes()
    session.expire_all()
    return list(session.exec(select(Incident).order_by(col(Incident.id))))


def said(session: Session, net: Network, texts: tuple[str, ...] = SAID, who: str = "person") -> list[ThreadLink]:
    made = []
    start = clock.now()
    for number, text in enumerate(texts):
        account = net.join(f"{who}{number}", f"{who.title()} {number}")
        session.rollback()
        made.append(channels.read(session, address(net.write(account, text, at=start - timedelta(minutes=number + 1)))))
    session.rollback()
    return made


def earlier(session: Session, net: Network) -> None:
    """Two days of ordinary words, so that there is something to compare with."""
    account = net.join("usual", "Usual")
    for day in (2, 3):
        session.rollback()
        channels.read(session, address(net.write(account, "Which cable fits my lamp?", at=clock.now() - timedelta(days=day))))


def confirmed(client: Browser, incident: Incident, **more: str) -> int:
    return client.post(
        f"/desk/incidents/{incident.id}/confirmation", {"title": "No internet in Headingley", "note": NOTE, **more}
    ).status_code


def holding(session: Session) -> list[Share]:
    session.expire_all()
    session.rollback()
    return list(session.exec(select(Share).where(Share.purpose == SharePurpose.holding).order_by(col(Share.id))))


def test_many_people_with_the_same_trouble_stand_on_the_desk(
    session: Session, client: Browser, net: Network, marta: Member
) -> None:
    earlier(session, net)
    said(session, net)
    (incident,) = look(session)
    assert (incident.state, incident.people, incident.posts) == (IncidentState.suspected, 5, 5)
    assert "5 people in" in words(client.get("/desk/social"))
    assert look(session) == [incident], "one alert in twelve hours"


def test_nobody_is_counted_twice_under_two_names(session: Session, net: Network) -> None:
    earlier(session, net)
    said(session, net)
    member = make.member(session)
    for account in session.exec(select(ExternalAccount).where(col(ExternalAccount.handle).like("person%"))):
        account.claimed_by_id = member.id
        session.add(account)
    session.commit()
    (incident,) = look(session)
    assert (incident.people, incident.state) == (1, IncidentState.campaign)


def test_a_notice_a_message_to_each_thread_once_and_how_it_ended(
    session: Session, client: Browser, net: Network, marta: Member
) -> None:
    earlier(session, net)
    threads = said(session, net)
    (incident,) = look(session)
    assert confirmed(client, incident) == 303
    shares = holding(session)
    assert sorted(one.thread_id for one in shares) == sorted(one.id for one in threads)
    assert {one.state for one in shares} == {ShareState.draft}, "nothing goes out by itself"
    assert "person" not in shares[0].text
    with Browser(client.app) as stranger:
        assert NOTE in words(stranger.get("/"))
        assert NOTE in words(stranger.get(f"/incidents/{incident.id}"))
    assert confirmed(client, incident) == 409
    assert client.post(f"/desk/incidents/{incident.id}/closing", {"outcome": "short"}).status_code == 422
    client.post(f"/desk/incidents/{incident.id}/closing", {"outcome": "A cabinet lost power. Nothing to do for you."})
    assert {one.state for one in holding(session)} == {ShareState.dropped}
    assert len(session.exec(select(Share).where(Share.purpose == SharePurpose.outcome)).all()) == 5
    with Browser(client.app) as stranger:
        assert NOTE not in words(stranger.get("/"))
        assert "A cabinet lost power" in words(stranger.get(f"/incidents/{incident.id}"))


def test_not_related_makes_the_bar_higher(session: Session, client: Browser, net: Network, marta: Member) -> None:
    earlier(session, net)
    said(session, net)
    (incident,) = look(session)
    client.post(f"/desk/incidents/{incident.id}/dismissal")
    session.rollback()
    assert session.get_one(SpikeTerm, incident.term).false_alarms == 1
    assert client.get(f"/incidents/{incident.id}").status_code == 404


def test_case_48_two_incidents_of_one_product_speak_once(session: Session, client: Browser, net: Network, marta: Member) -> None:
    """SOCIAL 7, case 48: one open holding message per product, and joining drops the other draft."""
    session.add(Product(slug="hub-3", name="Hub 3"))
    session.commit()
    threads = said(session, net)
    one, two = Incident(term="headingley", title="No internet"), Incident(term="hub", title="Hub is dead")
    session.add_all([one, two])
    session.commit()
    for incident, some in ((one, threads[:3]), (two, threads[2:])):
        session.add_all([IncidentReport(incident_id=incident.id, thread_id=thread.id) for thread in some])
    session.commit()
    assert confirmed(client, one, product="hub-3") == 303
    assert confirmed(client, two, product="hub-3") == 409
    assert len(holding(session)) == 3
    assert confirmed(client, two) == 303
    assert client.post(f"/desk/incidents/{two.id}/merging", {"into": str(one.id)}).status_code == 303
    open_ones = [share for share in holding(session) if share.state == ShareState.draft]
    assert sorted(share.thread_id for share in open_ones) == sorted(thread.id for thread in threads), "each thread once"
    assert session.get_one(Incident, two.id).state == IncidentState.merged


def test_it_has_a_title_that_staff_can_change_before_and_after(
    session: Session, client: Browser, net: Network, marta: Member
) -> None:
    earlier(session, net)
    said(session, net)
    (incident,) = look(session)
    assert incident.title == "Several people report: headingley"
    assert 'value="Several people report: headingley"' in client.get(f"/desk/incidents/{incident.id}").text
    assert confirmed(client, incident, title=incident.title) == 303
    assert holding(session)[0].text.startswith("We've seen 5 reports of headingley and are on it.")
    wording = {"title": "No internet in Headingley", "note": "An engineer is on the way to the cabinet."}
    assert client.post(f"/desk/incidents/{incident.id}/wording", {**wording, "tag": "nobody-uses-it"}).status_code == 422
    assert client.post(f"/desk/incidents/{incident.id}/wording", wording).status_code == 303
    with Browser(client.app) as stranger:
        assert "No internet in Headingley: An engineer is on the way to the cabinet." in words(stranger.get("/"))


def test_the_notice_stands_where_the_incident_is(session: Session, client: Browser, marta: Member) -> None:
    hub = Product(slug="hub-3", name="Hub 3")
    session.add(hub)
    broadband, television = make.section(session, slug="broadband"), make.section(session, slug="television")
    incident = Incident(term="hub", title="Several people report: hub offline")
    session.add(incident)
    session.commit()
    named = make.topic(session, title="The light on it is red all the time", tags="red-light", where=broadband)
    by_product = make.topic(session, title="It starts again every night at three", tags="firmware", where=television)
    other = make.topic(session, title="Where is the remote control sold?", tags="remote", where=television)
    by_product.product_id = hub.id
    session.add(by_product)
    session.commit()
    assert confirmed(client, incident, product="hub-3", tag="red-light") == 303
    with Browser(client.app) as stranger:

        def has(path: str) -> bool:
            return NOTE in words(stranger.get(path, follow_redirects=True))

        assert has("/")
        assert has("/tags/red-light")
        assert has(f"/topics/{named.id}")
        assert has(f"/topics/{by_product.id}")
        assert not has(f"/topics/{other.id}")
        assert not has("/tags/remote")
        assert not has("/questions")
        assert not has("/sections/broadband")
        wording = {"title": "Hubs are offline", "note": NOTE, "section": "broadband"}
        assert client.post(f"/desk/incidents/{incident.id}/wording", wording).status_code == 303
        assert has("/sections/broadband")
        assert has(f"/topics/{named.id}")
        assert not has(f"/topics/{by_product.id}")
        client.post(f"/desk/incidents/{incident.id}/closing", {"outcome": "A new firmware is out and mends it."})
        assert not has("/sections/broadband"), "kept pages go with the notice"


def test_a_notice_that_names_no_place_stands_over_all_questions(session: Session, client: Browser, marta: Member) -> None:
    incident, second = Incident(term="login", title="Signing in fails"), Incident(term="bill", title="Bills are late")
    session.add_all([incident, second])
    make.section(session, slug="broadband")
    session.commit()
    assert [confirmed(client, one, title=one.title) for one in (incident, second)] == [303, 303]
    with Browser(client.app) as stranger:
        for path in ("/", "/questions", "/questions?state=solved"):
            page = words(stranger.get(path))
            assert "Signing in fails" in page and "Bills are late" in page
        assert "Signing in fails" not in words(stranger.get("/questions?section=broadband"))
        client.post(f"/desk/incidents/{incident.id}/closing", {"outcome": "A broken machine was replaced."})
        page = words(stranger.get("/questions"))
        assert "Signing in fails" not in page and "Bills are late" in page


def test_members_who_have_it_too_are_told_once_that_it_is_over(session: Session, client: Browser, marta: Member) -> None:
    incident = Incident(term="hub", title="Hubs are offline")
    session.add(incident)
    asker, same = make.member(session), make.member(session)
    topics = [make.topic(session, asker, title=f"The hub is offline since noon, part {number}") for number in (1, 2)]
    session.commit()
    for topic in topics:
        session.add(IncidentReport(incident_id=incident.id, topic_id=topic.id))
        session.add(MeToo(topic_id=topic.id, member_id=same.id))
    session.add(MeToo(topic_id=topics[0].id, visitor="v"))
    session.commit()
    assert confirmed(client, incident, title="Hubs are offline") == 303
    client.post(f"/desk/incidents/{incident.id}/closing", {"outcome": "A new firmware is out and mends it."})
    session.rollback()
    told = session.exec(select(Notice.member_id).order_by(col(Notice.member_id))).all()
    assert told == sorted([asker.id, same.id])
    with Browser(client.app) as theirs:
        theirs.sign_in(same)
        assert words(theirs.get("/notifications")).count("“Hubs are offline” is solved") == 1


def test_administrators_find_the_words_that_count(client: Browser, session: Session) -> None:
    client.sign_in(make.agent(session))
    assert "/admin/trouble-words" not in client.get("/desk/incidents").text
    client.sign_in(make.admin(session))
    assert 'href="/admin/trouble-words"' in client.get("/desk/incidents").text
    assert "German" in words(client.get("/admin/trouble-words"))
