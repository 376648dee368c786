"""What became of replies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShareDrafted:
    share_id: int
    thread_id: int
    purpose: str


@dataclass(frozen=True, slots=True)
class ShareAwaiting:
    """A second person has to read it."""

    actor_id: int
    share_id: int


@dataclass(frozen=True, slots=True)
class ShareApproved:
    actor_id: int
    share_id: int


@dataclass(frozen=True, slots=True)
class ShareSent:
    """It stands there: sent from here, or posted by a person who told us where."""

    actor_id: int | None
    topic_id: int | None
    share_id: int
    platform: str


@dataclass(frozen=True, slots=True)
class ShareStuck:
    """A person has to look: hidden there, refused, or perhaps sent."""

    share_id: int
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class ShareDropped:
    actor_id: int
    share_id: int


@dataclass(frozen=True, slots=True)
class ShareWithdrawn:
    actor_id: int
    share_id: int
