"""What a long file holds, one thing after the other, so that memory stays bounded: objects of a JSON list, rows of a table."""

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any

from forum.core.errors import Invalid
from forum.social.sources import Skipped

if TYPE_CHECKING:
    from _csv import Reader

CHUNK = 256 * 1024
MAX_OBJECT = 4_000_000
CUT_OFF = "This file is cut off, or is not what the format says."


def objects_of(file: IO[bytes], key: str = "") -> Iterator[Any]:
    """What stands before the list is passed by: everything up to `key` when one is named, then up to the first bracket."""
    decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
    text = _opened(file, decode, f'"{key}"' if key else "")
    parser = json.JSONDecoder()
    ended = False
    while True:
        text = text.lstrip(" \t\r\n,")
        if text[:1] == "]":
            return
        try:
            value, end = parser.raw_decode(text)
        except (ValueError, RecursionError):
            if ended or len(text) > MAX_OBJECT:
                raise Invalid({"file": CUT_OFF}) from None
            more = file.read(CHUNK)
            ended = not more
            text += decode(more, ended)
            continue
        yield value
        text = text[end:]


def _opened(file: IO[bytes], decode: Callable[[bytes, bool], str], mark: str) -> str:
    """The text behind the opening bracket."""
    text = ""
    while len(text) <= MAX_OBJECT:
        more = file.read(CHUNK)
        text += decode(more, not more)
        place = text.find(mark) if mark else 0
        start = text.find("[", place) if place >= 0 else -1
        if start >= 0:
            return text[start + 1 :]
        if not more:
            break
    raise Invalid({"file": CUT_OFF})


def rows_of(reader: "Reader") -> Iterator[tuple[int, list[str]] | Skipped]:
    """Each row that holds anything, with the line it starts in; what cannot be read is named, and the next row follows."""
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Skipped(start, "", "A field of this row is longer than any post.")
            continue
        if row:
            yield start, row
