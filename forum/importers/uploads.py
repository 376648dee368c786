"""Bringing in a file through a page: upload, say what is what, look at the first threads, try, bring in, report."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import update
from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict, ForumError, Invalid, NotFound
from forum.core.settings import settings
from forum.core.text import Line, excerpt
from forum.importers.social_files import importing, mapped_csv
from forum.importers.social_files.importing import Format
from forum.importers.social_files.mapped_csv import FIELDS, Columns
from forum.jobs.queue import enqueue
from forum.models.archives import Archive, ArchiveState
from forum.models.social import Platform
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import network_name
from forum.social.inputs import Input
from forum.social.sources import SourcePost
from forum.social.staging import Staging

LARGEST = 50_000_000
"""What a page takes; larger files come in by `forum import social`."""
LOOKED_AT = 2_000
THREADS, POSTS = 5, 4
LABELS = {
    Format.csv: "A table (CSV), any columns",
    Format.x_archive: "An X archive (zip)",
    Format.mastodon_outbox: "A Mastodon outbox (JSON)",
    Format.support_csv: "Customer support on Twitter (CSV)",
    Format.mastodon_json: "Statuses of a Mastodon server (JSON)",
    Format.bluesky_json: "Posts of Bluesky (JSON)",
    Format.x_json: "Posts of X, as its API answers (JSON)",
    Format.reddit_json: "Threads of Reddit, as its API answers (JSON)",
    Format.discourse_json: "Topics of a Discourse forum (JSON)",
}
SUFFIXES = {Format.x_archive: ".zip", Format.csv: ".csv", Format.support_csv: ".csv"}
Heading = Annotated[Line, Field(max_length=200)]


class MapColumns(Input):
    network: Platform = Platform.elsewhere
    place: Annotated[Line, Field(min_length=1, max_length=40, pattern=r"^[\w-]+$")] = "file"
    id: Heading = ""
    author: Heading = ""
    text: Heading = ""
    created_at: Heading = ""
    parent: Heading = ""
    answers: Heading = ""
    url: Heading = ""
    inbound: Heading = ""
    language: Heading = ""
    act: Literal["try", "bring"] = "try"

    def columns(self) -> Columns:
        chosen = {one.key: getattr(self, one.key) for one in FIELDS if getattr(self, one.key)}
        return Columns(chosen, self.network, self.place)


@dataclass(frozen=True, slots=True)
class PreviewThread:
    posts: list[tuple[str, str, datetime, bool]]
    """Who, what, when, and whether it is a reply."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    id: int
    name: str
    label: str
    state: str
    size: str
    is_table: bool
    headings: list[str]
    fields: list[tuple[str, str, bool]]
    networks: list[tuple[str, str]]
    values: dict[str, str]
    threads: list[PreviewThread]
    figures: list[tuple[str, int]]
    reasons: list[tuple[str, int]]
    problems: list[tuple[int, str, str]]
    done: int
    rows: int
    said: str
    tried: bool


def folder() -> Path:
    return settings().data_dir / "uploads"


def keep(session: Session, actor: Actor, form: str, name: str, raw: bytes) -> Archive:
    require(actor, Permission.channel_manage)
    if form not in LABELS:
        raise Invalid({"form": "Choose what the file holds."})
    if not raw:
        raise Invalid({"file": "Choose a file first."})
    if len(raw) > LARGEST:
        raise Invalid(
            {"file": "That is more than a page takes. Bring it in on the server, with the command forum import social."}
        )
    folder().mkdir(parents=True, exist_ok=True)
    file = f"{secrets.token_hex(16)}{SUFFIXES.get(Format(form), '.json')}"
    (folder() / file).write_bytes(raw)
    row = Archive(name=Path(name).name[:200] or "file", file=file, form=form, size=len(raw), by_id=actor.id)
    session.add(row)
    session.flush()
    return row


def archive_list(session: Session, actor: Actor) -> list[Archive]:
    require(actor, Permission.channel_manage)
    return list(session.exec(select(Archive).order_by(col(Archive.id).desc()).limit(50)))


def access_archive(session: Session, actor: Actor, archive_id: int) -> Archive:
    require(actor, Permission.channel_manage)
    row = session.get(Archive, archive_id)
    if row is None:
        raise NotFound
    return row


def archive_page(row: Archive, chosen: MapColumns | None = None) -> ArchivePage:
    """With the first threads as they would stand, once the columns are known."""
    waiting = row.state == ArchiveState.uploaded
    headings = _headings(row) if waiting else []
    values = _values(row, headings, chosen)
    report: dict[str, Any] = row.report
    return ArchivePage(
        id=row.id,
        name=row.name,
        label=LABELS[Format(row.form)],
        state=row.state,
        size=f"{row.size / 1_000_000:.1f} MB",
        is_table=row.form == Format.csv,
        headings=headings,
        fields=[(one.key, one.label, one.required) for one in FIELDS],
        networks=[(one.value, network_name(one)) for one in Platform],
        values=values,
        threads=_threads(row, values) if waiting else [],
        figures=[(kind, count) for part in ("read", "made", "unchanged") for kind, count in report.get(part, {}).items()],
        reasons=sorted(report.get("skipped", {}).items(), key=lambda one: -one[1]),
        problems=[(one["line"], one["item"], one["reason"]) for one in report.get("first_problems", [])],
        done=row.done,
        rows=row.rows,
        said=row.said,
        tried=bool(report.get("dry_run")),
    )


def _headings(row: Archive) -> list[str]:
    if row.form != Format.csv:
        return []
    try:
        return mapped_csv.header_of(folder() / row.file)
    except ForumError:
        return []


def _values(row: Archive, headings: list[str], chosen: MapColumns | None) -> dict[str, str]:
    if chosen is not None:
        return {name: str(value) for name, value in chosen.model_dump(exclude={"act"}).items()}
    if row.columns:
        return {name: str(value) for name, value in row.columns.items()}
    return {"network": Platform.elsewhere.value, "place": f"file-{row.id}", **mapped_csv.guess(headings)}


def _columns(values: dict[str, str]) -> Columns:
    chosen = {one.key: values[one.key] for one in FIELDS if values.get(one.key)}
    return Columns(chosen, Platform(values["network"]), values["place"])


def _threads(row: Archive, values: dict[str, str]) -> list[PreviewThread]:
    """From the first rows only, so that a page answers at once."""
    try:
        _, read = importing.reader_of(folder() / row.file, Format(row.form), _columns(values))
        posts = [item for item in islice(read(folder() / row.file), LOOKED_AT) if isinstance(item, SourcePost)]
    except (ForumError, OSError):
        return []
    staging = Staging(Path(":memory:"))
    staging.take(posts, lambda: None)
    staging.resolve(lambda _missing: {})
    grouped: dict[str, list[SourcePost]] = {}
    for batch in staging.batches(0, LOOKED_AT):
        for one in batch:
            grouped.setdefault(one.root, []).append(one.post)
    staging.close()
    return [
        PreviewThread(
            [
                (post.account.name or post.account.handle, excerpt(post.text, 200), post.created_at, place > 0)
                for place, post in enumerate(sorted(thread, key=lambda post: post.created_at)[:POSTS])
            ]
        )
        for thread in list(grouped.values())[:THREADS]
    ]


def decide(session: Session, actor: Actor, row: Archive, data: MapColumns) -> str:
    """Tries it without writing, or brings it in; the worker does both. Returns where it shows."""
    require(actor, Permission.channel_manage)
    if row.state != ArchiveState.uploaded:
        raise Conflict("This file was brought in already.")
    if row.form == Format.csv:
        data.columns().checked(mapped_csv.header_of(folder() / row.file))
    row.columns = data.model_dump(mode="json", exclude={"act"})
    row.state, row.said, row.done = ArchiveState.running, "", 0
    session.add(row)
    enqueue(session, "social.bring_in", dedup_key=f"archive:{row.id}", archive_id=row.id, dry_run=data.act == "try")
    return f"/desk/archives/{row.id}"


def drop(session: Session, actor: Actor, row: Archive) -> None:
    require(actor, Permission.channel_manage)
    if row.state == ArchiveState.running:
        raise Conflict("It is being read just now. Wait until it is done.")
    (folder() / row.file).unlink(missing_ok=True)
    session.delete(row)


def bring_in(archive_id: int, dry_run: bool) -> None:
    """Job. An interrupted one goes on behind its cursor; the file goes when all of it is in."""
    with transaction(writes=False) as session:
        row = session.get(Archive, archive_id)
        if row is None or row.state != ArchiveState.running:
            return
        path, form, columns = folder() / row.file, Format(row.form), _columns({k: str(v) for k, v in row.columns.items()})

    def on_step(done: int, size: int) -> None:
        _set(archive_id, done=done, rows=size)

    try:
        report = importing.run(path, form, dry_run=dry_run, progress=None, columns=columns, on_step=on_step)
    except (ForumError, OSError) as error:
        said = error.sentence if isinstance(error, ForumError) else "The file cannot be read any more. Upload it again."
        _set(archive_id, state=ArchiveState.uploaded if path.exists() else ArchiveState.refused, said=said[:300])
        return
    state = ArchiveState.uploaded if dry_run else ArchiveState.done
    _set(archive_id, state=state, report=report.as_dict(), finished_at=None if dry_run else clock.now())
    if not dry_run:
        path.unlink(missing_ok=True)


def _set(archive_id: int, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(Archive).where(col(Archive.id) == archive_id).values(**values))
