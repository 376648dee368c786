"""Portable credentials that members asked for: what was signed, and whether it still stands (RECOGNITION 5.10)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, created, key, long_text, moment


class Credential(Table, table=True):
    """The person is in it as a salted hash alone, so it can outlive the account when its holder wishes."""

    __table_args__ = (UniqueConstraint("member_id", "source"), UniqueConstraint("list_number", "list_index"))

    id: str = Field(primary_key=True, max_length=26)
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    achievement: str = Field(max_length=60)
    source: str = Field(max_length=60, index=True)
    """What it stands on, such as `award:17` or `season:3`; with `#` and its id in front once revoked."""
    name: str = Field(max_length=120)
    token: str = long_text()
    """The signed JWT."""
    document: str = long_text()
    """The same with an embedded proof; written by a job, empty until then."""
    issued_at: datetime = created()
    list_number: int
    list_index: int
    revoked_at: Moment = moment(index=True)
    revoked_reason: str = Field(default="", max_length=200)
    outlives_account: bool = Field(default=False)


class HolderKey(Table, table=True):
    """A key that a member holds elsewhere: credentials name it once they have shown that they can sign with it."""

    __tablename__ = "holder_key"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    did: str = Field(max_length=120)
    challenge: str = Field(max_length=64)
    asked_at: datetime = created()
    proved_at: Moment = moment()
