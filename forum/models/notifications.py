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
    badge = "badge"
    thanks = "thanks"
    outcome = "outcome"
    privilege = "privilege"
    points = "points"
    invitation = "invitation"
    perk = "perk"
    nomination = "nomination"
    endorsement = "endorsement"
    mentoring = "mentoring"
    season = "season"
    quiet = "quiet"
    impact = "impact"
    edit = "edit"
    account = "account"
    channel = "channel"
    share = "share"


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
    title: str = Field(default="", max_length=200)
    """What it is about when that is not a topic, such as a badge's name."""
    link: str = Field(default="", max_length=300)
    """Where it leads then; a path on this site."""
    at: datetime = created()
    read_at: Moment = moment()
