"""Reading what networks send: dates, addresses, numbers, whatever their shape."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any


def date(value: Any) -> datetime | None:
    """An ISO date in UTC."""
    try:
        found = datetime.fromisoformat(str(value)[:40])
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def address(value: Any) -> str:
    """A web address of ordinary length, else an empty string."""
    text = str(value or "")
    return text if text.startswith(("https://", "http://")) and len(text) <= 600 else ""


def number(value: Any) -> int | None:
    """A count that a database column holds."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, outermost first, found without recursion. A caller may empty an object before going on."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            yield current
            waiting.extend(reversed([one for one in current.values() if isinstance(one, dict | list)]))
        elif isinstance(current, list):
            waiting.extend(reversed([one for one in current if isinstance(one, dict | list)]))
