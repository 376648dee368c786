"""Floods: requests counted in memory, or in Redis when there are several web nodes."""

from functools import cache

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

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
    """Count one hit; 0 when allowed, else seconds to wait. `rule` is such as "50/10 seconds;200/minute".

    Without its store the count goes on in this process: a limit is never simply off.
    """
    if not settings().rate_limits:
        return 0
    try:
        return _count(_limiter(), rule, who)
    except RedisError:
        return _count(_own_limiter(), rule, who)


def _count(limiter: SlidingWindowCounterRateLimiter, rule: str, who: tuple[str, ...]) -> int:
    for item in _rule(rule):
        if not limiter.hit(item, *who):
            reset = limiter.get_window_stats(item, *who).reset_time
            return max(1, int(reset - clock.now().timestamp()) + 1)
    return 0


@cache
def _own_limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())
