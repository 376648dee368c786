"""When somebody may be invited: their quiet hours, limits and pauses, in their own time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOST_A_DAY, MOST_A_WEEK = 3, 10
QUIET_FROM, QUIET_UNTIL = 21, 8
SATURDAY = 5
WEEK = timedelta(days=7)
TWO_DAYS = timedelta(days=2)
ANSWERED_WITHIN = timedelta(hours=72)
"""An invitation that met no reaction for so long was not answered. Nobody is told."""
IN_A_ROW = 3
PAUSE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person set, or the usual."""

    zone: str = "UTC"
    quiet_from: int = QUIET_FROM
    quiet_until: int = QUIET_UNTIL
    per_day: int = MOST_A_DAY
    per_week: int = MOST_A_WEEK
    weekends: bool = False
    snoozed_until: datetime | None = None
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation of the past, and whether there was any reaction to it."""

    at: datetime
    reacted: bool


@cache
def zones() -> list[str]:
    """Every zone that people may choose, by name."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/")))


def local(moment: datetime, zone: str) -> datetime:
    """That moment on this person's clock; a zone that no longer exists counts as UTC."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return moment.astimezone(UTC)


def may_invite(wishes: Wishes, sent: Sequence[Sent], now: datetime) -> bool:
    """`sent` holds at least the invitations of the last weeks, in any order."""
    return awake(wishes, now) and below_limits(wishes, sent, now) and not paused(sent, now)


def awake(wishes: Wishes, now: datetime) -> bool:
    """Outside quiet hours, weekends, naps and holidays, on their clock."""
    here = local(now, wishes.zone)
    if wishes.snoozed_until is not None and now < wishes.snoozed_until:
        return False
    if wishes.away_until is not None and here.date() <= wishes.away_until:
        return False
    if here.weekday() >= SATURDAY and not wishes.weekends:
        return False
    return not _quiet(here.hour, wishes.quiet_from, wishes.quiet_until)


def below_limits(wishes: Wishes, sent: Sequence[Sent], now: datetime) -> bool:
    """A day is theirs, a week is any seven days."""
    today = local(now, wishes.zone).date()
    of_today = sum(1 for one in sent if one.at > now - TWO_DAYS and local(one.at, wishes.zone).date() == today)
    of_week = sum(1 for one in sent if one.at > now - WEEK)
    return of_today < min(wishes.per_day, MOST_A_DAY) and of_week < min(wishes.per_week, MOST_A_WEEK)


def paused(sent: Sequence[Sent], now: datetime) -> bool:
    """Three in a row without a reaction, and two weeks have not passed since."""
    settled = sorted((one for one in sent if one.reacted or one.at <= now - ANSWERED_WITHIN), key=lambda one: one.at)
    last = settled[-IN_A_ROW:]
    if len(last) < IN_A_ROW or any(one.reacted for one in last):
        return False
    return now < last[-1].at + ANSWERED_WITHIN + PAUSE


def _quiet(hour: int, start: int, end: int) -> bool:
    if start == end:
        return False
    return start <= hour < end if start < end else hour >= start or hour < end
