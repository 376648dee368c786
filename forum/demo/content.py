"""The invented community as data: `content/*.toml`, read and checked once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from forum.models import AccountKind, FlagReason, Platform, Role, SectionKind, Visibility

FLAGSHIP = "evening-drop"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Part):
    handle: str
    name: str
    joined: int
    """Days ago."""
    role: Role = Role.member
    title: str = ""
    bio: str = ""
    languages: str = ""
    knows: list[str] = []
    """Sections this person answers in when the content names nobody."""


class Place(Part):
    slug: str
    name: str
    description: str = ""
    kind: SectionKind = SectionKind.support
    visibility: Visibility = Visibility.public
    icon: str


class Comment(Part):
    by: str
    after: float
    """Minutes after the post it hangs under."""
    body: str


class Answer(Part):
    body: str
    by: str = ""
    after: float = 0
    """Minutes after the question; 0 is some time that suits."""
    helpful: int | None = None
    works: int | None = None
    outdated: int = 0
    comments: list[Comment] = []


class Subject(Part):
    """A topic. `solved` and `official` count answers from 1; 0 is none."""

    title: str = ""
    body: str = ""
    key: str = ""
    section: str
    product: str = ""
    detail: str = ""
    tags: list[str] = []
    by: str = ""
    ago: str = ""
    """"2d 09:12", "5h" or "90m" before the end; empty is some time that suits."""
    answers: list[str | Answer] = []
    comments: list[Comment] = []
    notes: list[Comment] = []
    solved: int = -1
    """-1: the first answer, where there is one."""
    solved_after: float = 0
    official: int = 0
    official_by: str = "marta"
    scope: str = ""
    me_too: int | None = None
    votes: int | None = None
    needs_info: str = ""
    closed: str = ""
    duplicate_of: str = ""
    published_from: str = ""
    """The thread that becomes this topic."""
    linked_to: str = ""
    """The thread in which its author asked first."""

    @property
    def replies(self) -> list[Answer]:
        return [Answer(body=one) if isinstance(one, str) else one for one in self.answers]


class Words(Part):
    """A post elsewhere. `to` counts the posts of its thread from 0."""

    who: str
    name: str
    text: str
    after: float = 0
    to: int = 0
    kind: AccountKind = AccountKind.private
    followers: int = 0
    late: bool = False
    """Written after the thread was read for the first time."""


class Answered(Part):
    """What we reply there. Words of money wait for a second person, as they always do."""

    purpose: Literal["ask", "reply"] = "reply"
    text: str


class Watched(Part):
    days: int
    why: str


class Thread(Part):
    key: str
    platform: Platform
    ago: str
    posts: list[Words]
    reply: Answered | None = None
    watch: Watched | None = None


class Flagged(Part):
    by: str
    topic: str
    answer: int
    reason: FlagReason
    text: str = ""


class Suggested(Part):
    """An edit that puts other words in the place of some."""

    by: str
    topic: str
    answer: int
    find: str
    put: str
    reason: str


class Outcome(Part):
    """A resolution; `receipt` is where the reply was posted by hand."""

    topic: str
    question: str
    answer: str
    body: str
    scope: str = ""
    by: str = "marta"
    after: float
    receipt: str = ""


class File(Part):
    """What one file may hold. `section` and `product` stand for every topic in it that names none."""

    section: str = ""
    product: str = ""
    people: list[Person] = []
    sections: list[Place] = []
    products: list[Place] = []
    thanks: list[str] = []
    topics: list[dict[str, object]] = Field(default=[])
    threads: list[Thread] = []
    practice: list[Thread] = []
    outcomes: list[Outcome] = []
    flags: list[Flagged] = []
    edits: list[Suggested] = []
    guides: list[str] = []


@dataclass(frozen=True, slots=True)
class Community:
    people: list[Person]
    sections: list[Place]
    products: list[Place]
    thanks: list[str]
    topics: list[Subject]
    threads: list[Thread]
    practice: list[Thread]
    """On the practice network, which our own account reads."""
    outcomes: list[Outcome]
    flags: list[Flagged]
    edits: list[Suggested]
    guides: list[str]
    """Members who have been through the guide to answering."""


@cache
def community() -> Community:
    files = [_read(name) for name in sorted(_names())]
    return Community(
        people=[one for file in files for one in file.people],
        sections=[one for file in files for one in file.sections],
        products=[one for file in files for one in file.products],
        thanks=[one for file in files for one in file.thanks],
        topics=[_subject(file, one) for file in files for one in file.topics],
        threads=[one for file in files for one in file.threads],
        practice=[one for file in files for one in file.practice],
        outcomes=[one for file in files for one in file.outcomes],
        flags=[one for file in files for one in file.flags],
        edits=[one for file in files for one in file.edits],
        guides=[one for file in files for one in file.guides],
    )


def _names() -> list[str]:
    return [entry.name for entry in (resources.files("forum.demo") / "content").iterdir() if entry.name.endswith(".toml")]


def _read(name: str) -> File:
    text = (resources.files("forum.demo") / "content" / name).read_text(encoding="utf-8")
    return File.model_validate(tomllib.loads(text))


def _subject(file: File, values: dict[str, object]) -> Subject:
    return Subject.model_validate({"section": file.section, "product": file.product} | values)
