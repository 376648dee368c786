"""Each test begins with no flood counted against it, and builds rows without holding the write lock."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from forum.core import db, ratelimit


@pytest.fixture(autouse=True)
def _calm() -> None:
    ratelimit._limiter.cache_clear()


@pytest.fixture
def session(database: None) -> Iterator[Session]:
    with Session(db.engine().execution_options(forum_writes=False), expire_on_commit=False) as opened:
        yield opened
