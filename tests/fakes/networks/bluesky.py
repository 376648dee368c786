"""A small Bluesky: one account server and the view of the whole network, as the real ones were seen to answer.

Ten levels an answer, 400 where others say 401 or 404, replies that are taken and shown to nobody, and accounts that
are switched off and come back.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CAP = 10
POST = "app.bsky.feed.post"


def did_of(name: str) -> str:
    return f"did:plc:{name:x<24}"


@dataclass
class Entry:
    uri: str
    author: str
    record: dict[str, Any]
    at: str
    shown: bool = True
    """False: a gate or a block keeps it out of its thread."""

    @property
    def cid(self) -> str:
        return "bafy" + hashlib.sha256(repr(self.record).encode()).hexdigest()[:40]


@dataclass
class BlueskyFake:
    own: str = "northwind"
    password: str = "abcd-efgh-ijkl-mnop"
    entries: dict[str, Entry] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    switched_off: set[str] = field(default_factory=set)
    gated: set[str] = field(default_factory=set)
    """Posts that take no replies."""
    blocking: set[str] = field(default_factory=set)
    """Who blocks our account: signed in we do not see their posts, as strangers we do."""
    hides: dict[str, int] = field(default_factory=dict)
    """Answers below a post that are counted and never shown."""
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    unanswered: int = 0
    """How many writes are carried out and answered with a broken page."""

    def say(self, author: str, text: str, parent: str = "") -> str:
        number = len(self.entries)
        uri = f"at://{did_of(author)}/{POST}/3k{number:011d}"
        at = (START + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": at, "langs": ["en"]}
        if parent:
            above = self.entries[parent]
            root = above.record.get("reply", {}).get("root") or {"uri": above.uri, "cid": above.cid}
            record["reply"] = {"root": root, "parent": {"uri": above.uri, "cid": above.cid}}
        self.entries[uri] = Entry(uri, author, record, at)
        return uri

    def chain(self, length: int, author: str = "maeve") -> list[str]:
        made = [self.say(author, "Post 0 of a long chain")]
        for number in range(1, length):
            made.append(self.say(("rhod", "tomasz")[number % 2], f"Post {number} of a long chain", made[-1]))
        return made

    @property
    def app(self) -> Starlette:
        routes = [Route(f"/xrpc/{name}", getattr(self, name.rpartition(".")[2]), methods=["GET", "POST"]) for name in METHODS]
        return Starlette(routes=routes)

    def view(self, entry: Entry) -> dict[str, Any]:
        """Answers of accounts that are switched off are counted and not shown."""
        author = {"did": did_of(entry.author), "handle": f"{entry.author}.example", "displayName": entry.author.title()}
        author |= {"labels": [{"val": self.labels[entry.author]}] if entry.author in self.labels else []}
        return {
            "uri": entry.uri,
            "cid": entry.cid,
            "author": author,
            "record": entry.record,
            "replyCount": len(_answers(self.entries.values(), entry.uri)) + self.hides.get(entry.uri, 0),
            "likeCount": 2,
            "indexedAt": entry.at,
            "labels": [],
            "viewer": {"replyDisabled": entry.uri in self.gated},
        }

    def below(self, uri: str) -> list[Entry]:
        return _answers(self.live(), uri)

    def live(self) -> list[Entry]:
        return [one for one in self.entries.values() if one.author not in self.switched_off]

    def known(self, uri: str) -> Entry | None:
        """A handle in an address means the account it belongs to."""
        who, _, rest = uri.removeprefix("at://").partition("/")
        uri = f"at://{did_of(who.removesuffix('.example'))}/{rest}" if who.endswith(".example") else uri
        return next((one for one in self.live() if one.uri == uri), None)

    async def getPostThread(self, request: Request) -> JSONResponse:  # names of the network
        self.asked.append("getPostThread")
        entry = self.known(request.query_params["uri"])
        if entry is None:
            return _no("NotFound", "Post not found: it is gone")
        depth = min(int(request.query_params.get("depth", 6)), CAP)
        return JSONResponse({"thread": self._tree(entry, depth)})

    def _tree(self, entry: Entry, depth: int) -> dict[str, Any]:
        kind = "app.bsky.feed.defs#threadViewPost"
        below = [self._tree(one, depth - 1) for one in self.below(entry.uri)] if depth else []
        return {"$type": kind, "post": self.view(entry), "replies": below}

    async def getPosts(self, request: Request) -> JSONResponse:
        self.asked.append("getPosts")
        uris = request.query_params.getlist("uris")
        assert len(uris) <= 25
        known = [one for uri in uris if (one := self.known(uri))]
        ours = "authorization" in request.headers
        return JSONResponse({"posts": [self.view(one) for one in known if not (ours and one.author in self.blocking)]})

    async def getProfile(self, request: Request) -> JSONResponse:
        did = request.query_params["actor"]
        name = did.removeprefix("did:plc:").rstrip("x")
        if name in self.switched_off:
            return _no("AccountDeactivated", "Account is deactivated")
        bio = {"did": did, "handle": f"{name}.example", "description": "See https://northwind.example", "followersCount": 7}
        return JSONResponse(bio)

    async def createSession(self, request: Request) -> JSONResponse:
        self.asked.append("createSession")
        body = await request.json()
        if body["password"] != self.password:
            return _no("AuthenticationRequired", "Invalid identifier or password", 401)
        token = f"token-{len(self.asked)}"
        self.tokens.add(token)
        return JSONResponse({"accessJwt": token, "refreshJwt": "r", "did": did_of(self.own), "handle": f"{self.own}.example"})

    def _refused(self, request: Request) -> JSONResponse | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return None if token in self.tokens else _no("InvalidToken", "Token could not be verified")

    async def listNotifications(self, request: Request) -> JSONResponse:
        if refused := self._refused(request):
            return refused
        name = f"@{self.own}"
        named = [one for one in self.live() if name in one.record["text"]]
        notices = [{**self.view(one), "reason": "mention", "isRead": False} for one in reversed(named)]
        like = {
            "uri": "at://x/app.bsky.feed.like/1",
            "reason": "like",
            "record": {"subject": {}},
            "indexedAt": "2026-01-01T00:00:00Z",
        }
        return JSONResponse({"notifications": [*notices, like]})

    async def searchPosts(self, request: Request) -> JSONResponse:
        if refused := self._refused(request):
            return refused
        words = request.query_params["q"].lower()
        return JSONResponse({"posts": [self.view(one) for one in reversed(self.live()) if words in one.record["text"].lower()]})

    async def putRecord(self, request: Request) -> Any:
        """The same name and words are the same record. What nobody may see is taken all the same."""
        if refused := self._refused(request):
            return refused
        body = await request.json()
        record = body["record"]
        if len(record["text"]) > 300:
            return _no("InvalidRequest", "Record/text must not be longer than 300 graphemes: grapheme too big")
        uri = f"at://{body['repo']}/{body['collection']}/{body['rkey']}"
        parent = record.get("reply", {}).get("parent", {}).get("uri", "")
        shown = parent not in self.gated and (parent in self.entries and self.entries[parent].author not in self.blocking)
        at = (START + timedelta(minutes=len(self.entries))).isoformat().replace("+00:00", "Z")
        self.entries[uri] = made = Entry(uri, self.own, record, at, shown)
        if self.unanswered:
            self.unanswered -= 1
            return JSONResponse({"error": "UpstreamTimeout"}, 504) if self.unanswered % 2 else _broken()
        return JSONResponse({"uri": uri, "cid": made.cid})

    async def getRecord(self, request: Request) -> JSONResponse:
        asked = request.query_params
        entry = self.entries.get(f"at://{asked['repo']}/{asked['collection']}/{asked['rkey']}")
        if entry is None:
            return _no("RecordNotFound", "Could not locate record")
        return JSONResponse({"uri": entry.uri, "cid": entry.cid, "value": entry.record})

    async def deleteRecord(self, request: Request) -> JSONResponse:
        if refused := self._refused(request):
            return refused
        body = await request.json()
        self.entries.pop(f"at://{body['repo']}/{body['collection']}/{body['rkey']}", None)
        return JSONResponse({})


def _answers(entries: Iterable[Entry], uri: str) -> list[Entry]:
    return [one for one in entries if one.shown and one.record.get("reply", {}).get("parent", {}).get("uri") == uri]


METHODS = (
    *("app.bsky.feed.getPostThread", "app.bsky.feed.getPosts", "app.bsky.feed.searchPosts", "app.bsky.actor.getProfile"),
    *("app.bsky.notification.listNotifications", "com.atproto.server.createSession"),
    *("com.atproto.repo.putRecord", "com.atproto.repo.getRecord", "com.atproto.repo.deleteRecord"),
)


def _no(error: str, message: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error, "message": message}, status)


def _broken() -> Any:
    from starlette.responses import HTMLResponse

    return HTMLResponse("<html><title>502 Bad Gateway</title>")
