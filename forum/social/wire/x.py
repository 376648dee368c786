"""A post of X (API v2) as one of our posts. Fields are read by either of the names that are in use."""

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.values import address, date, number

HOST = "x.com"
REFERENCED = ("referenced_tweets", "referenced_posts")
EDITS = ("edit_history_tweet_ids", "edit_history_post_ids")
_NO_LANGUAGE = ("und", "zxx", "art", "qam", "qct", "qht", "qme", "qst", "")
_EPOCH = 1_288_834_974_657
"""Milliseconds; the day from which ids carry their own time."""
_ORGANISATION = ("business", "government")


def post_of(found: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]], media: Mapping[str, Mapping[str, Any]]) -> Item:
    """`users` and `media` by id, as the same answer included them."""
    name = line(str(found.get("id") or ""), 40)
    author = line(str(found.get("author_id") or ""), 40)
    user = users.get(author, {})
    if user.get("protected"):
        return Skipped(0, name, "Withheld: its author lets only some people read.", withheld=True)
    if reference(found, "retweeted"):
        return Skipped(0, name, "A repost of somebody else's post.")
    versions = history(found)
    at = date(found.get("created_at")) if len(versions) < 2 else None
    at = at or when(versions[0])
    if at is None or not author or not isinstance(found.get("text"), str):
        return Skipped(0, name, "The id, author, text or date of this post cannot be read.")
    parent, root = reference(found, "replied_to"), line(str(found.get("conversation_id") or ""), 40)
    handle = line(str(user.get("username") or ""), 200)
    return SourcePost(
        ext_id=versions[0],
        account=account_of(user, author),
        text=plain(_words(found)),
        created_at=at,
        line=0,
        parent=parent,
        root=root,
        revision=versions[-1] if len(versions) > 1 else "",
        quote_of=reference(found, "quoted"),
        url=f"https://{HOST}/{handle or 'i'}/status/{versions[0]}",
        language=_language(found.get("lang")),
        edited_at=when(versions[-1]) if len(versions) > 1 else None,
        sensitive=bool(found.get("possibly_sensitive")),
        media=_media(found, media),
        metrics={
            key.removesuffix("_count"): number(value) or 0
            for key, value in _dict(found, "public_metrics").items()
            if key.endswith("_count")
        },
    )


def history(found: Mapping[str, Any]) -> list[str]:
    """The ids of one post's wordings, oldest first: each edit gets a new one, and all are the same post."""
    ids = {line(str(found.get("id") or ""), 40)}
    for name in EDITS:
        listed = found.get(name)
        if isinstance(listed, list):
            ids |= {line(str(one), 40) for one in listed}
    return sorted((one for one in ids if one), key=lambda one: (len(one), one)) or [""]


def reference(found: Mapping[str, Any], kind: str) -> str:
    for name in REFERENCED:
        listed = found.get(name)
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and one.get("type") == kind:
                return line(str(one.get("id") or ""), 40)
    return ""


def drift_of(found: Mapping[str, Any]) -> list[str]:
    """Fields that came under their newer name."""
    return [name for name in (REFERENCED[1], EDITS[1]) if name in found]


def when(post_id: str) -> datetime | None:
    """The moment that an id carries."""
    if not post_id.isdigit() or len(post_id) > 19 or int(post_id) < 1 << 40:
        return None
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH) / 1000, UTC)


def _words(found: Mapping[str, Any]) -> str:
    """The long form where there is one; shortened addresses whole again, links to its own pictures left out."""
    note = _dict(found, "note_tweet") or _dict(found, "note_post")
    source = note if isinstance(note.get("text"), str) else found
    text = str(source["text"])
    urls = _dict(source, "entities").get("urls")
    for one in urls if isinstance(urls, list) else []:
        if isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"]:
            whole = "" if one.get("media_key") else address(one.get("expanded_url"))
            text = text.replace(one["url"], whole or ("" if one.get("media_key") else one["url"]))
    return html.unescape(text)


def _language(value: Any) -> str:
    code = line(str(value or ""), 20)
    return "und" if code in _NO_LANGUAGE else code


def _media(found: Mapping[str, Any], media: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    keys = _dict(found, "attachments").get("media_keys")
    known = [media[key] for key in (keys if isinstance(keys, list) else [])[:20] if isinstance(key, str) and key in media]
    return [
        {
            "type": line(str(one.get("type") or ""), 20),
            "url": address(one.get("url")),
            "alt": line(str(one.get("alt_text") or ""), 1500),
        }
        for one in known
    ]


def account_of(user: Mapping[str, Any], author: str) -> SourceAccount:
    """The number stays when the handle changes."""
    handle = line(str(user.get("username") or author), 200)
    public = user.get("verified_type") in _ORGANISATION
    return SourceAccount(
        ext_id=author,
        handle=handle,
        host=HOST,
        name=line(str(user.get("name") or ""), 200),
        url=f"https://{HOST}/{handle}" if user.get("username") else f"https://{HOST}/i/user/{author}",
        followers=number(_dict(user, "public_metrics").get("followers_count")),
        kind=AccountKind.public_figure if public else AccountKind.private,
        protected=bool(user.get("protected")),
    )


def _dict(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
