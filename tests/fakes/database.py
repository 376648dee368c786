"""Looking at the whole database at once, and putting it back as it was."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import SQLModel

from forum.core import db
from forum.core.settings import settings

ENDS = ("", "-wal", "-shm")
NOISE = {"attempt", "activity", "sign_in_session"}
"""Tables that a refused request may write: tries are counted, refusals may be logged, browsers are seen."""


def contents() -> dict[str, str]:
    """A digest of every table."""
    found: dict[str, str] = {}
    with db.engine().execution_options(forum_writes=False).connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            rows = sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


class Snapshot:
    """The rows as they are now; `restore` brings them back."""

    def __init__(self) -> None:
        self.digests = contents()
        self.sqlite = db.engine().dialect.name == "sqlite"
        if self.sqlite:
            self._copy_sqlite()
        else:
            with db.engine().connect() as connection:
                tables = SQLModel.metadata.sorted_tables
                self.rows: dict[str, list[Any]] = {
                    t.name: [dict(r._mapping) for r in connection.execute(t.select())] for t in tables
                }

    def _copy_sqlite(self) -> None:
        db.engine().dispose()
        self.path = settings().data_dir / "forum.sqlite3"
        self.kept = {end: file.read_bytes() for end in ENDS if (file := self._file(end)).exists()}

    def _file(self, end: str) -> Path:
        return self.path.with_name(self.path.name + end)

    def restore(self) -> None:
        touched = changed(self.digests, contents())
        if not touched:
            return
        db.engine().dispose()
        if self.sqlite:
            for end in ENDS:
                self._file(end).unlink(missing_ok=True)
            for end, data in self.kept.items():
                self._file(end).write_bytes(data)
            return
        with db.engine().begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in SQLModel.metadata.sorted_tables:
                if table.name in touched:
                    connection.execute(text(f'DELETE FROM "{table.name}"'))
                    if self.rows[table.name]:
                        connection.execute(table.insert(), self.rows[table.name])
