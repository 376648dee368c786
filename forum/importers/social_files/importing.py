"""Brings files of outside posts into triage, whatever their format."""

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from rich.progress import Progress

from forum.importers.report import Report
from forum.importers.social_files import bluesky_json, mastodon_json, support_csv
from forum.importers.social_files.opening import content_digest
from forum.models.social import Platform
from forum.social.importing import Tally, take_in
from forum.social.sources import Item


class Format(StrEnum):
    support_csv = "support-csv"
    mastodon_json = "mastodon-json"
    bluesky_json = "bluesky-json"


_READERS: dict[Format, tuple[Platform, Callable[[Path], Iterator[Item]]]] = {
    Format.support_csv: (Platform.x, support_csv.read),
    Format.mastodon_json: (Platform.mastodon, mastodon_json.read),
    Format.bluesky_json: (Platform.bluesky, bluesky_json.read),
}


def run(path: Path, form: Format, *, dry_run: bool, progress: Progress | None) -> Report:
    """Nothing read here is public: a person decides about each thread."""
    started = time.monotonic()
    platform, read = _READERS[form]
    task = progress.add_task("Reading", total=None) if progress else None

    def on_read() -> None:
        if progress and task is not None:
            progress.advance(task)

    def on_written(done: int, size: int) -> None:
        if progress and task is not None:
            progress.update(task, description="Writing", completed=done, total=size)

    source = f"social {form} {content_digest(path)}"
    tally = take_in(read(path), platform, source, dry_run=dry_run, on_read=on_read, on_written=on_written)
    report = _report(source, tally, dry_run)
    report.seconds = round(time.monotonic() - started, 2)
    return report


def _report(source: str, tally: Tally, dry_run: bool) -> Report:
    counted, wrote = tally.counted, tally.wrote
    report = Report(source=source, dry_run=dry_run)
    report.read["posts"] = counted.read
    report.made.update({kind: wrote[kind] for kind in ("stored", "updated", "account", "thread", "would store") if wrote[kind]})
    report.unchanged["posts"] = wrote["unchanged"]
    report.skipped.update({"Twice in the file.": counted.duplicates} if counted.duplicates else {})
    report.skipped.update(tally.reasons)
    report.problems = tally.problems
    report.problem_count = counted.skipped + counted.withheld
    return report
