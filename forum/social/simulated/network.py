"""A network of our own, for training, demos and tests: accounts, threads, replies, and faults on demand.

It stands apart from the forum's database, as a real network would, in one SQLite file. Nothing here is ever sent
anywhere.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from forum.core import clock
from forum.core.settings import settings

HOST = "network.example"
OWN = "ourselves"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id TEXT PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL, bio TEXT NOT NULL DEFAULT '', followers INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL DEFAULT 'private', state TEXT NOT NULL DEFAULT 'live'
);
CREATE TABLE IF NOT EXISTS post (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL REFERENCES account (id), parent INTEGER, text TEXT NOT NULL,
    at TEXT NOT NULL, edited_at TEXT, visibility TEXT NOT NULL DEFAULT 'public', gone INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0, metrics TEXT NOT NULL DEFAULT '{}', sent_key TEXT UNIQUE
);
CREATE INDEX IF NOT EXISTS ix_parent ON post (parent);
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY AUTOINCREMENT, act TEXT NOT NULL, kind TEXT NOT NULL, times INTEGER NOT NULL);
"""


class Fault(StrEnum):
    """What can be made to go wrong with the next requests."""

    down = "down"
    rate_limited = "rate_limited"
    refused = "refused"
    """The secret is not accepted."""
    garbled = "garbled"
    lost_answer = "lost_answer"
    """Carried out, and the answer never arrives."""
    hidden = "hidden"
    """Accepted, and nobody sees it."""
    cut_short = "cut_short"
    """Only the first half of a thread arrives."""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    handle: str
    name: str
    bio: str
    followers: int
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One post, with its author."""

    id: int
    account: Account
    parent: int | None
    text: str
    at: datetime
    edited_at: datetime | None
    visibility: str
    gone: bool
    hidden: bool
    closed: bool
    """Nobody may reply."""
    metrics: dict[str, int]

    @property
    def url(self) -> str:
        return address(self.id)


def address(post_id: int) -> str:
    return f"https://{HOST}/posts/{post_id}"


class Network:
    """Safe to open in several processes: every call is one transaction of its own."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings().data_dir / "simulated-network.sqlite3"

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.executescript(_SCHEMA)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def join(
        self, handle: str, name: str = "", *, bio: str = "", followers: int = 0, kind: str = "private", account_id: str = ""
    ) -> str:
        """The id of the account, which stays when its handle changes. Joining twice changes nothing."""
        made = account_id or f"acct-{handle.lower()}"
        with self._open() as db:
            db.execute(
                "INSERT OR IGNORE INTO account (id, handle, name, bio, followers, kind) VALUES (?, ?, ?, ?, ?, ?)",
                (made, handle, name or handle, bio, followers, kind),
            )
        return made

    def change(self, account_id: str, **values: str | int) -> None:
        """handle, name, bio, followers, kind, or state (live, deactivated, protected)."""
        allowed = {"handle", "name", "bio", "followers", "kind", "state"}
        with self._open() as db:
            for name, value in values.items():
                if name in allowed:
                    db.execute(f"UPDATE account SET {name} = ? WHERE id = ?", (value, account_id))  # noqa: S608  # one of six

    def write(
        self,
        account_id: str,
        text: str,
        *,
        parent: int | None = None,
        at: datetime | None = None,
        visibility: str = "public",
        closed: bool = False,
        metrics: dict[str, int] | None = None,
        sent_key: str | None = None,
    ) -> int:
        """A new post. The same `sent_key` gives the same post, whoever asks how often."""
        values = (
            account_id,
            parent,
            text,
            (at or clock.now()).isoformat(),
            visibility,
            closed,
            json.dumps(metrics or {}),
            sent_key,
        )
        with self._open() as db:
            db.execute(
                "INSERT INTO post (account, parent, text, at, visibility, closed, metrics, sent_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (sent_key) DO NOTHING",
                values,
            )
            row = db.execute(
                "SELECT id FROM post WHERE sent_key = ? OR (? IS NULL AND id = last_insert_rowid())", (sent_key, sent_key)
            )
            return int(row.fetchone()["id"])

    def edit(self, post_id: int, text: str, at: datetime | None = None) -> None:
        with self._open() as db:
            db.execute("UPDATE post SET text = ?, edited_at = ? WHERE id = ?", (text, (at or clock.now()).isoformat(), post_id))

    def delete(self, post_id: int) -> None:
        with self._open() as db:
            db.execute("UPDATE post SET gone = 1, text = '' WHERE id = ?", (post_id,))

    def hide(self, post_id: int) -> None:
        """Only its author sees it from now on."""
        with self._open() as db:
            db.execute("UPDATE post SET hidden = 1 WHERE id = ?", (post_id,))

    def account(self, account_id: str) -> Account | None:
        with self._open() as db:
            row = db.execute("SELECT * FROM account WHERE id = ?", (account_id,)).fetchone()
            return Account(**dict(row)) if row else None

    def accounts(self) -> list[Account]:
        with self._open() as db:
            return [Account(**dict(row)) for row in db.execute("SELECT * FROM account ORDER BY handle")]

    def post(self, post_id: int) -> Entry | None:
        found = self._entries("WHERE post.id = ?", (post_id,))
        return found[0] if found else None

    def sent(self, key: str) -> Entry | None:
        found = self._entries("WHERE post.sent_key = ?", (key,))
        return found[0] if found else None

    def thread(self, post_id: int) -> list[Entry]:
        """The whole thread that a post belongs to, oldest first; deleted posts stand in it without words."""
        walk = """WHERE post.id IN (
            WITH RECURSIVE up (id, parent) AS (
                SELECT id, parent FROM post WHERE id = ? UNION SELECT p.id, p.parent FROM post p JOIN up ON p.id = up.parent
            ), down (id) AS (
                SELECT id FROM up WHERE parent IS NULL UNION SELECT p.id FROM post p JOIN down ON p.parent = down.id
            ) SELECT id FROM down)"""
        return self._entries(walk, (post_id,))

    def naming(self, handle: str, after: int, limit: int) -> list[Entry]:
        """Posts that name an account, in the order they were written."""
        return self._entries("WHERE post.id > ? AND post.text LIKE ?", (after, f"%@{handle}%"), limit)

    def saying(self, words: str, after: int, limit: int) -> list[Entry]:
        return self._entries("WHERE post.id > ? AND post.text LIKE ?", (after, f"%{words}%"), limit)

    def newest(self, limit: int = 50) -> list[Entry]:
        """The first posts of threads, newest first."""
        return sorted(self._entries("WHERE post.parent IS NULL", ()), key=lambda one: one.id, reverse=True)[:limit]

    def _entries(self, where: str, values: tuple[object, ...], limit: int = 100_000) -> list[Entry]:
        statement = f"""SELECT post.*, account.id AS account_id, handle, name, bio, followers, kind, state
            FROM post JOIN account ON account.id = post.account {where} ORDER BY post.id LIMIT ?"""  # noqa: S608  # ours
        with self._open() as db:
            return [_entry(row) for row in db.execute(statement, (*values, limit))]

    def break_next(self, act: str, fault: Fault, times: int = 1) -> None:
        """`act` is read, send, or any."""
        with self._open() as db:
            db.execute("INSERT INTO fault (act, kind, times) VALUES (?, ?, ?)", (act, fault.value, times))

    def mend(self) -> None:
        with self._open() as db:
            db.execute("DELETE FROM fault")

    def next_fault(self, act: str) -> Fault | None:
        """Takes one off the list of what is to go wrong."""
        with self._open() as db:
            row = db.execute("SELECT id, kind, times FROM fault WHERE act IN (?, 'any') ORDER BY id LIMIT 1", (act,)).fetchone()
            if row is None:
                return None
            if row["times"] > 1:
                db.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (row["id"],))
            else:
                db.execute("DELETE FROM fault WHERE id = ?", (row["id"],))
            return Fault(row["kind"])


def _entry(row: sqlite3.Row) -> Entry:
    account = Account(row["account_id"], row["handle"], row["name"], row["bio"], row["followers"], row["kind"], row["state"])
    return Entry(
        id=row["id"],
        account=account,
        parent=row["parent"],
        text=row["text"],
        at=_moment(row["at"]),
        edited_at=_moment(row["edited_at"]) if row["edited_at"] else None,
        visibility=row["visibility"],
        gone=bool(row["gone"]),
        hidden=bool(row["hidden"]),
        closed=bool(row["closed"]),
        metrics=json.loads(row["metrics"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
