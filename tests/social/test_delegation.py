"""Volunteers who carry answers back: as far as they were trusted, within limits, and stopped at once."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from forum.core import clock
from forum.core.db import transaction
from forum.models import Member, Role, Share, ThreadLink
from forum.policy.actor import actor_of
from forum.social.actions import publish_thread
from forum.social.inputs import PublishThread
from forum.social.projection import project
from forum.social.sharing import sending
from forum.social.simulated.network import Fault, Network, address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels
from tests.test_query_counts import counted

TEXT = "@maeve Channel 11 by hand did it for me; the whole answer is on the community page."


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


@pytest.fixture
def thread(session: Session, net: Network) -> ThreadLink:
    channels.channel(session, name="Practice")
    thread = channels.read(session, address(channels.outage(net)["root"]))
    make.section(session, slug="help")
    agent = make.member(session, role=Role.agent)
    with transaction() as writing:
        place = writing.get_one(ThreadLink, thread.id)
        data = PublishThread(
            title="Wi-Fi is lost after dinner, whatever the room", section="help", digest=project(writing, place).digest
        )
        publish_thread(writing, actor_of(agent), place, data)
    return thread


def grant(client: Browser, session: Session, member: Member, level: str, limit: int = 5) -> None:
    client.sign_in(make.admin(session))
    form = {"handle": member.handle, "channel": "1", "level": level, "daily_limit": str(limit)}
    assert client.post("/desk/delegation", form).status_code == 303


def only_share(session: Session) -> Share:
    session.expire_all()
    session.rollback()
    return session.exec(select(Share).order_by(Share.id.desc())).first()


@pytest.mark.parametrize(("level", "state"), [("suggest", "draft"), ("approval", "awaiting"), ("limits", "approved")])
def test_as_far_as_they_are_trusted(
    client: Browser, session: Session, net: Network, thread: ThreadLink, level: str, state: str
) -> None:
    volunteer = make.member(session)
    grant(client, session, volunteer, level)
    client.sign_in(volunteer)
    shown = words(client.get("/me/replies"))
    assert "Wi-Fi is lost after dinner" in shown
    assert "maeve" not in shown.lower(), "they read what the public reads"
    assert client.post(f"/me/replies/{thread.id}", {"text": TEXT}).status_code == 303
    share = only_share(session)
    assert (share.state, share.drafted_by_id) == (state, volunteer.id)
    sending.send(share.id)
    assert (len(net.thread(1)) == 6) is (level == "limits")
    client.sign_in(make.agent(session))
    if level != "limits":
        client.post(f"/shares/{share.id}", {"text": TEXT, "act": "approve", "anyway": "1"})
        sending.send(share.id)
    assert len(net.thread(1)) == 6


def test_what_is_delicate_goes_to_staff_whoever_writes_it(
    client: Browser, session: Session, net: Network, thread: ThreadLink
) -> None:
    volunteer = make.member(session)
    grant(client, session, volunteer, "limits")
    client.sign_in(volunteer)
    client.post(f"/me/replies/{thread.id}", {"text": "@maeve They will surely refund the whole month to you."})
    assert only_share(session).state == "awaiting"


def test_the_daily_limit(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    volunteer = make.member(session)
    grant(client, session, volunteer, "limits", limit=1)
    client.sign_in(volunteer)
    client.post(f"/me/replies/{thread.id}", {"text": TEXT})
    assert only_share(session).state == "approved"
    client.post(f"/me/replies/{thread.id}", {"text": "@maeve One more thing that helps: keep it away from the microwave."})
    assert only_share(session).state == "awaiting"


def test_one_press_stops_them_all(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    volunteer = make.member(session)
    grant(client, session, volunteer, "limits")
    client.sign_in(volunteer)
    client.post(f"/me/replies/{thread.id}", {"text": TEXT})
    client.sign_in(make.admin(session))
    client.post("/desk/delegation/stop")
    share = only_share(session)
    assert share.state == "draft"
    sending.send(share.id)
    assert len(net.thread(1)) == 5
    client.sign_in(volunteer)
    assert "Paused for now" in words(client.get("/me/replies"))
    assert client.post(f"/me/replies/{thread.id}", {"text": "@maeve Try channel 11."}).status_code == 409
    client.sign_in(make.admin(session))
    shown = words(client.get("/desk/delegation"))
    assert TEXT in shown, "the log keeps it"
    client.post("/desk/delegation/stop/removal")
    client.post("/desk/delegation/1/end")
    client.sign_in(volunteer)
    assert "Nobody asked you to" in words(client.get("/me/replies"))


def test_without_a_delegation_nothing_is_written(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    client.sign_in(make.member(session))
    assert client.post(f"/me/replies/{thread.id}", {"text": TEXT}).status_code == 409
    session.rollback()
    assert session.exec(select(Share)).all() == []


def test_what_was_under_way_is_stopped_too(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    """A reply that perhaps went out is looked for, and never sent again once volunteers are stopped."""
    volunteer = make.member(session)
    grant(client, session, volunteer, "limits")
    client.sign_in(volunteer)
    client.post(f"/me/replies/{thread.id}", {"text": TEXT})
    share = only_share(session)
    net.break_next("send", Fault.lost_answer)
    sending.send(share.id)
    assert only_share(session).state == "unknown"
    net.delete(6)
    client.sign_in(make.admin(session))
    client.post("/desk/delegation/stop")
    for _ in range(4):
        moment = clock.now() + timedelta(minutes=2)
        clock.use(lambda moment=moment: moment)
        sending.send(share.id)
    assert only_share(session).state == "draft"
    assert not any(one.text == TEXT and not one.gone for one in net.thread(1))


def test_a_volunteer_who_is_suspended_sends_nothing(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    volunteer = make.member(session)
    grant(client, session, volunteer, "limits")
    client.sign_in(volunteer)
    client.post(f"/me/replies/{thread.id}", {"text": TEXT})
    session.rollback()
    volunteer = session.get_one(Member, volunteer.id)
    volunteer.suspended_until = clock.now() + timedelta(days=3)
    session.add(volunteer)
    session.commit()
    sending.send(only_share(session).id)
    assert (only_share(session).state, len(net.thread(1))) == ("draft", 5)


def test_the_page_costs_the_same_for_many(client: Browser, session: Session, net: Network, thread: ThreadLink) -> None:
    costs = []
    for count in (1, 4):
        for _ in range(count):
            grant(client, session, make.member(session), "limits")
        client.get("/desk/delegation")
        with counted() as statements:
            assert "Sends plain replies alone" in words(client.get("/desk/delegation"))
        costs.append(len(statements))
    assert costs[0] == costs[1]
