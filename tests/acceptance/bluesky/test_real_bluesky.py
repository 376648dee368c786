"""The Bluesky connector against the real servers, started on this machine. `make test-bluesky` installs and runs them.

Skipped, and it says why, where Node, the packages, PostgreSQL or Redis are not there.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, select

from forum.models import Channel, ExternalPost, Platform
from forum.social.channels import secrets
from forum.social.channels.running import through
from forum.social.connectors.base import Rendered, Seen, SendKey, Target
from tests.fakes.serving import served
from tests.make import channels

HERE = Path(__file__).parent
PASSWORD = "only-on-this-machine"
COLLECTION = "app.bsky.feed.post"


def _why_not() -> str:
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (HERE / "node_modules" / "@atproto" / "dev-env").is_dir():
        return "the packages are not installed: make test-bluesky"
    missing = [name for name in ("DB_POSTGRES_URL", "REDIS_HOST") if not os.environ.get(name)]
    return f"{' and '.join(missing)} not set" if missing else ""


pytestmark = [pytest.mark.real_bluesky, pytest.mark.skipif(bool(_why_not()), reason=_why_not() or "ready")]


class Loopback(httpx2.AsyncBaseTransport):
    """To a server on this machine, under a public name."""

    def __init__(self, base: str) -> None:
        self.base = httpx2.URL(base)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.base.port)
        async with httpx2.AsyncClient() as client:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            answer = await client.request(request.method, url, headers=headers, content=await request.aread())
        return httpx2.Response(answer.status_code, headers={"content-type": "application/json"}, content=answer.content)


@dataclass
class Real:
    pds: str
    appview: str
    tokens: dict[str, tuple[str, str]]

    def ask(self, name: str, method: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.tokens[name][1]}"} if name in self.tokens else {}
        answer = httpx2.post(f"{self.pds}/xrpc/{method}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()) if answer.content else {}

    def join(self, name: str) -> None:
        account = {"handle": f"{name}.test", "email": f"{name}@example.org", "password": PASSWORD}
        made = self.ask("", "com.atproto.server.createAccount", account)
        self.tokens[name] = (made["did"], made["accessJwt"])

    def say(
        self, name: str, text: str, root: dict[str, Any] | None = None, parent: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record: dict[str, Any] = {"$type": COLLECTION, "text": text, "createdAt": at}
        if root and parent:
            record["reply"] = {"root": _strong(root), "parent": _strong(parent)}
        body = {"repo": self.tokens[name][0], "collection": COLLECTION, "record": record}
        return self.ask(name, "com.atproto.repo.createRecord", body)

    def until_read(self, uri: str) -> None:
        for _ in range(60):
            answer = httpx2.get(f"{self.appview}/xrpc/app.bsky.feed.getPosts", params={"uris": uri}, timeout=30)
            if answer.status_code == 200 and answer.json()["posts"]:
                return
            time.sleep(0.5)
        raise AssertionError("the network did not read it")


def _strong(made: dict[str, Any]) -> dict[str, str]:
    return {"uri": made["uri"], "cid": made["cid"]}


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    process = subprocess.Popen(["node", "network.mjs"], cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("{"):
                where = json.loads(line)
                break
        else:
            raise AssertionError("the network did not start")
        made = Real(where["pds"], where["appview"], {})
        for name in ("northwind", "maeve", "rhod"):
            made.join(name)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def channel(session: Session, real: Real) -> Iterator[Channel]:
    with served({"pds.example": Loopback(real.pds), "public.api.bsky.app": Loopback(real.appview)}):
        made = channels.channel(
            session,
            Platform.bluesky,
            base_url="https://pds.example",
            own_ext_id=real.tokens["northwind"][0],
            own_handle="northwind.test",
        )
        secrets.keep(session, made.id, "app_password", PASSWORD)
        session.commit()
        yield made


def test_a_deep_thread_in_and_a_reply_out(session: Session, real: Real, channel: Channel) -> None:
    root = real.say("maeve", "The hub drops out every evening")
    last = root
    for number in range(14):
        last = real.say(("rhod", "maeve")[number % 2], f"Reply {number}", root, last)
    real.until_read(last["uri"])
    did, _, key = root["uri"].removeprefix("at://").partition(f"/{COLLECTION}/")
    thread = channels.read(session, f"https://bsky.app/profile/{did}/post/{key}")
    assert (thread.posts, thread.complete) == (15, True)
    target = Target(Platform.bluesky, root["uri"], "bsky.app")
    message = Rendered("Solved: https://northwind.example/a/1", target)
    sent = through(channel.id, lambda connector, budget: connector.send(message, SendKey("one"), budget), sending=True)
    again = through(channel.id, lambda connector, budget: connector.send(message, SendKey("one"), budget), sending=True)
    assert sent.ext_id == again.ext_id
    real.until_read(sent.ext_id)
    seen = through(channel.id, lambda connector, budget: connector.verify_visible(sent, target, budget), sending=True)
    assert seen == Seen.visible
    session.rollback()
    assert len(session.exec(select(ExternalPost)).all()) == 15
