"""Bluesky, against a small server that answers as the real one was seen to."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlmodel import Session, func, select

from forum.models import Channel, ExternalPost, ExternalPostState, Platform, ThreadLink
from forum.social.channels import secrets
from forum.social.channels.running import through
from forum.social.connectors.base import Rendered, Seen, SendKey, Target
from forum.social.connectors.bluesky_sessions import _kept
from forum.social.connectors.errors import AuthFailed, BadText, Forbidden, Gone, UnknownOutcome
from forum.social.connectors.tids import tid
from forum.social.reading import jobs
from tests.fakes.networks.bluesky import BlueskyFake, did_of
from tests.fakes.serving import served
from tests.make import channels


@pytest.fixture
def net() -> Iterator[BlueskyFake]:
    fake = BlueskyFake()
    _kept.clear()
    with served({"public.api.bsky.app": fake.app, "pds.example": fake.app}):
        yield fake


@pytest.fixture
def channel(session: Session, net: BlueskyFake) -> Channel:
    made = channels.channel(
        session, Platform.bluesky, base_url="https://pds.example", own_ext_id=did_of("northwind"), own_handle="northwind.example"
    )
    secrets.keep(session, made.id, "app_password", net.password)
    session.commit()
    return made


def place(uri: str, by: str = "") -> str:
    did, _, key = uri.removeprefix("at://").partition("/app.bsky.feed.post/")
    return f"https://bsky.app/profile/{by or did}/post/{key}"


def aim(net: BlueskyFake, uri: str) -> Target:
    return Target(Platform.bluesky, ext_id=uri, host="bsky.app", revision=net.entries[uri].cid)


def run(channel: Channel, work: Callable[..., Awaitable[Any]]) -> Any:
    return through(channel.id, work, sending=True)


def reply(net: BlueskyFake, uri: str, text: str = "Solved: https://northwind.example/a/1") -> Rendered:
    return Rendered(text=text, target=aim(net, uri))


def test_case_12_a_branch_deeper_than_one_answer(session: Session, net: BlueskyFake, channel: Channel) -> None:
    made = net.chain(28)
    thread = channels.read(session, place(made[0]))
    assert (thread.posts, thread.complete, thread.gaps) == (28, True, 0)
    assert net.asked.count("getPostThread") == 3, "the top, then below levels 10 and 20"
    thread = channels.read_again(session, thread)
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 28
    late = net.say("rhod", "One more, far below", made[-1])
    net.entries.pop(made[5])
    thread = channels.read_again(session, thread)
    session.rollback()
    states = dict(session.exec(select(ExternalPost.ext_id, ExternalPost.state)).all())
    assert states[made[5]] == ExternalPostState.gone
    assert {states[one] for one in made[:5] + made[6:]} == {ExternalPostState.live}, "what hung below it stays"
    assert late not in states, "nothing leads there any more"


def test_case_13_a_branch_that_stays_empty(session: Session, net: BlueskyFake, channel: Channel) -> None:
    made = net.chain(11)
    net.hides[made[10]] = 3
    thread = channels.read(session, place(made[0]))
    assert (thread.posts, thread.complete, thread.gaps) == (11, False, 1)
    assert net.asked.count("getPostThread") == 2


def test_case_01_by_handle_by_did_and_by_a_reply(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out every evening")
    answer = net.say("rhod", "Same here", root)
    found = [channels.read(session, one).id for one in (place(root), place(root, "maeve.example"), place(answer))]
    assert len(set(found)) == 1
    assert session.exec(select(ThreadLink.root_ext_id)).one() == root


def test_case_06_an_account_that_is_switched_off_and_comes_back(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    answer = net.say("rhod", "Set the channel by hand", root)
    thread = channels.read(session, place(root))
    net.switched_off.add("rhod")
    for _ in range(2):
        thread = channels.read_again(session, thread)
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == answer)).one()
    assert (row.state, row.text) == (ExternalPostState.denied, "Set the channel by hand"), "hidden, not erased"
    net.switched_off.clear()
    channels.read_again(session, thread)
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == answer)).one()
    assert row.state == ExternalPostState.live


def test_what_is_for_signed_in_people_is_never_kept(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    net.say("shy", "Please keep this among ourselves", root)
    net.labels["shy"] = "!no-unauthenticated"
    thread = channels.read(session, place(root))
    assert thread.posts == 1
    assert not any("among ourselves" in text for text in session.exec(select(ExternalPost.text)))


def test_mentions_are_read_once_and_a_session_is_kept(session: Session, net: BlueskyFake, channel: Channel) -> None:
    net.say("maeve", "@northwind the hub drops out")
    jobs.poll(channel.id)
    jobs.poll(channel.id)
    assert session.exec(select(ExternalPost.text)).all() == ["@northwind the hub drops out"]
    assert net.asked.count("createSession") == 1
    net.tokens.clear()
    net.say("rhod", "@northwind mine too")
    jobs.poll(channel.id)
    session.rollback()
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 2
    assert net.asked.count("createSession") == 2, "a session that ran out is begun anew"


def test_case_19_a_refused_password_is_400_or_401(session: Session, net: BlueskyFake, channel: Channel) -> None:
    net.password = "changed-at-the-network"
    for _ in range(2):
        with pytest.raises(AuthFailed):
            through(channel.id, lambda connector, budget: connector.poll_mentions("", budget))
    session.expire_all()
    session.rollback()
    assert session.get_one(Channel, channel.id).state == "needs_reauth"


def test_a_reply_carries_root_and_parent_and_bytes(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    answer = net.say("rhod", "Same here", root)
    text = "@rhod.example Gelöst 🎉 https://northwind.example/a/1"
    receipt = run(channel, lambda connector, budget: connector.send(reply(net, answer, text), SendKey("k1"), budget))
    record = net.entries[receipt.ext_id].record
    assert (record["reply"]["root"]["uri"], record["reply"]["parent"]["uri"]) == (root, answer)
    assert record["reply"]["parent"]["cid"] == net.entries[answer].cid
    raw = text.encode()
    marked = {
        one["features"][0]["$type"].rpartition("#")[2]: raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode()
        for one in record["facets"]
    }
    assert marked == {"link": "https://northwind.example/a/1", "mention": "@rhod.example"}
    assert record["embed"]["external"]["uri"] == "https://northwind.example/a/1"
    assert receipt.ext_id.endswith(tid("k1"))
    shown = run(channel, lambda connector, budget: connector.verify_visible(receipt, aim(net, answer), budget))
    assert shown == Seen.visible


def test_case_22_and_24_an_answer_that_never_came_is_found_by_its_name(
    session: Session, net: BlueskyFake, channel: Channel
) -> None:
    root = net.say("maeve", "The hub drops out")
    net.unanswered = 1
    with pytest.raises(UnknownOutcome):
        run(channel, lambda connector, budget: connector.send(reply(net, root), SendKey("k2"), budget))
    found = run(channel, lambda connector, budget: connector.find_sent(reply(net, root), SendKey("k2"), None, budget))
    assert found is not None
    again = run(channel, lambda connector, budget: connector.send(reply(net, root), SendKey("k2"), budget))
    assert again.ext_id == found.ext_id, "sending it again writes the same record"
    assert len(net.below(root)) == 1
    nothing = run(channel, lambda connector, budget: connector.find_sent(reply(net, root), SendKey("other"), None, budget))
    assert nothing is None


def test_case_26_taken_and_shown_to_nobody(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    assert run(channel, lambda connector, budget: connector.precheck(aim(net, root), budget)).open
    net.gated.add(root)
    gate = run(channel, lambda connector, budget: connector.precheck(aim(net, root), budget))
    assert not gate.open and "lets only some people reply" in gate.reason
    receipt = run(channel, lambda connector, budget: connector.send(reply(net, root), SendKey("k3"), budget))
    assert run(channel, lambda connector, budget: connector.verify_visible(receipt, aim(net, root), budget)) == Seen.hidden


def test_case_26_somebody_who_blocks_us(session: Session, net: BlueskyFake, channel: Channel) -> None:
    """Their post is not deleted: only our account does not see it."""
    root = net.say("maeve", "The hub drops out")
    net.blocking.add("maeve")
    gate = run(channel, lambda connector, budget: connector.precheck(aim(net, root), budget))
    assert not gate.open and "blocks our account" in gate.reason
    with pytest.raises(Forbidden):
        run(channel, lambda connector, budget: connector.send(reply(net, root), SendKey("k3"), budget))
    assert net.below(root) == []


def test_refusals_are_told_apart(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    with pytest.raises(BadText, match="300"):
        run(channel, lambda connector, budget: connector.send(reply(net, root, "a" * 301), SendKey("k4"), budget))
    missing = Target(Platform.bluesky, f"at://{did_of('maeve')}/app.bsky.feed.post/3gone", "bsky.app")
    with pytest.raises(Gone):
        run(channel, lambda connector, budget: connector.fetch_thread(missing, budget))
    assert not run(channel, lambda connector, budget: connector.precheck(missing, budget)).open


def test_taking_back(session: Session, net: BlueskyFake, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    receipt = run(channel, lambda connector, budget: connector.send(reply(net, root), SendKey("k5"), budget))
    run(channel, lambda connector, budget: connector.delete_sent(receipt, budget))
    assert receipt.ext_id not in net.entries


def test_connecting_names_the_account(session: Session, net: BlueskyFake, channel: Channel) -> None:
    profile, limits = run(channel, lambda connector, budget: connector.connect())
    assert (profile.account.ext_id, limits) == (did_of("northwind"), {"text_limit": 300})
    assert profile.links == ("https://northwind.example",)
