"""A post of a Discourse forum as one of our posts."""

from typing import Any
from urllib.parse import urlsplit

from forum.models.social import AccountKind
from forum.social.sources import NATIVE, Gone, Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.html_text import html_to_text
from forum.social.wire.values import date, number

ORDINARY, WHISPER = 1, 4
PUBLIC, BANNER = "regular", "banner"
LIKE = 2
"""Its number among the kinds of reactions."""


def post_of(found: dict[str, Any], base: str, topic: dict[str, Any] | None = None) -> Item:
    """`base` is the forum's address. The topic gives the first post its title."""
    name = f"{base}/p/{line(str(found.get('id') or ''), 40)}"
    if found.get("deleted_at") or found.get("user_deleted"):
        return Gone(0, name)
    if topic and topic.get("archetype", PUBLIC) not in (PUBLIC, BANNER):
        return Skipped(0, name, "Withheld: a message between members.", withheld=True)
    if found.get("post_type", ORDINARY) == WHISPER or found.get("hidden"):
        return Skipped(0, name, "Withheld: not shown to everybody.", withheld=True)
    if found.get("post_type", ORDINARY) != ORDINARY:
        return Skipped(0, name, "A note of the forum itself.")
    at = date(found.get("created_at"))
    position, topic_id, user = (number(found.get(key)) for key in ("post_number", "topic_id", "user_id"))
    if at is None or not number(found.get("id")) or not position or not topic_id or not isinstance(found.get("cooked"), str):
        return Skipped(0, name, "The id, text or date of this post cannot be read.")
    version = number(found.get("version")) or 1
    return SourcePost(
        ext_id=name,
        account=_account(found, base, user),
        text=_words(found, topic if position == 1 else None),
        created_at=at,
        line=0,
        parent="" if position == 1 else _native(base, topic_id, number(found.get("reply_to_post_number")) or 1),
        native=_native(base, topic_id, position),
        revision=str(version) if version > 1 else "",
        url=f"{base}/t/{topic_id}/{position}",
        edited_at=date(found.get("updated_at")) if version > 1 else None,
        metrics={"replies": number(found.get("reply_count")) or 0, "likes": _likes(found), **_seen(found, topic, position)},
    )


def _native(base: str, topic_id: int, position: int) -> str:
    """Answers name a post by its place in its topic."""
    return f"{NATIVE}{urlsplit(base).netloc.lower()}/{topic_id}-{position}"


def _words(found: dict[str, Any], topic: dict[str, Any] | None) -> str:
    title = line(str(topic.get("title") or ""), 300) if topic else ""
    return "\n\n".join(part for part in (title, plain(html_to_text(found["cooked"]))) if part)


def _seen(found: dict[str, Any], topic: dict[str, Any] | None, position: int) -> dict[str, int]:
    """How many saw it: the topic says it for the first post, each other post for itself."""
    seen = number(topic.get("views")) if topic and position == 1 else number(found.get("reads"))
    return {"views": seen} if seen else {}


def _likes(found: dict[str, Any]) -> int:
    listed = found.get("actions_summary")
    kinds = [one for one in (listed if isinstance(listed, list) else []) if isinstance(one, dict) and one.get("id") == LIKE]
    return sum(number(one.get("count")) or 0 for one in kinds)


def _account(found: dict[str, Any], base: str, user: int | None) -> SourceAccount:
    """The number stays when the name changes. Somebody who left has none."""
    handle = line(str(found.get("username") or ""), 200)
    return SourceAccount(
        ext_id=f"{base}/users/{user}" if user is not None else f"{base}/u/{handle}",
        handle=handle,
        host=urlsplit(base).netloc.lower()[:253],
        name=line(str(found.get("name") or ""), 200),
        url=f"{base}/u/{handle}",
        kind=AccountKind.private,
    )
