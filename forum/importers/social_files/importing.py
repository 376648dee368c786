"""Brings files of outside posts into triage, whatever their format."""

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path

from rich.progress import Progress
from sqlmodel import col, select

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.importers.report import Report
from forum.importers.social_files import (
    bluesky_json,
    discourse_json,
    mapped_csv,
    mastodon_json,
    mastodon_outbox,
    reddit_json,
    support_csv,
    x_archive,
    x_json,
)
from forum.importers.social_files.mapped_csv import Columns
from forum.importers.social_files.opening import content_digest
from forum.models.channels import Channel
from forum.models.social import ExternalAccount, Platform
from forum.social.importing import Tally, take_in
from forum.social.sources import Item


class Format(StrEnum):
    support_csv = "support-csv"
    mastodon_json = "mastodon-json"
    bluesky_json = "bluesky-json"
    x_json = "x-json"
    reddit_json = "reddit-json"
    discourse_json = "discourse-json"
    x_archive = "x-archive"
    mastodon_outbox = "mastodon-outbox"
    csv = "csv"


_READERS: dict[Format, tuple[Platform, Callable[[Path], Iterator[Item]]]] = {
    Format.support_csv: (Platform.x, support_csv.read),
    Format.mastodon_json: (Platform.mastodon, mastodon_json.read),
    Format.bluesky_json: (Platform.bluesky, bluesky_json.read),
    Format.x_json: (Platform.x, x_json.read),
    Format.reddit_json: (Platform.reddit, reddit_json.read),
    Format.x_archive: (Platform.x, x_archive.read),
    Format.mastodon_outbox: (Platform.mastodon, mastodon_outbox.read),
}
_CONSENT = {Format.x_archive: "own_archive", Format.mastodon_outbox: "own_archive"}
NOT_THEIRS = "@{} is neither one of our channels nor claimed by a member. They can show that it is theirs under Settings, Accounts elsewhere."


def run(
    path: Path,
    form: Format,
    *,
    dry_run: bool,
    progress: Progress | None,
    columns: Columns | None = None,
    on_step: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Nothing read here is public: a person decides about each thread."""
    started = time.monotonic()
    platform, read = reader_of(path, form, columns or Columns())
    task = progress.add_task("Reading", total=None) if progress else None

    def on_read() -> None:
        if progress and task is not None:
            progress.advance(task)

    def on_written(done: int, size: int) -> None:
        on_step(done, size)
        if progress and task is not None:
            progress.update(task, description="Writing", completed=done, total=size)

    source = f"social {form} {content_digest(path)}"
    if form in (Format.csv, Format.discourse_json):
        source = f"{source} {(columns or Columns()).digest()}"
    tally = take_in(
        read(path),
        platform,
        source,
        dry_run=dry_run,
        on_read=on_read,
        on_written=on_written,
        consent=_CONSENT.get(form, ""),
    )
    report = _report(source, tally, dry_run)
    report.seconds = round(time.monotonic() - started, 2)
    return report


def reader_of(path: Path, form: Format, columns: Columns) -> tuple[Platform, Callable[[Path], Iterator[Item]]]:
    """Whose ids the file's posts have, and what reads it. Refuses what must not be read at all."""
    if form == Format.csv:
        columns.checked(mapped_csv.header_of(path))
        return columns.platform, partial(mapped_csv.read, columns=columns)
    if form == Format.discourse_json:
        return Platform.discourse, partial(discourse_json.read, place=columns.place)
    if form == Format.x_archive:
        _check_owner(path)
    return _READERS[form]


def _check_owner(path: Path) -> None:
    """An archive is somebody's own: taken when that account is one of ours, or when a member has shown that it is theirs."""
    owner = x_archive.owner(path)
    ours = select(Channel.id).where(Channel.platform == Platform.x, Channel.own_ext_id == owner.ext_id)
    theirs = select(ExternalAccount.id).where(
        ExternalAccount.platform == Platform.x,
        ExternalAccount.ext_id == owner.ext_id,
        col(ExternalAccount.claimed_by_id).is_not(None),
    )
    with transaction(writes=False) as session:
        if session.exec(ours).first() is None and session.exec(theirs).first() is None:
            raise Invalid({"file": NOT_THEIRS.format(owner.handle)})


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
