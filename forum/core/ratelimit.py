"""Floods: requests counted in memory, or in Redis when there are several web nodes."""

from functools import cache

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from forum.core import clock
from forum.core.settings import settings


@cache
def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(_storage())


def _storage() -> Storage:
    if settings().redis_url:
        return RedisStorage(settings().redis_url, socket_timeout=0.1, socket_connect_timeout=0.1)
    return MemoryStorage()


@cache
def _rule(text: str) -> list[RateLimitItem]:
    return parse_many(text)


def flood(rule: str, *who: str) -> int:
    """Count one hit; 0 when allowed, else seconds to wait. `rule` is such as "50/10 seconds;200/minute"."""
    if not settings().rate_limits:
        return 0
    for item in _rule(rule):
        if not _limiter().hit(item, *who):
            reset = _limiter().get_window_stats(item, *who).reset_time
            return max(1, int(reset - clock.now().timestamp()) + 1)
    return 0
