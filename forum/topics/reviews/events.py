"""What happened while members looked after the place. Ids and plain values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlagRaised:
    actor_id: int
    topic_id: int
    post_id: int
    flag_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewGiven:
    actor_id: int
    topic_id: int
    post_id: int
    item_id: int
    verdict: str


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """A moderator decided, or changed what was decided."""

    actor_id: int
    topic_id: int
    post_id: int
    item_id: int
    kind: str
    acted: bool


@dataclass(frozen=True, slots=True)
class FlagDecided:
    """What a decision made of one flag; `member_id` raised it."""

    actor_id: int
    topic_id: int
    post_id: int
    flag_id: int
    member_id: int
    upheld: bool


@dataclass(frozen=True, slots=True)
class ReviewWeighed:
    """Whether one review was what was decided; `member_id` gave it."""

    actor_id: int
    topic_id: int
    post_id: int
    item_id: int
    member_id: int
    agreed: bool


@dataclass(frozen=True, slots=True)
class StateVoteCast:
    """`wish` is close or reopen; `votes` how many ask for it now."""

    actor_id: int
    topic_id: int
    wish: str
    votes: int


@dataclass(frozen=True, slots=True)
class StateVoteTakenBack:
    actor_id: int
    topic_id: int
