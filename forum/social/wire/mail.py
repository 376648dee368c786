"""Mail that comes in: who wrote it, what it answers, and the words that are new in it."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import InvalidHeaderDefect
from email.message import EmailMessage
from email.policy import default as default_policy

from forum.core.text import clean_anyway
from forum.social.wire.html_text import html_to_text

MAX_BYTES = 10_000_000
MAX_TEXT = 100_000
WRITE_ABOVE = "Write above this line, and it reaches us."
_ID = re.compile(r"<[^<>\s]{1,250}>")
_DIVIDER = re.compile(r"[\s*>]*[-_=]{2,}\s?[^-_=\n]{2,60}?\s?[-_=]{2,}[\s*]*")
"""`-----Original Message-----` in any language."""
_HEADER = re.compile(r"[\s*>]*[^\W\d][^:\n@]{0,24}[*\s]*[:\uff1a][*\s]*\S")
_ATTRIBUTION = re.compile(r".*\d.*[:\uff1a]>?\s*")
_SIGNATURE = re.compile(r"--\s?")


@dataclass(frozen=True, slots=True)
class Received:
    id: str
    sender: str
    """Lower case."""
    answers: tuple[str, ...]
    """Message-IDs of earlier mail, nearest first."""
    text: str
    """Without what is quoted and without a signature."""
    automatic: bool
    """Written by a machine: an absence note, a bounce, a list."""


def read(source: bytes) -> Received | None:
    """None when it is no mail at all, or larger than any letter. Never raises."""
    if len(source) > MAX_BYTES:
        return None
    try:
        message = message_from_bytes(source, policy=default_policy)
        assert isinstance(message, EmailMessage)
        sender = _sender(message)
        ids = _ID.findall(_header(message, "message-id"))
        if not sender or not ids:
            return None
        nearest = [*_ID.findall(_header(message, "in-reply-to")), *reversed(_ID.findall(_header(message, "references")))]
        return Received(ids[0], sender, tuple(dict.fromkeys(nearest[:100])), new_words(_words(message)), _automatic(message))
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError, AssertionError):
        return None  # the standard parser has its own opinions of broken mail; none of them may stop the queue


def _sender(message: EmailMessage) -> str:
    """Of one address that reads in one way only: else a mail server may have looked at another one than we do."""
    found = message.get_all("from", [])
    if len(found) != 1 or len(found[0].addresses) != 1:
        return ""
    doubtful = any(isinstance(one, InvalidHeaderDefect) for one in found[0].defects)
    return "" if doubtful else str(found[0].addresses[0].addr_spec).lower()


def _header(message: EmailMessage, name: str) -> str:
    return str(message.get(name, ""))[:20_000]


def _automatic(message: EmailMessage) -> bool:
    said = _header(message, "auto-submitted").strip().lower()
    bulk = _header(message, "precedence").strip().lower() in ("bulk", "junk", "list")
    return said not in ("", "no") or bulk or "list-id" in message or _header(message, "return-path").strip() == "<>"


def _words(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = body.get_content()
    text = content if isinstance(content, str) else ""
    return html_to_text(text[:MAX_TEXT]) if body.get_content_subtype() == "html" else text[:MAX_TEXT]


def new_words(text: str) -> str:
    """What stands above the quoted mail and the signature. Line by line, so that no text takes long."""
    lines = [line[:2_000].rstrip() for line in clean_anyway(text).split("\n")]
    end = next((place for place in range(len(lines)) if _ends_here(lines, place)), len(lines))
    kept = lines[: _before_quotes(lines[:end])]
    return "\n".join(_without_attribution(kept) if len(kept) < len(lines) else kept).strip()


def _ends_here(lines: list[str], place: int) -> bool:
    line = lines[place]
    if WRITE_ABOVE in line or _SIGNATURE.fullmatch(line) or _DIVIDER.fullmatch(line[:200]):
        return True
    block = [_HEADER.match(one) is not None for one in lines[place : place + 4]]
    return len(block) > 2 and all(block[:3]) and any("@" in one for one in lines[place : place + 4])


def _before_quotes(lines: list[str]) -> int:
    """Where nothing but quoted lines follows."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    return end if any(line.startswith(">") for line in lines[end:]) else len(lines)


def _without_attribution(lines: list[str]) -> list[str]:
    """`On Monday, Ines wrote:` in any language: up to three lines that end with a colon and name a day."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    for many in (1, 2, 3):
        last = kept[-many:]
        if len(last) == many and all(last) and _ATTRIBUTION.fullmatch(" ".join(last)[:600]):
            return kept[:-many]
    return kept
