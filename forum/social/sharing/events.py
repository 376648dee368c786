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


@dataclass(frozen=True, slots=True)
class DelegationChanged:
    """A volunteer may reply for us on a channel, or not any more; `level` says how far."""

    actor_id: int
    member_id: int
    channel_id: int
    level: str


@dataclass(frozen=True, slots=True)
class DelegationStopped:
    """The switch for all of them."""

    actor_id: int
    on: bool
