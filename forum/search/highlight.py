"""Marks the words that were searched for in a title or an excerpt."""

import re
from collections.abc import Set
from html import escape

from forum.core import text
from forum.search.whoosh_index import stems_of

_WORD = re.compile(r"\w+(?:[.\-]\w+)*")
WINDOW = 240


def marked(words: str, wanted: Set[str]) -> str:
    """Escaped HTML with <mark> around hits."""
    made: list[str] = []
    end = 0
    for found in _WORD.finditer(words):
        if stems_of(found.group()) & wanted:
            made += [escape(words[end : found.start()]), f"<mark>{escape(found.group())}</mark>"]
            end = found.end()
    return "".join([*made, escape(words[end:])])


def passage(body: str, wanted: Set[str]) -> str:
    """The part of a text around the first hit, marked."""
    plain = text.excerpt(body, 3_900)
    first = next((found.start() for found in _WORD.finditer(plain) if stems_of(found.group()) & wanted), 0)
    start = max(0, first - WINDOW // 3)
    if start:
        start = plain.find(" ", start) + 1
    cut = plain[start : start + WINDOW]
    if start + WINDOW < len(plain):
        cut = cut.rsplit(" ", 1)[0] + "…"
    return ("…" if start else "") + marked(cut, wanted)
