"""Nothing of somebody who asked for silence is shown: not what opened the question, and not what they write later."""

import pytest
from sqlmodel import Session, select

from forum.core.db import transaction
from forum.models import ExternalAccount, Post, PostKind, Privacy, Role, ThreadLink, Topic
from forum.policy.actor import actor_of
from forum.social.actions import publish_thread
from forum.social.inputs import PublishThread
from forum.social.projection import project
from forum.social.simulated.network import Network, address
from tests import make
from tests.fakes.client import Browser
from tests.make import channels

ASKED = "The hub drops out every evening"


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


def publish(session: Session, thread: ThreadLink, title: str = "Wi-Fi is lost after dinner, whatever the room") -> Topic:
    make.section(session, slug="help")
    agent = make.member(session, role=Role.agent)
    with transaction() as writing:
        place = writing.get_one(ThreadLink, thread.id)
        data = PublishThread(title=title, section="help", digest=project(writing, place).digest)
        return publish_thread(writing, actor_of(agent), place, data)


def silence(client: Browser, session: Session, handle: str) -> ExternalAccount:
    session.rollback()
    row = session.exec(select(ExternalAccount).where(ExternalAccount.handle == handle)).one()
    client.sign_in(make.agent(session))
    client.post(f"/desk/accounts/{row.id}/contact")
    client.post(f"/desk/accounts/{row.id}/privacy", {"kind": "withdraw", "said": "By mail, from the address in the profile."})
    client.sign_out()
    return row


def test_who_asked_withdraws_and_comes_back(client: Browser, session: Session, net: Network) -> None:
    channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    topic = publish(session, thread, f"{ASKED} since the update")
    place = f"/topics/{topic.id}/{topic.slug}"
    assert ASKED in client.get(place).text
    row = silence(client, session, "maeve")
    shown = client.get(client.get(place).headers["location"]).text
    assert ASKED not in shown, "neither as the title nor as the question"
    assert "Set the channel to 11" in shown, "answers stay"
    session.rollback()
    question = session.exec(select(Post).where(Post.topic_id == topic.id, Post.kind == PostKind.question)).one()
    assert ASKED not in client.get(f"/posts/{question.id}/history").text, "nor as an earlier version"
    channels.read_again(session, thread)
    session.rollback()
    row = session.get_one(ExternalAccount, row.id)
    row.privacy = Privacy.usual
    session.add(row)
    session.commit()
    channels.read_again(session, thread)
    session.rollback()
    topic = session.get_one(Topic, topic.id)
    assert ASKED in client.get(f"/topics/{topic.id}/{topic.slug}").text


def test_what_they_write_later_is_not_shown_either(client: Browser, session: Session, net: Network) -> None:
    channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    topic = publish(session, thread)
    silence(client, session, "tomasz")
    later = "And one more thing that helped me here: keep the hub well away from the microwave oven."
    net.write("acct-tomasz", later, parent=1)
    channels.read_again(session, thread)
    assert "microwave" not in client.get(f"/topics/{topic.id}/{topic.slug}").text


def test_a_thread_that_is_published_after_somebody_withdrew(client: Browser, session: Session, net: Network) -> None:
    channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    silence(client, session, "tomasz")
    topic = publish(session, thread)
    assert "Set the channel to 11" not in client.get(f"/topics/{topic.id}/{topic.slug}").text
