"""What a site publishes as Atom or RSS. Nothing is told to it and nobody answers there: entries come in, that is all."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from forum.models.social import Platform
from forum.social.connectors.base import Access, Budget, Capabilities, LookedUp, MentionBatch, Profile, Target, ThreadPage
from forum.social.connectors.errors import Denied, Transient
from forum.social.connectors.read_only import ReadOnly
from forum.social.sources import Item, SourceAccount, SourcePost
from forum.social.wire import feed as wire
from forum.social.wire.values import date

LATE = timedelta(days=3)
"""How long after its own date an entry may still appear. What was read before changes nothing."""


class Feed(ReadOnly):
    platform = Platform.feed

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.place = access.base_url

    def capabilities(self) -> Capabilities:
        return Capabilities(poll_mentions=True, edit_signal="edited_at", deletion_signal="none", concurrency=1)

    def resolve_url(self, url: str) -> Target | None:
        return None

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        title, _, _ = await self._read(Budget(), {})
        host = (urlsplit(self.place).hostname or "").lower()
        return Profile(SourceAccount(self.place, title or host, host, title, self.place), ""), {}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        raise Denied("Entries of a feed are not asked for one by one.")

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        """An entry that left the feed says nothing: feeds list what is new."""
        return dict.fromkeys((one.ext_id for one in targets), "unknown")

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        """What is newer than the last reading. The cursor is that moment and the server's mark for this version."""
        after, _, mark = cursor.partition(" ")
        known = {"if-none-match": mark} if mark else {}
        _, items, fresh_mark = await self._read(budget, known)
        since = date(after)
        batch = MentionBatch()
        for item in items:
            moment = (item.edited_at or item.created_at) if isinstance(item, SourcePost) else None
            if moment is not None and (since is None or moment > since - LATE):
                budget.spend("read_post")
                batch.add(item)
        moments = [one.edited_at or one.created_at for one in batch.posts]
        newest = max([*moments, *([since] if since else [])], default=None)
        batch.cursor = f"{newest.isoformat() if newest else ''} {fresh_mark}"[:600]
        return batch

    async def _read(self, budget: Budget, headers: Mapping[str, str]) -> tuple[str, list[Item], str]:
        answer = await self.fetch("GET", self.place, budget, headers=headers)
        if answer.status == 304:
            return "", [], headers.get("if-none-match", "")
        try:
            title, items = wire.read(answer.content, self.place, self.access.clock())
        except wire.NotAFeed as error:
            raise Transient("There is no feed at this address.") from error
        mark = answer.headers.get("etag", "")
        return title, items, mark if len(mark) <= 200 and mark.isascii() and "\n" not in mark else ""
