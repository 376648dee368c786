"""Who earned which badge, and what administrators changed about the definitions (RECOGNITION 5.4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, created, key, moment


class BadgeAward(Table, table=True):
    """Named by surrogate, so that erasing a person leaves nobody here. A voided one stays, with its reason."""

    __tablename__ = "badge_award"
    __table_args__ = (
        UniqueConstraint("badge", "subject", "scope", "ordinal"),
        Index(None, "subject", "badge"),
        Index(None, "badge", "awarded_at", "id"),
        Index(None, "given_by_id", "awarded_at"),
    )

    id: int = Field(default=None, primary_key=True)
    badge: str = Field(max_length=40)
    subject: str = Field(max_length=32)
    scope: str = Field(default="", max_length=40)
    """The post, tag or year it is for; empty for the whole site."""
    ordinal: int = Field(default=1)
    evidence_event_id: int | None = None
    evidence_post_id: int | None = None
    earned_at: datetime
    """When the rule first held; `awarded_at` is when we noticed."""
    awarded_at: datetime = created()
    notified_at: Moment = moment()
    voided_at: Moment = moment()
    reason: str = Field(default="", max_length=200)
    given_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    note: str = Field(default="", max_length=300)
    """What the giver of a badge that no rule computes wrote."""


class BadgeSetting(Table, table=True):
    """What an administrator changed about one definition. No row: as in the file."""

    __tablename__ = "badge_setting"

    badge: str = Field(primary_key=True, max_length=40)
    enabled: bool = Field(default=True)
    thresholds: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    changed_at: datetime = created()
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
