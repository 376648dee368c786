"""Reddit, with one's own approved application (SOCIAL 1.5). Only where the `reddit` extra is installed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from forum.core.outgoing import Refused, Unreachable
from forum.models.social import Platform
from forum.social.connectors.asking import inside, must
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
from forum.social.connectors.errors import BudgetExceeded, Denied, Gone, RateLimited, SchemaDrift, Transient, UnknownOutcome
from forum.social.connectors.reddit_asking import Client, complaint, in_our_words, new_client
from forum.social.sources import Gone as GonePost
from forum.social.sources import Skipped, SourceAccount, SourcePost
from forum.social.wire.reddit import HOST, SITE, More, items

LIMIT, BATCH, PAGE = 10_000, 100, 100
HOSTS = (HOST, "redd.it", "rxddit.com", "vxreddit.com")
_PATH = re.compile(r"^/(?:(?:r|u|user)/[\w.-]{1,64}/)?comments/([a-z0-9]{2,12})(?:/[^/]{0,300}(?:/([a-z0-9]{2,12}))?)?/?$", re.I)
_SHORT = re.compile(r"^/([a-z0-9]{4,12})/?$")
_STOPS = (BudgetExceeded, Transient, RateLimited)


class Reddit:
    platform = Platform.reddit

    def __init__(self, access: Access) -> None:
        self.access = access
        self._client: Client | None = None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def capabilities(self) -> Capabilities:
        return Capabilities(
            fetch_thread=True,
            poll_mentions=True,
            search=True,
            reply=True,
            delete_own=True,
            reply_gate="approval",
            text_unit="chars",
            text_limit=LIMIT,
            edit_signal="edited_at",
            deletion_signal="lookup",
            idempotency="none",
            lookup_batch=BATCH,
            concurrency=1,
        )

    def resolve_url(self, url: str) -> Target | None:
        parts = urlsplit(url)
        host = re.sub(r"^(?:www|old|new|np|m|i|sh|amp)\.", "", (parts.hostname or "").lower())
        if host not in HOSTS:
            return None
        found = _SHORT.match(parts.path) if host == "redd.it" else _PATH.match(parts.path)
        if found is None:
            return None
        link, comment = found[1].lower(), found[2].lower() if found.re is _PATH and found[2] else ""
        place = f"{SITE}/comments/{link}" + (f"/_/{comment}" if comment else "")
        return Target(
            Platform.reddit, f"t1_{comment}" if comment else f"t3_{link}", HOST, place, native_id=link, root_ext_id=f"t3_{link}"
        )

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        found = must(await self._ask("GET", "api/v1/me", Budget()), dict, "account")
        return _profile(found), {"text_limit": LIMIT}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        link = await self._link_of(target, budget)
        page = ThreadPage(root_ext_id=f"t3_{link}")
        found = await self._ask("GET", f"comments/{link}/", budget, params={"limit": 500, "sort": "confidence"})
        waiting = self._take(page, must(found, list, "thread"), budget)
        if not page.posts and not page.gone and not page.withheld:
            raise SchemaDrift("thread.t3")
        opened: set[str] = set()
        while waiting:
            more = waiting.pop()
            try:
                waiting += await self._further(page, link, more, opened, budget)
            except (Gone, Denied):
                page.stopped(more.parent, "Answers are there and could not be read.")
            except _STOPS as error:
                page.stopped(more.parent, str(error))
                break
        return page

    async def _further(self, page: ThreadPage, link: str, more: More, opened: set[str], budget: Budget) -> list[More]:
        """By their names, a hundred at a time; or, where only a place is given, from that place on, once."""
        if not more.ids:
            if more.parent in opened:
                page.stopped(more.parent, "Answers are there and are not shown to us.")
                return []
            opened.add(more.parent)
            comment = more.parent.removeprefix("t1_")
            return self._take(
                page, await self._ask("GET", f"comments/{link}/_/{comment}/", budget, params={"limit": 500}), budget
            )
        some, rest = more.ids[:BATCH], more.ids[BATCH:]
        data = {"link_id": f"t3_{link}", "children": ",".join(some), "sort": "confidence", "api_type": "json"}
        left = self._take(page, await self._ask("POST", "api/morechildren/", budget, data=data), budget)
        fresh = [one for one in left if set(one.ids) - opened or not one.ids]
        opened.update(some)
        return [*fresh, *([More(more.parent, rest)] if rest else [])]

    def _take(self, page: ThreadPage, answer: Any, budget: Budget) -> list[More]:
        known = {post.ext_id for post in page.posts} | set(page.gone)
        waiting: list[More] = []
        for item in items(answer):
            if isinstance(item, More):
                waiting.append(item)
            elif _id_of(item) not in known:
                budget.spend("read_post")
                page.add(item)
        return waiting

    async def _link_of(self, target: Target, budget: Budget) -> str:
        for name in (target.ext_id, target.root_ext_id):
            if name.startswith("t3_"):
                return name.removeprefix("t3_")
        found = next(iter(items(await self._info([target.ext_id], budget))), None)
        if isinstance(found, SourcePost) and found.root.startswith("t3_"):
            return found.root.removeprefix("t3_")
        raise Gone("The post was deleted.") if isinstance(found, GonePost) else Denied("That post cannot be read.")

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        """What is deleted stays listed, without its words."""
        made: dict[str, LookedUp] = {one.ext_id: "unknown" for one in targets}
        for start in range(0, len(targets), BATCH):
            for item in items(await self._info([one.ext_id for one in targets[start : start + BATCH]], budget)):
                if isinstance(item, SourcePost):
                    made[item.ext_id] = "live"
                elif isinstance(item, GonePost):
                    made[item.ext_id] = "gone"
                elif isinstance(item, Skipped) and item.withheld:
                    made[item.item] = "denied"
        return made

    async def _info(self, names: list[str], budget: Budget) -> Any:
        return await self._ask("GET", "api/info/", budget, params={"id": ",".join(names)})

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        return await self._since("message/mentions/", {}, cursor, budget)

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        return await self._since("search/", {"q": expression, "sort": "new", "type": "link"}, cursor, budget)

    async def _since(self, path: str, asked_for: Mapping[str, Any], cursor: str, budget: Budget) -> MentionBatch:
        """Newest first, back to the moment of the last reading, which is the cursor."""
        after = datetime.fromtimestamp(int(cursor), UTC) if cursor.isdigit() else None
        batch, place = MentionBatch(cursor=cursor), ""
        for number in range(5):
            params = {"limit": PAGE, **asked_for, **({"after": place} if place else {})}
            found = must(await self._ask("GET", path, budget, params=params), dict, "listing")
            read = [one for one in items(found) if not isinstance(one, More)]
            posts = [one for one in read if isinstance(one, SourcePost)]
            for post in posts:
                if after is None or post.created_at > after:
                    budget.spend("read_post")
                    batch.add(post)
            place = str(inside(found, "data").get("after") or "")
            if not place or after is None or any(post.created_at <= after for post in posts):
                break
            batch.lost = number == 4
        newest = max((post.created_at for post in batch.posts), default=after)
        batch.cursor = str(int(newest.timestamp())) if newest else ""
        return batch

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        found = must(await self._ask("GET", f"user/{account.handle}/about/", budget), dict, "account")
        made = _profile(inside(found, "data"))
        if made.account.ext_id != account.ext_id:
            raise Gone("That name belongs to somebody else now.")
        return made

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        names = [one for one in dict.fromkeys((target.ext_id, target.root_ext_id)) if one]
        answer = await self._info(names, budget)
        listed = [one for one in inside(inside({"a": answer}, "a"), "data").get("children") or [] if isinstance(one, dict)]
        read = {_id_of(item): item for item in items(answer) if not isinstance(item, More)}
        if not isinstance(read.get(target.ext_id), SourcePost):
            return ReplyGate(False, "The post was deleted.")
        if any(inside(one, "data").get("locked") or inside(one, "data").get("archived") for one in listed):
            return ReplyGate(False, "That thread takes no more answers.")
        return ReplyGate(True)

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        data = {"thing_id": message.target.ext_id, "text": message.text, "api_type": "json"}
        found = await self._ask("POST", "api/comment/", budget, data=data)
        for item in items(found):
            if isinstance(item, SourcePost):
                return Receipt(item.ext_id, item.url)
        raise UnknownOutcome("The answer to what we sent cannot be read.")

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        """Among our own newest comments: Reddit keeps no key of ours."""
        path = f"user/{self.access.own_handle}/comments/"
        wanted = " ".join(message.text.split())
        for item in items(await self._ask("GET", path, budget, params={"sort": "new", "limit": PAGE})):
            if isinstance(item, SourcePost) and item.parent == message.target.ext_id and " ".join(item.text.split()) == wanted:
                return Receipt(item.ext_id, item.url)
        return None

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        """As a stranger. A community that took our comment away still shows it to ourselves."""
        budget.spend("request")
        try:
            answer = await self.access.outgoing.request("GET", f"{receipt.url.rstrip('/')}/.json")
            found = list(items(answer.json())) if answer.status == 200 else []
        except (Refused, Unreachable, ValueError, RecursionError):
            return Seen.unknown
        said = next((one for one in found if not isinstance(one, More) and _id_of(one) == receipt.ext_id), None)
        if said is None:
            return Seen.unknown
        return Seen.visible if isinstance(said, SourcePost) else Seen.hidden

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        await self._ask("POST", "api/del/", budget, data={"id": receipt.ext_id})

    async def _ask(
        self,
        method: str,
        path: str,
        budget: Budget,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Any:
        budget.spend("request")
        writing = path in ("api/comment/", "api/del/")
        async with in_our_words(self.access, writing=writing):
            self._client = self._client or new_client(self.access)
            found = await self._client.request(method=method, path=path, params={"raw_json": 1, **(params or {})}, data=data)
        errors = inside(inside({"a": found}, "a"), "json").get("errors")
        if isinstance(errors, list) and errors:
            raise complaint(errors, self.access.clock())
        return found


def _id_of(item: Any) -> str:
    return str(item.item if isinstance(item, Skipped) else item.ext_id)


def _profile(found: Mapping[str, Any]) -> Profile:
    name = must(found.get("name"), str, "account.name")
    about = inside(found, "subreddit")
    account = SourceAccount(f"t2_{must(found.get('id'), str, 'account.id')}", name, HOST, url=f"{SITE}/user/{name}")
    text = str(about.get("public_description") or "")
    return Profile(account, text, tuple(word for word in text.split() if word.startswith("https://")))
