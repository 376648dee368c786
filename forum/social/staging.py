"""Works out which thread each post of an archive belongs to, in a scratch SQLite file, so that memory stays bounded.

Parents may come after their replies, be missing, or run in a circle. Every walk is a loop, never a recursion.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from forum.models.social import AccountKind
from forum.social.runs import Problem
from forum.social.sources import NATIVE, Gone, Item, Skipped, SourceAccount, SourcePost, checked

BATCH = 5_000
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;
CREATE TABLE node (
    seq INTEGER PRIMARY KEY, ext_id TEXT UNIQUE, native TEXT, parent TEXT, hint TEXT, root TEXT, hash TEXT, edited TEXT, data TEXT
);
CREATE TABLE reply (child TEXT PRIMARY KEY, parent TEXT);
CREATE TABLE outside (ext_id TEXT PRIMARY KEY, root TEXT);
CREATE TABLE gone (ext_id TEXT PRIMARY KEY);
CREATE TABLE problem (line INTEGER, item TEXT, reason TEXT);
"""
CYCLE = "Its parents run in a circle, so it starts its own thread."
DELETED = "Withheld: deleted where it stood."


@dataclass(slots=True)
class Counted:
    read: int = 0
    withheld: int = 0
    skipped: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class StagedPost:
    seq: int
    parent: str
    root: str
    hash: str
    root_known: bool
    """Whether the first post of its thread is in the archive."""
    post: SourcePost


Lookup = Callable[[list[str]], dict[str, str]]


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Staging:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self.counted = Counted()

    def close(self) -> None:
        self._db.close()

    def take(self, items: Iterable[Item], on_item: Callable[[], None]) -> None:
        self._db.execute("BEGIN")
        for number, item in enumerate(items, 1):
            self.counted.read += 1
            self._take(checked(item) if isinstance(item, SourcePost) else item)
            on_item()
            if number % BATCH == 0:
                self._db.execute("COMMIT")
                self._db.execute("BEGIN")
        self._db.execute("COMMIT")

    def _take(self, item: Item) -> None:
        if isinstance(item, Skipped):
            self._problem(item.line, item.item, item.reason)
            self.counted.withheld += item.withheld
            self.counted.skipped += not item.withheld
        elif isinstance(item, Gone):
            self._take_back(item)
        else:
            self._keep(item)

    def _take_back(self, item: Gone) -> None:
        """A post seen earlier in the archive leaves it again."""
        self._problem(item.line, item.ext_id, DELETED)
        self.counted.withheld += 1
        self._db.execute("INSERT OR IGNORE INTO gone VALUES (?)", (item.ext_id,))
        dropped = self._db.execute("DELETE FROM node WHERE ext_id = ?", (item.ext_id,)).rowcount
        if dropped:
            self._problem(item.line, item.ext_id, DELETED)
            self.counted.withheld += 1

    def _keep(self, post: SourcePost) -> None:
        if self._db.execute("SELECT 1 FROM gone WHERE ext_id = ?", (post.ext_id,)).fetchone():
            self._problem(post.line, post.ext_id, DELETED)
            self.counted.withheld += 1
            return
        edited = post.edited_at.isoformat() if post.edited_at else ""
        values = (post.ext_id, post.native, post.parent, post.root, text_hash(post.text), edited, _pack(post))
        inserted = self._db.execute(
            "INSERT OR IGNORE INTO node (ext_id, native, parent, hint, hash, edited, data) VALUES (?, ?, ?, ?, ?, ?, ?)", values
        ).rowcount
        if not inserted:
            self.counted.duplicates += 1
            self._keep_newer(values)
        for child in post.answered_by:
            self._db.execute("INSERT OR IGNORE INTO reply VALUES (?, ?)", (child, post.ext_id))

    def _keep_newer(self, values: tuple[str, ...]) -> None:
        """The same post again: the later edit wins, and a parent once known stays known."""
        ext_id, native, parent, hint, hashed, edited, data = values
        self._db.execute(
            "UPDATE node SET hash = ?, edited = ?, data = ? WHERE ext_id = ? AND edited < ?",
            (hashed, edited, data, ext_id, edited),
        )
        self._db.execute(
            "UPDATE node SET parent = CASE parent WHEN '' THEN ? ELSE parent END, hint = CASE hint WHEN '' THEN ? ELSE hint END,"
            " native = CASE native WHEN '' THEN ? ELSE native END WHERE ext_id = ?",
            (parent, hint, native, ext_id),
        )

    def _problem(self, line: int, item: str, reason: str) -> None:
        self._db.execute("INSERT INTO problem VALUES (?, ?, ?)", (line, item[:300], reason))

    def resolve(self, stored: Lookup) -> None:
        """Give every post the id of its thread's first post. `stored` knows the roots of posts imported earlier."""
        self._db.execute("BEGIN")
        self._db.execute(
            "UPDATE node SET parent = (SELECT r.parent FROM reply r WHERE r.child = node.ext_id) WHERE parent = ''"
            " AND EXISTS (SELECT 1 FROM reply r WHERE r.child = node.ext_id)"
        )
        self._db.execute("CREATE INDEX node_native ON node (native)")
        self._db.execute(
            "UPDATE node SET parent = (SELECT n.ext_id FROM node n WHERE n.native = node.parent) WHERE parent LIKE ? "
            "AND EXISTS (SELECT 1 FROM node n WHERE n.native = node.parent)",
            (NATIVE + "%",),
        )
        self._look_outside(stored)
        for ext_id in self._unplaced():
            self._walk(ext_id)
        self._db.execute("COMMIT")

    def _unplaced(self) -> Iterator[str]:
        after = 0
        while found := self._db.execute(
            "SELECT seq, ext_id FROM node WHERE root IS NULL AND seq > ? ORDER BY seq LIMIT ?", (after, BATCH)
        ).fetchall():
            for seq, ext_id in found:
                after = seq
                yield ext_id

    def _look_outside(self, stored: Lookup) -> None:
        after = ""
        while found := self._db.execute(
            "SELECT DISTINCT parent FROM node WHERE parent > ? AND parent NOT IN (SELECT ext_id FROM node)"
            " ORDER BY parent LIMIT 500",
            (after,),
        ).fetchall():
            missing = [row[0] for row in found]
            after = missing[-1]
            self._db.executemany("INSERT OR IGNORE INTO outside VALUES (?, ?)", stored(missing).items())

    def _walk(self, start: str) -> None:
        path: list[str] = []
        seen: set[str] = set()
        current, hint, root = start, "", ""
        while not root:
            row = self._db.execute("SELECT parent, hint, root FROM node WHERE ext_id = ?", (current,)).fetchone()
            if row is None:
                root = self._outside(current) or hint or current
            elif row[2]:
                root = row[2]
            elif current in seen:
                self._db.execute("UPDATE node SET parent = '' WHERE ext_id = ?", (current,))
                self._problem(self._line(current), current, CYCLE)
                root = current
            else:
                seen.add(current)
                path.append(current)
                hint = row[1] or hint
                root = "" if row[0] else current
                current = row[0] or current
        self._db.executemany("UPDATE node SET root = ? WHERE ext_id = ?", [(root, one) for one in path])

    def _line(self, ext_id: str) -> int:
        return int(self._db.execute("SELECT json_extract(data, '$.line') FROM node WHERE ext_id = ?", (ext_id,)).fetchone()[0])

    def _outside(self, ext_id: str) -> str:
        row = self._db.execute("SELECT root FROM outside WHERE ext_id = ?", (ext_id,)).fetchone()
        return str(row[0]) if row else ""

    def problems(self) -> Iterator[Problem]:
        for line, item, reason in self._db.execute("SELECT line, item, reason FROM problem ORDER BY rowid"):
            yield Problem(line, item, reason)

    def gone(self) -> list[str]:
        return [row[0] for row in self._db.execute("SELECT ext_id FROM gone")]

    def threads(self) -> int:
        return int(self._db.execute("SELECT count(DISTINCT root) FROM node").fetchone()[0])

    def size(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM node").fetchone()[0])

    def batches(self, after: int, size: int) -> Iterator[list[StagedPost]]:
        """Posts in the order they were read."""
        while found := self._db.execute(
            "SELECT n.seq, n.parent, n.root, n.hash, r.seq IS NOT NULL, n.data FROM node n LEFT JOIN node r ON r.ext_id = n.root"
            " WHERE n.seq > ? ORDER BY n.seq LIMIT ?",
            (after, size),
        ).fetchall():
            after = found[-1][0]
            yield [
                StagedPost(seq, parent, root, hashed, bool(known), _unpack(data))
                for seq, parent, root, hashed, known, data in found
            ]


_POST = tuple(one.name for one in fields(SourcePost) if one.name not in ("account", "answered_by"))
_ACCOUNT = tuple(one.name for one in fields(SourceAccount))


def _pack(post: SourcePost) -> str:
    values: dict[str, Any] = {name: getattr(post, name) for name in _POST}
    values["account"] = {name: getattr(post.account, name) for name in _ACCOUNT}
    return json.dumps(values, default=lambda value: value.isoformat())


def _unpack(data: str) -> SourcePost:
    values: dict[str, Any] = json.loads(data)
    account = values.pop("account")
    account["kind"] = AccountKind(account["kind"])
    for name in ("created_at", "edited_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["answered_by"] = ()
    return SourcePost(**values, account=SourceAccount(**account))
