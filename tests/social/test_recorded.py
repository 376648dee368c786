"""What real servers once answered, read by the same code: nothing drifts, and reading it twice changes nothing.

The recordings are not part of the repository; without them these tests are skipped and say so.
"""

import json
import lzma
import tarfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from forum.models import Platform, ThreadOrigin
from forum.social.connectors.base import ThreadPage
from forum.social.reading.applying import Source, apply
from forum.social.sources import Gone, SourcePost
from forum.social.wire import bluesky, discourse, mastodon, reddit, x
from forum.social.wire.values import objects

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not here: no recorded answers to read")
BASE = "https://discourse.example"


def lines(name: str) -> Iterator[Any]:
    with lzma.open(SHARED / name, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@cache
def answers(archive: str, inside: str = "") -> list[Any]:
    """Parsed bodies, of recordings and of plain samples alike."""
    made: list[Any] = []
    with tarfile.open(SHARED / archive, "r:xz") as tar:
        for member in tar:
            file = (
                tar.extractfile(member) if member.isfile() and member.name.endswith(".json") and inside in member.name else None
            )
            if file is None:
                continue
            found = json.loads(file.read())
            if isinstance(found, list) and found and isinstance(found[0], dict) and "uri" in found[0] and "body" in found[0]:
                for one in found:
                    if one["status"]["code"] < 300 and str(one["body"]).startswith(("{", "[")):
                        made.append(json.loads(one["body"]))
            else:
                made.append(found)
    return made


def twice(session: Session, platform: Platform, page: ThreadPage) -> Counter[str]:
    source = Source(platform, None, ThreadOrigin.url, "public")
    first = apply(page, source).counts
    again = apply(page, source).counts
    assert {name: number for name, number in again.items() if number and name not in ("unchanged", "withheld")} == {}
    assert again["unchanged"] == first["stored"]
    return first


def page_of(items: list[Any]) -> ThreadPage:
    """One of each, as a thread lists them; the same post in many answers is one."""
    page, seen = ThreadPage(root_ext_id=""), set()
    for item in items:
        name = getattr(item, "ext_id", None)
        if name is None or name not in seen:
            seen.add(name)
            page.add(item)
    page.root_ext_id = page.posts[0].ext_id
    return page


def test_mastodon(session: Session) -> None:
    found = [
        mastodon.post_of(one, "localhost")
        for body in answers("mastodon_py_cassettes_responses.tar.xz")
        for one in objects(body)
        if "visibility" in one and "content" in one and isinstance(one.get("account"), dict) and one.get("uri")
    ]
    assert len([one for one in found if isinstance(one, SourcePost)]) > 100
    assert {one.reason.partition(":")[0] for one in found if not isinstance(one, SourcePost)} <= {
        "Withheld",
        "A boost of somebody else's post.",
    }
    page = page_of([one for one in found if isinstance(one, SourcePost)][:60])
    assert twice(session, Platform.mastodon, page)["stored"] > 20


def test_bluesky(session: Session) -> None:
    views = [one for body in answers("bluesky_recorded.tar.xz") for one in objects(body) if bluesky.is_post(one)]
    found = [bluesky.post_of(one) for one in views]
    assert len([one for one in found if isinstance(one, SourcePost)]) > 500
    assert {one.reason for one in found if not isinstance(one, SourcePost)} <= {"Withheld: shown to signed-in people only."}
    threads = [body for body in answers("bluesky_recorded.tar.xz", "getPostThread") for body in objects(body) if "thread" in body]
    page = page_of([bluesky.post_of(one) for body in threads for one in objects(body["thread"]) if bluesky.is_post(one)])
    assert twice(session, Platform.bluesky, page)["stored"] >= 1


def test_x() -> None:
    posts = [
        one
        for body in answers("tweepy_cassettes_responses.tar.xz", "client_")
        for one in objects(body)
        if "edit_history_tweet_ids" in one and "text" in one
    ]
    assert len(posts) > 50
    for one in posts:
        assert x.history(one) and x.when(x.history(one)[0]) is not None and x.drift_of(one) == []
        author = {"42": {"id": "42", "username": "somebody"}}
        item = x.post_of(one | {"author_id": one.get("author_id", "42")}, author, {})
        assert isinstance(item, SourcePost) and item.text
        assert item.language == "und" or len(item.language) <= 7


def test_reddit_threads(session: Session) -> None:
    stored = 0
    for recorded in lines("reddit_threads.jsonl.xz"):
        items = [one for one in reddit.items(recorded["response"]) if not isinstance(one, reddit.More)]
        assert items, recorded["submission"]
        if any(isinstance(one, SourcePost) for one in items):
            stored += twice(session, Platform.reddit, page_of(items))["stored"]
    assert stored > 1_000


@pytest.mark.parametrize("name", ["reddit_morechildren.jsonl.xz", "reddit_listings.jsonl.xz"])
def test_reddit_answers(name: str) -> None:
    for recorded in lines(name):
        found = list(reddit.items(recorded["response"]))
        expected = sum(1 for one in objects(recorded["response"]) if one.get("kind") in ("t1", "t3", "more"))
        assert len(found) == expected
        assert all(isinstance(one, SourcePost | Gone | reddit.More) or one.withheld for one in found)


def test_discourse_topics(session: Session) -> None:
    kinds: Counter[str] = Counter()
    for number, topic in enumerate(lines("discourse_urho3d_topics.jsonl.xz")):
        items = [discourse.post_of(one, BASE, topic) for one in topic["post_stream"]["posts"]]
        kinds.update(type(one).__name__ for one in items)
        if number % 40 == 0:
            page = page_of(items)
            assert twice(session, Platform.discourse, page)["stored"] == len(page.posts)
    assert kinds["SourcePost"] > 2_000


def test_discourse_samples() -> None:
    bodies = answers("social_granary_koala_discourse_api.tar.xz", "discourse_api_fixtures")
    posts = [one for body in bodies for one in objects(body) if "cooked" in one and "post_number" in one]
    assert len(posts) > 10
    assert all(isinstance(discourse.post_of(one, BASE), SourcePost | Gone) for one in posts if one.get("post_type", 1) == 1)
