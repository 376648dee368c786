"""The one place that asks what time it is, so that tests can answer."""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Aware UTC."""
    return _source()


def use(source: Callable[[], datetime] | None) -> None:
    """Replace the clock; None puts the system clock back."""
    global _source
    _source = source or _system
