"""Boards as they were last made, who read solved questions, and what readers said."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Table, counter, created, key


class BoardRow(Table, table=True):
    """One line of a board, written on Mondays. `board` is a window such as "30", or "newcomers"; `scope` a tag, a language, or empty."""

    __tablename__ = "board_row"
    __table_args__ = (Index(None, "board", "scope", "rank"),)

    board: str = Field(primary_key=True, max_length=16)
    scope: str = Field(primary_key=True, max_length=60)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    rank: int
    score: int
    """Distinct people helped, at most twenty a week."""
    made_at: datetime = created()


class Readership(Table, table=True):
    """How many different people read a topic in a month, as a HyperLogLog sketch: nobody can be read out of it."""

    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    month: date = Field(primary_key=True)
    sketch: bytes = Field(sa_type=LargeBinary)


class HelpSaid(Table, table=True):
    """A reader's "did this help?", by a member or by a visitor (then a keyed digest for this topic alone)."""

    __tablename__ = "help_said"
    __table_args__ = (UniqueConstraint("topic_id", "member_id"), UniqueConstraint("topic_id", "visitor"))

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE", index=True)
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    visitor: str | None = Field(default=None, max_length=64)
    yes: bool
    at: datetime = created()


class ImpactMonth(Table, table=True):
    """What one member's solutions did in a month. Readers of a shared thread count for each of its authors, never summed over them."""

    __tablename__ = "impact_month"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    month: date = Field(primary_key=True)
    readers: int = counter()
    said_yes: int = counter()
    said_no: int = counter()
    threads: int = counter()
    made_at: datetime = created()
