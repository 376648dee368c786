"""A post view of Bluesky as one of our posts."""

from typing import Any

from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.values import address, date

HOST = "bsky.app"
POST = "/app.bsky.feed.post/"
CLOSED = "!no-unauthenticated"
MISSING = {
    "app.bsky.feed.defs#notFoundPost": "Withheld: deleted where it stood.",
    "app.bsky.feed.defs#blockedPost": "Withheld: its author blocks the reader.",
}


def is_post(value: dict[str, Any]) -> bool:
    return (
        isinstance(value.get("uri"), str)
        and POST in value["uri"]
        and isinstance(value.get("author"), dict)
        and isinstance(value.get("record"), dict)
        and "text" in value["record"]
    )


def post_of(view: dict[str, Any]) -> Item:
    name = str(view.get("uri") or "")[:300]
    if view.get("$type") in MISSING:
        return Skipped(0, name, MISSING[view["$type"]], withheld=True)
    record, author = view["record"], view["author"]
    if CLOSED in _labels(author) | _labels(view):
        return Skipped(0, name, "Withheld: shown to signed-in people only.", withheld=True)
    at = date(record.get("createdAt")) or date(view.get("indexedAt"))
    if at is None:
        return Skipped(0, name, "The date of this post cannot be read.")
    reply = record.get("reply") if isinstance(record.get("reply"), dict) else {}
    languages = record.get("langs")
    return SourcePost(
        ext_id=view["uri"],
        account=account_of(author),
        text=plain(str(record["text"])),
        created_at=at,
        line=0,
        parent=_reference(reply.get("parent")),
        root=_reference(reply.get("root")),
        revision=line(str(view.get("cid") or ""), 100),
        quote_of=_quoted(record.get("embed")),
        url=_address(view["uri"], author),
        language=line(str(languages[0]), 20) if isinstance(languages, list) and languages else "und",
        sensitive=bool(_labels(view) & {"porn", "sexual", "nudity", "graphic-media"}),
        media=_media(record.get("embed"), view.get("embed")),
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


def _media(embed: Any, shown: Any) -> list[dict[str, str]]:
    """The author's record says what there is; the server's view of it, where one came along, says where."""
    embed, shown = _inner(embed), _inner(shown)
    if str(embed.get("$type")).startswith("app.bsky.embed.video"):
        return [{"type": "video", "url": "", "alt": line(str(embed.get("alt") or ""), 1500)}]
    places = [address(one.get("thumb")) for one in _dicts(shown.get("images"))]
    return [
        {"type": "image", "url": places[number] if number < len(places) else "", "alt": line(str(one.get("alt") or ""), 1500)}
        for number, one in enumerate(_dicts(embed.get("images"))[:20])
    ]


def _inner(embed: Any) -> dict[str, Any]:
    """A post that quotes another and has pictures keeps them one level deeper."""
    found = embed if isinstance(embed, dict) else {}
    return found["media"] if isinstance(found.get("media"), dict) else found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _address(uri: str, author: dict[str, Any]) -> str:
    who = line(str(author.get("did") or author.get("handle") or ""), 300)
    return f"https://{HOST}/profile/{who}/post/{uri.rpartition('/')[2]}"[:600]


def account_of(author: dict[str, Any]) -> SourceAccount:
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
