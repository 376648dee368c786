"""How far a thread reaches, 0 to 100, every term with its number (SOCIAL 6.2). It sets order and a second reader,
never whether somebody is helped. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log10
from typing import Any

SECOND_READER = 60
MANY = 3
FAST = 5
_LIKES = ("likes", "like", "favourites", "favourite", "ups", "score")
_REPOSTS = ("reposts", "repost", "reblogs", "retweets", "retweet", "boosts")
_REPLIES = ("replies", "reply", "comments")
_VIEWS = ("views", "impressions", "impression")


@dataclass(frozen=True, slots=True)
class Reach:
    """Public figures only. None: not known, which counts as 0 and is said."""

    followers: int | None
    followers_at: datetime | None
    likes: int | None
    reposts: int | None
    replies: int | None
    listed: bool
    """Press, VIP or expert, as staff marked them."""
    people: int
    """Distinct people with the same."""
    early: int
    """Replies within the first half hour."""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Term:
    label: str
    source: str
    points: float


def numbers(metrics: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Likes, reposts and replies, however a network calls them."""
    likes, reposts, replies = (_first(metrics, names) for names in (_LIKES, _REPOSTS, _REPLIES))
    return likes, reposts, replies


def seen_by(metrics: Mapping[str, Any]) -> int | None:
    """About how many were shown it, where the network tells."""
    return _first(metrics, _VIEWS) or None


def _first(metrics: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((max(0, metrics[name]) for name in names if isinstance(metrics.get(name), int)), None)


def influence(reach: Reach) -> tuple[int, list[Term]]:
    terms = [_followers(reach), _spread(reach), *_known(reach)]
    return round(sum(one.points for one in terms)), terms


def _followers(reach: Reach) -> Term:
    if reach.followers is None:
        return Term("Followers", "not known, counts as 0", 0)
    points = 40 * min(1.0, log10(1 + max(0, reach.followers)) / 6)
    return Term("Followers", f"{reach.followers:,}{_dated(reach.followers_at)}", round(points, 1))


def _spread(reach: Reach) -> Term:
    if reach.likes is None and reach.reposts is None and reach.replies is None:
        return Term("Reactions", "not known, counts as 0", 0)
    likes, reposts, replies = reach.likes or 0, reach.reposts or 0, reach.replies or 0
    points = 25 * min(1.0, log10(1 + likes + 2 * reposts + 3 * replies) / 3)
    return Term(
        "Reactions", f"{likes:,} likes, {reposts:,} reposts, {replies:,} replies{_dated(reach.seen_at)}", round(points, 1)
    )


def _known(reach: Reach) -> list[Term]:
    return [
        Term("Press, VIP or expert", "marked by staff" if reach.listed else "no", 15 if reach.listed else 0),
        Term("People with the same", f"{reach.people:,} of {MANY}", 10 if reach.people >= MANY else 0),
        Term("Replies in 30 minutes", f"{reach.early:,} of {FAST}", 10 if reach.early >= FAST else 0),
    ]


def _dated(at: datetime | None) -> str:
    return f" on {at.day} {at:%B}" if at else ""
