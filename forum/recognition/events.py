"""What happened to somebody's recognition. Ids and plain values only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PrivilegesUnlocked:
    member_id: int
    privileges: tuple[str, ...]
    reputation: int


@dataclass(frozen=True, slots=True)
class PrivilegesChanged:
    """An administrator chose other thresholds; `preset` is empty for numbers of one's own."""

    actor_id: int
    preset: str


@dataclass(frozen=True, slots=True)
class PrivilegeSuspended:
    actor_id: int
    member_id: int
    privilege: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PointsAdjusted:
    actor_id: int
    member_id: int
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class FindingRecorded:
    """A moderator found an answer harmful, or a post to be spam."""

    actor_id: int
    member_id: int
    topic_id: int
    post_id: int
    kind: str
    event_id: int
    """The ledger line."""


@dataclass(frozen=True, slots=True)
class RestSuggested:
    """A private line to somebody who has answered very much; nobody else learns of it."""

    member_id: int
    month: str
    sentence: str


@dataclass(frozen=True, slots=True)
class HelpAnswered:
    """A reader said whether a solved question helped; a visitor has no id."""

    actor_id: int | None
    topic_id: int
    yes: bool


@dataclass(frozen=True, slots=True)
class YearReady:
    """A member can read what their solutions did last year."""

    member_id: int
    year: int


@dataclass(frozen=True, slots=True)
class RecognitionChosen:
    """A member changed what they want of recognition: pages that show them are made anew."""

    actor_id: int


@dataclass(frozen=True, slots=True)
class GuideFinished:
    """All eight questions of the answering guide, for the first time."""

    actor_id: int


@dataclass(frozen=True, slots=True)
class ThanksShown:
    """A note went up on a profile, or came down."""

    actor_id: int
    note_id: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Endorsed:
    actor_id: int
    member_id: int
    tag: str


@dataclass(frozen=True, slots=True)
class TagReviewDecided:
    """Whether somebody is known for a tag; told to them and to those who endorsed them."""

    review_id: int
    member_id: int
    backers: tuple[int, ...]
    tag: str
    agreed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MentoringChanged:
    """`what`: asked, accepted, draft or comment; told to `member_id`."""

    actor_id: int
    member_id: int
    what: str


@dataclass(frozen=True, slots=True)
class Thanked:
    """A note was written. What it says stays between the two."""

    actor_id: int
    topic_id: int
    post_id: int
    member_id: int
    first: bool
    """The first thank you this member ever got."""
