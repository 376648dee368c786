"""What volunteers say of each other, and how they look after newcomers. None of it is worth points."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class Endorsement(Table, table=True):
    """One sentence by a trusted member about what another knows."""

    __table_args__ = (
        UniqueConstraint("tag_id", "from_id", "to_id"),
        Index(None, "to_id", "tag_id"),
        Index(None, "from_id", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    tag_id: int = key("tag.id", on_delete="CASCADE")
    from_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    to_id: int = key("member.id", on_delete="CASCADE")
    text: str = Field(max_length=300)
    at: datetime = created()


class ReviewOutcome(StrEnum):
    open = "open"
    agreed = "agreed"
    declined = "declined"


class TagReview(Table, table=True):
    """Three endorsements ask experts or staff to look."""

    __tablename__ = "tag_review"
    __table_args__ = (
        one_of("outcome", ReviewOutcome),
        Index(
            "uq_tag_review_open",
            "tag_id",
            "member_id",
            unique=True,
            sqlite_where=text("outcome = 'open'"),
            postgresql_where=text("outcome = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    tag_id: int = key("tag.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE")
    opened_at: datetime = created()
    outcome: ReviewOutcome = choice("outcome", ReviewOutcome, ReviewOutcome.open)
    reason: str = Field(default="", max_length=300)
    decided_at: Moment = moment()


class TagReviewVote(Table, table=True):
    __tablename__ = "tag_review_vote"

    review_id: int = key("tag_review.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    agrees: bool
    reason: str = Field(default="", max_length=300)
    at: datetime = created()


class TagLabel(Table, table=True):
    """ "Knows hub-3", for a year, and longer while people are helped there."""

    __tablename__ = "tag_label"

    tag_id: int = key("tag.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    until: datetime


class MentorshipState(StrEnum):
    asked = "asked"
    active = "active"
    ended = "ended"


class Mentor(Table, table=True):
    """Somebody who likes to look over newcomers' shoulders."""

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    since: datetime = created()


class Mentorship(Table, table=True):
    """Thirty days at most, and it ends when either wants."""

    __table_args__ = (
        one_of("state", MentorshipState),
        Index(
            "uq_mentorship_mentee",
            "mentee_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
        Index(None, "mentor_id", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    mentor_id: int = key("member.id", on_delete="CASCADE")
    mentee_id: int = key("member.id", on_delete="CASCADE")
    state: MentorshipState = choice("state", MentorshipState, MentorshipState.asked)
    asked_at: datetime = created()
    ends_at: Moment = moment()


class DraftShown(Table, table=True):
    """A draft of an answer, shown to one's mentor before it is posted, and what the mentor says to it."""

    __tablename__ = "draft_shown"

    id: int = Field(default=None, primary_key=True)
    mentorship_id: int = key("mentorship.id", on_delete="CASCADE", index=True)
    topic_id: int = key("topic.id", on_delete="CASCADE")
    body: str = long_text()
    at: datetime = created()
    comment: str = long_text()
    commented_at: Moment = moment()
