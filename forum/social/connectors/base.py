"""What every network can be asked, in one shape (SOCIAL 5.1). Connectors never touch the database.

They get the way out, the clock, a budget and their secrets handed in, and give back plain values
or raise one of `connectors/errors.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from forum.core.outgoing import Outgoing
from forum.models.social import Platform
from forum.social.connectors.errors import BudgetExceeded
from forum.social.sources import Gone, Item, Skipped, SourceAccount, SourcePost, bounded

LookedUp = Literal["live", "gone", "denied", "unknown"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    fetch_thread: bool = False
    poll_mentions: bool = False
    search: bool = False
    reply: bool = False
    delete_own: bool = False
    public_display: bool = True
    """Whether the network's terms let its posts be shown here at all."""
    alter_text: bool = True
    """False: a post with personal data is withheld whole instead of masked."""
    reply_gate: Literal["none", "summoned", "own_object", "approval", "check_viewer"] = "none"
    text_unit: Literal["x_weighted", "graphemes", "chars"] = "chars"
    text_limit: int = 500
    byte_limit: int | None = None
    url_weight: int | None = None
    edit_signal: Literal["edited_at", "cid", "new_id", "revision", "none"] = "none"
    deletion_signal: Literal["event", "lookup", "both", "none"] = "lookup"
    idempotency: Literal["client_key", "header", "none"] = "none"
    lookup_batch: int = 1
    concurrency: int = 2
    prices: Mapping[str, int] = field(default_factory=dict)
    """Micro-units of money for each kind of request; nothing for a network that costs nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """One post elsewhere, named as its network names it for good."""

    platform: Platform
    ext_id: str
    host: str
    url: str = ""
    native_id: str = ""
    """What the asked server calls it, where that differs."""
    revision: str = ""
    root_ext_id: str = ""
    root_revision: str = ""
    author_ext_id: str = ""
    author_handle: str = ""


@dataclass(slots=True)
class Budget:
    """How much one reading may use. `spend` raises before more is used; what was read until then is kept."""

    requests: int = 60
    posts: int = 2_000
    money: int = 1_000_000
    """Micro-units."""
    seconds: float = 60.0
    spent: dict[str, tuple[int, int]] = field(default_factory=dict)
    """kind -> (units, micro-units), for the channel's spending."""
    started: float | None = None

    def spend(self, kind: str, units: int = 1, price: int = 0, *, now: float = 0.0) -> None:
        """Counts one request, or `units` posts that a network charges for. `now` in seconds of any steady clock; only
        requests take time."""
        if self.started is None and now:
            self.started = now
        cost = units * price
        if kind == "request" and self.used("request") + units > self.requests:
            raise BudgetExceeded("Enough requests for one reading.")
        if kind == "read_post" and self.used("read_post") + units > self.posts:
            raise BudgetExceeded("Enough posts for one reading.")
        if cost and self.cost + cost > self.money:
            raise BudgetExceeded("The money for this reading is used up.")
        if self.started is not None and now - self.started > self.seconds:
            raise BudgetExceeded("This reading took long enough.")
        before = self.spent.get(kind, (0, 0))
        self.spent[kind] = (before[0] + units, before[1] + cost)

    def used(self, kind: str) -> int:
        return self.spent.get(kind, (0, 0))[0]

    @property
    def cost(self) -> int:
        return sum(cost for _, cost in self.spent.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that should be there and could not be read."""

    ext_id: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one reading brought. Only public posts are in it; the others are counted."""

    posts: list[SourcePost] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Posts that the network itself calls deleted."""
    withheld: int = 0
    """Posts that were there and are not public: never kept."""
    skipped: list[Skipped] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)
    """Fields that were named differently or missing, and could be done without."""

    def add(self, item: Item) -> None:
        """One item as the wire reader understood it."""
        if isinstance(item, SourcePost):
            self.posts.append(bounded(item))
        elif isinstance(item, Gone):
            self.gone.append(item.ext_id)
        elif item.withheld:
            self.withheld += 1
        else:
            self.skipped.append(item)


@dataclass(slots=True, kw_only=True)
class ThreadPage(Batch):
    """A thread as far as it could be read."""

    root_ext_id: str
    complete: bool = True
    """False: there is more than what is listed."""
    to_its_end: bool = True
    """False: nothing may be concluded from what is missing."""
    gaps: list[Gap] = field(default_factory=list)

    def stopped(self, ext_id: str, reason: str = "The reading stopped half-way.") -> None:
        """What was read is kept, and nothing is concluded from the rest."""
        self.to_its_end = False
        self.hidden(ext_id, reason)

    def hidden(self, ext_id: str, reason: str) -> None:
        """Something below this post is not shown to us; all that is shown was read."""
        self.complete = False
        self.gaps.append(Gap(ext_id, reason))


@dataclass(slots=True, kw_only=True)
class MentionBatch(Batch):
    cursor: str = ""
    more: bool = False
    lost: bool = False
    """The cursor is older than what the network keeps: posts may be missing since then."""


@dataclass(frozen=True, slots=True)
class ReplyGate:
    """Whether a reply can be sent and would be seen, asked before sending."""

    open: bool
    reason: str = ""
    """A sentence for staff when it is not."""
    by_hand: bool = False
    """A person may still post it on the network itself."""


@dataclass(frozen=True, slots=True)
class SendKey:
    """What keeps one message from going out twice."""

    dedup_key: str
    remote_key: str = ""
    """An id minted by us where the network lets us name the record."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Exactly what goes out, and to what it replies."""

    text: str
    target: Target
    link: str = ""
    """The address of the resolution, where the network shows it apart from the text."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Receipt:
    ext_id: str
    url: str
    revision: str = ""


class Seen(StrEnum):
    """Whether a stranger sees what we sent."""

    visible = "visible"
    hidden = "hidden"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Profile:
    """A public profile, as read for a proof or for the number of its followers."""

    account: SourceAccount
    text: str
    """Description and profile fields, as plain text."""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """What a channel hands to its connector."""

    base_url: str
    own_ext_id: str
    own_handle: str
    secrets: Mapping[str, str]
    limits: Mapping[str, object]
    """What the server said of itself earlier."""
    prices: Mapping[str, int]
    outgoing: Outgoing
    clock: Callable[[], datetime]


class Connector(Protocol):
    platform: Platform

    def capabilities(self) -> Capabilities: ...

    def resolve_url(self, url: str) -> Target | None:
        """The post an address names, without asking anybody; None when it is not one of this network's."""

    async def connect(self) -> tuple[Profile, Mapping[str, object]]:
        """Our own account and what the server says of its limits; proves that the secret works."""

    async def fetch_thread(self, target: Target, budget: Budget) -> ThreadPage: ...

    async def lookup(self, targets: list[Target], budget: Budget) -> dict[str, LookedUp]:
        """By ext_id, what became of posts that a thread no longer lists."""

    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch: ...

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch: ...

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile: ...

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate: ...

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt: ...

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        """Whether a message whose outcome is unknown arrived after all."""

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen: ...

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None: ...


@runtime_checkable
class Closing(Protocol):
    """A connector that holds something open."""

    async def close(self) -> None: ...
