"""The reputation ledger and what is computed from it (RECOGNITION 5.1)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, moment, one_of


class LedgerKind(StrEnum):
    solution_accepted = "solution.accepted"
    solution_verified = "solution.verified"
    answer_helpful = "answer.helpful"
    reversal = "reversal"
    restore = "restore"
    staff_adjust = "staff.adjust"


class RepSubject(Table, table=True):
    """The surrogate that ledger rows name. Erasing a person deletes this row, never the ledger."""

    __tablename__ = "rep_subject"

    subject: str = Field(primary_key=True, max_length=32)
    member_id: int = key("member.id", on_delete="CASCADE", unique=True)


class RepEvent(Table, table=True):
    """Append-only: a database trigger refuses UPDATE and DELETE. No foreign keys, for the same reason."""

    __tablename__ = "rep_event"
    __table_args__ = (
        one_of("kind", LedgerKind),
        Index(None, "subject", "earn_day"),
        Index(None, "reverses_id"),
        Index(None, "cause_type", "cause_id"),
    )

    id: int = Field(default=None, primary_key=True)
    idem_key: str = Field(max_length=120, unique=True)
    subject: str = Field(max_length=32)
    kind: LedgerKind = choice("kind", LedgerKind)
    points: int
    capped: bool = Field(default=False)
    """Counts towards the daily cap."""
    occurred_at: datetime
    counts_from: Moment = moment()
    """Pending until then: a young voter's vote, or an acceptance inside its undo hour."""
    earn_day: date
    recorded_at: datetime = created()
    topic_id: int | None = None
    post_id: int | None = None
    cause_type: str = Field(max_length=24)
    cause_id: int
    actor_subject: str | None = Field(default=None, max_length=32)
    reverses_id: int | None = None
    reason: str = Field(default="", max_length=200)
    rule_version: int
    issued_by: int | None = None
    approved_by: int | None = None


class RepDay(Table, table=True):
    """What one person earned on one day, after the cap."""

    __tablename__ = "rep_day"

    subject: str = Field(primary_key=True, max_length=32)
    day: date = Field(primary_key=True)
    cap_nominal: int = counter()
    cap_counted: int = counter()
    negative: int = counter()
    uncapped: int = counter()
    total: int = counter()
