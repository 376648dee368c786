"""What was never public, or no longer is, stands on no surface: pages, search, feeds, mail, caches, files, rows."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

from forum.core import clock, db, ratelimit
from forum.core.settings import settings
from forum.models import Activity, ExternalPost, ExternalPostState, Job, Member, Notice, Post, PostState, ThreadLink
from forum.policy.actor import actor_of
from forum.search import feed
from forum.social.privately import cases
from forum.social.reading.erasing import erased_list
from forum.social.simulated.network import address
from forum.web.page_cache import PageCache
from tests import make
from tests.fakes.client import Browser
from tests.make import channels
from tests.test_permissions_matrix import routes_of
from tests.test_without_javascript import crawl

DIRECT, FOLLOWERS, WITHHELD, DELETED, CASE = "zirrfalke", "quellmoos", "drahtwurz", "nebelkauz", "tonscherbe"
LURE = "peppercorn"
"""Stands beside each of them, so that one search would find all without naming any."""
ALL = (DIRECT, FOLLOWERS, WITHHELD, DELETED, CASE)
NEVER_STORED = (DIRECT, FOLLOWERS)
DESK_ONLY = {"external_post": (WITHHELD,), "post": (WITHHELD,), "revision": (WITHHELD,), "private_message": (CASE,)}
"""The only rows that still hold it: what is withheld may come back, so it waits there hidden."""
PARAMETERS = {"slug": "help", "handle": "nobody", "name": "nobody", "tag": "hub-3", "platform": "simulated"}


class Reading(Browser):
    """Keeps every answer as it was sent, with its headers: descriptions, previews and data for machines are in there."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.seen: dict[str, str] = {}

    def request(self, method: str, url: Any, **more: Any) -> Any:
        ratelimit._limiter.cache_clear()
        answer = super().request(method, url, **more)
        self.seen[str(url)] = f"{dict(answer.headers)}\n{answer.text}"
        return answer


def _say(word: str) -> str:
    return f"The hub near the {LURE} hums since the update, says {word}, and it does so every evening without a pause."


@pytest.fixture
def thread(session: Session) -> ThreadLink:
    """A public thread among which stand a message, one for followers, and two that will not stay."""
    net = channels.network()
    channels.channel(session)
    said = channels.outage(net)
    net.join("silent")
    root = said["root"]
    net.write("acct-rhod", _say(DIRECT), parent=root, visibility="direct")
    net.write("acct-rhod", _say(FOLLOWERS), parent=root, visibility="private")
    net.write("acct-silent", _say(WITHHELD), parent=root)
    said["deleted"] = net.write("acct-tomasz", _say(DELETED), parent=root)
    return channels.read(session, address(root))


def _every_route(app: Any, browser: Reading, topic_id: int, post_ids: list[int]) -> None:
    """The crawl follows links; this asks for the rest: feeds, maps, exports, previews, old addresses."""
    for route in sorted(routes_of(app)):
        method, path = route.split(" ", 1)
        if method != "GET":
            continue
        for number in (topic_id, *post_ids) if "post_id" in path or "answer_id" in path else (topic_id,):
            filled = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found, number=number: PARAMETERS.get(found[1], str(number)), path)
            assert browser.get(filled).status_code < 500, filled
    for path in ("/search", "/ask/similar", "/questions"):
        for name in ("q", "title"):
            assert browser.get(f"{path}?{name}={LURE}+hub+hums").status_code < 500


def _look(app: Any, session: Session, who: Member | None, topic_id: int) -> dict[str, str]:
    browser = Reading(app)
    if who is not None:
        browser.sign_in(who)
    crawl(browser)
    post_ids = list(session.exec(select(Post.id).where(Post.topic_id == topic_id)))
    session.rollback()
    _every_route(app, browser, topic_id, post_ids)
    return browser.seen


def _pages_kept(app: Any) -> str:
    layer = app.middleware_stack
    while layer is not None and not isinstance(layer, PageCache):
        layer = getattr(layer, "app", None)
    assert layer is not None
    return " ".join(entry.body.decode("utf-8", "replace") for entry in layer._entries.values())


def _files() -> dict[str, bytes]:
    """All of the data folder but the network that plays the outside world. The list of erased ids holds ids, so it is read too."""
    root = Path(settings().data_dir)
    found = [one for one in root.rglob("*") if one.is_file() and not one.name.startswith("simulated-network")]
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in found}


def _rows() -> dict[str, str]:
    with db.engine().execution_options(forum_writes=False).connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: " ".join(repr(tuple(row)) for row in connection.execute(table.select())) for table in tables}


def test_case_50_what_is_not_public_stands_on_no_surface(app: object, session: Session, thread: ThreadLink, drain: Any) -> None:
    member = make.member(session)
    topic = channels.publish(session, thread)
    drain()
    feed.follow()
    before = _look(app, session, None, topic.id)
    assert any(DELETED in text for text in before.values()), "as long as it was public, it could be read"
    assert any(WITHHELD in text for text in before.values())
    assert not [place for place, text in before.items() if any(word in text for word in (DIRECT, FOLLOWERS))]

    net = channels.network()
    net.change("acct-silent", state="protected")
    deleted = session.exec(select(ExternalPost).where(col(ExternalPost.text).contains(DELETED))).one()
    net.delete(int(deleted.ext_id.rpartition("/")[2]))
    session.rollback()
    for _ in range(3):
        channels.read_again(session, thread)
    agent = actor_of(make.agent(session))
    case = cases.open_case(session, agent, session.get_one(ThreadLink, thread.id))
    cases.write_as_customer(session, case, cases.WriteMessage(text=_say(CASE)), "a-form")
    cases.write_as_staff(session, agent, case, cases.WriteMessage(text=_say(CASE)))
    session.commit()
    later = clock.now() + feed.FORGET_AFTER + timedelta(minutes=1)
    clock.use(lambda: later)
    drain()

    for who in (None, member):
        seen = _look(app, session, who, topic.id)
        assert len(seen) > 60 and any(str(topic.id) in place for place in seen)
        found = {(place, word) for place, text in seen.items() for word in ALL if word in text}
        assert found == set(), "member" if who else "visitor"
        assert not any(word in _pages_kept(app) for word in ALL)
    _check_rows(session)
    _check_files()


def _check_rows(session: Session) -> None:
    rows = _rows()
    found = {(table, word) for table, text in rows.items() for word in ALL if word in text}
    assert found <= {(table, word) for table, words in DESK_ONLY.items() for word in words}
    for table in (Job, Notice, Activity):
        assert not any(word in rows[table.__tablename__] for word in ALL)
    states = select(ExternalPost.state).where(col(ExternalPost.text).contains(WITHHELD))
    assert set(session.exec(states)) <= {ExternalPostState.withheld, ExternalPostState.denied}
    waiting = session.exec(select(Post.state).where(col(Post.body).contains(WITHHELD))).all()
    assert PostState.visible not in waiting


def _check_files() -> None:
    files = _files()
    assert erased_list().relative_to(settings().data_dir).as_posix() in files and len(files) > 3
    database = {name for name in files if name.startswith("forum.sqlite3")}
    for name, content in files.items():
        words = NEVER_STORED if name in database else ALL
        assert not [word for word in words if word.encode() in content], name
