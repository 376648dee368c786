"""What a reader of an archive hands over: posts with their authors, and what it passed by with the reason."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from forum.core.text import clean_anyway
from forum.models.social import AccountKind, Platform

MAX_ID = 300
MAX_TEXT = 50_000
NATIVE = "native:"
PUBLIC = ("public", "unlisted")
_HOSTS = {Platform.x: "x.com", Platform.bluesky: "bsky.app", Platform.reddit: "reddit.com"}


@dataclass(frozen=True, slots=True)
class SourceAccount:
    ext_id: str
    handle: str
    host: str
    name: str = ""
    url: str = ""
    followers: int | None = None
    kind: AccountKind = AccountKind.unknown
    bot: bool = False
    noindex: bool = False
    protected: bool = False


@dataclass(frozen=True, slots=True)
class SourcePost:
    """One public post. Ids are text; `parent` may name a post that is not in the archive."""

    ext_id: str
    account: SourceAccount
    text: str
    created_at: datetime
    line: int
    parent: str = ""
    root: str = ""
    """The thread's first post where the platform says so."""
    native: str = ""
    """`native:server/id`: how replies on that server name this post."""
    revision: str = ""
    """The network's own name of this wording."""
    answered_by: tuple[str, ...] = ()
    quote_of: str = ""
    url: str = ""
    language: str = "und"
    edited_at: datetime | None = None
    sensitive: bool = False
    media: list[Any] = field(default_factory=list)
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Read and not taken. `withheld` says that it exists and is not public."""

    line: int
    item: str
    reason: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The archive says that this post was deleted where it stood."""

    line: int
    ext_id: str


Item = SourcePost | Skipped | Gone


@lru_cache(maxsize=4096)
def host_of(platform: Platform, ext_id: str) -> str:
    """The part of the key that follows from platform and id."""
    if platform in _HOSTS:
        return _HOSTS[platform]
    if ext_id.startswith(NATIVE):
        return ext_id.removeprefix(NATIVE).partition("/")[0][:253]
    try:
        return (urlsplit(ext_id).netloc or "unknown").lower()[:253]
    except ValueError:
        return "unknown"


def checked(post: SourcePost) -> Item:
    """The post with clean and bounded text, or why it cannot be kept."""
    if not post.ext_id or not post.account.ext_id:
        return Skipped(post.line, post.ext_id[:MAX_ID], "There is no usable id or author.")
    if max(len(post.ext_id), len(post.parent), len(post.root), len(post.account.ext_id), len(post.account.handle)) > MAX_ID:
        return Skipped(post.line, post.ext_id[:MAX_ID], "An id is longer than any platform's.")
    if len(post.text) > MAX_TEXT:
        return Skipped(post.line, post.ext_id, "The text is longer than any platform's.")
    return post


def bounded(post: SourcePost) -> SourcePost:
    """No network's own limit comes near; what is longer all the same is cut, and says so by its end."""
    raw = post.text.encode()
    if len(raw) <= MAX_TEXT:
        return post
    return replace(post, text=raw[: MAX_TEXT - len("…".encode())].decode("utf-8", "ignore") + "…")


def plain(text: str) -> str:
    return clean_anyway(text).strip()


def line(text: str, limit: int) -> str:
    return " ".join(clean_anyway(text).split())[:limit]
