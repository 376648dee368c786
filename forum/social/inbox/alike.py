"""Which posts say nearly the same (SOCIAL 6.3). Pure."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

NEAR = 80
SAME = 90
FEWEST_WORDS = 4
"""Shorter ones are in too many others to mean anything."""
_NOISE = re.compile(r"https?://\S+|[@#](?=\w)|[^\w\s]+")


def normal(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text.casefold()).split())[:600]


def near(one: str, other: str) -> bool:
    """Both already normal."""
    if min(one.count(" "), other.count(" ")) < FEWEST_WORDS - 1:
        return False
    return fuzz.token_set_ratio(one, other, score_cutoff=NEAR) > 0


def same(one: str, other: str) -> bool:
    """Copied, or as good as: the very words in the very order."""
    return fuzz.ratio(one, other, score_cutoff=SAME) > 0


def wordings(texts: Iterable[str]) -> int:
    """How many different texts these are, copies counted once."""
    kept: list[str] = []
    for text in texts:
        if not any(same(text, other) for other in kept):
            kept.append(text)
    return len(kept)


def nearest(text: str, others: Sequence[tuple[int, str]]) -> int | None:
    """The first of the others that says nearly the same."""
    return next((number for number, other in others if near(text, other)), None)
