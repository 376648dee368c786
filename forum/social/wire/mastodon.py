"""A status of a Mastodon-like server as one of our posts."""

from typing import Any
from urllib.parse import urlsplit

from forum.models.social import AccountKind
from forum.social.sources import NATIVE, PUBLIC, Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.html_text import html_to_text
from forum.social.wire.values import address, date, number


def post_of(status: dict[str, Any], server: str) -> Item:
    """`server` is the host whose ids the status carries; empty when nobody knows."""
    name = str(status.get("uri") or status.get("id") or "")[:300]
    visibility = status.get("visibility")
    if visibility not in PUBLIC:
        return Skipped(0, name, f"Withheld: not public ({line(str(visibility), 20)}).", withheld=True)
    if status.get("reblog"):
        return Skipped(0, name, "A boost of somebody else's post.")
    at = date(status.get("created_at"))
    if at is None or not isinstance(status.get("uri"), str):
        return Skipped(0, name, "The id or date of this post cannot be read.")
    parent = status.get("in_reply_to_id")
    return SourcePost(
        ext_id=status["uri"],
        account=account_of(status["account"], status["uri"]),
        text=_words(status),
        created_at=at,
        line=0,
        parent=f"{NATIVE}{server}/{line(str(parent), 80)}" if parent else "",
        native=f"{NATIVE}{server}/{line(str(status['id']), 80)}",
        quote_of=_quoted(status),
        url=address(status.get("url") or status["uri"]),
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
        {
            "type": str(one.get("type"))[:20],
            "url": address(one.get("preview_url")) or address(one.get("url")),
            "alt": line(str(one.get("description") or ""), 1500),
        }
        for one in (found if isinstance(found, list) else [])[:20]
        if isinstance(one, dict)
    ]


def account_of(account: dict[str, Any], uri: str) -> SourceAccount:
    """The actor's address names an account for ever; its local id means nothing elsewhere."""
    actor = str(account.get("uri") or account.get("url") or "")
    host = urlsplit(actor or uri).netloc.lower()[:253]
    handle = line(str(account.get("acct") or account.get("username") or ""), 200)
    return SourceAccount(
        ext_id=actor,
        handle=handle if "@" in handle or not host else f"{handle}@{host}",
        host=host,
        name=line(str(account.get("display_name") or ""), 200),
        url=address(account.get("url")),
        followers=number(account.get("followers_count")),
        kind=AccountKind.private if not account.get("bot") else AccountKind.unknown,
        bot=bool(account.get("bot")),
        noindex=bool(account.get("noindex")) or account.get("indexable") is False,
    )
