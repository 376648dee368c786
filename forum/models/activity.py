"""Every event as a row: the audit log and the timelines are read from here."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from forum.models.columns import Table, created


class Activity(Table, table=True):
    """No foreign keys: what happened stays true when its subject is gone."""

    __table_args__ = (Index(None, "topic_id", "id"), Index(None, "actor_id", "id"))

    id: int = Field(default=None, primary_key=True)
    event: str = Field(max_length=60)
    actor_id: int | None = None
    topic_id: int | None = None
    post_id: int | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime = created()
