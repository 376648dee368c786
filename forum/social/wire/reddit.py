"""Reddit's listings, threads and further comments as our posts. Walked by a loop: answers nest deep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from forum.models.social import AccountKind
from forum.social.sources import Gone, Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.values import address, number

HOST = "reddit.com"
SITE = f"https://www.{HOST}"
TAKEN_AWAY = ("[deleted]", "[removed]", "[ Removed by Reddit ]")
_OPEN = ("public", "restricted", "archived", "user", "")
"""Kinds of communities that anybody may read."""


@dataclass(slots=True)
class More:
    """Comments that an answer only names. Without names they stand below `parent`, which has to be asked for itself."""

    parent: str
    ids: list[str] = field(default_factory=list)


def items(answer: Any) -> Iterator[Item | More]:
    """Everything in an answer of any shape: a thread (two listings), one listing, or the things of `morechildren`."""
    waiting = [answer]
    while waiting:
        current = waiting.pop()
        if isinstance(current, list):
            waiting += reversed(current)
            continue
        data = current.get("data") if isinstance(current, dict) else None
        if not isinstance(data, dict):
            inner = current.get("json") if isinstance(current, dict) else None
            if isinstance(inner, dict):
                waiting.append(inner)
            continue
        kind = current.get("kind")
        if kind in ("t1", "t3"):
            yield post_of(kind, data)
            waiting.append(data.get("replies"))
        elif kind == "more":
            ids = data.get("children")
            parent = line(str(data.get("parent_id") or ""), 40)
            yield More(parent, [line(str(one), 20) for one in (ids if isinstance(ids, list) else [])])
        else:
            waiting.append(data.get("children", data.get("things")))


def post_of(kind: str, data: Mapping[str, Any]) -> Item:
    name = line(str(data.get("name") or f"{kind}_{data.get('id', '')}"), 40)
    if data.get("subreddit_type", "") not in _OPEN or data.get("quarantine"):
        return Skipped(0, name, "Withheld: not open to everybody.", withheld=True)
    words, author = _words(kind, data), line(str(data.get("author") or ""), 200)
    if words is None or author in ("", *TAKEN_AWAY) or data.get("removed_by_category"):
        return Gone(0, name)
    at = moment(data.get("created_utc"))
    if at is None or not data.get("id"):
        return Skipped(0, name, "The id or date of this post cannot be read.")
    permalink = str(data.get("permalink") or data.get("context") or "").partition("?")[0]
    return SourcePost(
        ext_id=name,
        account=_account(data, author),
        text=words,
        created_at=at,
        line=0,
        parent=line(str(data.get("parent_id") or ""), 40) if kind == "t1" else "",
        root=_root(kind, data, name, permalink),
        url=address(f"{SITE}{permalink}") if permalink.startswith("/") else "",
        edited_at=moment(data.get("edited")),
        sensitive=bool(data.get("over_18")),
        metrics={
            "score": data["score"] if isinstance(data.get("score"), int) else 0,
            "comments": number(data.get("num_comments")) or 0,
        },
    )


def _words(kind: str, data: Mapping[str, Any]) -> str | None:
    """None for words that were taken away."""
    body = data.get("body") if kind == "t1" else data.get("selftext")
    text = plain(body) if isinstance(body, str) else ""
    if text in TAKEN_AWAY:
        return None
    if kind == "t1":
        return text
    linked = "" if data.get("is_self") else address(data.get("url"))
    return "\n\n".join(part for part in (line(str(data.get("title") or ""), 300), text, linked) if part)


def _root(kind: str, data: Mapping[str, Any], name: str, permalink: str) -> str:
    if kind == "t3":
        return name
    if link := line(str(data.get("link_id") or ""), 40):
        return link
    parts = permalink.split("/")
    return f"t3_{parts[4]}" if len(parts) > 5 and parts[3] == "comments" else ""


def moment(value: Any) -> datetime | None:
    """Seconds since 1970; an edit may also be a plain true or false."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        return None
    return datetime.fromtimestamp(int(value), UTC)


def _account(data: Mapping[str, Any], author: str) -> SourceAccount:
    """The id stays for ever; only very old answers come without one, and there names do not change either."""
    return SourceAccount(
        ext_id=line(str(data.get("author_fullname") or author), 200),
        handle=author,
        host=HOST,
        url=f"{SITE}/user/{author}",
        kind=AccountKind.private,
    )
