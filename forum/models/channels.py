"""Connected accounts on other networks: their secrets, what they cost, how they fare (SOCIAL 5.2, 5.7)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of
from forum.models.social import Platform


class ChannelState(StrEnum):
    ok = "ok"
    needs_reauth = "needs_reauth"
    """Its secret is refused: nothing is read or sent until somebody signs in again. Nothing is lost."""
    paused = "paused"
    broken = "broken"
    """Its server has been away for long."""
    disabled = "disabled"


class Channel(Table, table=True):
    __table_args__ = (
        UniqueConstraint("platform", "base_url", "own_ext_id"),
        one_of("platform", Platform),
        one_of("state", ChannelState),
    )

    id: int = Field(default=None, primary_key=True)
    platform: Platform = choice("platform", Platform)
    base_url: str = Field(default="", max_length=300)
    """Its server, such as https://social.example; empty where a platform has only one."""
    name: str = Field(max_length=80)
    own_ext_id: str = Field(default="", max_length=300)
    """Our account there, so that our own posts are recognised."""
    own_handle: str = Field(default="", max_length=300)
    state: ChannelState = choice("state", ChannelState, ChannelState.ok)
    state_reason: str = Field(default="", max_length=300)
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What staff chose for it: `show_private` handles, `send_by_hand`, `hourly_limit`, `owner_id`."""
    limits: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its server said of itself: text limit, weight of an address."""
    monthly_budget: int = Field(default=0, sa_type=BigInteger)
    """Micro-units of money; 0 for a network that costs nothing."""
    prices: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """Micro-units for each kind of request, when they differ from the usual."""
    auth_failures: int = counter()
    failures: int = counter()
    """Transient ones in a row."""
    failing_since: Moment = moment()
    breaker_step: int = counter()
    breaker_until: Moment = moment()
    last_success_at: Moment = moment()
    last_error: str = Field(default="", max_length=300)
    last_error_at: Moment = moment()
    created_at: datetime = created()
    created_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class ChannelSecret(Table, table=True):
    """Written once, never shown again. Only `social/channels/secrets.py` opens it."""

    __tablename__ = "channel_secret"
    __table_args__ = (UniqueConstraint("channel_id", "kind"),)

    id: int = Field(default=None, primary_key=True)
    channel_id: int = key("channel.id", on_delete="CASCADE")
    kind: str = Field(max_length=40)
    """`access_token`, `app_password`, `client_secret`, `hook_secret`."""
    ciphertext: str = long_text()
    key_id: str = Field(max_length=16)
    last_four: str = Field(default="", max_length=4)
    scopes: str = Field(default="", max_length=300)
    expires_at: Moment = moment()
    rotated_at: datetime = created()

    def __repr__(self) -> str:
        return f"ChannelSecret(channel_id={self.channel_id}, kind={self.kind!r})"


class ChannelCursor(Table, table=True):
    """How far a stream of mentions or search results has been read."""

    __tablename__ = "channel_cursor"

    channel_id: int = key("channel.id", on_delete="CASCADE", primary_key=True)
    stream: str = Field(primary_key=True, max_length=80)
    """`mentions`, or one word of a rule: `rule:7:` and a digest."""
    value: str = Field(default="", max_length=600)
    updated_at: datetime = created()
    high_water_at: Moment = moment()
    """Time of the newest post read."""


class ChannelGap(Table, table=True):
    """A stretch of time from which posts may be missing."""

    __tablename__ = "channel_gap"
    __table_args__ = (Index(None, "channel_id", "closed_at"),)

    id: int = Field(default=None, primary_key=True)
    channel_id: int = key("channel.id", on_delete="CASCADE")
    stream: str = Field(max_length=80)
    from_at: datetime
    to_at: datetime
    reason: str = Field(max_length=300)
    noted_at: datetime = created()
    closed_at: Moment = moment()


class ChannelSpending(Table, table=True):
    """Requests and what they cost, by day."""

    __tablename__ = "channel_spending"

    channel_id: int = key("channel.id", on_delete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=24)
    """`read_post`, `read_user`, `create`, `create_url`, `summoned`, `delete`, `request`."""
    units: int = counter()
    cost: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": sql("0")})
    """Micro-units of money."""


class ChannelRate(Table, table=True):
    """What a server said is left of its limit."""

    __tablename__ = "channel_rate"

    channel_id: int = key("channel.id", on_delete="CASCADE", primary_key=True)
    endpoint: str = Field(primary_key=True, max_length=24)
    """`read`, `search`, `write`."""
    limit: int = Field(default=0)
    remaining: int = Field(default=0)
    reset_at: Moment = moment()


class HookKind(StrEnum):
    posts = "posts"
    deletion = "deletion"
    numbers = "numbers"
    """Only counts changed: the first to be dropped when too much comes at once."""


class HookDelivery(Table, table=True):
    """A message a network sent us. The names of posts in it go once it was looked at; the row stays, to know it again."""

    __tablename__ = "hook_delivery"
    __table_args__ = (
        UniqueConstraint("provider", "delivery_id"),
        one_of("kind", HookKind),
        Index(None, "channel_id", "waiting", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    provider: str = Field(max_length=24)
    delivery_id: str = Field(max_length=100)
    channel_id: int = key("channel.id", on_delete="CASCADE")
    kind: HookKind = choice("kind", HookKind)
    names: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    waiting: bool = Field(default=True)
    received_at: datetime = created()
