"""Pages for visitors, kept in memory as they were sent. A signed-in reader never meets it.

An entry lives for 30 seconds, and only as long as nothing has happened: every event is an activity row, so
the newest row's id is the version of everything public.
"""

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import parse_qsl

import anyio.to_thread
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.core.db import transaction
from forum.models import Activity
from forum.web.cookies import FLASH, HELD, session_cookie

SECONDS = 30.0
POLL_SECONDS = 0.25
MOST_ENTRIES = 1_000
LARGEST = 512_000
PUBLIC = ("/questions", "/topics/", "/sections", "/tags", "/members/", "/resolutions", "/recognition", "/pages/")
QUERY_KEYS = {"state", "section", "tag", "after", "tab", "kind"}
ENCODINGS = (b"zstd", b"br", b"gzip")

Key = tuple[str, str, bytes, str]


@dataclass(frozen=True, slots=True)
class Entry:
    version: int
    until: float
    start: Message
    body: bytes
    etag: str


class PageCache:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._version = 0
        self._checked = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        key = _key(scope)
        if key is None:
            if scope["method"] not in ("GET", "HEAD"):
                self._checked = 0.0
            await self.app(scope, receive, send)
            return
        version = await self._current()
        entry = self._entries.get(key)
        if entry is None or entry.version != version or entry.until < time.monotonic():
            entry = await self._fill(key, version, scope, receive, send)
            if entry is None:
                return
        else:
            self._entries.move_to_end(key)
        await _answer(entry, Headers(scope=scope).get("if-none-match"), send)

    async def _current(self) -> int:
        moment = time.monotonic()
        if moment - self._checked > POLL_SECONDS:
            self._checked = moment
            version = await anyio.to_thread.run_sync(_newest_activity)
            if version != self._version:
                self._entries.clear()  # None of them will be sent again, so erased words do not linger in memory.
            self._version = version
        return self._version

    async def _fill(self, key: Key, version: int, scope: Scope, receive: Receive, send: Send) -> Entry | None:
        """Let the application answer; None when it answered with something that is not kept."""
        started: list[Message] = []
        parts: list[bytes] = []

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
                if not _keepable(message):
                    await send(message)
            elif not _keepable(started[0]):
                await send(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, listen)
        if not started or not _keepable(started[0]):
            return None
        reader = scope.get("state", {}).get("actor")
        public = reader is None or not reader.signed_in
        body = b"".join(parts)
        entry = Entry(version, time.monotonic() + SECONDS, started[0], body, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
        if public and len(body) <= LARGEST and version >= 0 and _encoding_of(started[0]) == key[2]:
            self._entries[key] = entry
            if len(self._entries) > MOST_ENTRIES:
                self._entries.popitem(last=False)
        return entry


def _newest_activity() -> int:
    """-1 when the database is away: then nothing is kept."""
    try:
        with transaction(writes=False) as session:
            return int(session.execute(select(func.coalesce(func.max(Activity.id), 0))).scalar_one())
    except SQLAlchemyError:
        return -1


def _key(scope: Scope) -> Key | None:
    """None for whatever must not be shared."""
    path: str = scope["path"]
    if scope["method"] != "GET" or not (path == "/" or path.startswith(PUBLIC)):
        return None
    headers = Headers(scope=scope)
    if "authorization" in headers or "hx-request" in headers or "application/json" in headers.get("accept", ""):
        return None
    theme = _theme(scope)
    if theme is None:
        return None
    query = [pair for pair in parse_qsl(scope["query_string"].decode("latin-1")) if pair[0] in QUERY_KEYS]
    accepted = headers.get("accept-encoding", "").lower().encode("latin-1")
    encoding = next((name for name in ENCODINGS if name in accepted), b"")
    return path, repr(query), encoding, theme


def _theme(scope: Scope) -> str | None:
    """The theme a visitor chose, or None for a reader with cookies of their own.

    Read by the same parser as the application's, over every Cookie header; and a session name anywhere in
    the raw bytes is enough to stay away.
    """
    connection = HTTPConnection(scope)
    raw = " ".join(connection.headers.getlist("cookie"))
    cookies = connection.cookies
    if session_cookie() in raw or FLASH in cookies or HELD in cookies:
        return None
    return cookies.get("theme", "")[:6]


def _encoding_of(start: Message) -> bytes:
    """What the answer really is: a client that asked in an odd way may have got something else."""
    found: bytes = dict(start["headers"]).get(b"content-encoding", b"")
    return found


def _keepable(start: Message) -> bool:
    names = {name.lower() for name, _ in start["headers"]}
    return start["status"] == 200 and b"set-cookie" not in names


async def _answer(entry: Entry, known: str | None, send: Send) -> None:
    start = {**entry.start, "headers": list(entry.start["headers"])}
    headers = MutableHeaders(scope=start)
    headers["ETag"] = entry.etag
    if known is not None and entry.etag in known:
        for name in ("content-length", "content-encoding", "content-type"):
            del headers[name]
        await send({**start, "status": 304})
        await send({"type": "http.response.body", "body": b""})
        return
    await send(start)
    await send({"type": "http.response.body", "body": entry.body})
