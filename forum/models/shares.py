"""Replies that go out to other networks, one row each, and every attempt to send one (SOCIAL 5.8)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class SharePurpose(StrEnum):
    """Why a reply goes out."""

    resolution = "resolution"
    ask = "ask"
    reply = "reply"
    private = "private"
    holding = "holding"
    outcome = "outcome"
    correction = "correction"
    withdrawal = "withdrawal"


class ShareState(StrEnum):
    draft = "draft"
    awaiting = "awaiting"
    """Somebody stands behind the words; a second person has to read them."""
    approved = "approved"
    sending = "sending"
    retrying = "retrying"
    """Surely not sent; tried again later."""
    unknown = "unknown"
    """Perhaps sent: never repeated before we have looked, twice."""
    sent = "sent"
    visible = "visible"
    hidden = "hidden"
    """Accepted there, and nobody sees it."""
    unverified = "unverified"
    """Sent; that server shows strangers nothing, so nobody can tell."""
    by_hand = "by_hand"
    """Approved, and for a person to post there."""
    posted = "posted"
    """A person posted it and told us where."""
    failed = "failed"
    dropped = "dropped"
    withdrawn = "withdrawn"
    """Taken back where it stood."""


SENT = (ShareState.sent, ShareState.visible, ShareState.hidden, ShareState.unverified, ShareState.posted)
"""It stands there."""


class Share(Table, table=True):
    """A reply for one thread elsewhere. The dedup key is what keeps it from being sent twice."""

    __table_args__ = (
        UniqueConstraint("dedup_key"),
        one_of("state", ShareState),
        one_of("purpose", SharePurpose),
        CheckConstraint(
            "state NOT IN ('approved', 'sending', 'retrying', 'unknown', 'sent', 'visible', 'hidden', 'unverified')"
            " OR approved_at IS NOT NULL",
            name="approved",
        ),
        CheckConstraint("NOT second OR approved_by_id IS NULL OR approved_by_id <> drafted_by_id", name="two_people"),
        Index(None, "state", "next_at"),
    )

    id: int = Field(default=None, primary_key=True)
    resolution_id: int | None = key("resolution.id", on_delete="CASCADE", nullable=True, index=True)
    thread_id: int = key("thread_link.id", on_delete="CASCADE", index=True)
    channel_id: int | None = key("channel.id", on_delete="SET NULL", nullable=True)
    purpose: SharePurpose = choice("purpose", SharePurpose, SharePurpose.resolution)
    state: ShareState = choice("state", ShareState, ShareState.draft)
    text: str = long_text()
    said: str = Field(default="", max_length=300)
    """Why it is in this state, for staff."""
    target_ext_id: str = Field(default="", max_length=300)
    """The post it answers; the first one of the thread when empty."""
    dedup_key: str = Field(max_length=64)
    remote_key: str = Field(default="", max_length=64)
    """The name we gave the record, where a network lets us."""
    second: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """Two people must have read it."""
    why_second: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    drafted_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    """Who last wrote the words; nobody while they are the prepared ones."""
    approved_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    approved_at: Moment = moment()
    approved_hash: str = Field(default="", max_length=64)
    """Of the text and of the post it answers, as both were when somebody said yes."""
    expires_at: Moment = moment()
    next_at: Moment = moment()
    """When the worker looks at it again."""
    attempts: int = counter()
    misses: int = counter()
    """How often in a row a look found nothing sent."""
    sent_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    sent_at: Moment = moment()
    receipt_ext_id: str = Field(default="", max_length=300)
    receipt_url: str = Field(default="", max_length=600)
    receipt_revision: str = Field(default="", max_length=100)
    checked_at: Moment = moment()
    corrects_id: int | None = key("share.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()


class ShareAttempt(Table, table=True):
    """Written before anything leaves, so that a crash leaves a trace."""

    __tablename__ = "share_attempt"
    __table_args__ = (UniqueConstraint("share_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    share_id: int = key("share.id", on_delete="CASCADE")
    number: int
    text_hash: str = Field(max_length=64)
    started_at: datetime = created()
    ended_at: Moment = moment()
    outcome: str = Field(default="", max_length=40)
    """`sent`, `found`, or the name of what went wrong."""


class ShareVisit(Table, table=True):
    """How often somebody came from a reply to the page it leads to. Counted, never who."""

    __tablename__ = "share_visit"

    thread_id: int = key("thread_link.id", on_delete="CASCADE", primary_key=True)
    day: date = Field(primary_key=True)
    visits: int = counter()
