"""Who was asked to help with which question, what they want to be asked about, and when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class RoutingProfile(Table, table=True):
    """A topic somebody wants to be asked about, or not."""

    __tablename__ = "routing_profile"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    tag_id: int = key("tag.id", on_delete="CASCADE", primary_key=True, index=True)
    wanted: bool = Field(default=True)
    at: datetime = created()


class Availability(Table, table=True):
    """When and how often somebody may be invited. Without a row, the usual limits hold."""

    __table_args__ = (
        CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from"),
        CheckConstraint("quiet_until BETWEEN 0 AND 23", name="quiet_until"),
        CheckConstraint("per_day BETWEEN 0 AND 3", name="per_day"),
        CheckConstraint("per_week BETWEEN 0 AND 10", name="per_week"),
    )

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    zone: str = Field(default="UTC", max_length=60)
    """A name of the time zone database, such as "Europe/Lisbon"."""
    quiet_from: int = Field(default=21)
    quiet_until: int = Field(default=8)
    per_day: int = Field(default=3)
    per_week: int = Field(default=10)
    weekends: bool = Field(default=False)
    snoozed_until: Moment = moment()
    away_until: date | None = None
    """The last day of a holiday."""


class InviteState(StrEnum):
    asked = "asked"
    taken = "taken"
    later = "later"
    not_mine = "not_mine"
    answered = "answered"
    unanswered = "unanswered"


class RoutingInvite(Table, table=True):
    """One person asked about one question, with how likely it was that they would be: what an unbiased look back needs."""

    __tablename__ = "routing_invite"
    __table_args__ = (
        one_of("state", InviteState),
        UniqueConstraint("topic_id", "member_id"),
        Index(None, "member_id", "at"),
        Index(None, "state", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE")
    wave: int
    state: InviteState = choice("state", InviteState, InviteState.asked)
    chance: float
    """That this person answers within a week, as it was reckoned."""
    propensity: float
    """That the policy would pick this person."""
    explored: bool = Field(default=False)
    reason: str = Field(default="", max_length=200)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    """Asked by hand, by this member; then `reason` is their word, and `wave` is 0."""
    at: datetime = created()
    held_until: Moment = moment()
    """Taken: others see who is looking at it until then."""
    closed_at: Moment = moment()


class RoutingModel(Table, table=True):
    """What was learned in one night."""

    __tablename__ = "routing_model"

    id: int = Field(default=None, primary_key=True)
    at: datetime = created()
    learned_from: int
    kept: str = long_text()
    """Weights, and the bar a chance must reach, as JSON."""
