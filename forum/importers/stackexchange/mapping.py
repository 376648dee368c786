"""What a row of a dump becomes here. Pure: rows in, plain values out."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from forum.core import text
from forum.importers.stackexchange.rows import Row
from forum.importers.stackexchange.stage import Entry

MAX_TAGS = 10
TITLES, BODIES, TAGS = (1, 4, 7), (2, 5, 8), (3, 6, 9)
CLOSED, REOPENED = 10, 11
_CLOSE_REASONS = {
    "1": "This was asked before. The earlier question is linked.",
    "101": "This was asked before. The earlier question is linked.",
    "2": "This is outside what the community covers.",
    "102": "This is outside what the community covers.",
    "3": "This rests on opinion more than on facts.",
    "105": "This rests on opinion more than on facts.",
    "4": "This needs more detail to be answered.",
    "103": "This needs more detail to be answered.",
    "104": "This asks several things at once.",
}
CLOSED_BEFORE = "This was closed before it moved here."


@dataclass(frozen=True, slots=True)
class Version:
    """What a post said from one moment on."""

    at: datetime
    editor: str
    reason: str
    title: str
    body: str
    tags: str


def handle(name: str, old_id: str) -> str:
    """A safe handle near the display name: letters, digits, dot, underscore and hyphen, 2 to 40 of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9._-]{1,200}", "-", plain).strip("-._")[:32].rstrip("-._")
    if len(made) < 2:
        made = text.slug(name[:60])[:32].strip("-._") if name.strip() else ""
    return made if len(made) > 1 and made != "untitled" else f"member-{old_id.lstrip('-')}"


def handle_with_id(base: str, old_id: str) -> str:
    return f"{base[: 38 - len(old_id)].rstrip('-._')}.{old_id.lstrip('-')}"


def name(row: Row) -> str:
    return " ".join(row.text("DisplayName").split())[:60].strip() or f"Member {row.id().lstrip('-')}"


def tags(value: str) -> list[str]:
    """`<a><b>` or `|a|b|`, as slugs, each once."""
    names = re.findall(r"[^<>|\s]{1,50}", value)
    return list(dict.fromkeys(tag_slug(one) for one in names))[:MAX_TAGS]


def tag_slug(written: str) -> str:
    """Tags such as c# and c++ keep apart."""
    spelt = written.lower().replace("#", "-sharp").replace("+", "-plus").replace(".", "-dot-")
    return text.slug(spelt)[:50].strip("-")


def title(written: str, body: str) -> str:
    line = " ".join(written.split())[:200].strip()
    return line or text.excerpt(body, 80) or "Untitled"


def versions(entries: list[Entry]) -> list[Version]:
    """A post's history: entries of one edit share a GUID; each edit carries over what it did not change."""
    made: list[Version] = []
    heading, body, labels = "", "", ""
    kinds = (*TITLES, *BODIES, *TAGS)
    for _, group in groupby((one for one in entries if one.kind in kinds), key=lambda one: one.guid or one.at):
        edit = list(group)
        for entry in edit:
            if entry.kind in TITLES:
                heading = " ".join(entry.text.split())[:200]
            elif entry.kind in BODIES:
                body = entry.text
            else:
                labels = ", ".join(tags(entry.text))
        reason = next((one.comment for one in edit if one.comment), "")
        made.append(Version(edit[0].at, edit[0].editor, reason[:200], heading, body, labels[:300]))
    return [one for one in made if one.body]


def closed_reason(entries: list[Entry], row: Row, *, has_history: bool) -> str:
    """The sentence for a closed question; empty when it is open."""
    if not has_history:
        return CLOSED_BEFORE if row.fields.get("ClosedDate") else ""
    turns = [one for one in entries if one.kind in (CLOSED, REOPENED)]
    if not turns or turns[-1].kind == REOPENED:
        return ""
    return _CLOSE_REASONS.get(turns[-1].comment.strip(), CLOSED_BEFORE)
