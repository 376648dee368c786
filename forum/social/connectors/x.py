"""X, with keys of one's own: every post read costs money, and a reply is let through only when it was asked for (SOCIAL 1.2)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from forum.core.outgoing import Answer
from forum.models.social import Platform
from forum.social.connectors.asking import Asking, inside, must, said_in
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
from forum.social.connectors.errors import (
    BudgetExceeded,
    ConnectorError,
    Denied,
    Forbidden,
    Gone,
    RateLimited,
    SchemaDrift,
    Transient,
    UnknownOutcome,
)
from forum.social.sources import SourceAccount, SourcePost
from forum.social.wire import x as wire
from forum.social.wire.x import HOST, account_of, drift_of, history, post_of, reference

API = "https://api.x.com/2"
CARD = "https://publish.x.com/oembed"
"""Answers strangers about public posts."""
LIMIT, URL_WEIGHT, BATCH, PAGES = 280, 23, 100, 5
LEAST = 10
"""The fewest posts that a search may be asked for."""
KEPT = timedelta(days=7)
"""How far back conversations can be searched."""
PRICES = {
    "read_post": 5_000,
    "read_user": 10_000,
    "read_owned": 1_000,
    "create": 15_000,
    "create_url": 200_000,
    "summoned": 10_000,
    "delete": 10_000,
}
"""Micro-dollars by the list of April 2026; a channel may have prices of its own."""
HOSTS = (HOST, "twitter.com", "vxtwitter.com", "fxtwitter.com", "fixupx.com", "fixvx.com", "twittpr.com", "xcancel.com")
_PATH = re.compile(r"^/(?:i/(?:web/)?|([A-Za-z0-9_]{1,30})/)status(?:es)?/(\d{1,19})(?:/.{0,40})?$")
_USER_FIELDS = "created_at,description,entities,protected,public_metrics,verified_type"
_STOPS = (BudgetExceeded, Transient, RateLimited)
BY_HAND = "X lets an account like ours reply only to somebody who mentioned or quoted it. Post it by hand."


class X(Asking):
    platform = Platform.x

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.prices = PRICES | dict(access.prices)
        self.newer = 0
        """1 once the server refused the older names of fields."""
        self.drift: list[str] = []

    def capabilities(self) -> Capabilities:
        return Capabilities(
            fetch_thread=True,
            poll_mentions=True,
            search=True,
            reply=True,
            delete_own=True,
            alter_text=False,
            reply_gate="summoned",
            text_unit="x_weighted",
            text_limit=LIMIT,
            url_weight=URL_WEIGHT,
            edit_signal="new_id",
            deletion_signal="lookup",
            idempotency="none",
            lookup_batch=BATCH,
            concurrency=4,
            prices=self.prices,
        )

    def resolve_url(self, url: str) -> Target | None:
        """Also as phones, older addresses and preview services write it."""
        parts = urlsplit(url)
        host = re.sub(r"^(?:www|mobile|m)\.", "", (parts.hostname or "").lower())
        found = _PATH.match(parts.path.rstrip("/"))
        if found is None or host not in HOSTS:
            return None
        who, number = found.groups()
        return Target(Platform.x, ext_id=number, host=HOST, url=f"https://{HOST}/{who or 'i'}/status/{number}")

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        name = self.access.own_handle.lstrip("@")
        budget = Budget()
        found = await self._get(f"/users/by/username/{name}", budget, **{"user.fields": _USER_FIELDS})
        self._charge(budget, "read_user", 1)
        return _profile(_data(found)), {"text_limit": LIMIT, "url_weight": URL_WEIGHT}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        asked = await self._one(target.revision or target.ext_id, budget)
        conversation = str(_data(asked).get("conversation_id") or target.ext_id)
        page = ThreadPage(root_ext_id=conversation)
        answers = [asked]
        if conversation not in history(_data(asked)):
            try:
                answers.append(await self._one(conversation, budget))
            except Gone:
                page.gone.append(conversation)
            except Denied:
                page.stopped(conversation, "The first post cannot be read.")
        try:
            async for answer in self._pages("/tweets/search/recent", budget, query=f"conversation_id:{conversation}"):
                answers.append(answer)
            answers += await self._newest_wordings(answers, budget)
        except _STOPS as error:
            page.stopped(conversation, str(error))
        began = wire.when(conversation)
        if began is not None and self.access.clock() - began > KEPT:
            page.stopped(conversation, "X shows what is older than seven days only post by post.")
        self._fill(page, answers)
        page.root_ext_id = next((post.ext_id for post in page.posts if post.revision == conversation), conversation)
        return page

    def _fill(self, page: ThreadPage | MentionBatch, answers: Iterable[Mapping[str, Any]]) -> None:
        """Every wording of a post becomes one row: named by its first id, worded by its last."""
        newest: dict[str, SourcePost] = {}
        first: dict[str, str] = {}
        for answer in answers:
            users, media = _included(answer, "users", "id"), _included(answer, "media", "media_key")
            for found in _found(answer):
                self._note(drift_of(found))
                first |= dict.fromkeys(history(found), history(found)[0])
                item = post_of(found, users, media)
                if not isinstance(item, SourcePost):
                    page.add(item)
                elif item.ext_id not in newest or str(found.get("id")) == history(found)[-1]:
                    newest[item.ext_id] = item
        for post in newest.values():
            page.add(replace(post, parent=first.get(post.parent, post.parent), root=first.get(post.root, post.root)))
        page.drift += self.drift

    async def _newest_wordings(self, answers: list[dict[str, Any]], budget: Budget) -> list[dict[str, Any]]:
        """A search may give an older wording; the last one is asked for by its id."""
        seen = {str(found.get("id")) for answer in answers for found in _found(answer)}
        stale = sorted({history(found)[-1] for answer in answers for found in _found(answer)} - seen)
        return [await self._some(stale[start : start + BATCH], budget) for start in range(0, len(stale), BATCH)]

    async def _one(self, post_id: str, budget: Budget) -> dict[str, Any]:
        self._affordable(budget, 1)
        found = await self._fielded(f"/tweets/{post_id}", budget)
        if not isinstance(found.get("data"), dict):
            raise _why_missing(found)
        self._paid(found, budget)
        return found

    async def _some(self, ids: list[str], budget: Budget) -> dict[str, Any]:
        self._affordable(budget, len(ids))
        found = await self._fielded("/tweets", budget, ids=",".join(ids))
        self._paid(found, budget)
        return found

    async def _pages(self, path: str, budget: Budget, *, kind: str = "read_post", most: int = 40, **params: str | int) -> Any:
        """Page after page, each no larger than what is left can pay for."""
        place = ""
        for _ in range(most):
            size = self._affordable(budget, BATCH, kind, least=LEAST)
            more: dict[str, str | int] = {"next_token" if "search" in path else "pagination_token": place} if place else {}
            found = await self._fielded(path, budget, max_results=size, **params, **more)
            self._paid(found, budget, kind)
            yield found
            place = str(inside(found, "meta").get("next_token") or "")
            if not place:
                return
        raise BudgetExceeded("Enough pages for one reading.")

    def _affordable(self, budget: Budget, wanted: int, kind: str = "read_post", *, least: int = 0) -> int:
        """How many posts the rest of the money buys, should each have another author. Asking too much cannot be undone."""
        each = self.prices[kind] + self.prices["read_user"]
        can = min(wanted, budget.posts - budget.used("read_post"))
        if each:
            can = min(can, (budget.money - budget.cost) // each)
        if can < (least or wanted):
            raise BudgetExceeded("The money for this reading is used up.")
        return int(can)

    def _paid(self, found: Mapping[str, Any], budget: Budget, kind: str = "read_post") -> None:
        self._charge(budget, kind, len(_found(found)))
        self._charge(budget, "read_user", len(_included(found, "users", "id")))

    def _charge(self, budget: Budget, kind: str, units: int) -> None:
        if units:
            budget.spend(kind, units, self.prices[kind])

    async def _fielded(self, path: str, budget: Budget, **params: str | int) -> dict[str, Any]:
        """With every field we read. A server that knows only the newer names is asked by those from then on."""
        try:
            return await self._get(path, budget, **params, **_fields(self.newer))
        except Denied as error:
            if self.newer or not any(name in str(error) for name in (wire.REFERENCED[0], wire.EDITS[0])):
                raise
        self.newer = 1
        self._note([wire.REFERENCED[1], wire.EDITS[1]])
        return await self._get(path, budget, **params, **_fields(self.newer))

    def _note(self, names: list[str]) -> None:
        self.drift += [name for name in names if name not in self.drift]

    async def _get(self, path: str, budget: Budget, **params: str | int) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.access.secrets.get('bearer_token', '')}"}
        endpoint = "search" if "search" in path else "read"
        found = await self.ask("GET", f"{API}{path}", budget, endpoint=endpoint, headers=headers, params=params or None)
        return dict(must(found, dict, "answer"))

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        made: dict[str, LookedUp] = {}
        for start in range(0, len(targets), BATCH):
            ids = [one.ext_id for one in targets[start : start + BATCH]]
            self._affordable(budget, len(ids))
            found = await self._get("/tweets", budget, ids=",".join(ids))
            self._paid(found, budget)
            live = {name for one in _found(found) for name in history(one)}
            missing = {_named(error): _why(error) for error in _errors(found)}
            made |= {one: "live" if one in live else missing.get(one, "unknown") for one in ids}
        return made

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        return await self._since(f"/users/{self.access.own_ext_id}/mentions", "read_owned", cursor, budget)

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        return await self._since("/tweets/search/recent", "read_post", cursor, budget, query=f"{expression} -is:retweet")

    async def _since(self, path: str, kind: str, cursor: str, budget: Budget, **params: str | int) -> MentionBatch:
        """Newest first, back to the last one read. The cursor is a post's id; one that is too old leaves a gap."""
        batch, answers = MentionBatch(cursor=cursor), []
        after: dict[str, str | int] = {"since_id": cursor} if cursor else {}
        most = PAGES if cursor else 1
        try:
            async for answer in self._pages(path, budget, kind=kind, most=most, **params, **after):
                answers.append(answer)
        except Denied as error:
            if not cursor or "since_id" not in str(error):
                raise
            batch = await self._since(path, kind, "", budget, **params)
            batch.lost = True
            return batch
        except _STOPS:
            if not answers:
                raise
            batch.lost = bool(cursor)
        self._fill(batch, answers)
        ids = [str(found.get("id")) for answer in answers for found in _found(answer) if found.get("id")]
        batch.cursor = max([*ids, cursor], key=lambda one: (len(one), one))
        return batch

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        found = await self._get(f"/users/{account.ext_id}", budget, **{"user.fields": _USER_FIELDS})
        self._charge(budget, "read_user", 1)
        if not isinstance(found.get("data"), dict):
            raise _why_missing(found)
        return _profile(_data(found))

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        """Asked for by a mention of us or a quote of one of our posts, else only a person may reply."""
        if not self.access.secrets.get("access_token"):
            return ReplyGate(False, "This channel has no key for sending. Post it by hand.", by_hand=True)
        try:
            answer = await self._one(target.revision or target.ext_id, budget)
        except Gone:
            return ReplyGate(False, "The post was deleted.")
        post = _data(answer)
        if post.get("reply_settings") in ("following", "subscribers", "verified"):
            return ReplyGate(False, "Its author lets only some people reply.", by_hand=True)
        if await self._summoned(post, budget):
            return ReplyGate(True)
        return ReplyGate(False, BY_HAND, by_hand=True)

    async def _summoned(self, post: Mapping[str, Any], budget: Budget) -> bool:
        own, handle = self.access.own_ext_id, self.access.own_handle.lower().lstrip("@")
        mentions = inside(post, "entities").get("mentions")
        for one in mentions if isinstance(mentions, list) else []:
            if isinstance(one, dict) and (str(one.get("id")) == own or str(one.get("username")).lower() == handle):
                return True
        quoted = reference(post, "quoted")
        if not quoted:
            return False
        try:
            return str(_data(await self._one(quoted, budget)).get("author_id")) == own
        except (Gone, Denied):
            return False

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        self._charge(budget, "summoned", 1)
        body = {"text": message.text, "reply": {"in_reply_to_tweet_id": message.target.revision or message.target.ext_id}}
        found = await self._write("POST", "/tweets", budget, body)
        made = inside(found, "data").get("id")
        if not isinstance(made, str):
            raise UnknownOutcome("The answer to what we sent cannot be read.")
        return self._receipt(made)

    async def _write(self, method: str, path: str, budget: Budget, body: Any = None) -> Any:
        token = self.access.secrets.get("access_token", "")
        if not token:
            raise Forbidden("approval")
        return await self.ask(method, f"{API}{path}", budget, headers={"authorization": f"Bearer {token}"}, body=body)

    def _receipt(self, post_id: str) -> Receipt:
        return Receipt(post_id, f"https://{HOST}/{self.access.own_handle.lstrip('@') or 'i'}/status/{post_id}")

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        """Among our own newest posts: X keeps no key of ours."""
        start = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        path, wanted = f"/users/{self.access.own_ext_id}/tweets", _bare(message.text)
        async for answer in self._pages(path, budget, kind="read_owned", most=1, start_time=start):
            page = ThreadPage(root_ext_id="")
            self._fill(page, [answer])
            for post in page.posts:
                if post.parent in (message.target.ext_id, message.target.revision) and _bare(post.text) == wanted:
                    return self._receipt(post.ext_id)
            return None
        return None

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        """As a stranger, by the card that anybody may put on a page."""
        try:
            await self.ask("GET", CARD, budget, params={"url": receipt.url, "omit_script": "true"})
        except (Gone, Forbidden):
            return Seen.hidden
        except ConnectorError:
            return Seen.unknown
        return Seen.visible

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        self._charge(budget, "delete", 1)
        await self._write("DELETE", f"/tweets/{receipt.ext_id}", budget)

    def refuse(self, method: str, answer: Answer) -> None:
        """403 on a reply means that nobody asked for it, unless it says that the same words stand there already."""
        if answer.status == 403 and method == "POST":
            if "duplicate" in said_in(answer).lower():
                raise UnknownOutcome(said_in(answer))
            raise Forbidden("summon")
        if answer.status == 400 and method == "GET":
            raise Denied(_complaints(answer) or said_in(answer))
        super().refuse(method, answer)


def _fields(newer: int) -> dict[str, str]:
    names = (
        *("attachments", "author_id", "conversation_id", "created_at", "entities", "in_reply_to_user_id", "lang"),
        *("possibly_sensitive", "public_metrics", "reply_settings", ("note_tweet", "note_post")[newer]),
        *(wire.REFERENCED[newer], wire.EDITS[newer]),
    )
    return {
        "tweet.fields": ",".join(names),
        "user.fields": _USER_FIELDS,
        "media.fields": "alt_text,type,url",
        "expansions": "author_id,attachments.media_keys",
    }


def _data(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("data")
    return found if isinstance(found, dict) else {}


def _found(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The posts of an answer; one that found none has no data at all."""
    found = answer.get("data", [])
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise SchemaDrift("data")
    return [one for one in found if isinstance(one, dict)]


def _included(answer: Mapping[str, Any], name: str, key: str) -> dict[str, dict[str, Any]]:
    found = inside(answer, "includes").get(name)
    return {str(one.get(key)): one for one in (found if isinstance(found, list) else []) if isinstance(one, dict)}


def _errors(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = answer.get("errors")
    return [one for one in (found if isinstance(found, list) else []) if isinstance(one, dict)]


def _named(error: Mapping[str, Any]) -> str:
    return str(error.get("resource_id") or error.get("value") or "")


def _why(error: Mapping[str, Any]) -> LookedUp:
    kind = str(error.get("type") or "")
    return "gone" if kind.endswith("resource-not-found") else "denied" if "authoriz" in kind else "unknown"


def _why_missing(answer: Mapping[str, Any]) -> ConnectorError:
    """What a good status without a post means."""
    said = {_why(error) for error in _errors(answer)}
    if "gone" in said:
        return Gone("The post was deleted.")
    return Denied("The post is not public.") if said else SchemaDrift("data")


def _complaints(answer: Answer) -> str:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return ""
    return " ".join(str(one.get("message", "")) for one in _errors(found if isinstance(found, dict) else {}))[:300]


def _profile(user: Mapping[str, Any]) -> Profile:
    author = must(user.get("id"), str, "user.id")
    urls = inside(inside(user, "entities"), "url").get("urls")
    links = tuple(str(one.get("expanded_url")) for one in (urls if isinstance(urls, list) else []) if isinstance(one, dict))
    return Profile(account_of(user, author), str(user.get("description") or ""), links)


def _bare(text: str) -> str:
    """Without the mentions a reply begins with."""
    return " ".join(re.sub(r"^(?:@\w{1,30}\s+)+", "", text).split())
