"""How long a freed seat waits for the next person: pure arithmetic."""

from datetime import datetime, timedelta

SHORTEST = timedelta(hours=12)
LONGEST = timedelta(hours=48)


def claim_time(left: timedelta) -> timedelta:
    """A quarter of the time left, but never more than two days nor less than twelve hours."""
    return max(SHORTEST, min(LONGEST, left / 4))


def claim_until(now: datetime, begins: datetime) -> datetime | None:
    """When an offered seat goes on to the next; never after it has begun. None when there is no time any more."""
    if now >= begins:
        return None
    return min(begins, now + claim_time(begins - now))
