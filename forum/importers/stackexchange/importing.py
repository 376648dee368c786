"""Brings a Stack Exchange dump in: `run` can be stopped anywhere, started again, and done twice without doubles."""

import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.progress import Progress, TaskID
from sqlmodel import select

from forum.core import text
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.importers.rendering import Renderer
from forum.importers.report import Report
from forum.importers.stackexchange.members import Members
from forum.importers.stackexchange.questions import Questions
from forum.importers.stackexchange.replies import Answers, Comments
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.settling import settle
from forum.importers.stackexchange.stage import ACCEPTED, DOWN, DUPLICATE, UP, Stage
from forum.importers.stackexchange.steps import Import, Step, run_step
from forum.models.catalog import Section
from forum.social.runs import Problem, advance, digest, note, open_run

STAGED = ("Tags.xml", "Posts.xml", "PostHistory.xml", "Votes.xml", "PostLinks.xml")
STEPS: tuple[Step, ...] = (Members(), Questions(), Answers(), Comments())
NOT_TAKEN = {"Badges.xml": "Badges are earned here, so those from elsewhere stay there."}


def run(directory: Path, *, section: str | None, dry_run: bool, progress: Progress | None) -> Report:
    """Import every table found in `directory`; raises Invalid when there are no posts in it."""
    if not (directory / "Posts.xml").is_file():
        raise Invalid({"directory": "There is no Posts.xml in that folder. Unpack the dump and name the folder it is in."})
    started = time.monotonic()
    name = section or directory.resolve().name
    site = text.slug(name)[:60]
    report = Report(source=f"stackexchange {site}", dry_run=dry_run)
    size = sum(path.stat().st_size for path in directory.glob("*.xml"))
    with tempfile.TemporaryDirectory() as scratch, Renderer(0 if dry_run else size) as renderer:
        stage = Stage(Path(scratch) / "stage.sqlite3")
        work = Import(site, 0 if dry_run else _section(name), stage, renderer, report)
        _run(work, directory, progress)
        stage.close()
    report.seconds = round(time.monotonic() - started, 2)
    return report


def _run(work: Import, directory: Path, progress: Progress | None) -> None:
    for path in sorted(directory.glob("*.xml")):
        work.digests[path.name] = "" if work.report.dry_run else digest(path)
    task = progress.add_task("Reading what belongs together", total=None) if progress else None
    for name in STAGED:
        if (directory / name).is_file():
            _stage(work, directory / name)
    _count_not_taken(work, directory)
    for step in STEPS:
        _announce(work, step, directory, progress, task)
        run_step(work, step, directory)
    if not work.report.dry_run:
        if progress and task is not None:
            progress.update(task, description="Counting and linking", total=None)
        settle(work)


def _announce(work: Import, step: Step, directory: Path, progress: Progress | None, task: TaskID | None) -> None:
    path = directory / step.file
    if progress is None or task is None or not path.is_file():
        return
    progress.update(task, description=f"{step.name.capitalize()}s", total=path.stat().st_size, completed=0)
    work.on_bytes = lambda _name, done: progress.update(task, completed=done)


def _section(name: str) -> int:
    """The section everything goes into, made when it is missing."""
    with transaction() as session:
        slug = text.slug(name)
        found = session.exec(select(Section).where(Section.slug == slug)).first()
        if found is None:
            found = Section(slug=slug, name=name[:80], description="Brought over from the earlier community.")
            session.add(found)
            session.flush()
        assert found.id is not None
        return found.id


def _stage(work: Import, path: Path) -> None:
    """Posts.xml is counted, and its broken rows reported, by the pass that imports it."""
    read: Counter[str] = Counter()
    accepted: list[tuple[str, str]] = []

    def on_row(row: Row) -> None:
        read[_fate(path.name, row)] += 1
        if path.name == "Posts.xml" and row.id("AcceptedAnswerId") and row.id():
            accepted.append((row.id("AcceptedAnswerId"), row.id()))
        if len(accepted) >= 5_000:
            work.stage.accept(accepted)
            accepted.clear()

    problems = work.stage.fill(path, on_row)
    work.stage.accept(accepted)
    if path.name == "Posts.xml":
        return
    report = work.report
    report.read[path.name] += sum(read.values())
    report.skipped.update({reason: count for reason, count in read.items() if reason})
    for problem in problems:
        report.note(problem)
    if not report.dry_run:
        _record(work, path.name, problems)


def _record(work: Import, name: str, problems: list[Problem]) -> None:
    standing = open_run(f"stackexchange {work.site} {name} {work.digests[name]}")
    if not standing.finished:
        with transaction() as session:
            note(session, standing.run_id, problems)
            advance(session, standing.run_id, 0, {}, finished=True)


def _fate(name: str, row: Row) -> str:
    """Why a row of a looked-up table is not used; empty when it is."""
    if name == "Votes.xml" and row.fields.get("VoteTypeId") not in (UP, DOWN, ACCEPTED):
        return "Votes other than helpful, not helpful and accepted are not taken over."
    if name == "PostLinks.xml" and row.fields.get("LinkTypeId") != DUPLICATE:
        return "Links other than to a duplicate are not taken over."
    if name == "PostHistory.xml" and row.number_of("PostHistoryTypeId") not in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11):
        return "History other than edits, closing and reopening is not taken over."
    return ""


def _count_not_taken(work: Import, directory: Path) -> None:
    for name, reason in NOT_TAKEN.items():
        if (directory / name).is_file():
            with (directory / name).open("rb") as file:
                count = sum(line.lstrip().startswith(b"<row") for line in file)
            work.report.read[name] += count
            work.report.skipped[reason] += count
