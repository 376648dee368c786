"""What each kind of ledger line is worth and how much of it counts (RECOGNITION 5.1), as data with a version.

Old lines keep the points of their own version; a change here is a new version.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from forum.models import LedgerKind

VERSION = 2
DAILY_CAP = 200
UNDO_WINDOW = timedelta(hours=1)
YOUNG_VOTER = timedelta(hours=24)
YOUNG_ASKER = timedelta(hours=24)
YOUNG_VOTE_WAITS = timedelta(days=7)
SECOND_PERSON_FROM = 100
"""An adjustment above this many points needs a second member of staff."""


class Scope(StrEnum):
    """Over what a limit counts lines."""

    post = "post"
    topic = "topic"
    day = "day"
    lifetime = "lifetime"


@dataclass(frozen=True, slots=True)
class Limit:
    lines: int
    per: Scope


@dataclass(frozen=True, slots=True)
class Rate:
    points: int
    capped: bool
    """Counts towards the daily cap."""
    one: str
    """"1 accepted", in the sentence that explains a total."""
    many: str
    why: str
    note: str
    """When it is earned, for the programme page."""
    limit: Limit | None = None


RATES: dict[LedgerKind, Rate] = {
    LedgerKind.solution_accepted: Rate(
        *(25, False, "accepted", "accepted", "Marked as the solution"),
        "When the person who asked says it solved it. It counts after an hour, so a slip can be undone.",
    ),
    LedgerKind.solution_credited: Rate(
        *(25, False, "credited", "credited", "Led to the solution"),
        "When somebody solves it themselves and says that your answer led them there.",
    ),
    LedgerKind.solution_verified: Rate(
        *(15, False, "confirmed by staff", "confirmed by staff", "Confirmed by staff"),
        "When staff mark a volunteer's answer as the official one.",
    ),
    LedgerKind.answer_helpful: Rate(
        *(10, True, "helpful", "helpful", "Found helpful"),
        "When somebody else finds an answer helpful. Staff votes count nothing.",
    ),
    LedgerKind.answer_fixed_me_too: Rate(
        *(5, True, "worked for others", "worked for others", "Worked for somebody with the same problem"),
        "When somebody who has the same problem says that your answer works.",
        Limit(10, Scope.post),
    ),
    LedgerKind.question_me_too: Rate(
        *(1, True, "me-too", "me-toos", "Somebody has the same question"),
        "When another member has the question you asked.",
        Limit(15, Scope.topic),
    ),
    LedgerKind.question_helpful: Rate(
        *(2, True, "good question", "good questions", "Question found helpful"),
        "When somebody else finds your question helpful.",
        Limit(10, Scope.topic),
    ),
    LedgerKind.article_published: Rate(
        *(20, False, "article", "articles", "Resolution from your words"),
        "When staff publish a resolution that was written from your answer, or that you proposed.",
    ),
    LedgerKind.article_helpful: Rate(
        *(2, True, "helpful article", "helpful articles", "Resolution found helpful"),
        "When a reader says that such a resolution helped.",
        Limit(100, Scope.post),
    ),
    LedgerKind.edit_accepted: Rate(
        *(2, True, "edit", "edits", "Edit accepted"),
        "When an edit you suggested to somebody else's post is accepted.",
        Limit(1_000, Scope.lifetime),
    ),
    LedgerKind.duplicate_confirmed: Rate(
        *(3, True, "duplicate found", "duplicates found", "Earlier question found"),
        "When the earlier question you linked solved it for the person who asked.",
    ),
    LedgerKind.review_agreed: Rate(
        *(1, True, "review", "reviews", "Review agreed with the outcome"),
        "When your review was what was decided in the end.",
        Limit(10, Scope.day),
    ),
    LedgerKind.flag_upheld: Rate(
        *(1, True, "flag", "flags", "Flag upheld"),
        "When a moderator acts on your flag.",
        Limit(5, Scope.day),
    ),
    LedgerKind.answer_harmful_upheld: Rate(
        *(-10, False, "finding", "findings", "Answer found harmful"),
        "When a moderator finds that an answer could do harm. You can appeal.",
    ),
    LedgerKind.conduct_spam_upheld: Rate(
        *(-100, False, "spam finding", "spam findings", "Found to be spam"),
        "When a moderator finds that a post was spam. You can appeal.",
    ),
    LedgerKind.staff_adjust: Rate(
        *(0, False, "adjustment", "adjustments", "Adjusted by staff"),
        "Staff can correct a mistake, always with a reason that you read. Large corrections need two of them.",
    ),
}
FINDINGS = (LedgerKind.answer_harmful_upheld, LedgerKind.conduct_spam_upheld)
POSITIVE_SIGNALS = (
    LedgerKind.solution_accepted,
    LedgerKind.solution_credited,
    LedgerKind.solution_verified,
    LedgerKind.answer_helpful,
    LedgerKind.answer_fixed_me_too,
)
"""What says that an answer helped; badges, boards and the programme count these."""
SOLUTIONS = (LedgerKind.solution_accepted, LedgerKind.solution_credited)
