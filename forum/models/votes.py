"""What members say of posts with one press."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Table, choice, created, key, one_of


class Vote(Table, table=True):
    """One vote per member and post."""

    __table_args__ = (UniqueConstraint("post_id", "member_id"), CheckConstraint("value IN (-1, 1)", name="value"))

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE")
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    """None once the voter has deleted their account: what they said of others stays."""
    value: int
    at: datetime = created()


class MeToo(Table, table=True):
    """ "I have this too", by a member or by a visitor (then a keyed digest of their address and day)."""

    __tablename__ = "me_too"
    __table_args__ = (UniqueConstraint("topic_id", "member_id"), UniqueConstraint("topic_id", "visitor"))

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE")
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    visitor: str | None = Field(default=None, max_length=64)
    at: datetime = created()


class MarkKind(StrEnum):
    works = "works"
    outdated = "outdated"
    dangerous = "dangerous"


class AnswerMark(Table, table=True):
    """ "Works for me", "outdated", "dangerous"."""

    __tablename__ = "answer_mark"
    __table_args__ = (UniqueConstraint("post_id", "member_id", "kind"), one_of("kind", MarkKind))

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE")
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    kind: MarkKind = choice("kind", MarkKind)
    comment: str = Field(default="", max_length=500)
    at: datetime = created()
