"""Post views of Bluesky: threads, lists of posts, feeds, searches, notifications."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forum.importers.social_files.documents import NOT_A_POST, Document, date, documents
from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain

HOST = "bsky.app"
POST = "/app.bsky.feed.post/"
CLOSED = "!no-unauthenticated"
_MISSING = {
    "app.bsky.feed.defs#notFoundPost": "Withheld: deleted where it stood.",
    "app.bsky.feed.defs#blockedPost": "Withheld: its author blocks the reader.",
}


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
            yield _item(document, view)
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
            if _is_post(current) or current.get("$type") in _MISSING:
                yield current
            inside = [value for name, value in current.items() if name not in ("embed", "embeds", "record", "value", "viewer")]
            waiting.extend(reversed([one for one in inside if isinstance(one, dict | list)]))


def _is_post(value: dict[str, Any]) -> bool:
    return (
        isinstance(value.get("uri"), str)
        and POST in value["uri"]
        and isinstance(value.get("author"), dict)
        and isinstance(value.get("record"), dict)
        and "text" in value["record"]
    )


def _item(document: Document, view: dict[str, Any]) -> Item:
    name = str(view.get("uri") or document.name)[:300]
    if view.get("$type") in _MISSING:
        return Skipped(document.line, name, _MISSING[view["$type"]], withheld=True)
    record, author = view["record"], view["author"]
    if CLOSED in _labels(author) | _labels(view):
        return Skipped(document.line, name, "Withheld: shown to signed-in people only.", withheld=True)
    at = date(record.get("createdAt")) or date(view.get("indexedAt"))
    if at is None:
        return Skipped(document.line, name, "The date of this post cannot be read.")
    reply = record.get("reply") if isinstance(record.get("reply"), dict) else {}
    languages = record.get("langs")
    return SourcePost(
        ext_id=view["uri"],
        account=_account(author),
        text=plain(str(record["text"])),
        created_at=at,
        line=document.line,
        parent=_reference(reply.get("parent")),
        root=_reference(reply.get("root")),
        quote_of=_quoted(record.get("embed")),
        url=_address(view["uri"], author),
        language=line(str(languages[0]), 20) if isinstance(languages, list) and languages else "und",
        sensitive=bool(_labels(view) & {"porn", "sexual", "nudity", "graphic-media"}),
        media=_media(record.get("embed")),
        metrics={key: view.get(f"{key}Count") or 0 for key in ("reply", "repost", "like", "quote")},
    )


def _labels(value: dict[str, Any]) -> set[str]:
    found = value.get("labels")
    return {str(one.get("val")) for one in found if isinstance(one, dict)} if isinstance(found, list) else set()


def _reference(value: Any) -> str:
    return line(str(value.get("uri") or ""), 300) if isinstance(value, dict) else ""


def _quoted(embed: Any) -> str:
    if not isinstance(embed, dict):
        return ""
    record = embed.get("record")
    inner = record.get("record", record) if isinstance(record, dict) else None
    uri = _reference(inner)
    return uri if POST in uri else ""


def _media(embed: Any) -> list[dict[str, str]]:
    images = embed.get("images") if isinstance(embed, dict) else None
    return [
        {"type": "image", "url": "", "alt": line(str(one.get("alt") or ""), 1500)}
        for one in (images if isinstance(images, list) else [])[:20]
        if isinstance(one, dict)
    ]


def _address(uri: str, author: dict[str, Any]) -> str:
    who = line(str(author.get("did") or author.get("handle") or ""), 300)
    return f"https://{HOST}/profile/{who}/post/{uri.rpartition('/')[2]}"[:600]


def _account(author: dict[str, Any]) -> SourceAccount:
    """The DID stays when the handle changes."""
    did = line(str(author.get("did") or ""), 300)
    handle = line(str(author.get("handle") or did), 300)
    return SourceAccount(
        ext_id=did,
        handle=handle,
        host=HOST,
        name=line(str(author.get("displayName") or ""), 200),
        url=f"https://{HOST}/profile/{did}" if did else "",
        kind=AccountKind.private,
    )
