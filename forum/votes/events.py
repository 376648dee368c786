"""What members said of posts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoteCast:
    """A vote was cast or changed. `vote_id` with `value` names this very press."""

    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    vote_id: int
    value: int
    kind: str


@dataclass(frozen=True, slots=True)
class VoteTakenBack:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    vote_id: int


@dataclass(frozen=True, slots=True)
class MeTooPressed:
    """By a member, or by a visitor (then without an actor)."""

    actor_id: int | None
    topic_id: int


@dataclass(frozen=True, slots=True)
class MeTooTakenBack:
    actor_id: int | None
    topic_id: int


@dataclass(frozen=True, slots=True)
class AnswerMarked:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    kind: str
    total: int


@dataclass(frozen=True, slots=True)
class AnswerUnmarked:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    kind: str
