"""Counting as each network counts, fitting a reply into its limit, and the page where a person sends it by hand."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from forum.models.social import Platform

_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.I)
_REMOTE = re.compile(r"(@[\w.-]{1,64})@[\w.-]{1,253}")
URL_WEIGHT = 23
NO_LIMIT = 100_000
_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_JOINER, _VARIANTS, _KEYCAP = 0x200D, range(0xFE00, 0xFE10), 0x20E3
_SKIN, _FLAGS, _TAGS = range(0x1F3FB, 0x1F400), range(0x1F1E6, 0x1F200), range(0xE0020, 0xE0080)


@dataclass(frozen=True, slots=True)
class Parts:
    """A reply in pieces. `handle` and `url` are never cut; the rest gives way in the order thanks, credit, summary."""

    summary: str
    url: str
    handle: str = ""
    lead: str = ""
    thanks: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one network counts, or one server of it."""

    limit: int = NO_LIMIT
    unit: str = "chars"
    """`x_weighted`, `graphemes` or `chars`."""
    bytes: int | None = None
    url_weight: int | None = None
    """What an address counts, however long it is; None where it counts in full."""
    short_names: bool = False
    """Whether the server's part of a name is free."""


RULES = {
    Platform.x: Rule(280, "x_weighted", url_weight=URL_WEIGHT),
    Platform.bluesky: Rule(300, "graphemes", bytes=3_000),
    Platform.mastodon: Rule(500, "graphemes", url_weight=URL_WEIGHT, short_names=True),
    Platform.reddit: Rule(10_000),
}
"""As most servers of a network count; a connected one says for itself (channels/abilities.py)."""


def rule(network: "str | Rule") -> Rule:
    return network if isinstance(network, Rule) else RULES.get(Platform(network), Rule())


def limit(network: str | Rule) -> int:
    return rule(network).limit


def unit(network: str | Rule) -> str:
    return rule(network).unit


def count(network: str | Rule, text: str) -> int:
    """Units of the network that a text takes."""
    known = rule(network)
    if known.unit == "x_weighted":
        return x_weighted(text, known.url_weight or URL_WEIGHT)
    if known.url_weight is not None:
        text = _URL.sub("x" * known.url_weight, text)
    if known.short_names:
        text = _REMOTE.sub(r"\1", text)
    return len(graphemes(text)) if known.unit == "graphemes" else len(text)


def fits(network: str | Rule, text: str) -> bool:
    known = rule(network)
    small = known.bytes is None or len(text.encode()) <= known.bytes
    return small and count(known, text) <= known.limit


def x_weighted(text: str, url_weight: int = URL_WEIGHT) -> int:
    """280 units: most Latin letters one, other characters and each emoji two, an address 23."""
    text = unicodedata.normalize("NFC", text)
    bare = _URL.sub("", text)
    total = url_weight * len(_URL.findall(text))
    for cluster in graphemes(bare):
        total += 2 if _is_emoji(cluster) else sum(_weight(ord(character)) for character in cluster)
    return total


def _weight(code: int) -> int:
    return 1 if any(low <= code <= high for low, high in _SINGLE) else 2


def _is_emoji(cluster: str) -> bool:
    codes = [ord(character) for character in cluster]
    return any(code in _FLAGS or 0x1F300 <= code <= 0x1FAFF or code == _KEYCAP for code in codes) or (
        len(codes) > 1 and any(code in _VARIANTS or code == _JOINER for code in codes)
    )


def graphemes(text: str) -> list[str]:
    """What a reader sees as one character: base with marks, joined emoji, flags, line ends."""
    made: list[str] = []
    flags = 0
    for character in text:
        code = ord(character)
        before = ord(made[-1][-1]) if made else 0
        flags = flags + 1 if code in _FLAGS else 0
        joined = (before == _JOINER and code > 0x2000) or (character == "\n" and before == 0x0D)
        if made and (joined or _extends(character, code) or (flags and flags % 2 == 0)):
            made[-1] += character
        else:
            made.append(character)
    return made


def _extends(character: str, code: int) -> bool:
    marks = code in (_JOINER, _KEYCAP) or any(code in group for group in (_VARIANTS, _SKIN, _TAGS))
    return marks or unicodedata.category(character) in ("Mn", "Me", "Mc")


def fit(network: str | Rule, parts: Parts) -> str:
    """The longest wording within the limit. Handle and address are always whole."""
    for thanks, credit in ((parts.thanks, parts.credit), ("", parts.credit), ("", "")):
        whole = _joined(parts, parts.summary, thanks, credit)
        if fits(network, whole):
            return whole
    for shorter in _shorter(parts.summary, limit(network)):
        whole = _joined(parts, shorter, "", "")
        if fits(network, whole):
            return whole
    return _joined(Parts("", parts.url, parts.handle), "", "", "")


def _joined(parts: Parts, summary: str, thanks: str, credit: str) -> str:
    pieces = (parts.handle, parts.lead, summary, credit, thanks, parts.url)
    return " ".join(piece.strip() for piece in pieces if piece.strip())


def _shorter(summary: str, most: int) -> list[str]:
    """Cut at a sentence first, then at a word."""
    start = summary[: 4 * most]
    sentences = re.split(r"(?<=[.!?])\s", start)
    words = start.split()[:most]
    whole = [" ".join(sentences[:number]) for number in range(len(sentences) - 1, 0, -1)]
    return whole + [" ".join(words[:number]).rstrip(",;:.") + "…" for number in range(len(words) - 1, 0, -1)]


class Target(Protocol):
    """The thread that a reply goes to, such as a ThreadLink."""

    @property
    def root_ext_id(self) -> str: ...
    @property
    def url(self) -> str: ...


def open_url(platform: str, thread: Target, text: str) -> str:
    """Where a person presses send: the network's reply box where it has one, else the post itself."""
    words = quote(text, safe="")
    if platform == Platform.x:
        return f"https://x.com/intent/tweet?in_reply_to={quote(thread.root_ext_id, safe='')}&text={words}"
    return thread.url


def without_addresses(text: str) -> str:
    return _URL.sub(" ", text)
