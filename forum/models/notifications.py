"""What a member is told in the forum itself."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, moment, one_of


class NoticeKind(StrEnum):
    answer = "answer"
    comment = "comment"
    mention = "mention"
    accepted = "accepted"
    official = "official"
    solved = "solved"
    needs_info = "needs_info"
    duplicate = "duplicate"
    resolution = "resolution"


class Notice(Table, table=True):
    __table_args__ = (
        one_of("kind", NoticeKind),
        UniqueConstraint("member_id", "cause"),
        Index(None, "member_id", "read_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE")
    kind: NoticeKind = choice("kind", NoticeKind)
    cause: str = Field(max_length=80)
    """What it is about, such as `answer:81`: the same cause tells nobody twice."""
    actor_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    topic_id: int | None = key("topic.id", on_delete="CASCADE", nullable=True, index=True)
    post_id: int | None = key("post.id", on_delete="CASCADE", nullable=True)
    at: datetime = created()
    read_at: Moment = moment()
