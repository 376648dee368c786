"""Statuses of Mastodon-like servers: single, in contexts, in timelines, or in recorded responses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forum.importers.social_files.documents import NOT_A_POST, Document, date, documents, objects
from forum.importers.social_files.plain_text import html_to_text
from forum.models.social import AccountKind
from forum.social.sources import NATIVE, PUBLIC, Gone, Item, Skipped, SourceAccount, SourcePost, line, plain

_MARKS = ("id", "uri", "created_at", "account")


def read(path: Path) -> Iterator[Item]:
    for document in documents(path):
        if isinstance(document, Skipped):
            yield document
        else:
            yield from _document(document)


def _document(document: Document) -> Iterator[Item]:
    if document.method == "DELETE" and "/statuses/" in document.address:
        yield _deleted(document)
        return
    found = 0
    if 200 <= document.code < 300:
        server = _server(document)
        for status in _statuses(document.body):
            found += 1
            yield _item(document, status, server)
    if not found:
        yield Skipped(document.line, document.name, NOT_A_POST)


def _deleted(document: Document) -> Item:
    body = document.body if isinstance(document.body, dict) else {}
    if isinstance(body.get("uri"), str) and body["uri"]:
        return Gone(document.line, body["uri"])
    return Skipped(document.line, document.name, "Withheld: deleted where it stood.", withheld=True)


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


def _item(document: Document, status: dict[str, Any], server: str) -> Item:
    name = str(status.get("uri") or status.get("id") or "")[:300]
    visibility = status.get("visibility")
    if visibility not in PUBLIC:
        return Skipped(document.line, name, f"Withheld: not public ({line(str(visibility), 20)}).", withheld=True)
    if status.get("reblog"):
        return Skipped(document.line, name, "A boost of somebody else's post.")
    at = date(status.get("created_at"))
    if at is None or not isinstance(status.get("uri"), str):
        return Skipped(document.line, name, "The id or date of this post cannot be read.")
    parent = status.get("in_reply_to_id")
    return SourcePost(
        ext_id=status["uri"],
        account=_account(status["account"], status["uri"]),
        text=_words(status),
        created_at=at,
        line=document.line,
        parent=f"{NATIVE}{server}/{line(str(parent), 80)}" if parent else "",
        native=f"{NATIVE}{server}/{line(str(status['id']), 80)}",
        quote_of=_quoted(status),
        url=_url(status.get("url") or status["uri"]),
        language=line(str(status.get("language") or "und"), 20),
        edited_at=date(status.get("edited_at")),
        sensitive=bool(status.get("sensitive")),
        media=_media(status),
        metrics={key: status.get(f"{key}_count") or 0 for key in ("replies", "reblogs", "favourites")},
    )


def _words(status: dict[str, Any]) -> str:
    poll = status.get("poll")
    options = poll.get("options", []) if isinstance(poll, dict) else []
    parts = [
        plain(str(status.get("spoiler_text") or "")),
        plain(html_to_text(str(status.get("content") or ""))),
        *[f"- {line(str(one.get('title', '')), 200)}" for one in options if isinstance(one, dict)][:20],
    ]
    return "\n\n".join(part for part in parts if part)


def _quoted(status: dict[str, Any]) -> str:
    quote = status.get("quote")
    return line(str(quote.get("quoted_status_id") or ""), 300) if isinstance(quote, dict) else ""


def _media(status: dict[str, Any]) -> list[dict[str, str]]:
    found = status.get("media_attachments")
    return [
        {"type": str(one.get("type"))[:20], "url": _url(one.get("url")), "alt": line(str(one.get("description") or ""), 1500)}
        for one in (found if isinstance(found, list) else [])[:20]
        if isinstance(one, dict)
    ]


def _account(account: dict[str, Any], uri: str) -> SourceAccount:
    """The actor's address names an account for ever; its local id means nothing elsewhere."""
    actor = str(account.get("uri") or account.get("url") or "")
    host = urlsplit(actor or uri).netloc.lower()[:253]
    handle = line(str(account.get("acct") or account.get("username") or ""), 200)
    followers = account.get("followers_count")
    return SourceAccount(
        ext_id=actor,
        handle=handle if "@" in handle or not host else f"{handle}@{host}",
        host=host,
        name=line(str(account.get("display_name") or ""), 200),
        url=_url(account.get("url")),
        followers=followers if isinstance(followers, int) and 0 <= followers < 2**31 else None,
        kind=AccountKind.private if not account.get("bot") else AccountKind.unknown,
        bot=bool(account.get("bot")),
        noindex=bool(account.get("noindex")) or account.get("indexable") is False,
    )


def _url(value: Any) -> str:
    text = str(value or "")
    return text if text.startswith(("https://", "http://")) and len(text) <= 600 else ""
