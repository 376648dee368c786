"""The embedded index. The only file that imports whoosh.

Rules learnt by measuring: `compound=False`; a searcher for each thread, opened anew when the index has a
new generation (never `refresh()`, it brings deleted posts back); one writer; AND first, then the rarest
word with the others as a bonus.
"""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from whoosh import index as whoosh_index
from whoosh import query as q
from whoosh.analysis import LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
from whoosh.collectors import TimeLimit, TimeLimitCollector
from whoosh.fields import BOOLEAN, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import FileIndex, LockError
from whoosh.searching import Searcher

from forum.core.ids import public_id
from forum.core.logs import log

WORD = r"\w+(?:[.\-]\w+)*"
"""Model numbers and error codes stay whole: "HB-3.1", "0x8007"."""
SECONDS = 0.3
RECHECK_SECONDS = 0.25
REBUILD_PAUSE_SECONDS = 600
MAX_TERMS = 6
FEW = 5
TITLE_BOOST = 3.0
Found = TypeVar("Found")
Other = TypeVar("Other")


def _analyzer() -> Any:
    return RegexTokenizer(WORD) | LowercaseFilter() | StopFilter(minsize=1) | StemFilter(cachesize=-1)


def _plain_analyzer() -> Any:
    return RegexTokenizer(WORD) | LowercaseFilter() | StopFilter(minsize=2)


SCHEMA = Schema(
    id=ID(unique=True, stored=True),
    topic=NUMERIC(stored=True, sortable=True, signed=False),
    kind=ID(stored=True),
    title=TEXT(analyzer=_analyzer(), field_boost=TITLE_BOOST),
    body=TEXT(analyzer=_analyzer()),
    words=TEXT(analyzer=_plain_analyzer(), phrase=False),
    section=ID(),
    tags=KEYWORD(commas=True, lowercase=True),
    author=ID(),
    topic_kind=ID(),
    state=ID(),
    official=BOOLEAN(stored=True),
    solved=BOOLEAN(stored=True),
    image=BOOLEAN(),
    answers=NUMERIC(sortable=True),
    score=NUMERIC(signed=True),
    created=NUMERIC(sortable=True, signed=False, bits=64),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One post, as the index knows it."""

    id: str
    topic: int
    kind: str
    title: str
    body: str
    section: str
    tags: str
    author: str
    topic_kind: str
    state: str
    official: bool
    solved: bool
    image: bool
    answers: int
    score: int
    created: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parsed search: words, and what must hold beside them."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    in_title: bool = False
    equals: list[tuple[str, str]] = field(default_factory=list)
    flags: list[tuple[str, bool]] = field(default_factory=list)
    ranges: list[tuple[str, int | None, int | None]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.words or self.phrases or self.equals or self.flags or self.ranges)


@dataclass(frozen=True, slots=True)
class Hit:
    post_id: int
    topic_id: int
    kind: str
    score: float


class Busy(Exception):
    """Another process is writing; the outbox keeps what is left."""


class Index:
    """A folder of Whoosh files behind a pointer, so that a rebuild is switched in at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pointer = root / "current.json"
        self._suspected = root / "suspected"
        self._local = threading.local()

    # Reading -------------------------------------------------------------

    def search(self, wanted: Wanted, limit: int) -> list[Hit] | None:
        """Best first. Cut off after 300 ms with what was found by then. None when the index cannot be read."""
        return [] if wanted.empty else self._read(lambda searcher: self._search(searcher, wanted, limit), None)

    def _search(self, searcher: Searcher, wanted: Wanted, limit: int) -> list[Hit]:
        terms = [self._term(searcher, word, wanted.in_title) for word in wanted.words[:MAX_TERMS]]
        terms = [term for term in terms if term is not None]
        fixed = [_phrase(phrase, wanted.in_title) for phrase in wanted.phrases] + list(_filters(wanted))
        without = [term for word in wanted.without[:MAX_TERMS] if (term := self._term(searcher, word, False)) is not None]
        hits = _collect(searcher, _but_not(q.And([*terms, *fixed]) if terms or fixed else q.NullQuery, without), limit)
        if len(hits) < FEW and len(terms) > 1:
            rarest, others = terms[0], terms[1:]
            relaxed = _collect(searcher, _but_not(q.AndMaybe(q.And([rarest, *fixed]), q.Or(others)), without), limit)
            known = {hit.post_id for hit in hits}
            hits += [hit for hit in relaxed if hit.post_id not in known]
        return hits

    def correct(self, words: list[str]) -> list[str]:
        """The nearest known spelling of each word, itself where none is near."""
        return self._read(lambda searcher: self._correct(searcher, words), words)

    def _correct(self, searcher: Searcher, words: list[str]) -> list[str]:
        corrector = searcher.corrector("words")
        reader = searcher.reader()
        made = []
        for word in words[:MAX_TERMS]:
            known = ("words", word.lower()) in reader
            found = [] if known or len(word) < 4 else corrector.suggest(word.lower(), limit=1, maxdist=2, prefix=1)
            made.append(found[0] if found else word)
        return made

    def count(self) -> int:
        return self._read(lambda searcher: int(searcher.doc_count()), 0)

    def post_ids(self) -> set[int]:
        """Every post in the index, to compare with the rows."""
        return self._read(lambda searcher: {int(stored["id"]) for stored in searcher.documents()}, set())

    def _read(self, look: Callable[[Searcher], Found], otherwise: Other) -> Found | Other:
        """Damaged files can raise anything, at any time. Whoever meets it goes without, and the worker mends it."""
        searcher = self._searcher()
        if searcher is None:
            return otherwise
        try:
            return look(searcher)
        except Exception:
            log().exception("search.damaged")
            self._suspect()
            return otherwise

    def _term(self, searcher: Searcher, word: str, in_title: bool) -> Any:
        """One word in title or body; the rarest form first so that AndMaybe has somewhere to stand."""
        stems = [token.text for token in SCHEMA["title"].analyzer(word)]
        if not stems:
            return None
        fields = ("title",) if in_title else ("title", "body")
        parts = [q.Or([q.Term(name, stem) for name in fields]) for stem in stems]
        return parts[0] if len(parts) == 1 else q.And(parts)

    def _searcher(self) -> Searcher | None:
        held: tuple[str, int, FileIndex, Searcher] | None = getattr(self._local, "held", None)
        moment = time.monotonic()
        if held is not None and moment - self._local.checked < RECHECK_SECONDS:
            return held[3]
        self._local.checked = moment
        try:
            return self._fresh(held)
        except Exception:
            log().exception("search.unreadable")
            self._local.held = None
            return None

    def _fresh(self, held: tuple[str, int, FileIndex, Searcher] | None) -> Searcher | None:
        name = self._current()
        if name is None:
            self._local.held = None
            return None
        if held is not None and held[0] == name and held[2].latest_generation() == held[1]:
            return held[3]
        opened = whoosh_index.open_dir(str(self.root / name), schema=SCHEMA)
        generation = opened.latest_generation()
        searcher = opened.searcher()
        if held is not None:
            held[3].close()
        self._local.held = (name, generation, opened, searcher)
        return searcher

    # Writing -------------------------------------------------------------

    def write(self, topic_ids: Iterable[int], documents: Iterable[Document]) -> None:
        """Replace everything about these topics. Raises Busy when another process writes."""
        name = self._current()
        if name is None:
            name = self._make()
            self._point(name)
        try:
            self._write(name, topic_ids, documents, fresh=False)
        except Busy:
            raise
        except Exception:
            self._suspect()
            raise
        self._local.checked = 0.0  # who wrote reads it at once

    def forget(self) -> None:
        """Write the index anew without what left it: until then removed words stay in its files, though nobody finds them."""
        name = self._current()
        if name is not None:
            self._write(name, (), (), fresh=False, whole=True)
            self._local.checked = 0.0

    def rebuild(self, batches: Iterable[list[Document]]) -> int:
        """Build beside the old index, then switch. Returns the number of documents."""
        name = self._make()
        count = 0
        for batch in batches:
            self._write(name, (), batch, fresh=True)
            count += len(batch)
        old = self._current()
        self._point(name)
        if old is not None and old != name:
            shutil.rmtree(self.root / old, ignore_errors=True)
        return count

    def usable(self) -> bool:
        """Whether there is an index that opens."""
        return self._searcher() is not None

    def started(self) -> bool:
        """Whether there ever was an index here; a first one grows from the outbox alone."""
        return self._pointer.exists()

    def worth_rebuilding(self) -> bool:
        """A suspicion is followed up once in ten minutes only: what looks like damage may be an odd search."""
        if not self.usable():
            return True
        return self._suspected.exists() and time.time() - self._pointer.stat().st_mtime > REBUILD_PAUSE_SECONDS

    def _write(
        self, name: str, topic_ids: Iterable[int], documents: Iterable[Document], *, fresh: bool, whole: bool = False
    ) -> None:
        try:
            opened = whoosh_index.open_dir(str(self.root / name), schema=SCHEMA)
            writer = opened.writer(limitmb=96, compound=False)
        except LockError as error:
            raise Busy from error
        try:
            for topic_id in topic_ids:
                writer.delete_by_query(q.NumericRange("topic", topic_id, topic_id))
            for document in documents:
                writer.add_document(words=document.title, **{name: getattr(document, name) for name in Document.__slots__})
            writer.commit(merge=not fresh, optimize=whole)
        except BaseException:
            writer.cancel()
            raise

    def _make(self) -> str:
        name = f"w-{public_id()[:8]}"
        (self.root / name).mkdir(parents=True)
        whoosh_index.create_in(str(self.root / name), SCHEMA)
        return name

    def _current(self) -> str | None:
        try:
            found = json.loads(self._pointer.read_text())["folder"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return str(found) if (self.root / str(found)).is_dir() else None

    def _point(self, name: str) -> None:
        part = self.root / "current.part"
        part.write_text(json.dumps({"folder": name}))
        part.replace(self._pointer)
        self._suspected.unlink(missing_ok=True)

    def _suspect(self) -> None:
        with suppress(OSError):
            self._suspected.touch()

    def close(self) -> None:
        held = getattr(self._local, "held", None)
        if held is not None:
            held[3].close()
        self._local.held = None
        self._local.checked = 0.0


@lru_cache(maxsize=4_096)
def stems_of(text: str) -> frozenset[str]:
    """Kept, because a page of hits asks for every word it shows."""
    return frozenset(token.text for token in SCHEMA["title"].analyzer(text[:500]))


def _phrase(text: str, in_title: bool) -> q.Query:
    words = [token.text for token in SCHEMA["title"].analyzer(text)][:MAX_TERMS]
    fields = ("title",) if in_title else ("title", "body")
    return q.Or([q.Phrase(name, words) for name in fields]) if words else q.NullQuery


def _filters(wanted: Wanted) -> Iterable[q.Query]:
    for name, value in wanted.equals:
        yield q.Term(name, value)
    for name, flag in wanted.flags:
        yield q.Term(name, flag)
    for name, low, high in wanted.ranges:
        yield q.NumericRange(name, low, high)


def _but_not(wanted: q.Query, without: list[q.Query]) -> q.Query:
    return q.AndNot(wanted, q.Or(without)) if without else wanted


def _collect(searcher: Searcher, wanted: q.Query, limit: int) -> list[Hit]:
    collector = TimeLimitCollector(searcher.collector(limit=limit), timelimit=SECONDS, use_alarm=False)
    with suppress(TimeLimit):
        searcher.search_with_collector(wanted, collector)
    return [_hit(found.fields(), found.score) for found in collector.results()]


def _hit(stored: dict[str, Any], score: float) -> Hit:
    """Solved and official first among equals."""
    weight = 1.0 + 0.25 * bool(stored.get("official")) + 0.2 * bool(stored.get("solved"))
    return Hit(int(stored["id"]), int(stored["topic"]), str(stored["kind"]), float(score or 0) * weight)


def as_number(moment: datetime) -> int:
    """Seconds since 1970, for the index's dates."""
    return max(0, int(moment.timestamp()))
