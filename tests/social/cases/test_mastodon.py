"""Mastodon, against a full double of its API in this process, and against a strict server with other habits."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from mastodon_mock.app import create_app, dispose_app_resources
from mastodon_mock.config import MastodonMockConfig
from sqlmodel import Session, select
from starlette.testclient import TestClient

from forum.core import outgoing
from forum.models import Channel, ExternalAccount, ExternalPost, Platform, ThreadLink, ThreadRun
from forum.social.channels import secrets
from forum.social.channels.abilities import rule_of
from forum.social.channels.running import through
from forum.social.connectors.base import Rendered, SendKey, Target
from forum.social.connectors.errors import BadText, ConnectorError, Denied, RateLimited, Transient, UnknownOutcome
from forum.social.lengths import count, fits
from forum.social.reading import jobs
from tests.fakes.networks.strict_mastodon import StrictFake
from tests.fakes.serving import served
from tests.make import channels

BASE = "https://mock.local"
"""What the double calls itself."""
STRICT = "https://social.example"


class Double:
    """The double of the API, with people who speak."""

    def __init__(self) -> None:
        config = MastodonMockConfig.model_validate({"database": {"url": "sqlite://"}})
        self.app = create_app(config)
        self.client = TestClient(self.app, base_url=BASE)
        self.tokens: dict[str, str] = {}
        for name in ("northwind", "maeve", "rhod"):
            made = self.client.post("/api/v1/_mock/dev_user", json={"username": name}).json()
            self.tokens[name] = made["access_token"]

    def say(self, name: str, text: str, parent: str = "", visibility: str = "public", **more: Any) -> dict[str, Any]:
        body = {"status": text, "visibility": visibility, **({"in_reply_to_id": parent} if parent else {}), **more}
        answer = self.client.post("/api/v1/statuses", json=body, headers=self.auth(name))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def auth(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[name]}"}

    def fault(self, kind: str, path: str = "*", **more: Any) -> None:
        rule = {"match": {"path": path}, "effect": {"type": kind, **more}}
        assert self.client.post("/api/v1/_mock/faults", json=rule).status_code == 200

    def heal(self) -> None:
        self.client.delete("/api/v1/_mock/faults")


@pytest.fixture(scope="module")
def double() -> Iterator[Double]:
    made = Double()
    yield made
    dispose_app_resources(made.app)


@pytest.fixture
def net(double: Double) -> Iterator[Double]:
    double.heal()
    with served({"mock.local": double.app}):
        yield double


@pytest.fixture
def channel(session: Session, net: Double) -> Channel:
    return connected(session, net.tokens["northwind"])


def connected(session: Session, token: str, base: str = BASE, **limits: int) -> Channel:
    own = f"{base}/users/northwind"
    made = channels.channel(session, Platform.mastodon, base_url=base, own_ext_id=own, own_handle="northwind", limits=limits)
    secrets.keep(session, made.id, "access_token", token)
    session.commit()
    return made


def run(channel: Channel, work: Callable[..., Awaitable[Any]]) -> Any:
    return through(channel.id, work, sending=True)


def aim(status: dict[str, Any]) -> Target:
    return Target(Platform.mastodon, status["uri"], "mock.local", status["url"], native_id=str(status["id"]))


def texts(session: Session) -> set[str]:
    session.rollback()
    return set(session.exec(select(ExternalPost.text)))


def test_case_16_private_words_in_an_answer_for_strangers(session: Session, net: Double, channel: Channel) -> None:
    """The double gives direct and followers-only posts to everybody; none of them is ever written."""
    root = net.say("maeve", "The hub drops out")
    net.say("rhod", "Same here", root["id"])
    net.say("rhod", "My number is 555", root["id"], "direct")
    net.say("rhod", "Friends only", root["id"], "private")
    thread = channels.read(session, root["url"])
    assert texts(session) == {"The hub drops out", "Same here"}
    thread = channels.read_again(session, thread)
    run_ = session.exec(select(ThreadRun).where(ThreadRun.thread_id == thread.id)).one()
    assert (run_.counts["withheld"], run_.counts["unchanged"], run_.counts["requests"]) == (2, 2, 2)


def test_late_reply_edit_and_a_deleted_parent(session: Session, net: Double, channel: Channel) -> None:
    root = net.say("maeve", "The hub drops out")
    answer = net.say("rhod", "Which model?", root["id"])
    below = net.say("maeve", "The third one", answer["id"])
    thread = channels.read(session, root["url"])
    net.client.delete(f"/api/v1/statuses/{answer['id']}", headers=net.auth("rhod"))
    net.client.put(f"/api/v1/statuses/{root['id']}", json={"status": "The hub drops out daily"}, headers=net.auth("maeve"))
    net.say("rhod", "Mine too", root["id"])
    thread = channels.read_again(session, thread)
    assert texts(session) == {"The hub drops out daily", "", "The third one", "Mine too"}
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == below["uri"])).one()
    assert row.state == "live", "what hung below a deleted post stays"


def test_case_18_a_storm_of_boosts_is_a_number(session: Session, net: Double, channel: Channel) -> None:
    root = net.say("maeve", "@northwind the hub drops out")
    for name in ("rhod", "northwind"):
        net.client.post(f"/api/v1/statuses/{root['id']}/reblog", headers=net.auth(name))
    jobs.poll(channel.id)
    thread = channels.read(session, root["url"])
    assert (thread.posts, thread.people) == (1, 1)
    assert session.exec(select(ExternalPost.metrics)).one()["reblogs"] == 2
    assert session.exec(select(ExternalAccount.handle)).all() == ["maeve@mock.local"]
    assert len(session.exec(select(ThreadLink)).all()) == 1


def test_case_23_a_server_that_ignores_the_key(session: Session) -> None:
    """The same key sent twice makes two posts there; looking first makes one."""
    strict = StrictFake()
    with served({"social.example": strict.app}):
        made = connected(session, strict.token, STRICT)
        root = strict.say("maeve", "The hub drops out")
        message = Rendered("Solved: see https://northwind.example/a/1", aim(root))
        assert run(made, lambda connector, budget: connector.find_sent(message, SendKey("k"), None, budget)) is None
        strict.lost_answers = 1
        with pytest.raises(UnknownOutcome):
            run(made, lambda connector, budget: connector.send(message, SendKey("k"), budget))
        found = run(made, lambda connector, budget: connector.find_sent(message, SendKey("k"), None, budget))
        assert found is not None
        assert len(strict.own()) == 1
        run(made, lambda connector, budget: connector.send(message, SendKey("k"), budget))
        assert len(strict.own()) == 2, "the key means nothing there"


def test_a_strict_server_with_letters_in_its_ids(session: Session) -> None:
    strict = StrictFake()
    with served({"social.example": strict.app}):
        made = connected(session, strict.token, STRICT)
        root = strict.say("maeve", "The hub drops out", language="")
        strict.say("rhod", "Same here", root["id"])
        thread = channels.read(session, root["url"])
        assert thread.posts == 2
        assert set(session.exec(select(ExternalPost.language))) == {"und", "en"}
        profile, limits = run(made, lambda connector, budget: connector.connect())
        assert (profile.account.handle, limits) == ("northwind@social.example", {"text_limit": 5000, "url_weight": 25})
        session.rollback()
        secrets.keep(session, made.id, "access_token", "")
        session.commit()
        with pytest.raises(Denied):
            run(made, lambda connector, budget: connector.fetch_thread(aim(root), budget))


def test_case_28_a_server_with_another_limit(session: Session, net: Double, channel: Channel) -> None:
    """Each server is counted by its own rule; what it refuses all the same comes back with its reason."""
    wide = connected(session, "another", STRICT, text_limit=5000, url_weight=25)
    words = "word " * 400
    link = f"See https://northwind.example/{'a' * 90}"
    narrow_thread = ThreadLink(platform=Platform.mastodon, channel_id=None)
    wide_thread = ThreadLink(platform=Platform.mastodon, channel_id=wide.id)
    assert (fits(rule_of(session, narrow_thread), words), fits(rule_of(session, wide_thread), words)) == (False, True)
    assert (count(rule_of(session, narrow_thread), link), count(rule_of(session, wide_thread), link)) == (27, 29)
    root = net.say("maeve", "The hub drops out")
    with pytest.raises(BadText):
        run(channel, lambda connector, budget: connector.send(Rendered(words, aim(root)), SendKey("long"), budget))


FAULTS = [
    ("status", {"status": 503}, Transient),
    ("status", {"status": 500, "body": {"error": "boom"}}, Transient),
    ("malformed", {}, Transient),
    ("malformed", {"truncate": False}, Transient),
    ("ratelimit", {}, RateLimited),
    ("status", {"status": 200, "body": "<html>maintenance</html>"}, ConnectorError),
]


@pytest.mark.parametrize(("kind", "more", "error"), FAULTS)
def test_case_31_and_30_whatever_breaks_nothing_is_written(
    session: Session, net: Double, channel: Channel, kind: str, more: dict[str, Any], error: type[Exception]
) -> None:
    root = net.say("maeve", "The hub drops out")
    net.fault(kind, "/api/v1/statuses/*", **more)
    with pytest.raises(error):
        run(channel, lambda connector, budget: connector.fetch_thread(aim(root), budget))
    net.heal()
    assert session.exec(select(ExternalPost)).all() == []


def test_case_11_and_31_an_answer_cut_short_half_way(session: Session, net: Double, channel: Channel) -> None:
    """What was there stays, and nothing is concluded from what could not be read."""
    root = net.say("maeve", "The hub drops out")
    net.say("rhod", "Same here", root["id"])
    thread = channels.read(session, root["url"])
    net.fault("malformed", "/api/v1/statuses/*/context")
    channels.read_again(session, thread)
    net.heal()
    assert texts(session) == {"The hub drops out", "Same here"}


def test_case_33_a_server_that_hangs(session: Session, net: Double, channel: Channel, monkeypatch) -> None:
    monkeypatch.setattr(outgoing.asyncio, "timeout", _soon(outgoing.asyncio.timeout))
    root = net.say("maeve", "The hub drops out")
    net.fault("timeout", "/api/v1/statuses/*", delay_ms=30_000)
    with pytest.raises(Transient):
        run(channel, lambda connector, budget: connector.fetch_thread(aim(root), budget))
    net.heal()


def _soon(timeout: Callable[[float], Any]) -> Callable[[float], Any]:
    return lambda seconds: timeout(min(seconds, 0.3))


def test_case_45_an_undeclared_language(session: Session, net: Double, channel: Channel) -> None:
    root = net.say("maeve", "hub :(")
    body = net.client.get(f"/api/v1/statuses/{root['id']}").json() | {"language": None}

    def answers(request: httpx2.Request) -> httpx2.Response:
        around = {"ancestors": [], "descendants": []}
        return httpx2.Response(200, json=around if request.url.path.endswith("context") else body)

    with served({"mock.local": answers}):
        channels.read(session, root["url"])
    assert session.exec(select(ExternalPost.language)).one() == "und"
