"""Work for later, written in the transaction that causes it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, created, long_text, moment, one_of


class JobState(StrEnum):
    waiting = "waiting"
    dead = "dead"


class Job(Table, table=True):
    """A row is waiting (leased while `leased_until` is ahead) or dead; a finished job has no row."""

    __table_args__ = (one_of("state", JobState), Index(None, "state", "run_at", "id"))

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: JobState = choice("state", JobState, JobState.waiting)
    run_at: datetime = created()
    attempts: int = Field(default=0)
    leased_until: Moment = moment()
    leased_by: str = Field(default="", max_length=80)
    dedup_key: str | None = Field(default=None, max_length=200, unique=True)
    last_error: str = long_text()
    created_at: datetime = created()
