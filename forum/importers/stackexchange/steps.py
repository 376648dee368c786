"""One pass over one file: checked, prepared one batch ahead, written batch by batch, resumed where it stopped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import insert
from sqlmodel import Session, col, select

from forum.core.db import transaction
from forum.importers.rendering import Renderer
from forum.importers.report import Report
from forum.importers.stackexchange.rows import Batch, Row, batches
from forum.importers.stackexchange.stage import Stage
from forum.models.social import LegacyId
from forum.social.runs import Problem, advance, note, open_run

BATCH = 400


@dataclass(slots=True)
class Import:
    """What every step of one import shares."""

    site: str
    section_id: int
    stage: Stage
    renderer: Renderer
    report: Report
    digests: dict[str, str] = field(default_factory=dict)
    on_bytes: Callable[[str, int], None] = lambda _name, _done: None


class Outcome:
    """What one batch came to."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.made: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()

    def refuse(self, row: Row, reason: str) -> None:
        self.problems.append(Problem(row.line, row.fields.get("Id", "")[:40], reason))


Write = Callable[[Session, Outcome], None]


class Step(Protocol):
    """`check` drops rows that cannot be taken; `prepare` starts slow work and returns what writes the batch."""

    name: str
    file: str
    counts_rows: bool
    """False for the second reading of a file, so that its rows and broken rows count once."""

    def check(self, work: Import, rows: list[Row], outcome: Outcome) -> list[Row]: ...

    def prepare(self, work: Import, rows: list[Row]) -> Write: ...


def run_step(work: Import, step: Step, folder: Path) -> None:
    path = folder / step.file
    if not path.is_file():
        return
    if work.report.dry_run:
        _dry(work, step, path)
        return
    standing = open_run(f"stackexchange {work.site} {step.name} {work.digests[step.file]}")
    counts = _Counts(standing.counts)
    counts.into(work.report)
    if standing.finished:
        return
    waiting: tuple[Batch, Outcome, Write] | None = None
    for batch in batches(path, BATCH, skip=standing.cursor):
        outcome = Outcome(batch.problems if step.counts_rows else [])
        ready = (batch, outcome, step.prepare(work, step.check(work, batch.rows, outcome)))
        if waiting is not None:
            _write(work, step, standing.run_id, counts, *waiting, last=False)
        waiting = ready
    if waiting is not None:
        _write(work, step, standing.run_id, counts, *waiting, last=True)


def _dry(work: Import, step: Step, path: Path) -> None:
    for batch in batches(path, BATCH):
        outcome = Outcome(batch.problems if step.counts_rows else [])
        kept = step.check(work, batch.rows, outcome)
        work.report.made[step.name] += len(kept)
        work.report.read[step.file] += len(batch.rows) if step.counts_rows else 0
        for problem in outcome.problems:
            work.report.note(problem)


def _write(
    work: Import, step: Step, run_id: int, counts: "_Counts", batch: Batch, outcome: Outcome, write: Write, *, last: bool
) -> None:
    with transaction() as session:
        write(session, outcome)
        note(session, run_id, outcome.problems)
        counts.add(step, batch, outcome)
        cursor = batch.rows[-1].number if batch.rows else counts.cursor
        counts.cursor = cursor
        advance(session, run_id, cursor, counts.as_dict(), finished=last)
    report = work.report
    report.made += outcome.made
    report.unchanged += outcome.unchanged
    report.read[step.file] += len(batch.rows) if step.counts_rows else 0
    for problem in outcome.problems:
        report.note(problem)
    if batch.rows:
        work.on_bytes(step.name, batch.rows[-1].end)


class _Counts:
    """Totals over all runs of a step, kept with the run so that a second import can report them."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.read: int = kept.get("read", 0)
        self.made: Counter[str] = Counter(kept.get("made", {}))
        self.skipped: Counter[str] = Counter(kept.get("skipped", {}))
        self.file: str = kept.get("file", "")
        self.cursor: int = kept.get("cursor", 0)

    def add(self, step: Step, batch: Batch, outcome: Outcome) -> None:
        self.file = step.file
        self.read += len(batch.rows) if step.counts_rows else 0
        self.made += outcome.made + outcome.unchanged
        self.skipped.update(problem.reason for problem in outcome.problems)

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read, "made": dict(self.made), "skipped": dict(self.skipped), "file": self.file, "cursor": self.cursor,
        }  # fmt: skip

    def into(self, report: Report) -> None:
        if self.file:
            report.read[self.file] += self.read
        report.unchanged += self.made
        report.skipped += self.skipped


def known(session: Session, site: str, kind: str, old_ids: list[str]) -> dict[str, int]:
    """New ids of what was imported before, by old id."""
    made: dict[str, int] = {}
    wanted = sorted({one for one in old_ids if one})
    for start in range(0, len(wanted), 500):
        statement = select(LegacyId.old_id, LegacyId.new_id).where(
            LegacyId.source == site, LegacyId.kind == kind, col(LegacyId.old_id).in_(wanted[start : start + 500])
        )
        made.update(dict(session.exec(statement).all()))
    return made


def remember(session: Session, site: str, kind: str, pairs: list[tuple[str, int]]) -> None:
    if pairs:
        session.execute(insert(LegacyId), [{"source": site, "kind": kind, "old_id": old, "new_id": new} for old, new in pairs])


def insert_rows(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> list[int]:
    """New ids, in the order of the rows."""
    if not rows:
        return []
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(session.execute(statement, rows).scalars())


def new_rows(rows: list[Row], there: dict[str, int], kind: str, outcome: Outcome) -> list[Row]:
    """Those not imported before; the others are counted as unchanged, an id met twice in the batch too."""
    fresh: dict[str, Row] = {}
    for row in rows:
        if row.id() in there or row.id() in fresh:
            outcome.unchanged[kind] += 1
        else:
            fresh[row.id()] = row
    return list(fresh.values())
