"""Something that many people report at once: suspected by counting, confirmed by a person (SOCIAL 6.3, PRODUCT D4)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class IncidentState(StrEnum):
    suspected = "suspected"
    campaign = "campaign"
    """Many posts by few people, or copies of one text: shown, and nothing goes out."""
    confirmed = "confirmed"
    dismissed = "dismissed"
    merged = "merged"
    closed = "closed"


class Incident(Table, table=True):
    __table_args__ = (one_of("state", IncidentState), Index(None, "state", "raised_at"))

    id: int = Field(default=None, primary_key=True)
    term: str = Field(max_length=120)
    title: str = Field(max_length=150)
    product_id: int | None = key("product.id", on_delete="SET NULL", nullable=True)
    section_id: int | None = key("section.id", on_delete="SET NULL", nullable=True)
    tag_id: int | None = key("tag.id", on_delete="SET NULL", nullable=True)
    state: IncidentState = choice("state", IncidentState, IncidentState.suspected)
    posts: int = counter()
    people: int = counter()
    here: int = counter()
    """Of the posts, how many were written on this forum."""
    p: float = Field(default=1.0)
    usual: float = Field(default=0.0)
    """How many posts two hours usually bring."""
    minutes: int = counter()
    """From the first report to the alert."""
    hours: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Posts in each of the last hours, oldest first."""
    raised_at: datetime = created()
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
    note: str = Field(default="", max_length=300)
    """What the public reads while it lasts."""
    holding: str = long_text()
    outcome: str = long_text()
    closed_at: Moment = moment()
    merged_into_id: int | None = key("incident.id", on_delete="SET NULL", nullable=True)


class IncidentReport(Table, table=True):
    """One thing somebody said that belongs to an incident: a thread elsewhere, or a topic here."""

    __tablename__ = "incident_report"
    __table_args__ = (UniqueConstraint("incident_id", "thread_id"), UniqueConstraint("incident_id", "topic_id"))

    id: int = Field(default=None, primary_key=True)
    incident_id: int = key("incident.id", on_delete="CASCADE", index=True)
    thread_id: int | None = key("thread_link.id", on_delete="CASCADE", nullable=True, index=True)
    topic_id: int | None = key("topic.id", on_delete="CASCADE", nullable=True, index=True)


class SpikeTerm(Table, table=True):
    """A word that raised an alert before: when, and how often it was nothing."""

    __tablename__ = "spike_term"

    term: str = Field(primary_key=True, max_length=120)
    alerted_at: datetime = created()
    false_alarms: int = counter()


class TroubleWords(Table, table=True):
    """The words of trouble in one language, where administrators changed the ones that come with the forum."""

    __tablename__ = "trouble_words"

    language: str = Field(primary_key=True, max_length=20)
    words: str = long_text()
    changed_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    changed_at: datetime = created()
