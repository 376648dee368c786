"""Mastodon and the servers that speak its API. Ids are opaque; a post is known by its `uri` (SOCIAL 1.4)."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from forum.core.outgoing import Answer
from forum.models.social import Platform
from forum.social.connectors.asking import Asking, inside, listed, must, said_in, whole
from forum.social.connectors.base import (
    Access,
    Budget,
    Capabilities,
    LookedUp,
    MentionBatch,
    Profile,
    Receipt,
    Rendered,
    ReplyGate,
    Seen,
    SendKey,
    Target,
    ThreadPage,
)
from forum.social.connectors.errors import AuthFailed, BadText, ConnectorError, Denied, Forbidden, Gone, SchemaDrift, Transient
from forum.social.sources import PUBLIC, SourceAccount
from forum.social.wire.html_text import html_to_text
from forum.social.wire.mastodon import account_of, post_of

LIMIT, URL_WEIGHT = 500, 23
PAGE = 40
_POST_PATHS = re.compile(
    r"^/(?:@[^/]{1,300}(?:/statuses)?|users/[^/]{1,300}/statuses|web/statuses|web/@[^/]{1,300}|notice|notes|objects|deck/@[^/]{1,300})"
    r"/([A-Za-z0-9-]{1,64})/?$"
)


class Mastodon(Asking):
    platform = Platform.mastodon

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.base = access.base_url
        self.host = (urlsplit(access.base_url).hostname or "").lower()

    def capabilities(self) -> Capabilities:
        limits = self.access.limits
        return Capabilities(
            fetch_thread=True,
            poll_mentions=True,
            search=True,
            reply=True,
            delete_own=True,
            reply_gate="none",
            text_unit="chars",
            text_limit=whole(limits.get("text_limit"), LIMIT),
            url_weight=whole(limits.get("url_weight"), URL_WEIGHT),
            edit_signal="edited_at",
            deletion_signal="both",
            idempotency="header",
            lookup_batch=1,
            concurrency=4,
        )

    def resolve_url(self, url: str) -> Target | None:
        """Any post address whose shape these servers use. The server we are on is asked for the rest."""
        parts = urlsplit(url)
        found = _POST_PATHS.match(parts.path)
        if found is None or not parts.hostname:
            return None
        clean = f"https://{parts.hostname.lower()}{parts.path.rstrip('/')}"
        native = found[1] if parts.hostname.lower() == self.host else ""
        return Target(Platform.mastodon, ext_id="", host=parts.hostname.lower(), url=clean, native_id=native)

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        budget = Budget()
        me = must(await self._get("/api/v1/accounts/verify_credentials", budget), dict, "account")
        return _profile(me), await self._limits(budget)

    async def _limits(self, budget: Budget) -> Mapping[str, object]:
        """v2, then v1, then what is usual: servers answer one, both or neither."""
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                found = await self._get(path, budget)
            except ConnectorError:
                continue
            statuses = inside(inside(found, "configuration"), "statuses")
            if statuses:
                return {
                    "text_limit": whole(statuses.get("max_characters"), LIMIT),
                    "url_weight": whole(statuses.get("characters_reserved_per_url"), URL_WEIGHT),
                }
        return {"text_limit": LIMIT, "url_weight": URL_WEIGHT}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        """The first post and everything below it. What is asked for may be any post of the thread."""
        native = await self._native(target, budget)
        root = must(await self._get(f"/api/v1/statuses/{quote(native, safe='')}", budget), dict, "status")
        around = await self._around(native, budget)
        if above := listed(around, "ancestors"):
            root = above[0]
            around = await self._around(str(must(root.get("id"), str, "id")), budget)
        page = self._page([root, *listed(around, "descendants")], budget)
        page.root_ext_id = str(must(root.get("uri"), str, "uri"))
        if root.get("in_reply_to_id"):
            page.stopped(page.root_ext_id, "What this answers cannot be read from here.")
        return page

    async def _around(self, native: str, budget: Budget) -> dict[str, Any]:
        path = f"/api/v1/statuses/{quote(native, safe='')}/context"
        return dict(must(await self._get(path, budget), dict, "context"))

    def _page(self, statuses: Iterable[Mapping[str, Any]], budget: Budget) -> ThreadPage:
        page = ThreadPage(root_ext_id="")
        for status in statuses:
            budget.spend("read_post")
            page.add(post_of(dict(status), self.host))
        return page

    async def _native(self, target: Target, budget: Budget) -> str:
        """What our server calls a post; a post of another server is looked up there by its address."""
        if target.native_id:
            return target.native_id.rpartition("/")[2]
        address = target.url or target.ext_id
        found = await self._get("/api/v2/search", budget, endpoint="search", q=address, resolve="true", type="statuses", limit=2)
        for status in listed(found, "statuses"):
            if address in (status.get("uri"), status.get("url")) or target.ext_id == status.get("uri") or not target.ext_id:
                return str(must(status.get("id"), str, "id"))
        raise Denied("Our server does not know that post.")

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        made: dict[str, LookedUp] = {}
        for target in targets:
            try:
                native = await self._native(target, budget)
                status = await self._get(f"/api/v1/statuses/{quote(native, safe='')}", budget)
                public = isinstance(status, dict) and status.get("visibility") in PUBLIC
                made[target.ext_id] = "live" if public else "denied"
            except Gone:
                made[target.ext_id] = "gone"
            except (Denied, Forbidden):
                made[target.ext_id] = "denied"
            except (SchemaDrift, BadText):
                made[target.ext_id] = "unknown"
        return made

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        """Oldest first from the cursor on; the cursor is a notification's id."""
        params: dict[str, str | int | list[str]] = {"types[]": ["mention"], "limit": PAGE}
        if cursor:
            params["min_id"] = cursor
        found = must(await self._ask("GET", "/api/v1/notifications", budget, params=params), list, "notifications")
        batch = MentionBatch(cursor=cursor, more=len(found) >= PAGE)
        for notice in found:
            status = notice.get("status") if isinstance(notice, dict) else None
            if isinstance(status, dict) and notice.get("type") == "mention":
                self._collect(batch, status, budget)
        ids = [str(one["id"]) for one in found if isinstance(one, dict) and one.get("id")]
        batch.cursor = max(ids, key=lambda one: (len(one), one), default=cursor)
        return batch

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        """A hashtag by its timeline, anything else by the server's search where it has one."""
        params: dict[str, str | int | list[str]] = {"limit": PAGE}
        if cursor:
            params["min_id"] = cursor
        if expression.startswith("#"):
            tag = quote(expression[1:], safe="")
            found = await self._ask("GET", f"/api/v1/timelines/tag/{tag}", budget, endpoint="search", params=params)
        else:
            params |= {"q": expression, "type": "statuses"}
            answer = await self._ask("GET", "/api/v2/search", budget, endpoint="search", params=params)
            found = listed(answer, "statuses")
        statuses = [one for one in must(found, list, "statuses") if isinstance(one, dict)]
        batch = MentionBatch(cursor=cursor, more=len(statuses) >= PAGE)
        for status in statuses:
            self._collect(batch, status, budget)
        ids = [str(one["id"]) for one in statuses if one.get("id")]
        batch.cursor = max(ids, key=lambda one: (len(one), one), default=cursor)
        return batch

    def _collect(self, batch: MentionBatch, status: dict[str, Any], budget: Budget) -> None:
        budget.spend("read_post")
        batch.add(post_of(status, self.host))

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        found = await self._get("/api/v1/accounts/lookup", budget, acct=account.handle)
        made = _profile(must(found, dict, "account"))
        if made.account.ext_id != account.ext_id:
            raise Gone("That name belongs to somebody else now.")
        return made

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        native = await self._native(target, budget)
        try:
            status = must(await self._get(f"/api/v1/statuses/{quote(native, safe='')}", budget), dict, "status")
        except Gone:
            return ReplyGate(False, "The post was deleted.")
        author = inside(status, "account")
        found = await self._ask("GET", "/api/v1/accounts/relationships", budget, params={"id[]": [str(author.get("id", ""))]})
        relation = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
        if relation.get("blocked_by"):
            return ReplyGate(False, "This person blocks our account.")
        return ReplyGate(True)

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        native = await self._native(message.target, budget)
        body = {
            "status": message.text,
            "in_reply_to_id": native,
            "visibility": "unlisted",
            "language": message.language.partition("-")[0],
        }
        found = await self._ask("POST", "/api/v1/statuses", budget, body=body, headers={"Idempotency-Key": key.dedup_key})
        return _receipt(found)

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        """Among our own newest posts: not every server honours the Idempotency-Key."""
        native = await self._native(message.target, budget)
        me = must(await self._get("/api/v1/accounts/verify_credentials", budget), dict, "account")
        mine = quote(str(must(me.get("id"), str, "id")), safe="")
        found = await self._get(f"/api/v1/accounts/{mine}/statuses", budget, limit=PAGE)
        wanted = " ".join(message.text.split())
        for status in must(found, list, "statuses"):
            if not isinstance(status, dict) or str(status.get("in_reply_to_id")) != native:
                continue
            words = " ".join(html_to_text(str(status.get("content") or "")).split())
            if _alike(words, wanted):
                return _receipt(status)
        return None

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        """As a stranger: without our token. A server that tells strangers nothing leaves it open."""
        native = receipt.revision or receipt.ext_id.rpartition("/")[2]
        try:
            status = await self.ask("GET", f"{self.base}/api/v1/statuses/{quote(native, safe='')}", budget)
        except Gone:
            return Seen.hidden
        except (AuthFailed, Denied, Forbidden, Transient):
            return Seen.unknown
        return Seen.visible if inside({"status": status}, "status").get("visibility") in PUBLIC else Seen.hidden

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        native = receipt.revision or receipt.ext_id.rpartition("/")[2]
        try:
            await self._ask("DELETE", f"/api/v1/statuses/{quote(native, safe='')}", budget)
        except Gone:
            return

    async def _get(self, path: str, budget: Budget, *, endpoint: str = "", **params: str | int) -> Any:
        return await self._ask("GET", path, budget, endpoint=endpoint, params=dict(params) or None)

    async def _ask(
        self,
        method: str,
        path: str,
        budget: Budget,
        *,
        endpoint: str = "",
        params: Mapping[str, str | int | list[str]] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        token = self.access.secrets.get("access_token", "")
        known = {"authorization": f"Bearer {token}"} if token else {}
        return await self.ask(
            method,
            f"{self.base}{path}",
            budget,
            endpoint=endpoint,
            headers={**known, **(headers or {})},
            params=params,
            body=body,
        )

    def refuse(self, method: str, answer: Answer) -> None:
        """401 on a public post means that a token is needed, never that the post is gone."""
        if answer.status == 401 and "/statuses/" in answer.url and method == "GET":
            raise Denied(said_in(answer)) if not self.access.secrets.get("access_token") else AuthFailed(said_in(answer))
        super().refuse(method, answer)


def _profile(found: dict[str, Any]) -> Profile:
    fields = [one for one in found.get("fields") or [] if isinstance(one, dict)]
    values = [html_to_text(str(one.get("value") or "")) for one in fields]
    links = tuple(value for value in values if value.startswith("https://"))
    return Profile(account_of(found, ""), "\n".join([html_to_text(str(found.get("note") or "")), *values]), links)


def _receipt(status: Any) -> Receipt:
    """`revision` keeps the server's own id, by which it is deleted."""
    found = must(status, dict, "status")
    uri = str(must(found.get("uri"), str, "uri"))
    return Receipt(uri, str(found.get("url") or uri), str(found.get("id") or ""))


def _alike(words: str, wanted: str) -> bool:
    """Servers rewrite mentions and shorten addresses; the words between stay."""
    mentions = re.compile(r"@[\w.-]{1,64}(?:@[\w.-]{1,253})?")
    return mentions.sub("@", words) == mentions.sub("@", wanted)
