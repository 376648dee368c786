"""Discourse, feeds and Reddit; and hostile text, whatever network it comes from."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, select

from forum.core import clock
from forum.models import Channel, ExternalPost, ExternalPostState, Platform, ThreadLink
from forum.social.channels.running import through
from forum.social.connectors import reddit, registry
from forum.social.connectors.base import Rendered, SendKey, Target
from forum.social.connectors.errors import AuthFailed, BadText, Denied, Forbidden, Gone, RateLimited, Transient, UnknownOutcome
from forum.social.connectors.reddit_asking import complaint, pause_in, understood
from forum.social.reading import jobs
from forum.social.wire.html_text import html_to_text
from tests import make
from tests.fakes.client import Browser
from tests.fakes.networks.bluesky import BlueskyFake
from tests.fakes.serving import served
from tests.make import channels

FORUM = "https://talk.example/community"
HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(2)) \u202egnp.exe\u202c \u2066hidden\u2069 a"
    + "\u0301" * 300
    + "\x00\x07\x85 ![](http://169.254.169.254/) <img src=x onerror=alert(3)>"
)


def run(channel: Channel, work: Callable[..., Awaitable[Any]]) -> Any:
    return through(channel.id, work, sending=True)


class DiscourseFake:
    """A topic of `length` posts, of which an answer holds twenty."""

    def __init__(self, length: int) -> None:
        self.posts = [self._post(number) for number in range(1, length + 1)]
        self.closed = False
        self.archetype = "regular"
        self.asked: list[str] = []

    def _post(self, number: int) -> dict[str, Any]:
        return {
            "id": 100 + number,
            "post_number": number,
            "topic_id": 7,
            "post_type": 1,
            "user_id": 3 + number % 2,
            "username": ("maeve", "rhod")[number % 2],
            "created_at": f"2026-03-01T09:{number % 60:02d}:00Z",
            "updated_at": "2026-03-02T09:00:00Z",
            "version": 1,
            "cooked": f"<p>Post number {number} about the hub</p>",
            "reply_to_post_number": number - 1 if number > 2 else None,
        }

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/community")
        self.asked.append(path)
        if self.closed:
            return httpx2.Response(404, json={"errors": ["Not here"], "error_type": "invalid_access"})
        if path == "/t/7.json":
            stream = {"posts": self.posts[:20], "stream": [one["id"] for one in self.posts]}
            topic = {"id": 7, "title": "The hub drops out", "archetype": self.archetype, "post_stream": stream}
            return httpx2.Response(200, json=topic)
        if path == "/t/7/posts.json":
            wanted = request.url.params.get_list("post_ids[]")
            assert len(wanted) <= 50
            found = [one for one in self.posts if str(one["id"]) in wanted]
            return httpx2.Response(200, json={"post_stream": {"posts": found}})
        found = [one for one in self.posts if path == f"/posts/{one['id']}.json"]
        return httpx2.Response(200, json=found[0]) if found else httpx2.Response(404, json={"error_type": "not_found"})


def test_a_long_topic_of_another_forum(session: Session) -> None:
    fake = DiscourseFake(130)
    made = channels.channel(session, Platform.discourse, base_url=FORUM, own_ext_id="", own_handle="")
    with served({"talk.example": fake}):
        thread = channels.read(session, f"{FORUM}/t/the-hub-drops-out/7/15?u=maeve")
        assert (thread.posts, thread.people, thread.complete) == (130, 2, True)
        assert len(fake.asked) == 4
        fake.posts[4] |= {"version": 2, "cooked": "<p>Better words</p>"}
        del fake.posts[9]
        thread = channels.read_again(session, thread)
        rows = {row.ext_id: row for row in session.exec(select(ExternalPost))}
        assert (rows[f"{FORUM}/p/105"].text, rows[f"{FORUM}/p/110"].state) == ("Better words", ExternalPostState.gone)
        assert rows[f"{FORUM}/p/103"].parent_ext_id == f"{FORUM}/p/102"
        assert rows[f"{FORUM}/p/101"].text.startswith("The hub drops out\n")
        fake.closed = True
        with pytest.raises(Denied):
            run(
                made,
                lambda connector, budget: connector.fetch_thread(Target(Platform.discourse, "", "", native_id="7-1"), budget),
            )
        gate = run(made, lambda connector, budget: connector.precheck(Target(Platform.discourse, "", ""), budget))
    assert (gate.open, gate.by_hand) == (False, True)


def test_a_message_between_members_of_another_forum_stays_there(session: Session) -> None:
    fake = DiscourseFake(3)
    fake.archetype = "private_message"
    made = channels.channel(session, Platform.discourse, base_url=FORUM, own_ext_id="", own_handle="")
    with served({"talk.example": fake}):
        page = run(
            made, lambda connector, budget: connector.fetch_thread(Target(Platform.discourse, "", "", native_id="7-1"), budget)
        )
    assert (page.posts, page.withheld) == ([], 3)


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Gadget news</title>
<entry xml:lang="en"><id>tag:1</id><title>Hub &amp; update</title><link href="https://news.example/1"/>
<published>2026-03-01T09:00:00Z</published><content type="html">&lt;p&gt;It drops &lt;b&gt;out&lt;/b&gt;&lt;/p&gt;</content>
<author><name>Maeve</name></author></entry></feed>"""
RSS = """<rss version="2.0"><channel><title>Gadget news</title><item><title>Hub</title><link>https://news.example/2</link>
<pubDate>Sun, 01 Mar 2026 09:00:00 GMT</pubDate><description>&lt;script&gt;x&lt;/script&gt;Still out</description></item></channel></rss>"""
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'


@pytest.mark.parametrize(("content", "text"), [(ATOM, "Hub & update\n\nIt drops out"), (RSS, "Hub\n\nStill out")])
def test_a_feed_is_polled_and_its_entries_come_once(session: Session, drain, content: str, text: str) -> None:
    made = channels.channel(session, Platform.feed, base_url="https://news.example/feed", own_ext_id="", own_handle="")
    asked: list[str] = []

    def answers(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers.get("if-none-match", ""))
        return httpx2.Response(304) if asked[-1] else httpx2.Response(200, text=content, headers={"etag": '"v1"'})

    with served({"news.example": answers}):
        jobs.poll(made.id)
        jobs.poll(made.id)
        drain()
    session.rollback()
    assert [(row.text, row.language) for row in session.exec(select(ExternalPost))] == [
        (text, "en" if content == ATOM else "und")
    ]
    assert asked == ["", '"v1"']
    assert session.exec(select(ThreadLink.refresh_at)).one() is None, "entries are not asked for one by one"


@pytest.mark.parametrize("content", [BOMB, "<html>no feed</html>", "not xml", ""])
def test_what_is_no_feed_or_dangerous(session: Session, content: str) -> None:
    made = channels.channel(session, Platform.feed, base_url="https://news.example/feed", own_ext_id="", own_handle="")
    with served({"news.example": lambda request: httpx2.Response(200, text=content)}), pytest.raises(Transient):
        run(made, lambda connector, budget: connector.poll_mentions("", budget))


class RedditFake:
    """What `asyncpraw` would give back."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.errors: list[Any] = []
        self.taken_away: set[str] = set()
        self.closed = 0

    def comment(self, number: str, parent: str, body: str = "Same here", replies: Any = "") -> dict[str, Any]:
        body = "[removed]" if f"t1_{number}" in self.taken_away else body
        data = {
            "id": number,
            "name": f"t1_{number}",
            "body": body,
            "author": "rhod",
            "author_fullname": "t2_r",
            "replies": replies,
        }
        data |= {
            "parent_id": parent,
            "link_id": "t3_abc",
            "created_utc": 1_772_000_000.0,
            "permalink": f"/r/hubs/comments/abc/x/{number}/",
        }
        return {"kind": "t1", "data": data}

    def link(self) -> dict[str, Any]:
        data = {
            "id": "abc",
            "name": "t3_abc",
            "title": "The hub drops out",
            "selftext": "Daily.",
            "is_self": True,
            "author": "maeve",
        }
        data |= {
            "author_fullname": "t2_m",
            "created_utc": 1_771_999_000.0,
            "permalink": "/r/hubs/comments/abc/x/",
            "edited": False,
        }
        return {"kind": "t3", "data": data}

    async def request(self, *, method: str, path: str, params: Any = None, data: Any = None) -> Any:
        self.sent.append({"path": path, **(data or {})})
        if self.errors:
            return {"json": {"errors": self.errors}}
        if path == "comments/abc/":
            more = {"kind": "more", "data": {"id": "m", "parent_id": "t3_abc", "children": [f"c{one}" for one in range(2, 130)]}}
            deeper = {"kind": "more", "data": {"id": "_", "parent_id": "t1_c1", "children": [], "count": 0}}
            first = self.comment("c1", "t3_abc", replies=_listing([deeper]))
            return [_listing([self.link()]), _listing([first, more])]
        if path.startswith("comments/abc/_/"):
            return [
                _listing([self.link()]),
                _listing([self.comment("c1", "t3_abc", replies=_listing([self.comment("d1", "t1_c1")]))]),
            ]
        if path == "api/morechildren/":
            assert len(data["children"].split(",")) <= 100
            return {
                "json": {"errors": [], "data": {"things": [self.comment(one, "t3_abc") for one in data["children"].split(",")]}}
            }
        if path == "api/comment/":
            return {"json": {"errors": [], "data": {"things": [self.comment("own", data["thing_id"], data["text"])]}}}
        names = params["id"].split(",") if "id" in (params or {}) else []
        known = [self.link() if one == "t3_abc" else self.comment(one.removeprefix("t1_"), "t3_abc") for one in names]
        return _listing(known)

    async def close(self) -> None:
        self.closed += 1


def _listing(children: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": children, "after": None}}


@pytest.fixture
def praw(session: Session, monkeypatch) -> Iterator[RedditFake]:
    fake = RedditFake()
    monkeypatch.setitem(registry.CONNECTORS, Platform.reddit, reddit.Reddit)
    monkeypatch.setattr(reddit, "new_client", lambda access: fake)
    channels.channel(session, Platform.reddit, own_ext_id="t2_n", own_handle="northwind")
    yield fake


@pytest.mark.parametrize(
    "url",
    [
        *("https://www.reddit.com/r/hubs/comments/abc/x/", "https://old.reddit.com/r/hubs/comments/abc/x/c1/?context=3"),
        *("https://redd.it/abcd", "https://www.reddit.com/comments/abc"),
    ],
)
def test_reddit_threads_are_read_whole(session: Session, praw: RedditFake, url: str) -> None:
    if "redd.it" in url:
        target = reddit.Reddit(None).resolve_url(url)  # type: ignore[arg-type]
        assert target is not None and target.ext_id == "t3_abcd"
        return
    thread = channels.read(session, url)
    assert (thread.posts, thread.complete, thread.root_ext_id) == (131, True, "t3_abc")
    assert praw.closed >= 1
    praw.taken_away.add("t1_c5")
    thread = channels.read_again(session, thread)
    row = session.exec(select(ExternalPost).where(ExternalPost.ext_id == "t1_c5")).one()
    assert (row.state, row.text) == (ExternalPostState.gone, "")


def test_reddit_takes_a_reply_or_says_why_not(session: Session, praw: RedditFake) -> None:
    made = session.exec(select(Channel)).one()
    session.rollback()
    message = Rendered("Solved: see our page", Target(Platform.reddit, "t1_c1", "reddit.com", root_ext_id="t3_abc"))
    receipt = run(made, lambda connector, budget: connector.send(message, SendKey("k"), budget))
    assert (receipt.ext_id, receipt.url) == ("t1_own", "https://www.reddit.com/r/hubs/comments/abc/x/own/")
    praw.errors = [
        ["RATELIMIT", "Looks like you've been doing that a lot. Take a break for 9 minutes before trying again.", "ratelimit"]
    ]
    with pytest.raises(RateLimited) as told:
        run(made, lambda connector, budget: connector.send(message, SendKey("k"), budget))
    assert told.value.reset_at is not None
    assert 590 < (told.value.reset_at - clock.now()).total_seconds() <= 600


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("TOO_LONG", BadText),
        ("THREAD_LOCKED", Forbidden),
        ("DELETED_COMMENT", Gone),
        ("NO_TEXT", BadText),
        ("USER_REQUIRED", AuthFailed),
    ],
)
def test_what_reddit_complains_about(code: str, error: type[Exception]) -> None:
    assert isinstance(complaint([[code, "this is too long (max: 10000)", "text"]], clock.now()), error)


def test_reddit_errors_by_their_names() -> None:
    def raised(name: str, *above: str, **more: Any) -> Exception:
        kind: type = Exception
        for one in (*above, name):
            kind = type(one, (kind,), {})
        made = kind("said")
        for key, value in more.items():
            setattr(made, key, value)
        return made

    now = clock.now()
    assert isinstance(understood(raised("NotFound", "ResponseException"), now, writing=False), Gone)
    assert isinstance(understood(raised("Forbidden", "ResponseException"), now, writing=False), Denied)
    assert isinstance(understood(raised("OAuthException"), now, writing=False), AuthFailed)
    assert isinstance(understood(raised("RequestException"), now, writing=False), Transient)
    assert isinstance(understood(raised("RequestException"), now, writing=True), UnknownOutcome)
    assert isinstance(understood(raised("TooManyRequests", retry_after=30), now, writing=True), RateLimited)
    assert [pause_in(one) for one in ("in 9 minutes.", "in 5 seconds.", "later")] == [600, 6, 600]


def test_without_the_extra_reddit_is_left_out() -> None:
    assert (Platform.reddit in registry.CONNECTORS) == registry.reddit_asking.INSTALLED


def test_case_35_hostile_text_is_shown_as_inert_text(client: Browser, session: Session) -> None:
    net = BlueskyFake()
    with served({"public.api.bsky.app": net.app}):
        channels.channel(session, Platform.bluesky, base_url="https://pds.example", own_ext_id="did:plc:n", own_handle="n")
        root = net.say("maeve", HOSTILE)
        thread = channels.read(session, f"https://bsky.app/profile/{root.split('/')[2]}/post/{root.split('/')[-1]}")
    text = session.exec(select(ExternalPost.text)).one()
    assert not any(code in text for code in "\u202e\u202c\u2066\u2069\x00\x07\x85")
    assert text.count("\u0301") <= 20
    client.sign_in(make.agent(session))
    shown = client.get(f"/desk/social/{thread.id}").text
    assert "<script>alert(1)" not in shown and "onerror=alert(3)>" not in shown.replace("&gt;", "")
    assert "&lt;script&gt;alert(1)" in shown
    assert 'href="javascript:' not in shown and '169.254.169.254/)"' not in shown


def test_case_35_a_book_is_cut(session: Session) -> None:
    net = BlueskyFake()
    with served({"public.api.bsky.app": net.app}):
        channels.channel(session, Platform.bluesky, base_url="https://pds.example", own_ext_id="did:plc:n", own_handle="n")
        root = net.say("maeve", "é" * 60_000)
        channels.read(session, f"https://bsky.app/profile/{root.split('/')[2]}/post/{root.split('/')[-1]}")
    text = session.exec(select(ExternalPost.text)).one()
    assert len(text.encode()) <= 50_000 and text.endswith("é…")


@pytest.mark.parametrize("depth", [50_000])
def test_case_35_deep_html_and_long_words(depth: int) -> None:
    assert html_to_text("<div>" * depth + "words" + "</div>" * depth) == "words"
    assert html_to_text("<p>&lt;script&gt;alert(2)&lt;/script&gt;</p>") == "<script>alert(2)</script>"
    assert json.dumps(html_to_text(f"<a href='javascript:alert(1)'>{'x' * 100}</a>")).count("javascript") == 0
