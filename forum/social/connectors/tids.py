"""Names for records on Bluesky, minted here: the same message always gets the same name, so writing it twice is writing it once."""

import hashlib

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_FROM = 1_700_000_000_000_000
_SPAN = 365 * 24 * 3600 * 1_000_000
"""Microseconds: names fall into one past year, as if minted then. Nothing reads a date out of them."""


def tid(seed: str) -> str:
    """A timestamp id (13 letters that sort) that follows from the seed alone."""
    digest = hashlib.sha256(b"tid\0" + seed.encode()).digest()
    number = ((_FROM + int.from_bytes(digest[:8], "big") % _SPAN) << 10) | (int.from_bytes(digest[8:10], "big") & 0x3FF)
    return "".join(_LETTERS[(number >> shift) & 31] for shift in range(60, -1, -5))
