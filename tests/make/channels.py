"""Connected accounts and what is said on the simulated network."""

from datetime import timedelta

from sqlmodel import Session

from forum.core import clock
from forum.core.settings import settings
from forum.models import Channel, ChannelCursor, Platform, ReadingRequest, ThreadLink, Topic
from forum.policy.actor import actor_of
from forum.social.actions import publish_thread
from forum.social.inputs import PublishThread
from forum.social.projection import project
from forum.social.reading import jobs
from forum.social.simulated.network import OWN, Network
from tests.make.content import section
from tests.make.people import agent


def network() -> Network:
    """The simulated network of this test, with our own account on it."""
    made = Network(settings().data_dir / "simulated-network.sqlite3")
    made.join("northwind", "Northwind", kind="brand", account_id=OWN)
    return made


def channel(session: Session, platform: Platform = Platform.simulated, *, base_url: str = "", **values) -> Channel:
    usual = {"name": f"{platform} channel", "own_ext_id": OWN, "own_handle": "northwind"}
    made = Channel(platform=platform, base_url=base_url, **(usual | values))
    session.add(made)
    session.commit()
    return made


def outage(net: Network) -> dict[str, int]:
    """A thread of five: a complaint, somebody with the same, an answer, thanks, and our own account."""
    start = clock.now() - timedelta(minutes=40)
    for name in ("maeve", "rhod", "tomasz"):
        net.join(name, name.title(), followers=120)
    root = net.write("acct-maeve", "@northwind The hub drops out every evening since the update. Is anyone looking?", at=start)
    same = net.write("acct-rhod", "Same here!", parent=root, at=start + timedelta(minutes=2))
    text = "Set the channel to 11 by hand and switch off the automatic choice: that ended it for me."
    answer = net.write("acct-tomasz", text, parent=root, at=start + timedelta(minutes=5))
    thanks = net.write("acct-maeve", "Thanks, that worked!", parent=answer, at=start + timedelta(minutes=15))
    ours = net.write(OWN, "Good to hear. We are looking at the update.", parent=root, at=start + timedelta(minutes=20))
    return {"root": root, "same": same, "answer": answer, "thanks": thanks, "ours": ours}


def read(session: Session, url: str) -> ThreadLink:
    """As if staff had pasted the address: the job runs at once."""
    request = ReadingRequest(url=url)
    session.add(request)
    session.commit()
    jobs.read_address(request.id)
    session.expire_all()
    session.rollback()
    request = session.get_one(ReadingRequest, request.id)
    assert request.thread_id is not None, request.said
    return session.get_one(ThreadLink, request.thread_id)


def read_again(session: Session, thread: ThreadLink) -> ThreadLink:
    jobs.read_thread(thread.id, "clock")
    session.expire_all()
    session.rollback()
    return session.get_one(ThreadLink, thread.id)


def publish(session: Session, thread: ThreadLink) -> Topic:
    """By a member of staff who saw it as it stands."""
    section(session, slug="help")
    title = "Wi-Fi is lost after dinner, whatever the room"
    data = PublishThread(title=title, section="help", digest=project(session, thread).digest)
    topic = publish_thread(session, actor_of(agent(session)), thread, data)
    session.commit()
    return topic


def cursor_of(session: Session, made: Channel) -> ChannelCursor | None:
    session.expire_all()
    session.rollback()
    return session.get(ChannelCursor, (made.id, jobs.MENTIONS))
