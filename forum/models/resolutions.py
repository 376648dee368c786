"""The published outcome of a topic, who solved it, and the replies that carry it back."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class ResolutionState(StrEnum):
    draft = "draft"
    public = "public"
    withdrawn = "withdrawn"


class CreditRole(StrEnum):
    solved = "solved"
    confirmed = "confirmed"
    helped = "helped"


class Resolution(Table, table=True):
    __table_args__ = (one_of("state", ResolutionState),)

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE", unique=True)
    post_id: int | None = key("post.id", on_delete="SET NULL", nullable=True)
    """The answer it was written from."""
    state: ResolutionState = choice("state", ResolutionState, ResolutionState.draft)
    question: str = Field(max_length=200)
    """The problem in one line."""
    slug: str = Field(max_length=80)
    answer: str = Field(max_length=400)
    """The fix in one or two sentences."""
    body: str = long_text()
    html: str = long_text()
    scope: str = Field(default="", max_length=120)
    review_by: date | None = None
    written_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()
    published_at: Moment = moment()
    changed_at: Moment = moment()
    withdrawn_reason: str = Field(default="", max_length=300)


class Credit(Table, table=True):
    __table_args__ = (one_of("role", CreditRole),)

    resolution_id: int = key("resolution.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    role: CreditRole = choice("role", CreditRole)
    position: int = Field(default=0)


class ArticleSaid(Table, table=True):
    """Whether it helped, by a member."""

    __tablename__ = "article_said"

    resolution_id: int = key("resolution.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    yes: bool
    at: datetime = created()
