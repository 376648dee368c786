"""Votes that did not look independent: what was found, what became of it, and where votes come from (RECOGNITION 5.13)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class FraudState(StrEnum):
    open = "open"
    """Nothing was done yet; a person decides."""
    voided = "voided"
    """The votes do not count for now, found by a detector that may act alone."""
    confirmed = "confirmed"
    dismissed = "dismissed"


class FraudCase(Table, table=True):
    """One finding about some accounts. The same finding opens one case."""

    __tablename__ = "fraud_case"
    __table_args__ = (one_of("state", FraudState), Index(None, "state", "found_at", "id"))

    id: int = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)
    """Detector and accounts, so that the same is not opened every night."""
    detector: str = Field(max_length=24)
    state: FraudState = choice("state", FraudState, FraudState.open)
    found_at: datetime = created()
    evidence: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Voter, author, from, to, seen, cast, expected: of members by id."""
    note: str = long_text()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()


class FraudMember(Table, table=True):
    """Who a case is about. While it is undecided they are on no board and get no badge."""

    __tablename__ = "fraud_member"

    case_id: int = key("fraud_case.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    appeal: str = Field(default="", max_length=1000)
    """In their own words, once."""
    appealed_at: Moment = moment()


class FraudVote(Table, table=True):
    """A ledger line that a case is about."""

    __tablename__ = "fraud_vote"

    case_id: int = key("fraud_case.id", on_delete="CASCADE", primary_key=True)
    event_id: int = Field(primary_key=True, index=True)


class NetworkTrace(Table, table=True):
    """Which members were seen in one network lately: keyed digests of address prefixes, swept after thirty days."""

    __tablename__ = "network_trace"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    prefix: str = Field(primary_key=True, max_length=64, index=True)
    seen_at: datetime = created()
    joined: bool = Field(default=False)
    """The account was made there."""


class BrowserTrace(Table, table=True):
    """Which members signed in or out in one browser lately: keyed digests of its cookie, swept after thirty days."""

    __tablename__ = "browser_trace"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    browser: str = Field(primary_key=True, max_length=64, index=True)
    seen_at: datetime = created()
