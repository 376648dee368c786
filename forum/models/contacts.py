"""One person over all their identities, and the proofs that an account elsewhere is a member's (SOCIAL 5.5)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, moment, one_of


class Contact(Table, table=True):
    """Somebody who spoke to us, here or elsewhere. Its identities say where."""

    id: int = Field(default=None, primary_key=True)
    merged_into_id: int | None = key("contact.id", on_delete="SET NULL", nullable=True, index=True)
    created_at: datetime = created()


class ContactIdentity(Table, table=True):
    """One account of a contact: elsewhere, or a member's. Each belongs to one contact."""

    __tablename__ = "contact_identity"
    __table_args__ = (UniqueConstraint("external_account_id"), UniqueConstraint("member_id"))

    id: int = Field(default=None, primary_key=True)
    contact_id: int = key("contact.id", on_delete="CASCADE", index=True)
    external_account_id: int | None = key("external_account.id", on_delete="CASCADE", nullable=True)
    member_id: int | None = key("member.id", on_delete="CASCADE", nullable=True)
    added_at: datetime = created()


class ContactMerge(Table, table=True):
    """Two contacts were said to be one person. Undoing it gives back exactly what moved."""

    __tablename__ = "contact_merge"

    id: int = Field(default=None, primary_key=True)
    kept_id: int = key("contact.id", on_delete="CASCADE", index=True)
    gone_id: int = key("contact.id", on_delete="CASCADE", index=True)
    moved: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Ids of the identities that moved."""
    reason: str = Field(default="", max_length=300)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()
    undone_at: Moment = moment()


class ProposalMark(StrEnum):
    open = "open"
    accepted = "accepted"
    refused = "refused"


class ContactProposal(Table, table=True):
    """They may be one person: for people to decide."""

    __tablename__ = "contact_proposal"
    __table_args__ = (UniqueConstraint("one_id", "other_id"), one_of("state", ProposalMark))

    id: int = Field(default=None, primary_key=True)
    one_id: int = key("contact.id", on_delete="CASCADE")
    other_id: int = key("contact.id", on_delete="CASCADE", index=True)
    reason: str = Field(max_length=300)
    state: ProposalMark = choice("state", ProposalMark, ProposalMark.open)
    found_at: datetime = created()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()


class ClaimMethod(StrEnum):
    profile = "profile"
    """A word in the profile."""
    reply = "reply"
    """The same word in a public reply."""


class ClaimState(StrEnum):
    waiting = "waiting"
    proved = "proved"
    review = "review"
    """Somebody else proved it earlier: staff look."""
    expired = "expired"
    revoked = "revoked"


class AccountClaim(Table, table=True):
    """A member says that an account elsewhere is theirs, and proves it there. Only one can hold it."""

    __tablename__ = "account_claim"
    __table_args__ = (
        one_of("method", ClaimMethod),
        one_of("state", ClaimState),
        Index(None, "member_id", "state"),
        Index(
            "uq_account_claim_holder",
            "external_account_id",
            unique=True,
            sqlite_where=text("state = 'proved'"),
            postgresql_where=text("state = 'proved'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    external_account_id: int = key("external_account.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE")
    method: ClaimMethod = choice("method", ClaimMethod, ClaimMethod.profile)
    state: ClaimState = choice("state", ClaimState, ClaimState.waiting)
    token_hash: str = Field(max_length=64)
    said: str = Field(default="", max_length=300)
    """How the last look went."""
    attempts: int = counter()
    expires_at: datetime
    created_at: datetime = created()
    proved_at: Moment = moment()
    ended_at: Moment = moment()


class PrivacyKind(StrEnum):
    delete = "delete"
    anonymise = "anonymise"
    withdraw = "withdraw"


class PrivacyRequest(Table, table=True):
    """Somebody from elsewhere asks that something of theirs goes. Done within 24 hours, and written down that it was."""

    __tablename__ = "privacy_request"
    __table_args__ = (one_of("kind", PrivacyKind),)

    id: int = Field(default=None, primary_key=True)
    external_account_id: int | None = key("external_account.id", on_delete="CASCADE", nullable=True, index=True)
    external_post_id: int | None = key("external_post.id", on_delete="CASCADE", nullable=True)
    kind: PrivacyKind = choice("kind", PrivacyKind)
    said: str = Field(default="", max_length=500)
    """How they asked."""
    received_at: datetime = created()
    due_at: datetime
    done_at: Moment = moment()
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class DelegationLevel(StrEnum):
    suggest = "suggest"
    """Writes a draft that staff may use."""
    approval = "approval"
    """Stands behind the words; staff read them second."""
    limits = "limits"
    """Approves plain replies alone, so many a day."""


class Delegation(Table, table=True):
    """A volunteer may reply for us through one channel, for a time, within limits."""

    __table_args__ = (UniqueConstraint("member_id", "channel_id"), one_of("level", DelegationLevel))

    id: int = Field(default=None, primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE")
    channel_id: int = key("channel.id", on_delete="CASCADE", index=True)
    level: DelegationLevel = choice("level", DelegationLevel, DelegationLevel.suggest)
    daily_limit: int = Field(default=5)
    until: datetime
    granted_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    granted_at: datetime = created()
    ended_at: Moment = moment()
