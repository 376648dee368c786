"""Answers of Reddit: threads, listings, inboxes and the comments a thread had folded."""

from collections.abc import Iterator
from pathlib import Path

from forum.importers.social_files.documents import Document, items
from forum.social.sources import Item
from forum.social.wire import reddit
from forum.social.wire.values import objects


def read(path: Path) -> Iterator[Item]:
    return items(path, _posts)


def _posts(document: Document) -> Iterator[Item]:
    for one in objects(document.body):
        if one.get("kind") in ("t1", "t3") and isinstance(one.get("data"), dict):
            yield reddit.post_of(one["kind"], one["data"])
