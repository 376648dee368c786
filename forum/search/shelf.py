"""The topics and resolutions that may be suggested, kept by every process in memory and told to all of them by one file.

The worker appends a line when what a topic says has changed; readers follow the file. A cut or damaged file is put aside, and the
worker writes it anew from the database.
"""

import json
import os
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np

from forum.core.logs import log
from forum.core.settings import settings
from forum.search.likeness import USUAL, Course, Like, Shelf, Words, learned

FRAME = struct.Struct("<III")
HEAD = struct.Struct("<BqqdIII")
MAGIC = 0x5E1F1E55
DOCUMENT, GONE, LINK = 1, 2, 3
MOST_TIMES = 255
SHARED, OF_BEST = 0.12, 0.4
"""What says so little of what is asked, or so much less than the nearest, is not suggested however often others were sent there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic by its number, a resolution by its own below zero; `about` is the topic, `author` a member or 0."""

    key: int
    about: int
    author: int
    at: float
    found: Words


@dataclass(frozen=True, slots=True)
class Pointed:
    """Somebody wrote, in one topic, that another one may help."""

    source: int
    target: int
    at: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    topic_id: int
    is_resolution: bool


class Suggestions:
    """The shelf of this process."""

    def __init__(self, root: Path) -> None:
        self.path = root / "likeness.log"
        self._learned = root / "likeness.json"
        self._lock = threading.Lock()
        self._empty()

    def _empty(self) -> None:
        self._shelf = Shelf()
        self._number: dict[int, int] = {}
        self._of_topic: dict[int, set[int]] = {}
        self._keys: list[int] = []
        self._about: list[int] = []
        self._prints: dict[int, int] = {}
        self._pointed: set[tuple[int, int]] = set()
        self._waiting: dict[int, list[float]] = {}
        self._file, self._read = 0, 0
        self._weights, self._weights_at = USUAL, 0.0

    def like(self, asked: Words, author: int, at: float, limit: int, *, without: int = 0) -> list[Suggestion]:
        """Best first, one for each topic."""
        with self._lock:
            self._follow()
            ranked = self._shelf.ranked(asked, str(author or ""), at, self._weights)
            return self._suggestions(ranked, limit, without)

    def _suggestions(self, ranked: list[Like], limit: int, without: int) -> list[Suggestion]:
        least = max(SHARED, OF_BEST * max((like.shared for like in ranked if self._about[like.number] != without), default=0.0))
        made: dict[int, Suggestion] = {}
        for like in ranked:
            about = self._about[like.number]
            if like.shared >= least and about != without and about not in made:
                made[about] = Suggestion(about, self._keys[like.number] < 0)
                if len(made) == limit:
                    break
        return list(made.values())

    def tell(self, entries: Iterable[Entry], gone: Iterable[int] = (), pointed: Iterable[Pointed] = ()) -> None:
        """Write down what is new; what every process knows already is left out."""
        with self._lock:
            self._follow()
            fresh = [_document(one) for one in entries]
            lines = [line for key, line in fresh if self._prints.get(key) != crc32(line)]
            lines += [_line(GONE, key) for key in gone if key in self._number]
            lines += [_line(LINK, p.target, p.source, p.at) for p in pointed if (p.source, p.target) not in self._pointed]
            if not lines:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as out:
                out.write(b"".join(map(_framed, lines)))

    def rebuild(self, batches: Iterable[tuple[list[Entry], list[Pointed]]]) -> None:
        """Everything anew, switched in at once."""
        fresh = self.path.with_suffix(".new")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as out:
            for entries, pointed in batches:
                out.writelines(_framed(_document(one)[1]) for one in entries)
                out.writelines(_framed(_line(LINK, one.target, one.source, one.at)) for one in pointed)
        os.replace(fresh, self.path)

    def missing(self) -> bool:
        with self._lock:
            self._follow()
            return not self.path.exists()

    def learn(self) -> int:
        """Weigh by what this community has linked so far. Returns from how many questions it learned."""
        entries: dict[int, Entry] = {}
        links: list[Pointed] = []
        with suppress(OSError, ValueError, struct.error):
            for line, _ in _lines(self.path.read_bytes()):
                if line[0] == DOCUMENT and (one := _entry(line)).key > 0:
                    entries[one.key] = one
                elif line[0] == LINK:
                    _, target, source, at, *_ = HEAD.unpack_from(line)
                    links.append(Pointed(source, target, at))
        lessons = _course(entries, links).lessons()
        self._learned.write_text(json.dumps([round(float(one), 5) for one in learned(lessons)]))
        return len(lessons)

    def holds(self, key: int) -> bool:
        with self._lock:
            self._follow()
            return key in self._number

    def _follow(self) -> None:
        try:
            status = self.path.stat()
        except OSError:
            self._empty()
            return
        if (status.st_ino != self._file) or status.st_size < self._read:
            self._empty()
            self._file = status.st_ino
        if status.st_size > self._read:
            with suppress(OSError):
                self._take(self.path)
        self._know_weights()

    def _take(self, path: Path) -> None:
        with path.open("rb") as lines:
            lines.seek(self._read)
            data = lines.read()
        entries: dict[int, tuple[Entry, int]] = {}
        place = 0
        try:
            for line, end in _lines(data):
                place = end
                kind = line[0]
                if kind == DOCUMENT:
                    entry = _entry(line)
                    entries.pop(entry.key, None)
                    entries[entry.key] = entry, crc32(line)
                else:
                    self._note(line, entries)
        except (ValueError, struct.error):
            log().warning("search.likeness_damaged")
            path.unlink(missing_ok=True)
        self._read += place
        self._put(entries)

    def _note(self, line: bytes, entries: dict[int, tuple[Entry, int]]) -> None:
        kind, key, source, at, *_ = HEAD.unpack_from(line)
        if kind == GONE:
            entries.pop(key, None)
            if key in self._number:
                number = self._number.pop(key)
                self._shelf.gone.add(number)
                self._of_topic[self._about[number]].discard(key)
            self._prints.pop(key, None)
        elif (source, key) not in self._pointed:
            self._pointed.add((source, key))
            self._waiting.setdefault(key, []).append(at)
            for held in self._of_topic.get(key, ()):
                self._shelf.link(self._number[held], at)

    def _put(self, entries: dict[int, tuple[Entry, int]]) -> None:
        first = len(self._keys)
        self._shelf.extend([(one.found, str(one.author or ""), one.at) for one, _ in entries.values()])
        for number, (entry, print_) in enumerate(entries.values(), first):
            if entry.key in self._number:
                self._shelf.gone.add(self._number[entry.key])
            self._keys.append(entry.key)
            self._about.append(entry.about)
            self._number[entry.key] = number
            self._of_topic.setdefault(entry.about, set()).add(entry.key)
            self._prints[entry.key] = print_
            for at in self._waiting.get(entry.about, ()):
                self._shelf.link(number, at)

    def _know_weights(self) -> None:
        with suppress(OSError, ValueError):
            at = self._learned.stat().st_mtime
            if at != self._weights_at:
                read = np.array(json.loads(self._learned.read_text()), float)
                self._weights, self._weights_at = (read if read.shape == USUAL.shape else USUAL), at


def _course(entries: dict[int, Entry], links: list[Pointed]) -> Course:
    course, sources = Course(), {one.source for one in links}
    events: list[Entry | Pointed] = [*entries.values(), *links]
    for one in sorted(events, key=lambda one: one.at):
        if isinstance(one, Entry):
            course.ask(str(one.key), one.found, str(one.author or ""), one.at, linked=one.key in sources)
        else:
            course.link(str(one.source), str(one.target), one.at)
    return course


def _document(entry: Entry) -> tuple[int, bytes]:
    every, title = entry.found.every, entry.found.title
    tags = sorted(entry.found.tags)
    head = HEAD.pack(DOCUMENT, entry.key, entry.author, entry.at, len(every), len(title), len(tags))
    return entry.key, b"".join(
        [head, struct.pack("<q", entry.about), _numbers(every), _numbers(title), _times(every), _times(title), _numbers(tags)]
    )


def _entry(line: bytes) -> Entry:
    _, key, author, at, every, title, tags = HEAD.unpack_from(line)
    (about,) = struct.unpack_from("<q", line, HEAD.size)
    start = HEAD.size + 8
    numbers = np.frombuffer(line, "<u4", every + title, start)
    times = np.frombuffer(line, np.uint8, every + title, start + 4 * (every + title)).astype(float)
    rest = np.frombuffer(line, "<u4", tags, start + 5 * (every + title)) if tags else np.zeros(0, np.uint32)
    found = [dict(zip(numbers[part].tolist(), times[part].tolist(), strict=True)) for part in (slice(every), slice(every, None))]
    return Entry(key, about, author, at, Words(found[1], found[0], frozenset(rest.tolist())))


def _numbers(terms: Iterable[int]) -> bytes:
    return np.fromiter(terms, "<u4").tobytes()


def _times(terms: Mapping[int, float]) -> bytes:
    return np.minimum(np.fromiter(terms.values(), np.float64), MOST_TIMES).astype(np.uint8).tobytes()


def _line(kind: int, key: int, source: int = 0, at: float = 0.0) -> bytes:
    return HEAD.pack(kind, key, source, at, 0, 0, 0)


def _framed(line: bytes) -> bytes:
    return FRAME.pack(MAGIC, len(line), crc32(line)) + line


def _lines(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Whole lines and where each ends; one that is still being written waits for the next look."""
    place = 0
    while place + FRAME.size <= len(data):
        magic, length, print_ = FRAME.unpack_from(data, place)
        if magic != MAGIC:
            raise ValueError("not a line")
        line = data[place + FRAME.size : place + FRAME.size + length]
        if len(line) < length:
            return
        if crc32(line) != print_:
            raise ValueError("a damaged line")
        place += FRAME.size + length
        yield line, place


@cache
def shelf() -> Suggestions:
    return Suggestions(settings().data_dir / "index")
