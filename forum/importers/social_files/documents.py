"""JSON as platforms and recorders leave it: one document a file, one a line, or recorded responses that wrap bodies."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from forum.importers.social_files.opening import sources
from forum.social.sources import Item, Skipped

MAX_DOCUMENT = 300_000_000
NOT_A_POST = "Not a post."


@dataclass(frozen=True, slots=True)
class Document:
    """`body` is what a server sent; method, address and code are there when the exchange was recorded."""

    line: int
    name: str
    body: Any
    method: str = "GET"
    address: str = ""
    code: int = 200


def items(path: Path, read: Callable[[Document], Iterable[Item]]) -> Iterator[Item]:
    """What `read` finds in each document that a server sent as good; one without a post is named."""
    for document in documents(path):
        if isinstance(document, Skipped):
            yield document
            continue
        found = 0
        for item in read(document) if 200 <= document.code < 300 else ():
            found += 1
            yield replace(item, line=document.line)
        if not found:
            yield Skipped(document.line, document.name, NOT_A_POST)


def documents(path: Path) -> Iterator[Document | Skipped]:
    for name, file in sources(path):
        for line, raw in _texts(file):
            yield from _parsed(name, line, raw)


def _texts(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """A line each when every line is a document, else the whole file."""
    first = file.readline(MAX_DOCUMENT)
    if _is_json(first):
        yield 1, first
        for number, line in enumerate(iter(lambda: file.readline(MAX_DOCUMENT), b""), 2):
            if line.strip():
                yield number, line
        return
    yield 1, first + file.read(MAX_DOCUMENT)


def _is_json(raw: bytes) -> bool:
    if raw.strip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(name: str, line: int, raw: bytes) -> Iterator[Document | Skipped]:
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        yield Skipped(line, name, "This is not JSON, or it is cut off.")
        return
    exchanges = value if isinstance(value, list) else [value]
    if exchanges and all(_is_exchange(one) for one in exchanges):
        for number, one in enumerate(exchanges, 1):
            yield _unwrapped(name, line, number, one)
    else:
        yield Document(line, name, value)


def _is_exchange(value: Any) -> bool:
    return isinstance(value, dict) and "body" in value and ("uri" in value or "url" in value) and "status" in value


def _unwrapped(name: str, line: int, number: int, value: dict[str, Any]) -> Document | Skipped:
    item = f"{name}#{number}"
    address = str(value.get("uri") or value.get("url") or "")
    status = value["status"]
    code = status.get("code", 0) if isinstance(status, dict) else status
    body = value["body"]
    if isinstance(body, str):
        try:
            body = json.loads(body) if body.strip() else None
        except (ValueError, RecursionError):
            return Skipped(line, item, NOT_A_POST)
    return Document(line, item, body, str(value.get("method", "GET")).upper(), address, int(code or 0))
