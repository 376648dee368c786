"""Keyset paging: a page starts after the last row seen, so a deep page costs what the first one does."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from forum.core.errors import Invalid
from forum.core.text import MAX_ID

T = TypeVar("T")
R = TypeVar("R")
Key = tuple[datetime | int, int]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    after: str | None
    """Cursor of the next page, or None at the end."""
    first: bool


def encode(value: datetime | int, row_id: int) -> str:
    first = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([first, row_id]).encode()).decode().rstrip("=")


def decode(cursor: str | None, of: type[datetime] | type[int] | None = None) -> Key | None:
    """The key a cursor stands for; None without one. Raises Invalid on a mangled one, or one of another kind of list."""
    if not cursor:
        return None
    try:
        first, row_id = json.loads(base64.urlsafe_b64decode(cursor[:200] + "=" * (-len(cursor) % 4)))
        value = datetime.fromisoformat(first) if isinstance(first, str) else int(first)
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("naive")
            value = value.astimezone(UTC)
        if of is not None and not isinstance(value, of):
            raise ValueError("kind")
        if not 0 <= int(row_id) <= MAX_ID or (isinstance(value, int) and abs(value) > MAX_ID):
            raise ValueError("range")
        return value, int(row_id)
    except (ValueError, TypeError, OverflowError, binascii.Error, UnicodeDecodeError, RecursionError):
        raise Invalid({"after": "That page link is not complete. Start again from the first page."}) from None


def cut(rows: Sequence[R], size: int, view: Callable[[R], T], key: Callable[[R], Key], *, first: bool) -> Page[T]:
    """Make a page from up to size + 1 rows."""
    kept = rows[:size]
    after = encode(*key(kept[-1])) if len(rows) > size else None
    return Page([view(row) for row in kept], after, first)
