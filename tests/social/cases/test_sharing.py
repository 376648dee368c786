"""Replies that go out: approval, at most once, and what happens when anything goes wrong (SOCIAL 5.8 and 7)."""

import asyncio
import contextlib
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, update

from forum.core import clock, mail
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid
from forum.models import Channel, ChannelState, ExternalPost, Member, Role, Share, ShareAttempt, ShareState, ThreadLink
from forum.policy.actor import actor_of
from forum.social import lengths
from forum.social.connectors.base import ReplyGate
from forum.social.connectors.errors import Forbidden, Transient
from forum.social.connectors.simulated import Simulated
from forum.social.sharing import actions, sending
from forum.social.sharing.inputs import SaveShare, WriteReply
from forum.social.simulated.network import Fault, Network, address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

TEXT = "@maeve Which firmware is on it? You find it under Settings."


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


@pytest.fixture
def marta(session: Session) -> Member:
    return make.member(session, "marta", role=Role.agent)


@pytest.fixture
def thread(session: Session, net: Network) -> ThreadLink:
    channels.channel(session)
    return channels.read(session, address(channels.outage(net)["root"]))


def approved(session: Session, member: Member, thread: ThreadLink, text: str = TEXT) -> int:
    """A reply that one person wrote and approved."""
    with transaction() as writing:
        actor = actor_of(member)
        place = writing.get_one(ThreadLink, thread.id)
        share = actions.write_reply(writing, actor, place, WriteReply(purpose="ask", text=text))
        actions.approve(writing, actor, share, place, anyway=True)
        return share.id


def share_of(session: Session, share_id: int) -> Share:
    session.expire_all()
    session.rollback()
    return session.get_one(Share, share_id)


def replies(net: Network, text: str = TEXT) -> int:
    return sum(one.text == text and not one.gone for one in net.thread(1))


def later(minutes: float) -> None:
    moment = clock.now() + timedelta(minutes=minutes)
    clock.use(lambda: moment)


def run_due() -> None:
    """As the worker does every minute."""
    with transaction(writes=False) as session:
        due = list(session.exec(select(Share.id).where(Share.next_at <= clock.now())))
    for share_id in due:
        sending.send(share_id)


def test_it_goes_out_once_and_is_seen(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    for _ in range(3):
        sending.send(made)
    share = share_of(session, made)
    assert (share.state, share.attempts, replies(net)) == ("visible", 1, 1)
    assert share.receipt_url == address(6)
    attempt = session.exec(select(ShareAttempt)).one()
    assert attempt.outcome == "sent"


def test_nothing_leaves_without_an_approval(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    with transaction() as writing:
        share = actions.write_reply(writing, actor_of(marta), writing.get_one(ThreadLink, thread.id), WriteReply(text=TEXT))
        made = share.id
    sending.send(made)
    assert (share_of(session, made).state, replies(net)) == ("draft", 0)
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(update(Share).where(Share.id == made).values(state=ShareState.sending))


def test_changed_words_need_a_new_approval(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    with transaction() as writing:
        share, place = actions.access_share(writing, actor_of(marta), made)
        actions.save(writing, actor_of(marta), share, place, SaveShare(text="@maeve Which model is it?"))
    sending.send(made)
    assert (share_of(session, made).state, len(net.thread(1))) == ("draft", 5)


def test_case_20_an_approval_that_is_a_week_old(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    later(7 * 24 * 60 + 1)
    sending.send(made)
    share = share_of(session, made)
    assert (share.state, share.said, replies(net)) == ("draft", sending.EXPIRED, 0)


@pytest.mark.parametrize("happened", ["edited", "deleted", "deleted unnoticed"])
def test_case_21_what_it_answers_changed(
    session: Session, net: Network, marta: Member, thread: ThreadLink, happened: str
) -> None:
    made = approved(session, marta, thread)
    if happened == "edited":
        net.edit(1, "@northwind Never mind, it was the cat on the cable all along.")
    else:
        net.delete(1)
    if happened != "deleted unnoticed":
        channels.read_again(session, thread)
    sending.send(made)
    share = share_of(session, made)
    assert share.state in ("draft", "failed")
    assert share.said
    assert replies(net) == 0


def test_how_many_saw_it_is_said_where_the_network_tells(
    client: Browser, session: Session, net: Network, marta: Member, thread: ThreadLink
) -> None:
    made = approved(session, marta, thread)
    sending.send(made)
    thread = channels.read_again(session, thread)
    client.sign_in(marta)
    for page in (f"/desk/shares/{made}", f"/desk/social/{thread.id}"):
        assert "seen by about" not in words(client.get(page)).lower()
    receipt = share_of(session, made).receipt_ext_id
    for ext_id, seen in ((receipt, {"views": 1240}), (thread.root_ext_id, {"impression": 8900})):
        session.exec(select(ExternalPost).where(ExternalPost.ext_id == ext_id)).one().metrics = seen
    session.commit()
    assert "seen by about 1,240" in words(client.get(f"/desk/shares/{made}"))
    assert "Thread seen by about 8,900" in words(client.get(f"/desk/social/{thread.id}"))


@pytest.mark.parametrize("lost", ["the post", "the account"])
def test_a_check_with_nothing_to_look_at_ends(
    session: Session, net: Network, marta: Member, thread: ThreadLink, lost: str
) -> None:
    made = approved(session, marta, thread)
    sending.send(made)
    share = share_of(session, made)
    assert share.state == "sent"
    if lost == "the post":
        share.target_ext_id = "https://practice.example/posts/99"
    else:
        share.channel_id = None
    session.add(share)
    session.commit()
    later(2)
    run_due()
    share = share_of(session, made)
    assert (share.state, share.next_at) == ("unverified", None)


def test_what_was_perhaps_sent_and_cannot_be_looked_for_is_left_to_people(
    session: Session, net: Network, marta: Member, thread: ThreadLink
) -> None:
    made = approved(session, marta, thread)
    with transaction() as writing:
        writing.execute(
            update(Share).where(Share.id == made).values(state=ShareState.unknown, channel_id=None, next_at=clock.now())
        )
    later(2)
    run_due()
    share = share_of(session, made)
    assert (share.state, share.next_at) == ("by_hand", None)
    assert "Look there before you post it" in share.said


def test_case_22_no_answer_after_sending(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    """Looked for before anything else, and found."""
    made = approved(session, marta, thread)
    net.break_next("send", Fault.lost_answer)
    sending.send(made)
    assert share_of(session, made).state == "unknown"
    sending.send(made)
    assert share_of(session, made).state == "unknown", "not before a minute has passed"
    later(1.1)
    sending.send(made)
    assert (share_of(session, made).state, replies(net)) == ("sent", 1)


def test_it_is_sent_again_only_after_two_looks(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    net.break_next("send", Fault.lost_answer)
    sending.send(made)
    net.delete(6)
    states = []
    for _ in range(3):
        later(1.1)
        sending.send(made)
        states.append(str(share_of(session, made).state))
    assert states[:2] == ["unknown", "approved"]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", ["before", "after", "receipt"])
def test_case_24_a_crash_around_the_sending(
    session: Session, net: Network, marta: Member, thread: ThreadLink, monkeypatch, point: str
) -> None:
    made = approved(session, marta, thread)
    _killed_at(monkeypatch, point)
    with pytest.raises(Killed):
        sending.send(made)
    monkeypatch.undo()
    assert share_of(session, made).state == "sending"
    for _ in range(8):
        later(2.1)
        run_due()
    assert share_of(session, made).state == "visible"
    assert replies(net) == 1


def _killed_at(monkeypatch, point: str) -> None:
    """`before` the network carries it out, `after` it did, or while the receipt is written."""
    whole = Network.write

    def cut(self, *values, **more):
        if point == "before":
            raise Killed
        made = whole(self, *values, **more)
        if point == "after":
            raise Killed
        return made

    monkeypatch.setattr(Network, "write", cut)
    if point == "receipt":
        monkeypatch.setattr(sending, "_sent", lambda *_: (_ for _ in ()).throw(Killed()))


KILLS = st.lists(st.sampled_from(["none", "before", "after", "receipt", "lost", "down", "limited"]), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KILLS)
def test_whatever_goes_wrong_in_whatever_order_it_stands_there_once(session, net, marta, thread, kills: list[str]) -> None:
    text = f"@maeve Which firmware is on it? {clock.now().timestamp()}"
    with transaction() as writing:  # many examples in one hour: how many may go out in it is tested elsewhere
        writing.execute(update(Channel).values(options={"hourly_limit": 200}))
    with pytest.MonkeyPatch.context() as patch:
        net.mend()
        made = approved(session, marta, thread, text)
        for kill in kills:
            with patch.context() as now:
                _arrange(net, now, kill)
                with contextlib.suppress(Killed):
                    run_due()
            later(6)
    net.mend()
    for _ in range(10):
        later(61)  # longer than the longest rest of a channel
        run_due()
    share = share_of(session, made)
    assert share.state in ("visible", "unverified", "failed", "draft"), share.state
    assert replies(net, text) == (share.state in ("visible", "unverified"))
    clock.use(None)


def _arrange(net: Network, patch: pytest.MonkeyPatch, kill: str) -> None:
    faults = {"lost": ("send", Fault.lost_answer), "down": ("any", Fault.down), "limited": ("send", Fault.rate_limited)}
    if kill in faults:
        net.break_next(*faults[kill])
    elif kill != "none":
        _killed_at(patch, kill)


def test_case_25_two_people_approve_at_once(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    both = [threading.Thread(target=sending.send, args=[made]) for _ in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert replies(net) == 1
    with pytest.raises(Conflict), transaction() as writing:
        share, place = actions.access_share(writing, actor_of(marta), made)
        actions.approve(writing, actor_of(marta), share, place, anyway=True)
    with pytest.raises(Conflict), transaction() as writing:
        actions.write_reply(
            writing, actor_of(marta), writing.get_one(ThreadLink, thread.id), WriteReply(purpose="ask", text=TEXT)
        )


def save(member: Member, share_id: int, text: str) -> None:
    with transaction() as writing:
        share, place = actions.access_share(writing, actor_of(member), share_id)
        actions.save(writing, actor_of(member), share, place, SaveShare(text=text, act="approve", anyway=True))


def drop(member: Member, share_id: int) -> None:
    with transaction() as writing:
        share, _ = actions.access_share(writing, actor_of(member), share_id)
        actions.drop(writing, actor_of(member), share)


def test_words_that_change_while_the_network_is_asked(
    session: Session, net: Network, marta: Member, thread: ThreadLink, monkeypatch
) -> None:
    """What goes out is what stands approved at that moment."""
    made, other = approved(session, marta, thread), "@maeve Which model is it, and since when?"
    whole = Simulated.precheck

    async def slow(self, *values):
        gate = await whole(self, *values)
        save(marta, made, other)
        monkeypatch.undo()
        return gate

    monkeypatch.setattr(Simulated, "precheck", slow)
    sending.send(made)
    assert (replies(net), share_of(session, made).state) == (0, "approved")
    sending.send(made)
    assert (replies(net), replies(net, other)) == (0, 1)


@pytest.mark.parametrize("why", ["closed", "forbidden", "down"])
def test_dropped_while_the_network_is_asked(
    session: Session, net: Network, marta: Member, thread: ThreadLink, monkeypatch, why: str
) -> None:
    made = approved(session, marta, thread)

    async def slow(self, *values):
        drop(marta, made)
        if why == "closed":
            return ReplyGate(open=False, reason="Closed to replies.")
        raise Forbidden("closed") if why == "forbidden" else Transient("down")

    monkeypatch.setattr(Simulated, "precheck", slow)
    sending.send(made)
    assert share_of(session, made).state == "dropped"


def test_a_person_says_where_it_stands_while_it_is_looked_for(session, client, net, marta, thread, monkeypatch) -> None:
    made = approved(session, marta, thread)
    client.sign_in(marta)
    with transaction() as writing:
        writing.execute(update(Share).where(Share.id == made).values(state=ShareState.unknown, misses=1, next_at=clock.now()))

    async def look(self, *_) -> None:
        await asyncio.to_thread(client.post, f"/shares/{made}/receipt", {"receipt_url": "https://network.example/@us/9"})

    monkeypatch.setattr(Simulated, "find_sent", look)
    sending.send(made)
    run_due()
    assert (share_of(session, made).state, replies(net)) == ("posted", 0), "it is not sent once more"


def test_taken_back_while_it_is_looked_at(session: Session, net: Network, marta: Member, thread: ThreadLink, monkeypatch) -> None:
    made = approved(session, marta, thread)
    sending.send(made)
    whole = Simulated.verify_visible

    async def slow(self, *values):
        seen = await whole(self, *values)
        monkeypatch.undo()
        await asyncio.to_thread(sending.take_back, made, marta.id)
        return seen

    monkeypatch.setattr(Simulated, "verify_visible", slow)
    sending.send(made)
    assert (share_of(session, made).state, replies(net)) == ("withdrawn", 0)


@pytest.mark.parametrize("raced", [False, True])
def test_case_26_accepted_and_not_shown(session: Session, net: Network, marta: Member, thread: ThreadLink, raced: bool) -> None:
    """A closed thread is refused before sending; one that closes meanwhile is told to staff, and never sent again."""
    if raced:
        net.break_next("send", Fault.hidden)
    else:
        closed = net.write("acct-maeve", "@northwind Nobody may answer this one, it is closed to replies.", closed=True)
        thread = channels.read(session, address(closed))
    made = approved(session, marta, thread)
    for _ in range(3):
        sending.send(made)
        later(6)
    share = share_of(session, made)
    assert share.state == ("hidden" if raced else "failed")
    assert share.attempts == raced
    assert share.said


def test_case_29_nobody_else_is_pinged(session: Session, marta: Member, thread: ThreadLink) -> None:
    with transaction() as writing:
        place = writing.get_one(ThreadLink, thread.id)
        share = actions.write_reply(
            writing, actor_of(marta), place, WriteReply(text="@maeve Ask @tomasz@other.example, he knows.")
        )
        with pytest.raises(Invalid, match="would ping @tomasz"):
            actions.approve(writing, actor_of(marta), share, place, anyway=True)


def test_delicate_words_need_two_people(
    client: Browser, session: Session, net: Network, marta: Member, thread: ThreadLink
) -> None:
    client.sign_in(marta)
    text = "@maeve We will refund the month without service."
    place = client.post(f"/desk/social/{thread.id}/replies", {"text": text}).headers["location"]
    shown = client.get(place)
    assert "Speaks of money, so a second person reads it." in words(shown)
    made = int(place.rpartition("/")[2])
    client.post(f"/shares/{made}", {"text": text, "act": "approve"})
    assert share_of(session, made).state == "awaiting"
    assert "Somebody else reads them now" in words(client.get(place))
    assert client.post(f"/shares/{made}", {"text": text, "act": "approve"}).status_code == 409
    client.sign_in(make.agent(session))
    client.post(f"/shares/{made}", {"text": text, "act": "approve"})
    assert share_of(session, made).state == "approved"
    sending.send(made)
    assert replies(net, text) == 1


def test_the_network_rests_and_it_goes_out_later(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    made = approved(session, marta, thread)
    net.break_next("any", Fault.rate_limited)
    sending.send(made)
    share = share_of(session, made)
    assert share.state == "retrying"
    assert share.next_at >= clock.now() + timedelta(minutes=4)
    later(6)
    run_due()
    assert replies(net) == 1


def test_a_channel_away_for_an_hour_and_people_post_by_hand(
    session: Session, net: Network, marta: Member, thread: ThreadLink, drain
) -> None:
    """The words and the place come by mail, once; and it is never sent beside what a person posted."""
    made = approved(session, marta, thread)
    with transaction() as writing:
        writing.get_one(Channel, thread.channel_id).state = ChannelState.needs_reauth
    sending.send(made)
    assert share_of(session, made).state == "approved"
    later(61)
    for _ in range(2):
        run_due()
        drain()
    share = share_of(session, made)
    assert (share.state, share.next_at, replies(net)) == ("failed", None, 0)
    (letter,) = [one for one in mail.delivered() if "by hand" in one["Subject"]]
    assert letter["To"] == marta.email
    assert TEXT in letter.get_content()
    assert f"/desk/shares/{made}" in letter.get_content()


def test_at_most_twenty_in_an_hour(session: Session, net: Network, marta: Member, thread: ThreadLink) -> None:
    channel = session.exec(select(Channel)).one()
    channel.options = {"hourly_limit": 2}
    session.add(channel)
    session.commit()
    made = [approved(session, marta, thread, f"@maeve Which firmware is on it, number {number}?") for number in range(3)]
    for one in made:
        sending.send(one)
    assert [share_of(session, one).state for one in made][2] == "approved"
    assert "this one waits" in share_of(session, made[2]).said
    later(61)
    run_due()
    assert share_of(session, made[2]).state == "sent"


def test_taking_it_back(client: Browser, session: Session, net: Network, marta: Member, thread: ThreadLink, drain) -> None:
    made = approved(session, marta, thread)
    sending.send(made)
    client.sign_in(marta)
    client.post(f"/shares/{made}/taking-back")
    drain()
    assert (share_of(session, made).state, replies(net)) == ("withdrawn", 0)


def test_every_purpose_fits_every_network() -> None:
    """The frames leave room for a summary on the shortest network."""
    parts = lengths.Parts(
        summary="s" * 190,
        url="https://community.example/resolutions/12345/a-slug",
        handle="@somebody",
        lead="Solved by our community:",
    )
    assert "s" * 190 in lengths.fit("x", parts)
