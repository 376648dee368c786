"""How often a thread is read again: the fresher it is, the sooner. Pure."""

import random
from datetime import datetime, timedelta

from forum.models.social import Platform

STEPS = (
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(hours=24), timedelta(minutes=30)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
)
"""Age of its newest post -> pause until the next reading."""
LATER = timedelta(days=7)
DAILY_WHILE_SHOWN = (Platform.x, Platform.reddit)
"""Networks whose terms want a deletion followed within a day of showing a post."""


def next_reading(now: datetime, newest: datetime, platform: Platform, *, shown: bool, jitter: float | None = None) -> datetime:
    """`jitter` between 0.8 and 1.2; drawn when not given, so that threads do not all come due at once."""
    age = now - newest
    pause = next((pause for limit, pause in STEPS if age < limit), LATER)
    if shown and platform in DAILY_WHILE_SHOWN:
        pause = min(pause, timedelta(days=1))
    return now + pause * (jitter if jitter is not None else random.uniform(0.8, 1.2))  # noqa: S311  # spreads load
