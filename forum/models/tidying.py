"""What members do to keep the place tidy: edits they suggest, earlier questions they confirm, questions that were merged."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, key, long_text, moment, one_of


class SuggestionState(StrEnum):
    open = "open"
    accepted = "accepted"
    declined = "declined"
    withdrawn = "withdrawn"


class SuggestedEdit(Table, table=True):
    """Other words for somebody else's post, until its author or somebody trusted has decided."""

    __tablename__ = "suggested_edit"
    __table_args__ = (
        one_of("state", SuggestionState),
        Index(None, "state", "at", "id"),
        Index(None, "by_id", "id"),
        Index(
            "uq_suggested_edit_open",
            "post_id",
            "by_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    base: int
    """The version it starts from."""
    title: str | None = Field(default=None, max_length=200)
    body: str = long_text()
    tags: str | None = Field(default=None, max_length=300)
    reason: str = Field(default="", max_length=200)
    state: SuggestionState = choice("state", SuggestionState, SuggestionState.open)
    at: datetime = created()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
    answer: str = Field(default="", max_length=300)
    """What was said with the decision."""
    revision: int | None = None
    """The version it became."""


class DuplicateSaid(Table, table=True):
    """Somebody looked at the earlier question that was linked and says that it is the same."""

    __tablename__ = "duplicate_said"

    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    at: datetime = created()


class TopicMerge(Table, table=True):
    """A question that was merged into another, with everything that moved, so that it can be undone for a day."""

    __tablename__ = "topic_merge"

    id: int = Field(default=None, primary_key=True)
    source_id: int = key("topic.id", on_delete="CASCADE", index=True)
    target_id: int = key("topic.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()
    undone_at: Moment = moment()
    moved: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
