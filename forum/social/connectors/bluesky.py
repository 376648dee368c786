"""Bluesky: threads as any stranger sees them, mentions and replies through our account's server (SOCIAL 1.3)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from forum.core.outgoing import Answer
from forum.models.social import Platform
from forum.social.connectors.asking import Asking, error_code, inside, listed, must, said_in
from forum.social.connectors.base import (
    Access,
    Budget,
    Capabilities,
    LookedUp,
    MentionBatch,
    Profile,
    Target,
    ThreadPage,
)
from forum.social.connectors.bluesky_sessions import Sessions
from forum.social.connectors.errors import AuthFailed, BudgetExceeded, Denied, Forbidden, Gone, RateLimited, Transient
from forum.social.sources import SourceAccount
from forum.social.wire.bluesky import HOST, MISSING, POST, account_of, is_post, post_of
from forum.social.wire.values import date

APPVIEW = "https://public.api.bsky.app"
"""Answers anybody, about every server of the network."""
LIMIT, BYTES = 300, 3_000
DEPTH = 10
"""Levels below an anchor in one answer; servers give no more, whatever is asked."""
PAGE, PAGES, BATCH = 100, 5, 25
HOSTS = (HOST, "staging.bsky.app", "main.bsky.dev", "fxbsky.app", "bskx.app", "bskyx.app", "deer.social")
ADDRESSED = ("mention", "reply", "quote")
HIDDEN = "Answers are there and are not shown to us: blocked or hidden."
_PATH = re.compile(r"^/profile/([A-Za-z0-9.:_-]{3,300})/post/([A-Za-z0-9._~:-]{1,64})/?$")
_AWAY = ("AccountDeactivated", "AccountTakedown")
_REFUSED = ("InvalidToken", "ExpiredToken", "AuthMissing", "AuthenticationRequired", "InvalidDidAuth", "BadJwt")
_STOPS = (BudgetExceeded, Transient, RateLimited)


class BlueskyReading(Asking):
    """What needs no account: anybody may ask this."""

    platform = Platform.bluesky

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.base = access.base_url or "https://bsky.social"
        self.sessions = Sessions(self, self.base)

    def capabilities(self) -> Capabilities:
        return Capabilities(
            fetch_thread=True,
            poll_mentions=True,
            search=True,
            reply=True,
            delete_own=True,
            reply_gate="check_viewer",
            text_unit="graphemes",
            text_limit=LIMIT,
            byte_limit=BYTES,
            edit_signal="cid",
            deletion_signal="lookup",
            idempotency="client_key",
            lookup_batch=BATCH,
            concurrency=2,
        )

    def resolve_url(self, url: str) -> Target | None:
        """By handle or by DID; a handle is told apart by the network itself when it is asked."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.")
        found = _PATH.match(parts.path)
        if found is None or host not in HOSTS:
            return None
        who, key = found.groups()
        uri = f"at://{who}{POST}{key}"
        known = who.startswith("did:")
        return Target(
            Platform.bluesky,
            ext_id=uri if known else "",
            host=HOST,
            url=f"https://{HOST}/profile/{who}/post/{key}",
            native_id=uri,
        )

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        """From the first post down, going on below where one answer ends. What is asked for may be any post of it."""
        asked = await self._tree(target.ext_id or target.native_id, budget)
        view = inside(asked, "post")
        root = str(inside(inside(inside(view, "record"), "reply"), "root").get("uri") or view.get("uri") or "")
        page = ThreadPage(root_ext_id=must(root, str, "thread.post.uri"))
        tree = asked
        if root != view.get("uri"):
            try:
                tree = await self._tree(root, budget)
            except (Gone, Denied):
                page.stopped(root, "The first post cannot be read.")
        await self._walk(tree, page, budget)
        return page

    async def _tree(self, uri: str, budget: Budget) -> dict[str, Any]:
        found = await self._public("app.bsky.feed.getPostThread", budget, uri=uri, depth=DEPTH, parentHeight=0)
        tree = dict(must(inside(found, "thread"), dict, "thread"))
        if tree.get("$type") == "app.bsky.feed.defs#notFoundPost":
            raise Gone("The post was deleted.")
        if tree.get("$type") in MISSING:
            raise Denied("Its author blocks the reader.")
        must(tree.get("post"), dict, "thread.post")
        return tree

    async def _walk(self, tree: dict[str, Any], page: ThreadPage, budget: Budget) -> None:
        """Anchor after anchor. One that was asked for and is still empty is written down, never asked again."""
        seen: set[str] = set()
        anchors = [tree]
        asked: set[str] = {str(inside(tree, "post").get("uri"))}
        while anchors:
            current = anchors.pop()
            for uri in _taken(current, page, seen, budget):
                if uri in asked:
                    page.hidden(uri, HIDDEN)
                    continue
                asked.add(uri)
                try:
                    anchors.append(await self._tree(uri, budget))
                except (Gone, Denied):
                    page.hidden(uri, HIDDEN)
                except _STOPS:
                    page.stopped(uri)
                    return

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        """Posts of an account that is switched off are missing too: that is not deletion."""
        made: dict[str, LookedUp] = {}
        for start in range(0, len(targets), BATCH):
            uris = [one.ext_id for one in targets[start : start + BATCH]]
            found = listed(await self._public("app.bsky.feed.getPosts", budget, uris=uris), "posts")
            live = {str(view.get("uri")): view for view in found}
            for uri in uris:
                if uri in live:
                    item = post_of(live[uri]) if is_post(live[uri]) else None
                    made[uri] = "denied" if item is not None and getattr(item, "withheld", False) else "live"
            away = {who: await self._is_away(who, budget) for who in sorted({_author(uri) for uri in uris if uri not in live})}
            made |= {uri: "denied" if away[_author(uri)] else "gone" for uri in uris if uri not in live}
        return made

    async def _is_away(self, did: str, budget: Budget) -> bool:
        try:
            await self._public("app.bsky.actor.getProfile", budget, actor=did)
        except Forbidden:
            return True
        except Gone:
            return False
        return False

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        return profile_of(await self._public("app.bsky.actor.getProfile", budget, actor=account.ext_id))

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        reasons: Mapping[str, str | int | list[str]] = {"reasons": list(ADDRESSED), "limit": PAGE}
        return await self._newest("app.bsky.notification.listNotifications", "notifications", reasons, cursor, budget)

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        asked: dict[str, str | int | list[str]] = {"q": expression, "sort": "latest", "limit": PAGE}
        if cursor:
            asked["since"] = cursor
        return await self._newest("app.bsky.feed.searchPosts", "posts", asked, cursor, budget)

    async def _newest(
        self, method: str, name: str, asked: Mapping[str, str | int | list[str]], cursor: str, budget: Budget
    ) -> MentionBatch:
        """Newest first, back to the moment of the last reading. The cursor is that moment."""
        batch = MentionBatch(cursor=cursor)
        after, place = date(cursor), ""
        for number in range(PAGES):
            params = {**asked, "cursor": place} if place else dict(asked)
            found = await self.own("GET", method, budget, endpoint="search" if name == "posts" else "", params=params)
            views = listed(found, name)
            fresh = [one for one in views if after is None or (date(one.get("indexedAt")) or after) > after]
            for view in fresh:
                batch.cursor = max(batch.cursor, str(view.get("indexedAt") or ""))
                if is_post(view) and view.get("reason", "mention") in ADDRESSED:
                    budget.spend("read_post")
                    batch.add(post_of(view))
            place = str(found.get("cursor") or "")
            if not place or len(fresh) < len(views) or after is None:
                break
            batch.lost = number == PAGES - 1
        return batch

    async def _public(self, method: str, budget: Budget, **params: str | int | list[str]) -> Any:
        return await self.ask("GET", f"{APPVIEW}/xrpc/{method}", budget, params=params)

    async def own(
        self,
        verb: str,
        method: str,
        budget: Budget,
        *,
        endpoint: str = "",
        params: Mapping[str, str | int | list[str]] | None = None,
        body: Any = None,
    ) -> Any:
        """Through our account. A session that ran out is begun anew once; a fresh one that is refused means the secret."""
        token, fresh = await self.sessions.token(budget)
        url = f"{self.base}/xrpc/{method}"
        try:
            headers = {"authorization": f"Bearer {token}"}
            return await self.ask(verb, url, budget, endpoint=endpoint, headers=headers, params=params, body=body)
        except AuthFailed:
            self.sessions.forget()
            if fresh:
                raise
        token, _ = await self.sessions.token(budget)
        headers = {"authorization": f"Bearer {token}"}
        return await self.ask(verb, url, budget, endpoint=endpoint, headers=headers, params=params, body=body)

    def refuse(self, method: str, answer: Answer) -> None:
        """This network says 400 where others say 401 and 404; the word in the body tells."""
        code = error_code(answer)
        if code in _REFUSED:
            raise AuthFailed(said_in(answer))
        if code in _AWAY:
            raise Forbidden("account")
        if code in ("NotFound", "RecordNotFound") or (answer.status == 400 and said_in(answer) == "Profile not found"):
            raise Gone(said_in(answer))
        if code in ("BlockedActor", "BlockedByActor"):
            raise Forbidden("viewer")
        super().refuse(method, answer)


def _taken(tree: dict[str, Any], page: ThreadPage, seen: set[str], budget: Budget) -> Iterable[str]:
    """Writes the posts of one answer to the page and returns those below which it ended."""
    ends: list[tuple[int, str]] = []
    deepest, waiting = 0, [(tree, 0)]
    while waiting:
        node, level = waiting.pop()
        if node.get("$type") in MISSING:
            page.withheld += node["$type"].endswith("#blockedPost")
            continue
        view = inside(node, "post")
        uri = str(view.get("uri") or "")
        if uri not in seen and is_post(view):
            seen.add(uri)
            try:
                budget.spend("read_post")
            except BudgetExceeded:
                page.stopped(uri)
                return []
            page.add(post_of(view))
        below = [one for one in node.get("replies") or [] if isinstance(one, dict)]
        deepest = max(deepest, level)
        if not below and view.get("replyCount"):
            ends.append((level, uri))
        waiting += [(one, level + 1) for one in below]
    for level, uri in ends:
        if level < deepest:
            page.hidden(uri, HIDDEN)
    return [uri for level, uri in ends if level == deepest]


def _author(uri: str) -> str:
    return uri.removeprefix("at://").partition("/")[0]


def profile_of(found: Any) -> Profile:
    known = must(found, dict, "profile")
    must(known.get("did"), str, "profile.did")
    text = str(known.get("description") or "")
    links = tuple(word.rstrip(".,)") for word in text.split() if word.startswith("https://"))
    return Profile(account_of(known), text, links)
