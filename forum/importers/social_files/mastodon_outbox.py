"""The `outbox.json` of a Mastodon account's own export: what it said in public, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forum.importers.social_files.opening import sources
from forum.importers.social_files.streams import objects_of
from forum.models.social import AccountKind
from forum.social.sources import Item, Skipped, SourceAccount, SourcePost, line, plain
from forum.social.wire.html_text import html_to_text
from forum.social.wire.values import address, date

_PUBLIC = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")
_PICTURES = ("Document", "Image", "Video", "Audio")


def read(path: Path) -> Iterator[Item]:
    for _, file in sources(path):
        for number, activity in enumerate(objects_of(file, "orderedItems"), 1):
            yield _item(number, activity)


def _item(number: int, activity: Any) -> Item:
    if not isinstance(activity, dict):
        return Skipped(number, "", "Not a post.")
    name = line(str(activity.get("id") or ""), 300)
    note = activity.get("object")
    if activity.get("type") != "Create" or not isinstance(note, dict):
        return Skipped(number, name, "A boost or another act, not a post.")
    if not _is_public(note):
        return Skipped(number, name, "Withheld: not public.", withheld=True)
    actor = activity.get("actor")
    if not isinstance(actor, str) or note.get("attributedTo", actor) != actor:
        return Skipped(number, name, "This was written by somebody else.")
    at = date(note.get("published"))
    if at is None or not isinstance(note.get("id"), str):
        return Skipped(number, name, "The id or date of this post cannot be read.")
    parent, language = note.get("inReplyTo"), note.get("contentMap")
    return SourcePost(
        ext_id=note["id"],
        account=_account(actor),
        text=_words(note),
        created_at=at,
        line=number,
        parent=parent if isinstance(parent, str) else "",
        url=address(note.get("url") or note["id"]),
        language=line(next(iter(language), "und"), 20) if isinstance(language, dict) else "und",
        edited_at=date(note["updated"]) if note.get("updated") else None,
        sensitive=bool(note.get("sensitive")),
        media=_media(note),
    )


def _is_public(note: dict[str, Any]) -> bool:
    """The note says whom it is for; only what names everybody is taken."""
    named = [note.get("to"), note.get("cc")]
    return any(one in _PUBLIC for part in named for one in (part if isinstance(part, list) else [part]))


def _account(actor: str) -> SourceAccount:
    place = urlsplit(actor)
    host = place.netloc.lower()[:253]
    name = line(place.path.rpartition("/")[2].removeprefix("@"), 200)
    return SourceAccount(
        ext_id=actor, handle=f"{name}@{host}", host=host, name=name, url=address(actor), kind=AccountKind.private
    )


def _words(note: dict[str, Any]) -> str:
    parts = [plain(str(note.get("summary") or "")), plain(html_to_text(str(note.get("content") or "")))]
    return "\n\n".join(part for part in parts if part)


def _media(note: dict[str, Any]) -> list[dict[str, str]]:
    found = note.get("attachment")
    return [
        {
            "type": line(str(one.get("mediaType") or one["type"]), 20).partition("/")[0].lower(),
            "url": address(one.get("url")),
            "alt": line(str(one.get("name") or ""), 1500),
        }
        for one in (found if isinstance(found, list) else [])[:20]
        if isinstance(one, dict) and one.get("type") in _PICTURES
    ]
