"""Files of outside posts that staff bring in through a page, from upload to report."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, moment, one_of


class ArchiveState(StrEnum):
    uploaded = "uploaded"
    """Waits for somebody to say what is what."""
    running = "running"
    done = "done"
    refused = "refused"


class Archive(Table, table=True):
    """The file itself lies in the data folder under a random name, and is deleted once it was brought in."""

    __table_args__ = (one_of("state", ArchiveState),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    """What it was called where it came from; only ever shown."""
    file: str = Field(max_length=64)
    form: str = Field(max_length=24)
    size: int
    state: ArchiveState = choice("state", ArchiveState, ArchiveState.uploaded)
    columns: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """For a table: what was chosen, `network` and `place`."""
    done: int = counter()
    rows: int = counter()
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    said: str = Field(default="", max_length=300)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()
    finished_at: Moment = moment()
