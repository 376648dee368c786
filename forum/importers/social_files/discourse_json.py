"""Topics of a Discourse forum as its `/t/….json` answers them, with further posts of the same topics."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from forum.importers.social_files.documents import Document, items
from forum.social.sources import Item, Skipped, SourcePost
from forum.social.wire.discourse import post_of
from forum.social.wire.values import objects

UNPLACED = "Nothing here says which forum this is from. Name it: --place forum.example"
UNSURE = "Withheld: nothing here says that its topic is for everybody."
_FOLDER = re.compile(r"(.{0,200}?)/(?:t|posts|p)/")
_AVATAR = re.compile(r"/user_avatar/([a-z0-9.-]{1,253})/")


def read(path: Path, place: str = "") -> Iterator[Item]:
    """`place` is the forum's address, with or without `https://`, for files that do not tell it; a word without a dot is none."""
    return items(path, partial(_posts, place=place if "." in place else "", topics={}))


def _posts(document: Document, place: str, topics: dict[Any, dict[str, Any]]) -> Iterator[Item]:
    """Only a topic says whether it is one or a message between members, so what comes without is not taken.

    All posts of a topic belong to its first, also those that answer a post which is not here.
    """
    base = _base(document, place)
    for one in objects(document.body):
        if "archetype" in one and "post_stream" in one:
            topics.setdefault(one.get("id"), {name: one[name] for name in ("title", "archetype", "views") if name in one})
        if "cooked" not in one or "post_number" not in one:
            continue
        topic = topics.get(one.get("topic_id"))
        if not base or topic is None:
            yield Skipped(0, str(one.get("id") or ""), UNSURE if base else UNPLACED, withheld=bool(base))
        else:
            item = post_of(one, base, topic)
            if isinstance(item, SourcePost):
                item = replace(item, root=topic.setdefault("first", item.ext_id if one["post_number"] == 1 else ""))
            yield item


def _base(document: Document, place: str) -> str:
    """Of the recorded address, as told, or of somebody's picture."""
    if document.address:
        parts = urlsplit(document.address)
        folder = _FOLDER.match(parts.path)
        return f"{parts.scheme}://{parts.netloc.lower()}{folder[1] if folder else ''}"
    if place:
        return f"https://{place.removeprefix('https://').strip('/').lower()}"
    pictures = (_AVATAR.match(str(one.get("avatar_template", ""))) for one in objects(document.body))
    return next((f"https://{seen[1]}" for seen in pictures if seen), "")
