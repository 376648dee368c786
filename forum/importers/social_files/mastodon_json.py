"""Statuses of Mastodon-like servers: single, in contexts, in timelines, or in recorded responses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forum.importers.social_files.documents import Document, items
from forum.social.sources import Gone, Item, Skipped
from forum.social.wire.mastodon import post_of
from forum.social.wire.values import objects

_MARKS = ("id", "uri", "created_at", "account")


def read(path: Path) -> Iterator[Item]:
    return items(path, _posts)


def _posts(document: Document) -> Iterator[Item]:
    if document.method == "DELETE" and "/statuses/" in document.address:
        yield _deleted(document)
        return
    server = _server(document)
    for status in _statuses(document.body):
        yield post_of(status, server)


def _deleted(document: Document) -> Item:
    body = document.body if isinstance(document.body, dict) else {}
    if isinstance(body.get("uri"), str) and body["uri"]:
        return Gone(0, body["uri"])
    return Skipped(0, document.name, "Withheld: deleted where it stood.", withheld=True)


def _statuses(body: Any) -> Iterator[dict[str, Any]]:
    """A quoted status stands in another thread, so it is passed by; a boosted one is a post of its own."""
    for one in objects(body):
        if "quoted_status" in one:
            one["quoted_status"] = None
        if all(mark in one for mark in _MARKS) and ("content" in one or "text" in one) and isinstance(one["account"], dict):
            yield one


def _server(document: Document) -> str:
    """Where the ids inside are valid: the recorded address, else the server of a status whose address ends with its id."""
    if document.address:
        return urlsplit(document.address).netloc.lower()
    for status in _statuses(document.body):
        if str(status["uri"]).endswith(f"/{status['id']}"):
            return urlsplit(str(status["uri"])).netloc.lower()
    return ""
