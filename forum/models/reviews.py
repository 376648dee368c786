"""Flags, what is reviewed, and votes to close or reopen: how members help to look after the place (PRODUCT D5)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class ReviewKind(StrEnum):
    flag = "flag"
    first_post = "first_post"


class ReviewState(StrEnum):
    open = "open"
    kept = "kept"
    """Looked at and left as it was."""
    acted = "acted"


class ReviewItem(Table, table=True):
    """One post that somebody shall look at, for one reason. At most one open item for each kind and post."""

    __tablename__ = "review_item"
    __table_args__ = (
        one_of("kind", ReviewKind),
        one_of("state", ReviewState),
        Index(None, "state", "weight", "id"),
        Index(None, "state", "decided_at", "id"),
        Index(None, "post_id"),
        Index(
            "uq_review_item_open",
            "post_id",
            "kind",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    kind: ReviewKind = choice("kind", ReviewKind)
    post_id: int = key("post.id", on_delete="CASCADE")
    state: ReviewState = choice("state", ReviewState, ReviewState.open)
    weight: int = counter()
    """How soon it wants looking at: the heaviest first."""
    opened_at: datetime = created()
    claimed_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    claimed_until: Moment = moment()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
    returned: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """The post was removed for it and brought back: removing it again upholds the flags again."""


class Verdict(StrEnum):
    fine = "fine"
    needs = "needs"
    """Needs a moderator's action."""


class ReviewOpinion(Table, table=True):
    """What a member who reviewed an item would do. A moderator decides."""

    __tablename__ = "review_opinion"
    __table_args__ = (one_of("verdict", Verdict),)

    item_id: int = key("review_item.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    verdict: Verdict = choice("verdict", Verdict)
    at: datetime = created()


class FlagReason(StrEnum):
    spam = "spam"
    rude = "rude"
    not_an_answer = "not_an_answer"
    other = "other"


class FlagState(StrEnum):
    open = "open"
    upheld = "upheld"
    declined = "declined"


class Flag(Table, table=True):
    """One member says that one post wants looking at. At most one open flag for each member and post."""

    __table_args__ = (
        one_of("reason", FlagReason),
        one_of("state", FlagState),
        Index(None, "member_id", "at"),
        Index(
            "uq_flag_open",
            "post_id",
            "member_id",
            unique=True,
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    item_id: int = key("review_item.id", on_delete="CASCADE", index=True)
    post_id: int = key("post.id", on_delete="CASCADE")
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    reason: FlagReason = choice("reason", FlagReason)
    text: str = Field(default="", max_length=300)
    state: FlagState = choice("state", FlagState, FlagState.open)
    at: datetime = created()


class StateWish(StrEnum):
    close = "close"
    reopen = "reopen"


class StateVote(Table, table=True):
    """Somebody trusted would close a topic, or open it again. It lapses, and goes when the topic changes."""

    __tablename__ = "state_vote"
    __table_args__ = (one_of("wish", StateWish), UniqueConstraint("topic_id", "member_id"))

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    wish: StateWish = choice("wish", StateWish)
    reason: str = Field(default="", max_length=24)
    at: datetime = created()


class Objection(Table, table=True):
    """What somebody says to a finding against a post of theirs, and the answer of another moderator."""

    __table_args__ = (Index(None, "answered_at", "id"),)

    id: int = Field(default=None, primary_key=True)
    event_id: int = Field(unique=True)
    """The ledger line of the finding."""
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    text: str = Field(max_length=1000)
    at: datetime = created()
    answer: str = long_text()
    upheld: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    answered_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    answered_at: Moment = moment()
