"""X, against a small server that answers as its documentation says: what is read is paid for, and few replies are let through."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, select

from forum.core import clock
from forum.models import Channel, ChannelSpending, ExternalAccount, ExternalPost, ExternalPostState, Platform, ThreadLink
from forum.social.channels import drift, secrets
from forum.social.channels.running import through
from forum.social.connectors.base import Budget, Rendered, SendKey, Target
from forum.social.connectors.errors import BudgetExceeded, Denied, Forbidden, Gone, SchemaDrift, Transient, UnknownOutcome
from forum.social.reading import jobs
from tests.fakes.networks.x import XFake
from tests.fakes.serving import served
from tests.make import channels


@pytest.fixture
def net() -> Iterator[XFake]:
    fake = XFake(clock.now())
    for number, handle in (("1", "northwind"), ("2", "maeve"), ("3", "rhod")):
        fake.join(number, handle)
    with served({"api.x.com": fake}):
        yield fake


@pytest.fixture
def channel(session: Session, net: XFake) -> Channel:
    made = channels.channel(session, Platform.x, own_ext_id="1", own_handle="northwind", monthly_budget=5_000_000)
    for kind in ("bearer_token", "access_token"):
        secrets.keep(session, made.id, kind, f"a-{kind}")
    session.commit()
    return made


def run(channel: Channel, work: Callable[..., Awaitable[Any]], budget: Budget | None = None) -> Any:
    return through(channel.id, work, sending=True, budget=budget)


def aim(number: str) -> Target:
    return Target(Platform.x, number, "x.com")


def place(number: str) -> str:
    return f"https://x.com/maeve/status/{number}"


@pytest.mark.parametrize(
    "form",
    [
        *("https://x.com/{w}/status/{n}", "https://twitter.com/{w}/status/{n}?s=20", "https://mobile.twitter.com/{w}/status/{n}"),
        *("https://vxtwitter.com/{w}/status/{n}", "https://www.x.com/i/web/status/{n}", "https://x.com/{w}/status/{n}/photo/1"),
        *("https://m.twitter.com/{w}/statuses/{n}", "https://fxtwitter.com/{w}/status/{n}#m"),
    ],
)
def test_case_01_every_form_of_an_address(session: Session, net: XFake, channel: Channel, form: str) -> None:
    number = net.say("2", "The hub drops out")
    thread = channels.read(session, form.format(w="maeve", n=number))
    assert (thread.root_ext_id, thread.url) == (number, place(number))


@pytest.mark.parametrize(
    "url", ["https://x.com/maeve", "https://evil.example/maeve/status/12", "https://x.com/maeve/status/12abc"]
)
def test_what_is_not_a_post_is_not_read(session: Session, net: XFake, channel: Channel, url: str) -> None:
    assert run(channel, _resolve(url)) is None


def _resolve(url: str) -> Callable[..., Awaitable[Any]]:
    async def work(connector: Any, _budget: Budget) -> Any:
        return connector.resolve_url(url)

    return work


def test_case_09_an_edit_is_a_new_id_of_the_same_post(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "The hub drps out")
    thread = channels.read(session, place(root))
    assert thread.posts == 1
    edited = net.say("2", "The hub drops out", edits=root)
    answer = net.say("3", "Mine as well, since the update", edited)
    thread = channels.read(session, place(edited))
    rows = {row.ext_id: row for row in session.exec(select(ExternalPost))}
    assert set(rows) == {root, answer}, "the new id is not another post"
    assert (rows[root].text, rows[root].revision) == ("The hub drops out", edited)
    assert rows[answer].parent_ext_id == root
    assert session.exec(select(ThreadLink.root_ext_id)).all() == [root]


def test_what_is_read_is_paid_for_and_stops_before_it_is_not(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "The hub drops out")
    for number in range(4):
        net.say("3", f"Same here, number {number}", root)
    channels.read(session, place(root))
    spent = {row.kind: (row.units, row.cost) for row in session.exec(select(ChannelSpending))}
    assert (spent["read_post"], spent["read_user"]) == ((5, 25_000), (2, 20_000))
    poor = Budget(money=100_000)
    page = run(channel, lambda connector, budget: connector.fetch_thread(aim(root), budget), poor)
    assert (len(page.posts), page.complete) == (1, False), "no search may be begun that could cost more than is left"
    assert poor.cost <= 100_000
    with pytest.raises(BudgetExceeded):
        run(channel, lambda connector, budget: connector.fetch_thread(aim(root), budget), Budget(money=100))


def test_prices_of_the_channel_come_first(session: Session, net: XFake, channel: Channel) -> None:
    channel.prices = {"read_post": 0, "read_user": 0}
    session.add(channel)
    session.commit()
    budget = Budget(money=1)
    root = net.say("2", "The hub drops out")
    run(channel, lambda connector, spend: connector.fetch_thread(aim(root), spend), budget)
    assert budget.cost == 0


def test_gone_is_said_with_a_good_status(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "The hub drops out")
    answer = net.say("3", "Turn it off and on", root)
    thread = channels.read(session, place(root))
    net.posts.pop(answer)
    channels.read_again(session, thread)
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == answer)).one()
    assert (row.state, row.text) == (ExternalPostState.gone, "")
    with pytest.raises(Gone):
        run(channel, lambda connector, budget: connector.fetch_thread(aim("1234567890123456789"), budget))


def test_protected_authors_are_withheld(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "The hub drops out")
    net.users["3"]["protected"] = True
    net.say("3", "Between us", root)
    assert channels.read(session, place(root)).posts == 1


def test_case_32_a_field_that_got_another_name(session: Session, net: XFake, channel: Channel) -> None:
    """The thread is read whole under either name; the change is noted once a day."""
    net.newer_names = True
    root = net.say("2", "The hub drops out")
    answer = net.say("3", "Mine as well", root)
    drift.forget()
    page = run(channel, lambda connector, budget: connector.fetch_thread(aim(root), budget))
    assert page.drift == ["referenced_posts", "edit_history_post_ids"]
    assert {post.ext_id: post.parent for post in page.posts} == {root: "", answer: root}
    now = clock.now()
    assert drift.note(channel.id, page.drift, now) == page.drift
    assert drift.note(channel.id, page.drift, now) == []
    assert channels.read(session, place(root)).posts == 2


@pytest.mark.parametrize(("how", "open_now"), [("mention", True), ("quote", True), ("neither", False)])
def test_case_27_only_who_asked_may_be_answered(session: Session, net: XFake, channel: Channel, how: str, open_now: bool) -> None:
    ours = net.say("1", "An update is out")
    quoted = {"referenced_tweets": [{"type": "quoted", "id": ours}]} if how == "quote" else {}
    root = net.say("2", "@northwind the hub drops out", mentions=("1",) if how == "mention" else (), **quoted)
    gate = run(channel, lambda connector, budget: connector.precheck(aim(root), budget))
    assert (gate.open, gate.by_hand) == (open_now, not open_now)
    if not open_now:
        message = Rendered("Solved: see our page", aim(root))
        with pytest.raises(Forbidden) as refused:
            run(channel, lambda connector, budget: connector.send(message, SendKey("k"), budget))
        assert (refused.value.gate, refused.value.retry) == ("summon", False)


def test_case_22_the_same_words_twice_are_looked_for(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "@northwind the hub drops out", mentions=("1",))
    message = Rendered("@maeve Solved: see our page", aim(root))
    receipt = run(channel, lambda connector, budget: connector.send(message, SendKey("k"), budget))
    with pytest.raises(UnknownOutcome):
        run(channel, lambda connector, budget: connector.send(message, SendKey("k"), budget))
    found = run(channel, lambda connector, budget: connector.find_sent(message, SendKey("k"), clock.now(), budget))
    assert found == receipt


def test_mentions_and_a_cursor(session: Session, net: XFake, channel: Channel) -> None:
    root = net.say("2", "@northwind the hub drops out", mentions=("1",))
    jobs.poll(channel.id)
    cursor = channels.cursor_of(session, channel)
    assert (cursor.value, session.exec(select(ExternalPost.ext_id)).one()) == (root, root)
    net.posts.clear()
    jobs.poll(channel.id)
    assert channels.cursor_of(session, channel).value == root
    assert session.exec(select(ChannelSpending.units).where(ChannelSpending.kind == "read_owned")).one() == 1


@pytest.mark.parametrize("lang", ["und", "qme", "zxx", None, 7])
def test_case_45_an_undeclared_language(session: Session, net: XFake, channel: Channel, lang: Any) -> None:
    root = net.say("2", "hub :(", lang=lang)
    channels.read(session, place(root))
    assert session.exec(select(ExternalPost.language)).one() == ("und" if lang != 7 else "7")


def test_shortened_addresses_and_entities_are_whole(session: Session, net: XFake, channel: Channel) -> None:
    urls = [
        {"url": "https://t.co/a", "expanded_url": "https://northwind.example/help"},
        {"url": "https://t.co/b", "media_key": "3_1"},
    ]
    net.say("2", "See https://t.co/a &lt;here&gt; https://t.co/b", entities={"urls": urls, "mentions": []})
    channels.read(session, place(next(iter(net.posts))))
    assert session.exec(select(ExternalPost.text)).one() == "See https://northwind.example/help <here>"
    assert session.exec(select(ExternalAccount.handle)).one() == "maeve"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'{"data": {"id": "1", "text": "cut', Transient),
        (b"<html><title>502</title></html>", Transient),
        (b"[]", SchemaDrift),
        (b'{"data": 7}', SchemaDrift),
        (b"", SchemaDrift),
        (b"[" * 100_000, Transient),
    ],
)
def test_case_31_answers_that_are_no_answers(
    session: Session, net: XFake, channel: Channel, content: bytes, error: type[Exception]
) -> None:
    """Nothing is written, and what is kept of the answer holds no words."""
    secret_words = b"cut" in content
    with served({"api.x.com": lambda request: httpx2.Response(200, content=content)}), pytest.raises(error) as told:
        run(channel, lambda connector, budget: connector.fetch_thread(aim("12345"), budget))
    assert not secret_words or "cut" not in str(told.value)
    assert session.exec(select(ExternalPost)).all() == []


def test_a_server_that_says_no_for_another_reason(session: Session, net: XFake, channel: Channel) -> None:
    refusing = {"errors": [{"message": "Invalid `ids`"}]}
    with served({"api.x.com": lambda request: httpx2.Response(400, json=refusing)}), pytest.raises(Denied):
        run(channel, lambda connector, budget: connector.fetch_thread(aim("12345"), budget))
