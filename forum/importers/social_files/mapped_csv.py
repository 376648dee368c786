"""Any table of posts, once a person has said which column is what. Ids are text and stay text."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from forum.core.errors import Invalid
from forum.importers.social_files.dates import moment
from forum.importers.social_files.opening import sources
from forum.importers.social_files.streams import rows_of
from forum.models.social import AccountKind, Platform
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, host_of, line, plain
from forum.social.wire.values import address

if TYPE_CHECKING:
    from _csv import Reader

MAX_FIELD = 1_000_000
MAX_COLUMNS = 200
CHUNK = 1_000_000
_FLOAT = re.compile(r"[+-]?[0-9]+[.,][0-9]*(?:e[+-]?[0-9]+)?|[+-]?[0-9]+e\+[0-9]+", re.I)
"""What spreadsheets make of long numbers. `12e45` alone is a fine id of some networks."""
_MANY = re.compile(r"[,;|\s]+")
NUMBERED = (Platform.x, Platform.reddit)
"""Networks whose ids mean the same everywhere."""
_NO = ("false", "0", "no", "n", "out", "outbound")
NO_HEADER = "The first line does not name columns."
FLOAT = "An id of this row was turned into a decimal number, so its last digits are lost. Save the file with ids as text."


@dataclass(frozen=True, slots=True)
class Field:
    """One thing we can take from a column. `names` are headings that usually hold it."""

    key: str
    label: str
    names: tuple[str, ...]
    required: bool = False


FIELDS = (
    Field("id", "Id of the post", ("id", "tweet_id", "post_id", "status_id", "id_str"), required=True),
    Field("author", "Who wrote it", ("author", "author_id", "user", "username", "from", "screen_name"), required=True),
    Field("text", "What it says", ("text", "body", "full_text", "message", "content"), required=True),
    Field("created_at", "When", ("created_at", "date", "created", "published", "timestamp", "time"), required=True),
    Field("parent", "Id of what it replies to", ("parent", "parent_id", "in_reply_to", "in_response_to_tweet_id", "reply_to")),
    Field("answers", "Ids of its replies", ("answers", "responses", "response_tweet_id", "replies")),
    Field("url", "Address", ("url", "permalink", "link")),
    Field("inbound", "Whether it was written to us (false: by us)", ("inbound",)),
    Field("language", "Language", ("language", "lang")),
)
KEYS = tuple(one.key for one in FIELDS)


@dataclass(frozen=True, slots=True)
class Columns:
    """Field -> heading, and whose ids these are."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    platform: Platform = Platform.elsewhere
    place: str = "file"
    """A word for where it comes from, so that number 12 of one table is not number 12 of another."""

    def digest(self) -> str:
        """Another mapping of the same file is another source."""
        said = [self.platform, self.place, *(f"{key}={self.chosen[key]}" for key in sorted(self.chosen))]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]

    def named(self, value: str) -> str:
        """The id by which we know a post: the network's own, or one that says which table it stands in."""
        if not value or self.platform in NUMBERED or "://" in value:
            return value
        return f"file://{self.place}/{value}"

    def checked(self, header: list[str]) -> dict[str, int]:
        """Field -> place in the row. Without any choice, the headings are guessed from their names."""
        chosen = dict(self.chosen) or guess(header)
        errors = {key: "There is no such thing to take." for key in chosen if key not in KEYS}
        for one in FIELDS:
            heading = chosen.get(one.key, "")
            if one.required and not heading:
                errors[one.key] = f"Choose the column for “{one.label}”."
            elif heading and heading not in header:
                errors[one.key] = f"The file has no column “{line(heading, 60)}”."
        if errors:
            raise Invalid(errors)
        return {key: header.index(heading) for key, heading in chosen.items() if heading}


def guess(header: list[str]) -> dict[str, str]:
    """The first heading of each field's usual names."""
    lower = {heading.lower().replace(" ", "_"): heading for heading in reversed(header)}
    found = {one.key: next((lower[name] for name in one.names if name in lower), "") for one in FIELDS}
    return {key: heading for key, heading in found.items() if heading}


def header_of(path: Path) -> list[str]:
    csv.field_size_limit(MAX_FIELD)
    for (_, file), encoding in zip(sources(path), encodings(path), strict=True):
        return _header(_reader(file, encoding))
    raise Invalid({"file": NO_HEADER})


def read(path: Path, columns: Columns) -> Iterator[Item]:
    csv.field_size_limit(MAX_FIELD)
    for (_, file), encoding in zip(sources(path), encodings(path), strict=True):
        reader = _reader(file, encoding)
        header = _header(reader)
        yield from _rows(reader, len(header), columns.checked(header), columns)


def encodings(path: Path) -> Iterator[str]:
    """UTF-8 when every byte of a file fits it, with or without its mark; else what Windows wrote. Read once more, in pieces."""
    for _, file in sources(path):
        first = file.read(CHUNK)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield "utf-16"
            continue
        decode = codecs.getincrementaldecoder("utf-8")().decode
        try:
            while first:
                decode(first)
                first = file.read(CHUNK)
            decode(b"", True)
        except UnicodeDecodeError:
            yield "cp1252"
        else:
            yield "utf-8-sig"


def _reader(file: IO[bytes], encoding: str) -> "Reader":
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    first = _line(text)
    delimiter = max(",;\t|", key=first.count)
    lines = (one.replace("\0", "") for one in _lines(first, text))
    return csv.reader(lines, delimiter=delimiter)


def _line(text: io.TextIOWrapper) -> str:
    return text.readline(MAX_FIELD)


def _lines(first: str, text: io.TextIOWrapper) -> Iterator[str]:
    yield first
    yield from iter(lambda: _line(text), "")


def _header(reader: "Reader") -> list[str]:
    try:
        header = [line(one, 200) for one in next(reader, [])]
    except csv.Error:
        header = []
    if len([one for one in header if one]) < 2 or len(header) > MAX_COLUMNS:
        raise Invalid({"file": NO_HEADER})
    return header


def _rows(reader: "Reader", width: int, places: dict[str, int], columns: Columns) -> Iterator[Item]:
    for found in rows_of(reader):
        if isinstance(found, Skipped):
            yield found
            continue
        start, row = found
        if len(row) != width:
            yield Skipped(start, line(row[0], 40), "This row has more or fewer fields than the first line.")
        else:
            yield _post(start, {key: row[place] for key, place in places.items()}, columns)


def _post(number: int, row: dict[str, str], columns: Columns) -> Item:
    ext_id, parent = row["id"].strip(), row.get("parent", "").strip()
    answers = [one for one in _MANY.split(row.get("answers", "").strip())[:1000] if one]
    if any(_FLOAT.fullmatch(one) for one in (ext_id, parent, *answers)):
        return Skipped(number, line(ext_id, 40), FLOAT)
    author, at = line(row["author"], 300), moment(row["created_at"])
    if not ext_id or any(one.isspace() for one in ext_id):
        return Skipped(number, line(ext_id, 40), "This row has no usable id.")
    if not author:
        return Skipped(number, line(ext_id, 40), "This row has no author.")
    if at is None:
        return Skipped(number, line(ext_id, 40), "The date of this row cannot be read.")
    ours = row.get("inbound", "").strip().lower() in _NO
    return SourcePost(
        ext_id=columns.named(ext_id),
        account=SourceAccount(
            ext_id=author,
            handle=author,
            host=host_of(columns.platform, columns.named(ext_id)),
            name=author[:200],
            kind=AccountKind.brand if ours else AccountKind.private,
        ),
        text=plain(row["text"]),
        created_at=at,
        line=number,
        parent=columns.named(parent),
        answered_by=tuple(columns.named(one) for one in answers),
        url=_url(row.get("url", ""), ext_id),
        language=line(row.get("language", ""), 20) or "und",
    )


def _url(value: str, ext_id: str) -> str:
    found = address(value.strip()) or address(ext_id)
    try:
        return found if urlsplit(found).hostname else ""
    except ValueError:
        return ""
