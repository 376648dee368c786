"""The database: engine, and the only place that commits.

One request, one transaction. SQLite takes its write lock at BEGIN IMMEDIATE, so a writer waits
at the start and never fails half-way; readers use a plain BEGIN and see one snapshot.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, create_engine, event, inspect
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import Session

from forum.core.settings import settings

BUSY_TIMEOUT_MS = 10_000


@cache
def engine() -> Engine:
    return build_engine(settings().database)


def build_engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        built = create_engine(url, hide_parameters=True, pool_size=settings().threads + 4, max_overflow=4)
        event.listen(built, "connect", _prepare_sqlite)
        event.listen(built, "begin", _begin_sqlite)
        return built
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=settings().threads + 4,
        max_overflow=4,
        connect_args={"options": "-c statement_timeout=15000 -c timezone=UTC"},
    )


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    connection.create_function("sqrt", 1, math.sqrt, deterministic=True)  # not every build has it
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("forum_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(*, writes: bool = True) -> Iterator[Session]:
    """One transaction: returning commits, raising rolls back. It begins at the first statement."""
    bind = engine().execution_options(forum_writes=writes)
    with Session(bind, expire_on_commit=False, autoflush=True) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        for hook in session.info.pop("after_commit", ()):
            hook()


def after_commit(session: Session, hook: Callable[[], None]) -> None:
    """Run `hook` once the transaction is durable; only for wake-ups, never for effects."""
    hooks: list[Callable[[], None]] = session.info.setdefault("after_commit", [])
    if hook not in hooks:
        hooks.append(hook)


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def insert_ignoring(session: Session, table: type[Any], values: dict[str, Any]) -> bool:
    """Insert unless a unique key forbids it; True when a row was made. "Once only" rests on this."""
    session.flush()
    return session.execute(_ignoring(inspect(table), is_sqlite(session)), values).first() is not None


@cache
def _ignoring(mapper: Any, sqlite: bool) -> Any:
    """Built once: it is asked thousands of times. PostgreSQL's row count says nothing here; a returned row does."""
    rows = mapper.local_table
    statement = sqlite_insert(rows) if sqlite else postgres_insert(rows)
    return statement.on_conflict_do_nothing().returning(mapper.primary_key[0])


def insert_all_ignoring(session: Session, table: type[Any], rows: list[dict[str, Any]], returning: str) -> list[Any]:
    """The same for many rows at once; the `returning` column of those that were made. The statement is put together once,
    whatever the number of rows."""
    if not rows:
        return []
    session.flush()
    columns = table.__table__
    statement = _insert(session, columns).on_conflict_do_nothing().returning(columns.c[returning])
    return list(session.connection().execute(statement, rows).scalars())


def _insert(session: Session, table: Any) -> Any:
    return sqlite_insert(table) if is_sqlite(session) else postgres_insert(table)


def ping() -> None:
    """Raises when the database does not answer."""
    with engine().connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def bump(row: Any, **steps: int) -> None:
    """Change counters by SQL expression (`answers = answers + 1`), so that two at once both count."""
    for name, step in steps.items():
        waiting = vars(row).get(name)  # an earlier step that no flush has sent yet is added to, not lost
        base = waiting if isinstance(waiting, ColumnElement) else getattr(type(row), name)
        setattr(row, name, base + step)
