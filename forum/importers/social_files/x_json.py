"""Answers of X's API v2: posts with who wrote them beside, or each with its author inside, as collectors flatten them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from forum.importers.social_files.documents import Document, items
from forum.social.sources import Item, SourcePost
from forum.social.wire.values import objects
from forum.social.wire.x import EDITS, history, post_of


def read(path: Path) -> Iterator[Item]:
    return items(path, _posts)


def _posts(document: Document) -> Iterator[Item]:
    users = {str(one["id"]): one for one in objects(document.body) if "id" in one and "username" in one}
    media = {str(one["media_key"]): one for one in objects(document.body) if "media_key" in one and "type" in one}
    found = list(_found(document.body))
    first = {name: history(one)[0] for one in found for name in history(one)}
    for one in found:
        item = post_of(one, users, media)
        if isinstance(item, SourcePost):
            item = replace(item, parent=first.get(item.parent, item.parent), root=first.get(item.root, item.root))
        yield item


def _found(body: Any) -> Iterator[dict[str, Any]]:
    """What came along stands in another thread, so it is passed by."""
    for one in objects(body):
        one.pop("includes", None)
        if "id" in one and isinstance(one.get("text"), str) and any(mark in one for mark in ("author_id", *EDITS)):
            yield one
