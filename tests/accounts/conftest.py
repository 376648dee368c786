"""Each test begins with no flood counted against it."""

import pytest

from forum.core import ratelimit


@pytest.fixture(autouse=True)
def _calm() -> None:
    ratelimit._limiter.cache_clear()
