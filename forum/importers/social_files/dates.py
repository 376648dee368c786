"""Dates as archives write them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def moment(value: str) -> datetime | None:
    """`Tue Oct 31 22:10:47 +0000 2017`, or any date that mail or ISO writes; in UTC."""
    value = value.strip()[:60]
    for parse in (datetime.fromisoformat, _stamp, parsedate_to_datetime):
        try:
            found = parse(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _stamp(value: str) -> datetime:
    return datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y")
