"""Import runs: where the reading of one source stands, kept in the same transaction as what it wrote."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select, update

from forum.core import clock
from forum.core.db import transaction
from forum.core.text import clean_anyway
from forum.models.social import ImportProblem, ImportRun

NOTED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not taken over, and why."""

    line: int
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an earlier reading of the same source came."""

    run_id: int
    cursor: int
    finished: bool
    counts: dict[str, Any]


def digest(path: Path) -> str:
    """Names the content of a file; 24 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:24]


def open_run(source: str) -> Standing:
    """The run of this source: an earlier one, or a new one."""
    with transaction() as session:
        run = session.exec(select(ImportRun).where(ImportRun.source == source).order_by(col(ImportRun.id).desc())).first()
        if run is None:
            run = ImportRun(source=source)
            session.add(run)
            session.flush()
        assert run.id is not None
        return Standing(run.id, run.cursor, run.finished_at is not None, dict(run.counts))


def advance(session: Session, run_id: int, cursor: int, counts: dict[str, Any], *, finished: bool = False) -> None:
    """Called in the transaction that wrote the rows up to `cursor`."""
    values: dict[str, Any] = {"cursor": cursor, "counts": counts}
    if finished:
        values["finished_at"] = clock.now()
    session.execute(update(ImportRun).where(col(ImportRun.id) == run_id).values(**values))


def note(session: Session, run_id: int, problems: Iterable[Problem]) -> None:
    """A file may hold as many problems as rows, so they pass through a few at a time."""
    waiting = iter(problems)
    while some := list(islice(waiting, NOTED_AT_ONCE)):
        rows = [
            {"run_id": run_id, "line": one.line, "item": clean_anyway(one.item)[:300], "reason": clean_anyway(one.reason)[:300]}
            for one in some
        ]
        session.execute(insert(ImportProblem), rows)
