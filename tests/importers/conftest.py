"""Rows are built without holding the write lock, so that the import can write."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from forum.core import db


@pytest.fixture
def session(database: None) -> Iterator[Session]:
    with Session(db.engine().execution_options(forum_writes=False), expire_on_commit=False) as opened:
        yield opened
