"""What looks out for us elsewhere, how threads in the inbox were weighed, and what was decided about them (SOCIAL 5.2, 6)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class RuleKind(StrEnum):
    handle = "handle"
    hashtag = "hashtag"
    keyword = "keyword"
    regex = "regex"
    product = "product"
    """A product's name and what people call it."""


class RuleState(StrEnum):
    active = "active"
    paused = "paused"


class Severity(StrEnum):
    low = "low"
    usual = "usual"
    high = "high"


class WatchRule(Table, table=True):
    """What makes a thread worth a look, and who looks."""

    __tablename__ = "watch_rule"
    __table_args__ = (one_of("kind", RuleKind), one_of("state", RuleState), one_of("severity", Severity))

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    kind: RuleKind = choice("kind", RuleKind, RuleKind.keyword)
    expression: str = Field(max_length=300)
    exclude: str = Field(default="", max_length=300)
    """Words, separated by commas, that make it not count."""
    language: str = Field(default="", max_length=20)
    author_kind: str = Field(default="", max_length=24)
    days: str = Field(default="", max_length=7)
    """Weekdays as digits, Monday 0; empty for all."""
    from_hour: int = Field(default=0)
    to_hour: int = Field(default=24)
    zone: str = Field(default="UTC", max_length=60)
    channels: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Ids; empty for all."""
    severity: Severity = choice("severity", Severity, Severity.usual)
    queue: str = Field(default="", max_length=60)
    on_duty_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    ladder: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """[minutes, member id]: who is asked when nobody has decided by then."""
    state: RuleState = choice("state", RuleState, RuleState.active)
    state_reason: str = Field(default="", max_length=300)
    sample: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Some of what flooded in when it was paused."""
    suggestion: str = Field(default="", max_length=300)
    created_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()


class RuleHit(Table, table=True):
    """A thread that a rule brought in, and which words did it."""

    __tablename__ = "rule_hit"
    __table_args__ = (Index(None, "rule_id", "at"),)

    rule_id: int = key("watch_rule.id", on_delete="CASCADE", primary_key=True)
    thread_id: int = key("thread_link.id", on_delete="CASCADE", primary_key=True, index=True)
    why: str = Field(default="", max_length=300)
    at: datetime = created()


class ThreadCluster(Table, table=True):
    """Threads that say nearly the same."""

    __tablename__ = "thread_cluster"

    id: int = Field(default=None, primary_key=True)
    text: str = Field(default="", max_length=300)
    first_seen_at: datetime
    last_seen_at: datetime
    posts: int = counter()
    people: int = counter()
    """Distinct, with nobody counted once for each of their accounts."""


class ThreadWeight(Table, table=True):
    """How a thread was weighed: why it is here, how far it reaches, what to do. One row a thread, made anew as it grows."""

    __tablename__ = "thread_weight"

    thread_id: int = key("thread_link.id", on_delete="CASCADE", primary_key=True)
    reasons: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    influence: int = counter()
    terms: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Each with label, source number, points."""
    addressed: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    advice: str = Field(default="", max_length=8)
    """Which line of the playbook (SOCIAL 6.4)."""
    advice_why: str = Field(default="", max_length=500)
    meta: str = Field(default="", max_length=120)
    """What the list says of it beside the time."""
    similar: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Topics here that may help: title, address, state."""
    twin_id: int | None = key("thread_link.id", on_delete="SET NULL", nullable=True)
    """The same words by the same author elsewhere."""
    queue: str = Field(default="", max_length=60)
    at: datetime = created()


class ThreadDecision(Table, table=True):
    """What was advised, what was decided, by whom and why. Only ever added to."""

    __tablename__ = "thread_decision"

    id: int = Field(default=None, primary_key=True)
    thread_id: int = key("thread_link.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided: str = Field(max_length=40)
    why: str = Field(default="", max_length=300)
    advised: str = Field(default="", max_length=8)
    advised_why: str = Field(default="", max_length=500)
    at: datetime = created()


class CaseState(StrEnum):
    open = "open"
    closed = "closed"
    withdrawn = "withdrawn"
    """The invitation was taken back, perhaps because a stranger had answered it; the thread may have another."""


class PrivateCase(Table, table=True):
    """A thread that goes on in private, on a page that only its signed link opens."""

    __tablename__ = "private_case"
    __table_args__ = (
        one_of("state", CaseState),
        Index(
            "uq_private_case_thread",
            "thread_id",
            unique=True,
            sqlite_where=sql("state <> 'withdrawn'"),
            postgresql_where=sql("state <> 'withdrawn'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=40, unique=True)
    """Random; what the link names."""
    thread_id: int = key("thread_link.id", on_delete="CASCADE", index=True)
    state: CaseState = choice("state", CaseState, CaseState.open)
    opened_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    opened_at: datetime = created()
    closed_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    closed_at: Moment = moment()
    outcome: str = Field(default="", max_length=1000)
    """What the public may read of how it ended."""
    no_outcome: str = Field(default="", max_length=300)
    """Why the public reads nothing of it."""
    address: str = Field(default="", max_length=254, sa_column_kwargs={"server_default": ""})
    """Where the customer wants our answers, in lower case; confirmed by them, gone when the case is closed."""
    addresses_left: int = counter()
    """How often an address was taken back. Each time the page gets another link: the letters sent there hold the old one."""


class PrivateMessage(Table, table=True):
    __tablename__ = "private_message"

    id: int = Field(default=None, primary_key=True)
    case_id: int = key("private_case.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    """None: the customer."""
    ours: bool = Field(default=False)
    text: str = long_text()
    came_as: str | None = Field(default=None, max_length=255, unique=True)
    """What brought it, so that it comes once: the Message-ID of a letter, or the key of a form."""
    at: datetime = created()
