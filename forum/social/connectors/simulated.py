"""The simulated network as a connector: everything a network can do, and everything that can go wrong with one."""

import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from forum.models.social import AccountKind, Platform
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
    AuthFailed,
    BadText,
    Forbidden,
    Gone,
    RateLimited,
    SchemaDrift,
    Transient,
    UnknownOutcome,
)
from forum.social.simulated.network import HOST, OWN, Account, Entry, Fault, Network, address
from forum.social.sources import PUBLIC, SourceAccount, SourcePost

LIMIT = 500
PAGE = 40
_ADDRESS = re.compile(rf"^https://{re.escape(HOST)}/posts/(\d{{1,12}})/?$")


class Simulated:
    platform = Platform.simulated

    def __init__(self, access: Access) -> None:
        self.access = access
        self.network = Network()
        self.own = access.own_ext_id or OWN

    def capabilities(self) -> Capabilities:
        return Capabilities(
            fetch_thread=True,
            poll_mentions=True,
            search=True,
            reply=True,
            delete_own=True,
            reply_gate="check_viewer",
            text_unit="chars",
            text_limit=LIMIT,
            url_weight=23,
            edit_signal="edited_at",
            deletion_signal="both",
            idempotency="client_key",
            lookup_batch=50,
        )

    def resolve_url(self, url: str) -> Target | None:
        found = _ADDRESS.match(url.partition("?")[0])
        return self._target(int(found[1])) if found else None

    def _target(self, post_id: int) -> Target:
        return Target(Platform.simulated, ext_id=address(post_id), host=HOST, url=address(post_id), native_id=str(post_id))

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        self.network.join("northwind", "Northwind", kind="brand", account_id=self.own)
        return self._profile(self._known(self.own)), {"text_limit": LIMIT, "url_weight": 23}

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage:
        fault = self._ask("read", budget)
        entries = self.network.thread(_number(target.ext_id))
        if not entries:
            raise Gone("There is no such post.")
        page = ThreadPage(root_ext_id=entries[0].url)
        if fault == Fault.cut_short:
            entries = entries[: max(1, len(entries) // 2)]
            page.stopped(entries[-1].url, "The answer stopped half-way.")
        for entry in entries:
            budget.spend("read_post")
            if entry.gone:
                page.gone.append(entry.url)
            elif _readable(entry):
                page.posts.append(_post(entry))
            else:
                page.withheld += 1
        return page

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        self._ask("read", budget)
        made: dict[str, LookedUp] = {}
        for target in targets:
            entry = self.network.post(_number(target.ext_id))
            if entry is None or entry.gone:
                made[target.ext_id] = "gone"
            else:
                made[target.ext_id] = "live" if _readable(entry) else "denied"
        return made

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        return self._batch(cursor, budget, self.network.naming(self._known(self.own).handle, int(cursor or 0), PAGE))

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        return self._batch(cursor, budget, self.network.saying(expression, int(cursor or 0), PAGE))

    def _batch(self, cursor: str, budget: Budget, entries: list[Entry]) -> MentionBatch:
        self._ask("read", budget)
        open_ones = [entry for entry in entries if not entry.gone and _readable(entry)]
        budget.spend("read_post", len(open_ones))
        last = str(entries[-1].id) if entries else cursor
        posts = [_post(entry) for entry in open_ones]
        return MentionBatch(posts=posts, cursor=last, more=len(entries) == PAGE, withheld=len(entries) - len(open_ones))

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        self._ask("read", budget)
        return self._profile(self._known(account.ext_id))

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        self._ask("read", budget)
        entry = self.network.post(_number(target.ext_id))
        if entry is None or entry.gone:
            return ReplyGate(False, "The post was deleted.")
        if entry.closed:
            return ReplyGate(False, "Its author does not take replies.")
        return ReplyGate(True)

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        fault = self._ask("send", budget)
        parent = self.network.post(_number(message.target.ext_id))
        if parent is None or parent.gone:
            raise Gone("The post was deleted.")
        if len(message.text) > 2 * LIMIT:
            raise BadText("That is too long.", LIMIT, len(message.text))
        made = self.network.write(self.own, message.text, parent=parent.id, sent_key=key.dedup_key)
        if fault == Fault.hidden or parent.closed:
            self.network.hide(made)
        if fault == Fault.lost_answer:
            raise UnknownOutcome("The answer did not arrive.")
        return Receipt(address(made), address(made))

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        self._ask("read", budget)
        entry = self.network.sent(key.dedup_key)
        return Receipt(entry.url, entry.url) if entry is not None and not entry.gone else None

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        self._ask("read", budget)
        entry = self.network.post(_number(receipt.ext_id))
        return Seen.visible if entry is not None and not entry.gone and not entry.hidden else Seen.hidden

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        self._ask("send", budget)
        self.network.delete(_number(receipt.ext_id))

    def _ask(self, act: str, budget: Budget) -> Fault | None:
        """One request, with whatever was arranged to go wrong with it."""
        budget.spend("request", now=time.monotonic())
        fault = self.network.next_fault(act)
        if fault == Fault.down:
            raise Transient("The server does not answer.")
        if fault == Fault.rate_limited:
            raise RateLimited(self.access.clock() + timedelta(seconds=300))
        if fault == Fault.refused:
            raise AuthFailed("The secret is not accepted.")
        if fault == Fault.garbled:
            raise SchemaDrift("posts")
        return fault

    def _known(self, account_id: str) -> Account:
        found = self.network.account(account_id)
        if found is None:
            raise Gone("There is no such account.")
        if found.state == "deactivated":
            raise Forbidden("This account is switched off.")
        return found

    def _profile(self, account: Account) -> Profile:
        links = tuple(word for word in account.bio.split() if word.startswith("https://"))
        return Profile(_account(account), account.bio, links)


def _readable(entry: Entry) -> bool:
    return entry.visibility in PUBLIC and not entry.hidden and entry.account.state == "live"


def _post(entry: Entry) -> SourcePost:
    return SourcePost(
        ext_id=entry.url,
        account=_account(entry.account),
        text=entry.text,
        created_at=entry.at,
        line=0,
        parent=address(entry.parent) if entry.parent else "",
        url=entry.url,
        language="en",
        edited_at=entry.edited_at,
        metrics=dict(entry.metrics),
    )


def _account(account: Account) -> SourceAccount:
    return SourceAccount(
        ext_id=account.id,
        handle=account.handle,
        host=HOST,
        name=account.name,
        url=f"https://{HOST}/@{account.handle}",
        followers=account.followers,
        kind=AccountKind(account.kind),
    )


def _number(ext_id: str) -> int:
    tail = ext_id.rpartition("/")[2]
    return int(tail) if tail.isdigit() else 0
