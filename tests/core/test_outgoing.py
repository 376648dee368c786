"""The way out: public addresses only, checked at every hop, whatever a name resolves to."""

import asyncio

import httpx2
import pytest

from forum.core import outgoing
from forum.core.outgoing import Refused, Unreachable, checked_url, opened, public

HOSTILE = [
    *("http://127.0.0.1/", "http://localhost/", "http://0/", "http://0.0.0.0/", "http://2130706433/", "http://0x7f000001/"),
    *("http://127.1/", "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::]/"),
    *("http://169.254.169.254/latest/meta-data/", "http://10.0.0.8/", "http://192.168.1.1/", "http://172.16.0.9/"),
    *("http://100.64.0.1/", "http://198.18.0.1/", "http://224.0.0.1/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/"),
    *("http://[fe80::1]/", "http://[fc00::1]/", "http://[fec0::1]/", "http://192.88.99.1/", "http://127.0.0.1./"),
]
MALFORMED = [
    *(
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "https://user:pass@example.org/",
        "https://user@example.org/",
    ),
    *("https://example.org:8443/", "http://example.org:443/", "https:///", "https://[::1", "javascript:alert(1)", ""),
]


def fetch(url: str, **more):
    async def go():
        async with opened() as out:
            return await out.request("GET", url, **more)

    return asyncio.run(go())


@pytest.fixture
def answers():
    """Hosts that answer from here instead of the network."""
    table: dict[str, httpx2.MockTransport] = {}
    outgoing.use(table.get)
    yield table
    outgoing.use(None)


@pytest.mark.parametrize("url", HOSTILE)
def test_no_address_inside_is_asked(url: str) -> None:
    with pytest.raises((Refused, Unreachable)) as caught:
        fetch(url)
    assert not isinstance(caught.value, Unreachable) or not caught.value.sent


@pytest.mark.parametrize("url", MALFORMED)
def test_only_plain_web_addresses(url: str) -> None:
    with pytest.raises(Refused):
        checked_url(url)


@pytest.mark.parametrize(
    ("names", "asked"),
    [(["93.184.216.34", "127.0.0.1"], False), (["10.0.0.1"], False), ([], False)],
    ids=["one of two inside", "inside", "none"],
)
def test_every_address_of_a_name_must_be_public(monkeypatch, names: list[str], asked: bool) -> None:
    async def resolved(_host: str, _port: int) -> list[str]:
        return names

    monkeypatch.setattr(outgoing, "resolve", resolved)
    with pytest.raises(Refused):
        fetch("https://mixed.example/")
    assert not asked


def test_the_checked_address_is_the_one_connected_to(monkeypatch) -> None:
    """A name that answers differently the second time gains nothing: it is asked once."""
    asked: list[str] = []
    connected: list[httpx2.Request] = []

    async def resolved(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"]

    async def connect(_self, request: httpx2.Request) -> httpx2.Response:
        connected.append(request)
        return httpx2.Response(200, content=b"hello")

    monkeypatch.setattr(outgoing, "resolve", resolved)
    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", connect)
    assert fetch("https://rebinding.example/page").content == b"hello"
    assert asked == ["rebinding.example"]
    assert connected[0].url.host == "93.184.216.34"
    assert connected[0].headers["host"] == "rebinding.example"
    assert connected[0].extensions["sni_hostname"] == "rebinding.example"


@pytest.mark.parametrize("place", ["http://169.254.169.254/", "http://localhost/", "file:///etc/passwd", "gopher://x.example/"])
def test_a_redirect_is_checked_again(answers, place: str) -> None:
    answers["start.example"] = httpx2.MockTransport(lambda _request: httpx2.Response(302, headers={"location": place}))
    with pytest.raises((Refused, Unreachable)):
        fetch("https://start.example/")


@pytest.mark.parametrize(
    ("place", "carried"),
    [("https://other.example/x", False), ("http://start.example/x", False), ("https://start.example/x", True)],
)
def test_a_redirect_elsewhere_does_not_carry_the_secret(answers, place: str, carried: bool) -> None:
    """Nor does one to the same host in the clear."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/x":
            return httpx2.Response(200, json={"told": "authorization" in request.headers})
        return httpx2.Response(302, headers={"location": place})

    answers["start.example"] = answers["other.example"] = httpx2.MockTransport(answer)
    assert fetch("https://start.example/", headers={"Authorization": "Bearer secret"}).json() == {"told": carried}


def test_circles_and_floods_end(answers) -> None:
    answers["round.example"] = httpx2.MockTransport(
        lambda _request: httpx2.Response(302, headers={"location": "https://round.example/"})
    )
    answers["flood.example"] = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=b"x" * 9_000))
    with pytest.raises(Unreachable):
        fetch("https://round.example/")
    with pytest.raises(Unreachable) as caught:
        fetch("https://flood.example/", max_bytes=1_000)
    assert caught.value.sent


def test_what_a_lost_answer_may_mean(answers) -> None:
    def hang(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("nothing came")

    def refuse(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody there")

    answers["hang.example"] = httpx2.MockTransport(hang)
    answers["away.example"] = httpx2.MockTransport(refuse)
    for host, sent in (("hang", True), ("away", False)):
        with pytest.raises(Unreachable) as caught:
            fetch(f"https://{host}.example/")
        assert caught.value.sent is sent


def test_public_addresses() -> None:
    assert public("93.184.216.34")
    assert public("2606:4700::1")
    assert not public("not an address")
