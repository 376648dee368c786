"""The index of this process."""

from functools import cache

from forum.core.settings import settings
from forum.search.shelf import shelf
from forum.search.whoosh_index import Index


@cache
def index() -> Index:
    root = settings().data_dir / "index"
    root.mkdir(parents=True, exist_ok=True)
    return Index(root)


def close() -> None:
    """Let go of open files, before the data folder goes (tests, restore)."""
    index().close()
    index.cache_clear()
    shelf.cache_clear()
