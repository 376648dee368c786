"""Post views of Bluesky: threads, lists of posts, feeds, searches, notifications."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forum.importers.social_files.documents import NOT_A_POST, Document, documents
from forum.social.sources import Item, Skipped
from forum.social.wire.bluesky import MISSING, is_post, post_of


def read(path: Path) -> Iterator[Item]:
    for document in documents(path):
        if isinstance(document, Skipped):
            yield document
        else:
            yield from _document(document)


def _document(document: Document) -> Iterator[Item]:
    found = 0
    if 200 <= document.code < 300:
        for view in _views(document.body):
            found += 1
            yield post_of(view, document.line)
    if not found:
        yield Skipped(document.line, document.name, NOT_A_POST)


def _views(body: Any) -> Iterator[dict[str, Any]]:
    """Outermost first, by a loop. What a post embeds stands in another thread and is passed by."""
    waiting = [body]
    while waiting:
        current = waiting.pop()
        if isinstance(current, list):
            waiting.extend(reversed(current))
        elif isinstance(current, dict):
            if is_post(current) or current.get("$type") in MISSING:
                yield current
            inside = [value for name, value in current.items() if name not in ("embed", "embeds", "record", "value", "viewer")]
            waiting.extend(reversed([one for one in inside if isinstance(one, dict | list)]))
