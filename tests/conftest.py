"""A real database for every test (SQLite, or PostgreSQL when FORUM_TEST_DATABASE names one), the real app, no mocks."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_HOME = Path(tempfile.mkdtemp(prefix=f"forum-tests-{_WORKER}-"))
atexit.register(shutil.rmtree, _HOME, True)
_POSTGRES = os.environ.get("FORUM_TEST_DATABASE", "")

os.environ.update(
    FORUM_ENV="development",
    FORUM_DATA_DIR=str(_HOME / "data"),
    FORUM_DATABASE_URL=f"{_POSTGRES}_{_WORKER}" if _POSTGRES else "",
    FORUM_BASE_URL="http://testserver",
    FORUM_SECRET_KEY="tests only",
    FORUM_LOG_LEVEL="error",
    FORUM_THREADS="4",
)

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import Session, SQLModel

from forum import wiring
from forum.app import create_app
from forum.core import clock, db, migrations, ratelimit
from forum.core.settings import settings
from forum.search import index as search_index
from forum.search.queries import _like_topic
from forum.social.incidents import noticeboard
from forum.web import page_cache
from tests.fakes.client import Browser

wiring.wire()
page_cache.POLL_SECONDS = -1.0  # a test looks right after it wrote


def _make_postgres_database() -> None:
    admin = create_engine(
        _POSTGRES.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + "/postgres", isolation_level="AUTOCOMMIT"
    )
    name = f"{_POSTGRES.rsplit('/', 1)[1]}_{_WORKER}"
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()


@pytest.fixture(scope="session")
def schema() -> Iterator[Path]:
    """The migrated, empty database: a file to copy, or one to empty."""
    if _POSTGRES:
        _make_postgres_database()
    migrations.upgrade()
    db.engine().dispose()
    template = _HOME / "template.sqlite3"
    if not _POSTGRES:
        shutil.copy(settings().data_dir / "forum.sqlite3", template)
    yield template
    db.engine().dispose()
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture
def database(schema: Path) -> Iterator[None]:
    """An empty database and data folder."""
    db.engine().dispose()
    data = settings().data_dir
    search_index.close()
    ratelimit._limiter.cache_clear()
    _like_topic.cache_clear()
    noticeboard.forget()
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    if _POSTGRES:
        _truncate()
    else:
        shutil.copy(schema, data / "forum.sqlite3")
    yield
    clock.use(None)
    db.engine().dispose()


def _truncate() -> None:
    """Only what a test has filled: emptying every table takes ten times as long."""
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    with db.engine().begin() as connection:
        used = connection.execute(
            text(" UNION ALL ".join(f"SELECT '{n}' FROM (SELECT 1 FROM \"{n}\" LIMIT 1) AS one" for n in names))
        )
        filled = ", ".join(f'"{name}"' for (name,) in used)
        if filled:
            connection.execute(text(f"TRUNCATE {filled} RESTART IDENTITY CASCADE"))


@pytest.fixture
def session(database: None) -> Iterator[Session]:
    """Rows made through it are committed by `make`, and always read fresh."""
    with Session(db.engine().execution_options(forum_writes=False), expire_on_commit=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def app() -> object:
    return create_app()


@pytest.fixture
def client(app: object, session: Session) -> Iterator[Browser]:
    """Somebody's browser, signed out."""
    with Browser(app) as browser:
        yield browser


@pytest.fixture
def drain(database: None) -> object:
    """Run the jobs that are due; returns how many ran."""
    return wiring.worker().drain
