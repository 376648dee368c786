"""The Bluesky connector against the real servers, started on this machine. `make test-bluesky` installs and runs them.

Skipped, and it says why, where Node, the packages, PostgreSQL or Redis are not there. With RECORD=1 the answers are
kept for tests/social/cases/test_bluesky_recorded.py.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session

from forum.models import Platform
from forum.social.channels import secrets
from tests.fakes import postgres
from tests.fakes.serving import served
from tests.make import channels
from tests.social import bluesky_story as story
from tests.social.bluesky_story import COLLECTION, PASSWORD

HERE = Path(__file__).parent


def _why_not() -> str:
    missing = [name for name in ("node", "redis-server") if shutil.which(name) is None]
    missing += [] if (postgres.BINARIES[-1] / "pg_ctl").exists() else ["PostgreSQL"]
    if missing:
        return f"not installed: {', '.join(missing)}"
    there = (HERE / "node_modules" / "better-sqlite3" / "build").is_dir()
    return "" if there else "the packages are not installed or not built: make test-bluesky"


pytestmark = [pytest.mark.real_bluesky, pytest.mark.skipif(bool(_why_not()), reason=_why_not() or "ready")]


class Loopback(httpx2.AsyncBaseTransport):
    """To a server on this machine, under a public name."""

    def __init__(self, base: str, recording: story.Recording) -> None:
        self.base = httpx2.URL(base)
        self.recording = recording

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.base.port)
        async with httpx2.AsyncClient() as client:
            headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
            answer = await client.request(request.method, url, headers=headers, content=await request.aread())
        self.recording.keep(request, answer.status_code, answer.content)
        return httpx2.Response(answer.status_code, headers={"content-type": "application/json"}, content=answer.content)


@dataclass
class Real:
    """The people there."""

    pds: str
    appview: str
    recording: story.Recording = field(default_factory=story.Recording)
    tokens: dict[str, tuple[str, str]] = field(default_factory=dict)

    def act(self, name: str, *given: Any) -> Any:
        done = getattr(self, name)(*given)
        self.recording.acts.append(done)
        return done

    def ask(self, name: str, method: str, body: dict[str, Any] | None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.tokens[name][1]}"} if name in self.tokens else {}
        answer = httpx2.post(f"{self.pds}/xrpc/{method}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()) if answer.content else {}

    def join(self, name: str) -> None:
        account = {"handle": f"{name}.test", "email": f"{name}@example.org", "password": PASSWORD}
        made = self.ask("", "com.atproto.server.createAccount", account)
        self.tokens[name] = (made["did"], made["accessJwt"])

    def put(self, name: str, key: str, record: dict[str, Any], collection: str = COLLECTION, how: str = "put") -> dict[str, Any]:
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record = {"$type": collection, "createdAt": at, **record}
        body = {"repo": self.tokens[name][0], "collection": collection, "record": record} | ({"rkey": key} if key else {})
        return self.ask(name, f"com.atproto.repo.{how}Record", body)

    def say(self, name: str, text: str, above: tuple[dict[str, Any], dict[str, Any]] | None = None) -> dict[str, Any]:
        reply = {"reply": {"root": _strong(above[0]), "parent": _strong(above[1])}} if above else {}
        return self.put(name, "", {"text": text, **reply}, how="create")

    def thread(self, length: int) -> list[str]:
        made = [self.say("maeve", "The hub drops out every evening")]
        for number in range(length):
            made.append(self.say(("rhod", "maeve")[number % 2], f"Reply {number}", (made[0], made[-1])))
        self.until_read(made[-1]["uri"])
        return [one["uri"] for one in made]

    def post_without_replies(self) -> str:
        """What was said after a post is known shortly after it."""
        made = self.say("maeve", "No answers, please")["uri"]
        self.put("maeve", made.rpartition("/")[2], {"post": made, "allow": []}, "app.bsky.feed.threadgate")
        self.until_read(made)
        time.sleep(3)
        return str(made)

    def post_of_somebody_who_blocks(self) -> str:
        self.put("rhod", "", {"subject": self.tokens["northwind"][0]}, "app.bsky.graph.block", how="create")
        made = self.say("rhod", "Enough of this hub")["uri"]
        self.until_read(made)
        time.sleep(3)
        return str(made)

    def edit(self, uri: str, text: str) -> None:
        name, key = self.name_of(uri), uri.rpartition("/")[2]
        asked = {"repo": self.tokens[name][0], "collection": COLLECTION, "rkey": key}
        record = httpx2.get(f"{self.pds}/xrpc/com.atproto.repo.getRecord", params=asked).json()["value"]
        self.put(name, key, {**record, "text": text})
        self.until(uri, lambda posts: bool(posts) and posts[0]["record"]["text"] == text)

    def delete(self, uri: str) -> None:
        name = self.name_of(uri)
        body = {"repo": self.tokens[name][0], "collection": COLLECTION, "rkey": uri.rpartition("/")[2]}
        self.ask(name, "com.atproto.repo.deleteRecord", body)
        self.until_gone(uri)

    def leave(self, uri: str) -> None:
        self.ask(self.name_of(uri), "com.atproto.server.deactivateAccount", {})
        self.until_gone(uri)

    def come_back(self, uri: str) -> None:
        self.ask(self.name_of(uri), "com.atproto.server.activateAccount", None)
        self.until_read(uri)

    def name_of(self, uri: str) -> str:
        return next(name for name, (did, _) in self.tokens.items() if did in uri)

    def until_read(self, uri: str) -> None:
        self.until(uri, bool)

    def until_gone(self, uri: str) -> None:
        self.until(uri, lambda posts: not posts)

    def until(self, uri: str, holds: Callable[[list[Any]], bool]) -> None:
        for _ in range(120):
            answer = httpx2.get(f"{self.appview}/xrpc/app.bsky.feed.getPosts", params={"uris": uri}, timeout=30)
            if answer.status_code == 200 and holds(answer.json()["posts"]):
                return
            time.sleep(0.5)
        raise AssertionError("the network did not read it")


def _strong(made: dict[str, Any]) -> dict[str, str]:
    return {"uri": made["uri"], "cid": made["cid"]}


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A database and a Redis of their own, gone with the test."""
    place = Path("/tmp") / f"bluesky-{os.getpid()}"
    address = postgres.start(place).rpartition("/")[0] + "/postgres"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    redis = subprocess.Popen(["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL)
    try:
        yield {"DB_POSTGRES_URL": address, "REDIS_HOST": f"127.0.0.1:{port}"}
    finally:
        redis.terminate()
        redis.wait(10)
        postgres.stop(place)


@pytest.fixture
def real(services: dict[str, str], tmp_path: Path) -> Iterator[Real]:
    said = tmp_path / "network.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            ["node", "network.mjs"], cwd=HERE, env=os.environ | services, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    try:
        where = next((json.loads(line) for line in process.stdout if line.startswith('{"pds"')), None)
        assert where is not None, f"the network did not start:\n{said.read_text()[-3000:]}"
        made = Real(where["pds"], where["appview"])
        for name in ("northwind", "maeve", "rhod"):
            made.join(name)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def test_the_story_on_the_real_servers(session: Session, real: Real) -> None:
    hosts = {"pds.example": real.pds, "public.api.bsky.app": real.appview}
    with served({name: Loopback(base, real.recording) for name, base in hosts.items()}):
        values = {"own_ext_id": real.tokens["northwind"][0], "own_handle": "northwind.test"}
        channel = channels.channel(session, Platform.bluesky, base_url="https://pds.example", **values)
        secrets.keep(session, channel.id, "app_password", PASSWORD)
        session.commit()
        story.tell(session, channel, real.act)
    if os.environ.get("RECORD"):
        real.recording.write()
