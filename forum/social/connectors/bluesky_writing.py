"""Replying on Bluesky: a record we name ourselves, pointing at the first and the answered post by address and wording."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from forum.social.connectors.asking import inside, listed, must
from forum.social.connectors.base import Budget, Profile, Receipt, Rendered, ReplyGate, Seen, SendKey, Target
from forum.social.connectors.bluesky import LIMIT, BlueskyReading, profile_of
from forum.social.connectors.errors import ConnectorError, Denied, Forbidden, Gone, UnknownOutcome
from forum.social.connectors.tids import tid
from forum.social.sources import SourceAccount
from forum.social.wire.bluesky import HOST, POST

COLLECTION = "app.bsky.feed.post"
LINKED = "Full answer"
"""Words that carry the address when it is not written out."""
BLOCKED = "This person blocks our account, so nobody would see our reply."
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)


class Bluesky(BlueskyReading):
    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        budget = Budget()
        self.sessions.forget()
        did, handle = await self.sessions.who(budget)
        try:
            found = profile_of(await self.own("GET", "app.bsky.actor.getProfile", budget, params={"actor": did}))
        except (Gone, Denied):  # an account whose server nobody has read yet
            account = SourceAccount(ext_id=did, handle=handle, host=HOST, url=f"https://{HOST}/profile/{did}")
            found = Profile(account, "")
        return found, {"text_limit": LIMIT}

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        try:
            view = await self._view(target, budget)
        except Gone:
            return ReplyGate(False, "The post was deleted.")
        except Forbidden:
            return ReplyGate(False, BLOCKED)
        if inside(view, "viewer").get("replyDisabled"):
            return ReplyGate(False, "Its author lets only some people reply, so nobody would see ours.", by_hand=False)
        return ReplyGate(True)

    async def _view(self, target: Target, budget: Budget) -> dict[str, Any]:
        """The post as our account sees it. Of somebody who blocks us it sees nothing, though a stranger does."""
        asked = {"uris": [target.ext_id or target.native_id]}
        views = listed(await self.own("GET", "app.bsky.feed.getPosts", budget, params=asked), "posts")
        if views:
            return views[0]
        if listed(await self._public("app.bsky.feed.getPosts", budget, uris=asked["uris"]), "posts"):
            raise Forbidden("viewer")
        raise Gone("The post was deleted.")

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        view = await self._view(message.target, budget)
        did, _ = await self.sessions.who(budget)
        parent = {"uri": must(view.get("uri"), str, "uri"), "cid": must(view.get("cid"), str, "cid")}
        root = inside(inside(inside(view, "record"), "reply"), "root") or parent
        record: dict[str, Any] = {
            "$type": COLLECTION,
            "text": message.text,
            "createdAt": self.access.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "reply": {"root": {"uri": root.get("uri"), "cid": root.get("cid")}, "parent": parent},
        }
        if message.language and message.language != "und":
            record["langs"] = [message.language]
        if facets := facets_of(message, view):
            record["facets"] = facets
        if card := _card(message):
            record["embed"] = card
        rkey = _name(key)
        body = {"repo": did, "collection": COLLECTION, "rkey": rkey, "record": record}
        found = must(await self.own("POST", "com.atproto.repo.putRecord", budget, body=body), dict, "record")
        if not isinstance(found.get("uri"), str):
            raise UnknownOutcome("The answer to what we sent cannot be read.")
        return _receipt(found["uri"], str(found.get("cid") or ""))

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        """Under the name we gave it."""
        did, _ = await self.sessions.who(budget)
        asked = {"repo": did, "collection": COLLECTION, "rkey": _name(key)}
        try:
            found = await self.own("GET", "com.atproto.repo.getRecord", budget, params=asked)
        except Gone:
            return None
        return _receipt(str(must(inside({"r": found}, "r").get("uri"), str, "uri")), str(found.get("cid") or ""))

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        """As a stranger, below the post it answers: a gate or a block leaves it out there alone."""
        try:
            found = await self._public("app.bsky.feed.getPosts", budget, uris=[receipt.ext_id])
            if not listed(found, "posts"):
                return Seen.unknown  # not read by the network yet
            tree = await self._tree(target.ext_id or target.native_id, budget)
        except ConnectorError:
            return Seen.unknown
        below = [one for one in tree.get("replies") or [] if isinstance(one, dict)]
        shown = any(inside(one, "post").get("uri") == receipt.ext_id for one in below)
        return Seen.visible if shown else Seen.hidden

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        did, _ = await self.sessions.who(budget)
        body = {"repo": did, "collection": COLLECTION, "rkey": receipt.ext_id.rpartition("/")[2]}
        await self.own("POST", "com.atproto.repo.deleteRecord", budget, body=body)


def facets_of(message: Rendered, view: dict[str, Any]) -> list[dict[str, Any]]:
    """Where in the text, counted in bytes of UTF-8, an address or the answered person stands."""
    made = [
        _facet(message.text, one.start(), one.end(), "link", uri=one[0].rstrip(".,;:!?)")) for one in _URL.finditer(message.text)
    ]
    if message.link and message.link not in message.text and LINKED in message.text:
        at = message.text.rindex(LINKED)
        made.append(_facet(message.text, at, at + len(LINKED), "link", uri=message.link))
    author = inside(view, "author")
    name = f"@{author.get('handle')}"
    if author.get("did") and author.get("handle") and name in message.text:
        at = message.text.index(name)
        made.append(_facet(message.text, at, at + len(name), "mention", did=str(author["did"])))
    return made


def _facet(text: str, start: int, end: int, kind: str, **feature: str) -> dict[str, Any]:
    if uri := feature.get("uri"):
        end = min(end, start + len(uri)) if text[start:].startswith(uri) else end
    first = len(text[:start].encode())
    return {
        "index": {"byteStart": first, "byteEnd": first + len(text[start:end].encode())},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}],
    }


def _card(message: Rendered) -> dict[str, Any] | None:
    """The address of the answer as a card below the text."""
    written = _URL.search(message.text)
    link = message.link or (written[0].rstrip(".,;:!?)") if written else "")
    if not link:
        return None
    host = urlsplit(link).hostname or ""
    return {"$type": "app.bsky.embed.external", "external": {"uri": link, "title": LINKED, "description": host}}


def _name(key: SendKey) -> str:
    return key.remote_key or tid(key.dedup_key)


def _receipt(uri: str, cid: str) -> Receipt:
    did = uri.removeprefix("at://").partition("/")[0]
    return Receipt(uri, f"https://{HOST}/profile/{did}/post/{uri.rpartition(POST)[2]}", cid)
