"""Reads the XML tables of a Stack Exchange dump row by row, in bounded memory, past rows that are broken.

A dump holds one `<row …/>` on a line. Each row is parsed by itself, so a broken one costs only itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from forum.core.text import clean_anyway
from forum.social.runs import Problem

MAX_ROW = 16_000_000
_FORBIDDEN_REFERENCE = re.compile(rb"&#(?:x[01]?[0-8bcefBCEF0-9a-fA-F]|[0-9]{1,2}|x[fF]{3}[eEfF]);")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_KEPT = (b"&#x9;", b"&#xA;", b"&#xa;", b"&#xD;", b"&#xd;", b"&#9;", b"&#10;", b"&#13;")
_FRAME = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>|</?[A-Za-z]+\s*/?>)?\s*$")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    line: int
    end: int
    """Bytes read so far, for the progress bar."""
    fields: dict[str, str]

    def text(self, name: str) -> str:
        return clean_anyway(self.fields.get(name, ""))

    def id(self, name: str = "Id") -> str:
        """A whole number as text, or an empty string."""
        value = self.fields.get(name, "").strip()
        return value if _NUMBER.fullmatch(value) else ""

    def number_of(self, name: str) -> int:
        return int(self.id(name) or 0)

    def at(self, name: str) -> datetime | None:
        return moment(self.fields.get(name, ""))


def moment(value: str) -> datetime | None:
    """A dump's time, which is UTC without saying so."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def rows(path: Path, report: Callable[[Problem], None], *, skip: int = 0) -> Iterator[Row]:
    """Every readable row after the first `skip`; the others go to `report`."""
    number = 0

    def unless_known(problem: Problem) -> None:
        if number >= skip:
            report(problem)

    for raw, line, end in _raw_rows(path, unless_known):
        number += 1
        if number <= skip:
            continue
        fields = _parse(raw)
        if fields is None:
            report(Problem(line, _named(raw), "The XML of this row is broken."))
        else:
            yield Row(number, line, end, fields)


def _raw_rows(path: Path, report: Callable[[Problem], None]) -> Iterator[tuple[bytes, int, int]]:
    held, held_line, line, end = b"", 0, 0, 0
    closed = False
    with path.open("rb") as file:
        while chunk := file.readline(MAX_ROW):
            line += chunk.endswith(b"\n")
            end += len(chunk)
            stripped = chunk.strip()
            if stripped.startswith(b"<row") or not held:
                if held:
                    report(Problem(held_line, _named(held), "The XML of this row is broken."))
                held, held_line = b"", line or 1
                if not stripped.startswith(b"<row"):
                    closed = closed or stripped.startswith(b"</")
                    if not _FRAME.match(chunk):
                        report(Problem(held_line, "", "This line is not a row."))
                    continue
            held += chunk
            if stripped.endswith(b"/>"):
                yield held, held_line, end
                held = b""
            elif len(held) > MAX_ROW or b"</" in stripped[:2]:
                report(Problem(held_line, _named(held[:200]), "The XML of this row is broken."))
                held = b""
                closed = closed or stripped.startswith(b"</")
    if held or not closed:
        report(Problem(held_line or line, _named(held[:200]), "The file ends before its last row does: it is cut off."))


def _parse(raw: bytes) -> dict[str, str] | None:
    for attempt in (raw, None):
        try:
            return dict(fromstring(attempt if attempt is not None else _without_forbidden(raw)).attrib)
        except (ParseError, DefusedXmlException, ValueError):
            continue
    return None


def _without_forbidden(raw: bytes) -> bytes:
    """Dumps hold references to control characters, which XML 1.0 does not know."""
    return _FORBIDDEN_REFERENCE.sub(lambda found: found[0] if found[0] in _KEPT else b"", raw)


def _named(raw: bytes) -> str:
    found = re.search(rb'\bId="(-?\d{1,18})"', raw[:400])
    return found[1].decode() if found else ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, and the problems met while reading them: both are kept together or not at all."""

    rows: list[Row]
    problems: list[Problem]


def batches(path: Path, size: int, *, skip: int = 0) -> Iterator[Batch]:
    problems: list[Problem] = []
    taken: list[Row] = []
    for row in rows(path, problems.append, skip=skip):
        taken.append(row)
        if len(taken) == size:
            yield Batch(taken, list(problems))
            taken = []
            problems.clear()
    yield Batch(taken, problems)
