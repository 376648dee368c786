"""What of an outside post may be read in public: personal data hidden, private people's handles replaced. Pure."""

import hashlib
import re
from dataclasses import dataclass

from forum.models.social import Platform
from forum.social.redaction import diff, redact

_HANDLE = re.compile(r"(?<![\w@./])@([\w-]{1,64}(?:\.[\w-]{1,63}){0,6})(?:@([\w-]{1,63}(?:\.[\w-]{1,63}){1,6}))?")
_LEADING = re.compile(r"^(?:\s{0,9}@[\w.-]{1,64}(?:@[\w.-]{1,253})?){1,50}\s{0,9}[,:]?\s{0,9}")
UNALTERED = (Platform.x,)
"""Networks whose terms let a post be shown whole or not at all."""


@dataclass(frozen=True, slots=True)
class PublicText:
    text: str
    changes: list[tuple[str, str]]
    """Parts as (`same` | `gone` | `new`, text)."""
    findings: int
    withheld: bool = False


def public_text(text: str, platform: str, names: dict[str, str]) -> PublicText:
    """`names` are the handles of the thread's people, lower case, with what they are called here."""
    body = _LEADING.sub("", text).strip() or text.strip()
    named = _HANDLE.sub(lambda found: _name(found, names), body)
    masked, found = redact(named)
    if found and platform in UNALTERED:
        hidden = "Hidden to protect the author."
        return PublicText(hidden, [("gone", named), ("new", hidden)], len(found), withheld=True)
    return PublicText(masked, diff(named, found), len(found))


def _name(found: re.Match[str], names: dict[str, str]) -> str:
    """A person of the thread is called what they are called here; a stranger is not named."""
    short = found[1].rstrip(".-").lower()
    known = names.get(f"{short}@{found[2].lower()}") if found[2] else None
    tail = found[0][len(found[0].rstrip(".-")) :]
    return (known or names.get(short) or "@…") + tail


def digest(parts: list[str]) -> str:
    """Names exactly what was shown, so that publishing can tell when something changed since."""
    made = hashlib.sha256()
    for part in parts:
        made.update(f"{len(part)}:".encode() + part.encode())
    return made.hexdigest()[:32]
