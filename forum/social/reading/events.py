"""What reading other networks brought to light."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ThreadArrived:
    """A thread that was not known before waits for triage."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class ThreadGrew:
    thread_id: int
    posts: int


@dataclass(frozen=True, slots=True)
class OutsidePostsChanged:
    """A topic's posts from elsewhere were added, edited, hidden or shown again, as they were where they stand."""

    topic_id: int
    thread_id: int
    added: int
    edited: int


@dataclass(frozen=True, slots=True)
class OutsidePostsErased:
    """Deleted where they stood: their words are gone from here too."""

    topic_id: int
    thread_id: int
    posts: int


@dataclass(frozen=True, slots=True)
class ThreadAsked:
    """Somebody pasted an address to be read."""

    actor_id: int
    request_id: int
