"""Post views of Bluesky: threads, lists of posts, feeds, searches, notifications."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forum.importers.social_files.documents import items
from forum.social.sources import Item
from forum.social.wire.bluesky import MISSING, is_post, post_of


def read(path: Path) -> Iterator[Item]:
    return items(path, lambda document: map(post_of, _views(document.body)))


def _views(body: Any) -> Iterator[dict[str, Any]]:
    """Outermost first, by a loop. What a post embeds stands in another thread and is passed by."""
    waiting = [body]
    while waiting:
        current = waiting.pop()
        if isinstance(current, list):
            waiting.extend(reversed(current))
        elif isinstance(current, dict):
            if is_post(current) or current.get("$type") in MISSING:
                yield current
            inside = [value for name, value in current.items() if name not in ("embed", "embeds", "record", "value", "viewer")]
            waiting.extend(reversed([one for one in inside if isinstance(one, dict | list)]))
