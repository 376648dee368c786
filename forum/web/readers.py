"""Notices who reads questions and who came by a reply elsewhere, outside the page cache so that kept pages count too.

Bots, previews, staff and authors do not.
"""

import re
import threading

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.policy.actor import Actor
from forum.recognition import readers
from forum.social.sharing import visits
from forum.web.address import client_address

TOPIC = re.compile(r"^/topics/([1-9]\d{0,9})/[^/]+$")
CAME_BY = re.compile(rb"(?:^|&)s=([1-9]\d{0,9})(?:&|$)")
BOTS = re.compile(r"bot|crawl|spider|slurp|preview|monitor|curl|wget|python|headless|fetch", re.I)
WRITE_EVERY = 60.0
"""Seconds between two writings."""


class Readers:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = scope["type"] == "http" and scope["method"] == "GET"
        found = TOPIC.match(scope["path"]) if reading else None
        if reading and (came := CAME_BY.search(scope["query_string"])) and _is_person(Headers(scope=scope)):
            visits.note(int(came.group(1)))
        if found is None or not _is_person(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                _note(scope, int(found.group(1)))
            await send(message)

        await self.app(scope, receive, watch)


def _is_person(headers: Headers) -> bool:
    agent = headers.get("user-agent", "")
    ahead = headers.get("sec-purpose", "") + headers.get("purpose", "")
    return bool(agent) and not BOTS.search(agent) and "prefetch" not in ahead


def _note(scope: Scope, topic_id: int) -> None:
    state = scope.get("state", {})
    actor = state.get("actor")
    if isinstance(actor, Actor) and (actor.is_staff or state.get("wrote_here")):
        return
    agent = Headers(scope=scope).get("user-agent", "")
    who = str(actor.id) if isinstance(actor, Actor) and actor.signed_in else client_address(HTTPConnection(scope))
    readers.note(topic_id, readers.reader_name(who, agent))


def write_regularly(stopping: threading.Event) -> None:
    """A thread of every web process; the last writing comes with the end."""
    while not stopping.wait(WRITE_EVERY):
        _write()
    _write()


def _write() -> None:
    readers.write()
    visits.write()
