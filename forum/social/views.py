"""View models: everything the triage templates and topic pages need of threads from elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from forum.core.paging import Page
from forum.topics.views import OutsideMedium


@dataclass(frozen=True, slots=True)
class ThreadRow:
    id: int
    url: str
    platform: str
    network: str
    author: str
    text: str
    at: datetime
    meta: str
    advice: str
    tone: str
    who: str
    """Who has it, when somebody has."""


@dataclass(frozen=True, slots=True)
class StateTab:
    url: str
    label: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class InboxPage:
    threads: Page[ThreadRow]
    tabs: list[StateTab]
    state: str
    state_label: str
    older_url: str | None
    waiting: int


@dataclass(frozen=True, slots=True)
class PostView:
    id: int
    platform: str
    network: str
    name: str
    handle: str
    at: datetime
    url: str
    role: str
    changes: list[tuple[str, str]]
    changed: bool
    withheld: bool
    reply: bool
    suggests_solved: bool
    metrics: str
    media: list[OutsideMedium]


@dataclass(frozen=True, slots=True)
class PersonView:
    name: str
    handle: str
    url: str
    initials: str
    hue: int
    shown_as: str
    posts: str
    ours: bool


@dataclass(frozen=True, slots=True)
class ThreadPage:
    id: int
    url: str
    source_url: str
    platform: str
    network: str
    state: str
    open: bool
    title: str
    digest: str
    posts: list[PostView]
    people: list[PersonView]
    sections: list[tuple[str, str]]
    hidden: int
    outcome: list[tuple[str, int]]
    first_missing: bool
    decided: str
    reason: str
    decided_at: datetime | None
    topic_url: str | None
    topic_title: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a topic was first asked."""

    platform: str
    network: str
    url: str
    author: str
    posts: int
    asked_at: datetime
