"""The published outcome of a topic, who solved it, and what members propose to publish."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class ResolutionState(StrEnum):
    draft = "draft"
    public = "public"
    withdrawn = "withdrawn"


class CreditRole(StrEnum):
    solved = "solved"
    confirmed = "confirmed"
    wrote = "wrote"


class ArticleState(StrEnum):
    open = "open"
    accepted = "accepted"
    declined = "declined"
    withdrawn = "withdrawn"


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


class ArticleProposal(Table, table=True):
    """A resolution as a member would write it; nobody else reads it until staff publish it, perhaps in other words."""

    __tablename__ = "article_proposal"
    __table_args__ = (
        one_of("state", ArticleState),
        Index(None, "state", "at", "id"),
        Index(None, "by_id", "id"),
        Index(
            "uq_article_proposal_open",
            "topic_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    question: str = Field(max_length=200)
    answer: str = Field(max_length=400)
    body: str = long_text()
    scope: str = Field(default="", max_length=120)
    state: ArticleState = choice("state", ArticleState, ArticleState.open)
    at: datetime = created()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
    said: str = Field(default="", max_length=300)
    """Why it was declined."""
