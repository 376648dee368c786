"""Connected accounts: connecting, trying the secret, pausing, signing in again, and how trouble shows."""

import contextlib
from datetime import timedelta

import httpx2
import pytest
from sqlmodel import Session, select

from forum.core import clock, outgoing
from forum.core.settings import settings
from forum.models import Channel, ChannelGap, ChannelSecret, ChannelSpending, Platform, ThreadLink
from forum.social.channels import health, secrets
from forum.social.channels import jobs as channel_jobs
from forum.social.channels.running import NotNow, through
from forum.social.connectors.base import Budget
from forum.social.connectors.errors import RateLimited, SchemaDrift, Transient
from forum.social.reading import jobs
from forum.social.simulated.network import Fault, address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

TOKEN = "a-very-secret-token-9f3c"


def again(session: Session, channel: Channel) -> Channel:
    session.expire_all()
    session.rollback()
    return session.get_one(Channel, channel.id)


def test_the_practice_network_is_connected_in_two_steps(client: Browser, session: Session, drain) -> None:
    client.sign_in(make.admin(session))
    assert "No account is connected" in words(client.get("/desk/channels"))
    shown = client.get("/desk/channels/new?network=simulated")
    assert "Nothing on it ever leaves this forum" in words(shown)
    answer = client.post("/desk/channels", {"platform": "simulated", "name": "Practice"})
    assert "We are trying the secret" in words(client.get(answer.headers["location"]))
    drain()
    shown = words(client.get(answer.headers["location"]))
    assert "Working" in shown
    assert "northwind" in shown


def test_a_mastodon_account_and_its_refused_secret(client: Browser, session: Session, drain) -> None:
    """The secret is sealed, its end is shown, and a refusal says what to do."""
    accepted = [False]

    def server(request: httpx2.Request) -> httpx2.Response:
        if not accepted[0]:
            return httpx2.Response(401, json={"error": "The access token is invalid"})
        if request.url.path.endswith("verify_credentials"):
            me = {"id": "1", "acct": "northwind", "uri": "https://social.example/users/northwind", "url": "", "note": ""}
            return httpx2.Response(200, json=me)
        return httpx2.Response(
            200, json={"configuration": {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 25}}}
        )

    outgoing.use({"social.example": httpx2.MockTransport(server)}.get)
    client.sign_in(make.admin(session))
    shown = client.get("/desk/channels/new?network=mastodon")
    answer = client.post(
        "/desk/channels", {"platform": "mastodon", "name": "Toots", "base_url": "social.example", "access_token": TOKEN}
    )
    drain()
    place = answer.headers["location"]
    shown = client.get(place)
    assert "The network does not accept this secret" in words(shown)
    assert TOKEN not in shown.text
    assert "ending in 9f3c" in words(shown)
    row = session.exec(select(ChannelSecret)).one()
    assert TOKEN not in row.ciphertext
    assert "9f3c" not in repr(row)
    accepted[0] = True
    client.post(f"{place}/secrets", {"access_token": "another-long-token-aa11"})
    drain()
    session.rollback()
    channel = session.exec(select(Channel)).one()
    assert (channel.state, channel.own_ext_id, channel.limits["text_limit"]) == (
        "ok",
        "https://social.example/users/northwind",
        5000,
    )
    outgoing.use(None)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("base_url", "http://127.0.0.1:80/", "must begin with https://"),
        ("base_url", "ftp://social.example", "Write the server's address"),
        ("access_token", "", "Fill this in to go on."),
        ("name", "", "Fill this in to go on."),
    ],
)
def test_what_is_typed_wrong_comes_back(client: Browser, session: Session, field: str, value: str, sentence: str) -> None:
    client.sign_in(make.admin(session))
    form = {"platform": "mastodon", "name": "Toots", "base_url": "social.example", "access_token": TOKEN}
    shown = client.post("/desk/channels", form | {field: value})
    assert shown.status_code == 422
    assert sentence in words(shown)
    assert TOKEN not in shown.text
    assert session.exec(select(Channel)).all() == []


def test_the_same_account_is_connected_once(client: Browser, session: Session) -> None:
    channels.channel(session)
    client.sign_in(make.admin(session))
    shown = client.post("/desk/channels", {"platform": "simulated", "name": "Twice"})
    assert "connected already" in words(shown)


def test_case_19_a_secret_that_is_refused_twice(session: Session) -> None:
    """Reading stops, nothing is lost, and staff are told once."""
    net = channels.network()
    made = channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    net.break_next("any", Fault.refused, times=10)
    channels.read_again(session, thread)
    assert again(session, made).state == "ok"
    channels.read_again(session, thread)
    made = again(session, made)
    assert (made.state, made.auth_failures) == ("needs_reauth", 2)
    channels.read_again(session, thread)
    assert again(session, made).auth_failures == 2, "it is not even asked"
    assert session.get_one(ThreadLink, thread.id).posts == 5
    jobs.tick()
    assert again(session, made).state == "needs_reauth"


@pytest.mark.parametrize("asked", [300, 86_400])
def test_case_30_a_pause_that_the_server_asks_for(session: Session, asked: int) -> None:
    """Work is put off and nobody sleeps on it."""
    made, now = channels.channel(session), clock.now()
    health.failed(made, RateLimited(now + timedelta(seconds=asked)), now)
    assert made.breaker_until == now + timedelta(seconds=asked)
    assert not health.may_ask(made, now + timedelta(seconds=asked - 1))
    assert health.may_ask(made, now + timedelta(seconds=asked))


@pytest.mark.parametrize("status", [200, 429, 503])
@pytest.mark.parametrize(
    "said", ["1799999999000", "9" * 400, "\u00b2", "99999999", "soon", "9999-12-31", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_case_30_figures_that_are_none(session: Session, said: str, status: int) -> None:
    """Milliseconds, nonsense, the end of time: nothing breaks, and the server is asked again within a day."""
    names = ("x-ratelimit-reset", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining")
    headers = {name: said.encode() for name in names}
    outgoing.use({"social.example": httpx2.MockTransport(lambda _: httpx2.Response(status, headers=headers, json={}))}.get)
    made = channels.channel(session, Platform.mastodon, base_url="https://social.example")
    with contextlib.suppress(RateLimited, Transient):
        through(made.id, lambda connector, budget: connector.ask("GET", "https://social.example/api/v2/instance", budget))
    outgoing.use(None)
    until = again(session, made).breaker_until
    assert until is None or until <= clock.now() + timedelta(days=1)


@pytest.mark.parametrize("error", [Transient("down"), SchemaDrift("posts")])
def test_case_33_five_failures_open_the_breaker(session: Session, error: Exception) -> None:
    """One, two, four minutes and on, at most an hour; one success closes it."""
    made, now = channels.channel(session), clock.now()
    pauses = []
    for _ in range(14):
        health.failed(made, error, now)
        if made.breaker_until and made.breaker_until > now:
            pauses.append(int((made.breaker_until - now).total_seconds() // 60))
            now = made.breaker_until
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    health.succeeded(made, now)
    assert (made.breaker_until, made.breaker_step, made.failures) == (None, 0, 0)


def test_case_41_the_month_is_spent(session: Session) -> None:
    """Reading stops at nine tenths, sending at the whole."""
    channels.network()
    made = channels.channel(session, monthly_budget=1_000_000)

    async def work(_connector, _budget: Budget) -> str:
        return "asked"

    for spent, reads, sends in ((800_000, True, True), (950_000, False, True), (1_000_000, False, False)):
        session.merge(ChannelSpending(channel_id=made.id, day=clock.now().date(), kind="read_post", units=1, cost=spent))
        session.commit()
        for sending, allowed in ((False, reads), (True, sends)):
            if allowed:
                assert through(made.id, work, sending=sending) == "asked"
            else:
                with pytest.raises(NotNow, match="budget"):
                    through(made.id, work, sending=sending)


def test_case_43_a_cursor_older_than_what_the_network_keeps(client: Browser, session: Session) -> None:
    made = channels.channel(session)
    source = jobs.Source(made.platform, made.id, "mention", "addressed")
    since = clock.now() - timedelta(days=9)
    jobs.take_batch(made.id, jobs.MENTIONS, jobs.MentionBatch(cursor="77", lost=True), source, since=since)
    gap = session.exec(select(ChannelGap)).one()
    assert (gap.from_at, gap.closed_at) == (since, None)
    client.sign_in(make.agent(session))
    shown = client.get(f"/desk/channels/{made.id}")
    assert "Possible gaps" in words(shown)
    client.post(f"/desk/channels/{made.id}/gaps/{gap.id}/closing")
    assert "Possible gaps" not in words(client.get(f"/desk/channels/{made.id}"))


def test_a_secret_left_empty_stays_as_it_is(client: Browser, session: Session) -> None:
    made = channels.channel(session, Platform.mastodon, base_url="https://social.example")
    client.sign_in(make.admin(session))
    place = f"/desk/channels/{made.id}"
    assert client.post(f"{place}/secrets", {"hook_secret": "shared-with-them"}).status_code == 422, "nothing is kept yet"
    assert client.post(f"{place}/secrets", {"access_token": TOKEN}).status_code == 303
    assert "What you leave empty stays as it is." in words(client.get(place))
    assert client.post(f"{place}/secrets", {"access_token": "", "hook_secret": "shared-with-them"}).status_code == 303
    session.rollback()
    assert secrets.opened(session, made.id) == {"access_token": TOKEN, "hook_secret": "shared-with-them"}


def test_a_new_key_still_opens_what_an_older_one_sealed(session: Session, monkeypatch) -> None:
    made = channels.channel(session)
    secrets.keep(session, made.id, "access_token", TOKEN)
    session.commit()
    monkeypatch.setenv("FORUM_OLDER_SECRET_KEYS", "tests only")
    monkeypatch.setenv("FORUM_SECRET_KEY", "a newer key")
    settings.cache_clear()
    assert secrets.opened(session, made.id) == {"access_token": TOKEN}
    channel_jobs.reseal()
    session.rollback()
    monkeypatch.setenv("FORUM_OLDER_SECRET_KEYS", "")
    settings.cache_clear()
    assert secrets.opened(session, made.id) == {"access_token": TOKEN}
    monkeypatch.undo()
    settings.cache_clear()
    assert secrets.opened(session, made.id) == {}, "a key we do not have opens nothing"


def test_a_pasted_address_leads_to_its_thread(client: Browser, session: Session, drain) -> None:
    net = channels.network()
    channels.channel(session)
    said = channels.outage(net)
    client.sign_in(make.agent(session))
    answer = client.post("/desk/readings", {"url": address(said["answer"])})
    place = answer.headers["location"]
    assert "Reading it" in words(client.get(place))
    drain()
    opened = client.get(place)
    assert opened.status_code == 303
    assert "Is anyone looking" in words(client.get(opened.headers["location"]))
    again_asked = client.post("/desk/readings", {"url": address(said["root"])})
    assert again_asked.headers["location"] == opened.headers["location"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/@a/1", "https://10.0.0.1/@maeve/12345"),
        *("https://unknown.example/page", "http://[64:ff9b::7f00:1]/", "https://user:pw@social.example/@a/1"),
    ],
)
def test_case_34_an_address_inside_or_unknown(client: Browser, session: Session, url: str, drain) -> None:
    """Refused in the same words, whether it stands inside our network or nowhere."""
    channels.channel(session)
    client.sign_in(make.agent(session))
    shown = client.post("/desk/readings", {"url": url})
    assert shown.status_code == 422
    assert "None of your channels reads that address" in words(shown) or "not a web address" in words(shown)
