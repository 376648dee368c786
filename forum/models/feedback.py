"""What people say back: whether it helped, and thank you."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, moment, one_of


class OutcomeSaid(StrEnum):
    waiting = "waiting"
    fixed = "fixed"
    own_way = "own_way"
    not_yet = "not_yet"


class OutcomeRequest(Table, table=True):
    """ "Did this fix it?", asked by mail some days after the last answer. A new answer starts the days again."""

    __tablename__ = "outcome_request"
    __table_args__ = (one_of("said", OutcomeSaid),)

    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    reply_id: int = key("post.id", on_delete="CASCADE", primary_key=True)
    """The last answer of a helper when it was asked."""
    stage: int = Field(primary_key=True)
    """Days after that answer: 3, 7 or 14."""
    said: OutcomeSaid = choice("said", OutcomeSaid, OutcomeSaid.waiting)
    sent_at: datetime = created()
    said_at: Moment = moment()


class ThankNote(Table, table=True):
    """A private thank you for one answer. It is worth no points, and is public only if both want that."""

    __tablename__ = "thank_note"
    __table_args__ = (
        UniqueConstraint("post_id", "from_id"),
        Index(None, "to_id", "id"),
        Index(None, "from_id", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE")
    from_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    to_id: int = key("member.id", on_delete="CASCADE")
    text: str = Field(default="", max_length=500)
    may_publish: bool = Field(default=False)
    """Whoever wrote it agrees."""
    at: datetime = created()
    published_at: Moment = moment()
    digested_at: Moment = moment()
