"""What happened to connected accounts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChannelConnected:
    actor_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """Paused, taken up again, or given another limit; `what` says it in a word."""

    actor_id: int
    channel_id: int
    what: str


@dataclass(frozen=True, slots=True)
class ChannelNeedsSigningIn:
    """Its secret was refused twice."""

    channel_id: int
