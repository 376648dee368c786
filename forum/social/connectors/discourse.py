"""Topics of a Discourse forum: the first posts come with the topic, the others by their numbers. Read only."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from forum.core.outgoing import Answer
from forum.models.social import Platform
from forum.social.connectors.asking import inside, listed, must
from forum.social.connectors.base import Access, Budget, Capabilities, LookedUp, Profile, Target, ThreadPage
from forum.social.connectors.errors import BudgetExceeded, Denied, Forbidden, Gone, RateLimited, Transient
from forum.social.connectors.read_only import ReadOnly
from forum.social.sources import SourceAccount, SourcePost
from forum.social.wire.discourse import post_of

CHUNK = 50
_TOPIC = re.compile(r"^/t/(?:[^/]{1,300}/)?(\d{1,10})(?:/\d{1,7})?/?$")
_POST = re.compile(r"^/p/(\d{1,10})(?:/\d{1,10})?/?$")
_STOPS = (BudgetExceeded, Transient, RateLimited)


class Discourse(ReadOnly):
    platform = Platform.discourse

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.base = access.base_url.rstrip("/")
        parts = urlsplit(self.base)
        self.host, self.folder = (parts.hostname or "").lower(), parts.path

    def capabilities(self) -> Capabilities:
        return Capabilities(
            fetch_thread=True,
            text_unit="chars",
            text_limit=32_000,
            edit_signal="revision",
            deletion_signal="lookup",
            lookup_batch=10,
            concurrency=1,
        )

    def resolve_url(self, url: str) -> Target | None:
        """Only of the forum that this channel reads: such addresses look the same everywhere."""
        parts = urlsplit(url)
        if (parts.hostname or "").lower() != self.host or not parts.path.startswith(self.folder):
            return None
        path = parts.path.removeprefix(self.folder)
        if found := _TOPIC.match(path):
            return Target(Platform.discourse, "", self.host, f"{self.base}/t/{found[1]}/1", native_id=f"{found[1]}-1")
        if found := _POST.match(path):
            name = f"{self.base}/p/{found[1]}"
            return Target(Platform.discourse, name, self.host, name)
        return None

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        found = must(await self._get("/about.json", Budget()), dict, "about")
        about = inside(found, "about")
        name = must(about.get("title"), str, "about.title")
        return Profile(SourceAccount(self.base, self.host, self.host, name, self.base), str(about.get("description") or "")), {}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        topic_id = target.native_id.partition("-")[0] or await self._topic_of(target, budget)
        topic = must(await self._get(f"/t/{topic_id}.json", budget), dict, "topic")
        stream = inside(topic, "post_stream")
        posts = listed(stream, "posts")
        first = posts[0] if posts else {}
        page = ThreadPage(root_ext_id=f"{self.base}/p/{must(first.get('id'), int, 'post_stream.posts.id')}")
        self._take(page, posts, topic, budget)
        had = {one.get("id") for one in posts}
        ids = stream.get("stream")
        rest = [one for one in (ids if isinstance(ids, list) else []) if isinstance(one, int) and one not in had]
        for start in range(0, len(rest), CHUNK):
            try:
                chunk = [str(one) for one in rest[start : start + CHUNK]]
                found = await self._get(f"/t/{topic_id}/posts.json", budget, **{"post_ids[]": chunk})
                self._take(page, listed(inside(found, "post_stream"), "posts"), topic, budget)
            except _STOPS as error:
                page.stopped(page.root_ext_id, str(error))
                return page
        return page

    def _take(self, page: ThreadPage, posts: list[dict[str, Any]], topic: dict[str, Any], budget: Budget) -> None:
        for found in posts:
            budget.spend("read_post")
            page.add(post_of({"topic_id": topic.get("id"), **found}, self.base, topic))

    async def _topic_of(self, target: Target, budget: Budget) -> str:
        found = must(await self._get(f"/posts/{target.ext_id.rpartition('/')[2]}.json", budget), dict, "post")
        return str(must(found.get("topic_id"), int, "post.topic_id"))

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        made: dict[str, LookedUp] = {}
        for target in targets:
            try:
                found = must(await self._get(f"/posts/{target.ext_id.rpartition('/')[2]}.json", budget), dict, "post")
                item = post_of(found, self.base)
                gone = bool(found.get("deleted_at") or found.get("user_deleted"))
                made[target.ext_id] = "gone" if gone else "live" if isinstance(item, SourcePost) else "denied"
            except Gone:
                made[target.ext_id] = "gone"
            except (Denied, Forbidden):
                made[target.ext_id] = "denied"
        return made

    async def _get(self, path: str, budget: Budget, **params: str | int | list[str]) -> Any:
        """As a stranger: what a stranger may not read there is nobody's to publish here."""
        return await self.ask("GET", f"{self.base}{path}", budget, params=params or None)

    def refuse(self, method: str, answer: Answer) -> None:
        """What only some may read answers 404 as well, and says so in a word."""
        if answer.status in (403, 404) and b"invalid_access" in answer.content[:2_000]:
            raise Denied("That topic is not public.")
        if answer.status == 403:
            raise Denied("That topic is not public.")
        super().refuse(method, answer)
