"""Text as people send it: cleaned once, the same way, wherever it enters."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from slugify import slugify as _slugify

MAX_ID = 2**31 - 1
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], None)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WHITE = re.compile(r"\s+")
MAX_MARKS = 8


def clean(text: str) -> str:
    """NFC, one kind of line end, no direction overrides, stacked marks cut. Raises ValueError on NUL and its kin."""
    if _SURROGATE.search(text) or "\x00" in text:
        raise ValueError("That holds characters that cannot be stored. Type it again without them.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BIDI)
    text = _CONTROL.sub("", text)
    return _cut_marks(unicodedata.normalize("NFC", text))


def clean_anyway(text: str) -> str:
    """For imports: what cannot be stored is dropped instead of refused."""
    return clean(_SURROGATE.sub("\ufffd", text).replace("\x00", ""))


def _cut_marks(text: str) -> str:
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return text
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _one_line(text: str) -> str:
    return _WHITE.sub(" ", text).strip()


def _trim(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_trim), AfterValidator(clean)]
"""Free text over several lines."""
Line = Annotated[str, BeforeValidator(_trim), AfterValidator(clean), AfterValidator(_one_line)]
"""Text on one line."""
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


@lru_cache(maxsize=4_096)
def slug(text: str) -> str:
    """Lower-case words joined by hyphens, never empty."""
    return _slugify(text, max_length=80, word_boundary=True) or "untitled"


def excerpt(text: str, limit: int = 200) -> str:
    """The first words of Markdown as plain text, ended at a word."""
    plain = re.sub(r"```.*?(```|$)", " ", text[:4000], flags=re.S)
    plain = re.sub(r"!?\[([^\]]{0,200})\]\([^)]{0,500}\)", r"\1", plain)
    return first_words(re.sub(r"[*_`>#|~]{1,8}", "", plain), limit)


def first_words(text: str, limit: int) -> str:
    """The same of words that are no Markdown: what stands on a network keeps its #tags and _names_."""
    plain = _one_line(text[:4000])
    if len(plain) <= limit:
        return plain
    return plain[:limit].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def initials(name: str) -> str:
    """Up to two letters for an avatar."""
    words = [word for word in re.split(r"[\s_.\-]+", name) if word]
    letters = [next((c for c in word if c.isalnum()), "") for word in (words[:1] + words[1:][-1:])]
    return ("".join(letters).upper() or "?")[:2]


def hue(identity: int | str) -> int:
    """A stable colour number from 1 to 12."""
    return sum(str(identity).encode()) * 7 % 12 + 1


def listed(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
