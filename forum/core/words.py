"""Words of a text as numbers: folded, stemmed, hashed. Ranking compares these; nothing is shown from them."""

import re
import threading
import unicodedata
from collections import Counter
from functools import lru_cache
from html import unescape
from zlib import crc32

import Stemmer

MAX_CHARACTERS = 12_000
LONGEST = 30
_TAG = re.compile(r"<[^<>]{1,600}>")
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]{1,500}")
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_SAYS_NOTHING = (
    "a about all also am an and any are as at be been but by can cannot could did do does doing for from get had has have"
    " he hello help her here hi him his how i if in into is it its just me more my no not now of off on one only or our out"
    " please she so some than thank thanks that the their them then there these they this those to too up us use was we were"
    " what when where which who why will with would you your im ive dont"
)
STOP = frozenset(_SAYS_NOTHING.split())
_local = threading.local()


def terms(text: str, language: str = "en") -> Counter[int]:
    """How often each word stands in a text, words as 32-bit numbers."""
    return Counter(number for word in words(text) if (number := _number(word, language[:2].lower())))


def words(text: str) -> list[str]:
    """Folded words of Markdown or HTML, without addresses; runs of scripts without spaces as pairs of characters."""
    plain = _ADDRESS.sub(" ", unescape(_TAG.sub(" ", text[:MAX_CHARACTERS])))
    found = _WORD.findall(_folded(plain))
    if plain.isascii():
        return [word for word in found if 1 < len(word) <= LONGEST]
    return [part for word in found for part in _parts(word) if 1 < len(part) <= LONGEST]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower().replace("'", "")
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in spread if not unicodedata.combining(c)).replace("'", "").replace("’", "")


def _parts(word: str) -> list[str]:
    if not _UNSPACED.search(word):
        return [word]
    return [word[start : start + 2] for start in range(max(1, len(word) - 1))]


@lru_cache(maxsize=200_000)
def _number(word: str, language: str) -> int:
    """0 for words that say nothing."""
    if word in STOP:
        return 0
    return crc32(_stemmer(language).stemWord(word).encode()) or 1


def _stemmer(language: str) -> Stemmer.Stemmer:
    """Stemmers are not for several threads at once."""
    kept: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if language not in kept:
        kept[language] = Stemmer.Stemmer(LANGUAGES.get(language, "english"), 0)
    return kept[language]
