"""A scratch SQLite file holding what must be looked up by post: history, votes, links. Memory stays bounded on any dump."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from forum.importers.stackexchange.rows import Row, batches, moment
from forum.social.runs import Problem

BATCH = 5_000
_SCHEMA = """
CREATE TABLE post (id INTEGER PRIMARY KEY, kind TEXT, parent INTEGER);
CREATE TABLE accepted (answer INTEGER PRIMARY KEY, question INTEGER);
CREATE TABLE history (
    id INTEGER PRIMARY KEY, post INTEGER, kind INTEGER, at TEXT, editor TEXT, guid TEXT, text TEXT, comment TEXT
);
CREATE TABLE vote (post INTEGER PRIMARY KEY, up INTEGER, down INTEGER, accepted_at TEXT);
CREATE TABLE duplicate (post INTEGER PRIMARY KEY, original INTEGER);
CREATE TABLE excerpt (post INTEGER PRIMARY KEY, tag TEXT);
"""
_VOTE = """
INSERT INTO vote VALUES (?, ?, ?, ?) ON CONFLICT (post) DO UPDATE SET
up = up + excluded.up, down = down + excluded.down, accepted_at = coalesce(accepted_at, excluded.accepted_at)
"""
_ACCEPTED_AMONG = "SELECT answer, question FROM accepted WHERE answer IN (SELECT value FROM json_each(?))"
_POSTS_AMONG = "SELECT id, kind FROM post WHERE id IN (SELECT value FROM json_each(?))"
_EXCERPTS_AMONG = "SELECT post, tag FROM excerpt WHERE post IN (SELECT value FROM json_each(?))"
_VOTES_AMONG = "SELECT post, up, down, accepted_at FROM vote WHERE post IN (SELECT value FROM json_each(?))"
_HISTORY_AMONG = """
SELECT post, kind, at, editor, text, comment, guid FROM history WHERE post IN (SELECT value FROM json_each(?)) ORDER BY post, id
"""
UP, DOWN, ACCEPTED, DUPLICATE = "2", "3", "1", "3"
QUESTION, ANSWER = "1", "2"
Seen = Callable[[str, Row], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a post's history."""

    kind: int
    at: datetime
    editor: str
    text: str
    comment: str
    guid: str


@dataclass(frozen=True, slots=True)
class Votes:
    up: int
    down: int
    accepted_at: datetime | None


class Stage:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;" + _SCHEMA)
        self.has_history = False
        self.has_votes = False

    def close(self) -> None:
        self._db.close()

    def fill(self, path: Path, on_row: Callable[[Row], None]) -> list[Problem]:
        """Takes one table in; returns what could not be read."""
        take, statement = _TAKES[path.name]
        problems: list[Problem] = []
        for batch in batches(path, BATCH):
            made: list[tuple[Any, ...]] = []
            for row in batch.rows:
                on_row(row)
                values = take(row)
                if isinstance(values, str):
                    problems.append(Problem(row.line, row.fields.get("Id", ""), values))
                elif values:
                    made.append(values)
            problems += batch.problems
            self._db.execute("BEGIN")
            self._db.executemany(statement, made)
            self._db.execute("COMMIT")
        self._after(path.name)
        return problems

    def _after(self, name: str) -> None:
        if name == "PostHistory.xml":
            self._db.execute("CREATE INDEX history_post ON history (post, id)")
            self.has_history = True
        if name == "Votes.xml":
            self.has_votes = True

    def accept(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO accepted VALUES (?, ?)", pairs)

    def accepted(self, answers: list[str]) -> dict[str, str]:
        """Answer to question, for those of `answers` that carry the tick."""
        return {str(row[0]): str(row[1]) for row in self._among(_ACCEPTED_AMONG, answers)}

    def known_posts(self, ids: list[str]) -> dict[str, str]:
        return {str(row[0]): row[1] for row in self._among(_POSTS_AMONG, ids)}

    def excerpts(self, posts: list[str]) -> dict[str, str]:
        return {str(row[0]): row[1] for row in self._among(_EXCERPTS_AMONG, posts)}

    def votes(self, posts: list[str]) -> dict[str, Votes]:
        found = self._among(_VOTES_AMONG, posts)
        return {str(row[0]): Votes(row[1], row[2], moment(row[3] or "")) for row in found}

    def history(self, posts: list[str]) -> dict[str, list[Entry]]:
        """Entries in the order they were made, by post."""
        found = self._among(_HISTORY_AMONG, posts)
        made: dict[str, list[Entry]] = {}
        for post, group in groupby(found, key=lambda row: str(row[0])):
            made[post] = [
                Entry(kind, at, editor, text, comment, guid)
                for _, kind, stamp, editor, text, comment, guid in group
                if (at := moment(stamp)) is not None
            ]
        return made

    def duplicates(self) -> Iterator[tuple[str, str]]:
        for post, original in self._db.execute("SELECT post, original FROM duplicate ORDER BY post"):
            yield str(post), str(original)

    def _among(self, select: str, ids: list[str]) -> list[Any]:
        return self._db.execute(select, (json.dumps([int(one) for one in ids]),)).fetchall()


def _post(row: Row) -> tuple[Any, ...] | str | None:
    if not row.id():
        return None
    return int(row.id()), row.fields.get("PostTypeId", ""), row.number_of("ParentId")


def _history(row: Row) -> tuple[Any, ...] | str | None:
    kind, post = row.id("PostHistoryTypeId"), row.id("PostId")
    if not (row.id() and kind and post):
        return "This entry names no post."
    if row.at("CreationDate") is None:
        return "The date of this row cannot be read."
    editor = row.id("UserId")
    return (
        int(row.id()), int(post), int(kind), row.fields["CreationDate"], editor,
        row.fields.get("RevisionGUID", ""), row.text("Text"), row.text("Comment"),
    )  # fmt: skip


def _vote(row: Row) -> tuple[Any, ...] | str | None:
    kind, post = row.fields.get("VoteTypeId", ""), row.id("PostId")
    if not post:
        return "This vote names no post."
    if kind not in (UP, DOWN, ACCEPTED):
        return None
    stamp = row.fields.get("CreationDate") if kind == ACCEPTED else None
    return int(post), int(kind == UP), int(kind == DOWN), stamp


def _link(row: Row) -> tuple[Any, ...] | str | None:
    post, other = row.id("PostId"), row.id("RelatedPostId")
    if not (post and other):
        return "This link names no post."
    return (int(post), int(other)) if row.fields.get("LinkTypeId") == DUPLICATE else None


def _tag(row: Row) -> tuple[Any, ...] | str | None:
    if not row.fields.get("TagName"):
        return "This tag has no name."
    return (int(row.id("ExcerptPostId")), row.text("TagName")) if row.id("ExcerptPostId") else None


_TAKES: dict[str, tuple[Callable[[Row], tuple[Any, ...] | str | None], str]] = {
    "Tags.xml": (_tag, "INSERT OR IGNORE INTO excerpt VALUES (?, ?)"),
    "Posts.xml": (_post, "INSERT OR IGNORE INTO post VALUES (?, ?, ?)"),
    "PostHistory.xml": (_history, "INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    "Votes.xml": (_vote, _VOTE),
    "PostLinks.xml": (_link, "INSERT OR IGNORE INTO duplicate VALUES (?, ?)"),
}
