"""The reputation ledger and what is computed from it (RECOGNITION 5.1)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class LedgerKind(StrEnum):
    solution_accepted = "solution.accepted"
    solution_credited = "solution.credited"
    solution_verified = "solution.verified"
    answer_helpful = "answer.helpful"
    answer_fixed_me_too = "answer.fixed_me_too"
    question_me_too = "question.me_too"
    question_helpful = "question.helpful"
    article_published = "article.published"
    article_helpful = "article.helpful"
    edit_accepted = "edit.accepted"
    duplicate_confirmed = "duplicate.confirmed"
    review_agreed = "review.agreed"
    flag_upheld = "flag.upheld"
    answer_harmful_upheld = "harmful.upheld"
    conduct_spam_upheld = "spam.upheld"
    staff_adjust = "staff.adjust"
    reversal = "reversal"
    restore = "restore"


PRIVILEGES = "privileges"
"""The name under which SiteChoice keeps the thresholds."""


class RepSubject(Table, table=True):
    """The surrogate that ledger rows name. Erasing a person deletes this row, never the ledger."""

    __tablename__ = "rep_subject"

    __table_args__ = (Index(None, "merged_into"),)

    subject: str = Field(primary_key=True, max_length=32)
    member_id: int | None = key("member.id", on_delete="CASCADE", nullable=True, unique=True)
    external_account_id: int | None = key("external_account.id", on_delete="CASCADE", nullable=True, unique=True)
    """Somebody elsewhere: what they earned waits until a member proves that the account is theirs."""
    merged_into: str | None = Field(default=None, max_length=32)
    """Its lines count for that subject: two accounts of one person, or a claimed account."""


class RepEvent(Table, table=True):
    """Append-only: a database trigger refuses UPDATE and DELETE. No foreign keys, for the same reason."""

    __tablename__ = "rep_event"
    __table_args__ = (
        one_of("kind", LedgerKind),
        Index(None, "subject", "earn_day"),
        Index(None, "kind", "subject"),
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


class RepTag(Table, table=True):
    """What one person earned in one tag. A line counts in full for each tag its question has now."""

    __tablename__ = "rep_tag"
    __table_args__ = (Index(None, "tag_id", "points"),)

    subject: str = Field(primary_key=True, max_length=32)
    tag_id: int = key("tag.id", on_delete="CASCADE", primary_key=True)
    points: int = counter()
    solutions: int = counter()
    askers: int = counter()
    """Distinct people whose question was solved."""
    last_at: datetime = created()


class ProposalState(StrEnum):
    open = "open"
    approved = "approved"
    dropped = "dropped"


class PointsProposal(Table, table=True):
    """A large correction of somebody's points, until a second member of staff has looked."""

    __tablename__ = "points_proposal"
    __table_args__ = (one_of("state", ProposalState),)

    id: int = Field(default=None, primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    points: int
    reason: str = Field(max_length=300)
    state: ProposalState = choice("state", ProposalState, ProposalState.open)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()


class RecognitionChoices(Table, table=True):
    """What a member wants of recognition. No row means everything is on; nothing is lost while it is off."""

    __tablename__ = "recognition_choices"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    on_boards: bool = Field(default=True)
    shows_level: bool = Field(default=True)
    """Level, badges and programme membership are public."""
    vip: bool = Field(default=True)
    takes_invitations: bool = Field(default=True)
    staff_contact: bool = Field(default=True)
    impact_mail: bool = Field(default=True)
    named_elsewhere: bool = Field(default=True, sa_column_kwargs={"server_default": sql("true")})
    """Their name stands beside the solution where it is shared on another network."""


class PrivilegeHold(Table, table=True):
    """A privilege that is in its grace time, or suspended alone until a day."""

    __tablename__ = "privilege_hold"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    privilege: str = Field(primary_key=True, max_length=24)
    below_since: Moment = moment()
    suspended_until: Moment = moment()
    reason: str = Field(default="", max_length=300)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class SiteChoice(Table, table=True):
    """What administrators chose for the whole site, as JSON by name."""

    __tablename__ = "site_choice"

    name: str = Field(primary_key=True, max_length=40)
    value: str = long_text()
    changed_at: datetime = created()
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
