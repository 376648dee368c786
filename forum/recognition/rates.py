"""What each kind of ledger line is worth (RECOGNITION 5.1), as data with a version.

Old lines keep the points of their own version; a change here is a new version.
"""

from dataclasses import dataclass
from datetime import timedelta

from forum.models import LedgerKind

VERSION = 1
DAILY_CAP = 200
UNDO_WINDOW = timedelta(hours=1)
YOUNG_VOTER = timedelta(hours=24)
YOUNG_VOTE_WAITS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rate:
    points: int
    capped: bool
    one: str
    """"1 accepted", in the sentence that explains a total."""
    many: str
    why: str


RATES: dict[LedgerKind, Rate] = {
    LedgerKind.solution_accepted: Rate(25, False, "accepted", "accepted", "Marked as the solution"),
    LedgerKind.solution_verified: Rate(15, False, "confirmed by staff", "confirmed by staff", "Confirmed by staff"),
    LedgerKind.answer_helpful: Rate(10, True, "helpful", "helpful", "Found helpful"),
    LedgerKind.staff_adjust: Rate(0, False, "adjustment", "adjustments", "Adjusted by staff"),
}
