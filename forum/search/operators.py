"""What people may type into the search box: words, "phrases", -words and operators (PRODUCT F2)."""

import re
from datetime import UTC, date, datetime

from forum.core.text import slug
from forum.search.whoosh_index import Wanted, as_number

MAX_LENGTH = 120
_PART = re.compile(
    r'"(?P<phrase>[^"]{1,100})"|\[(?P<tag>[^\]]{1,50})\]|#(?P<section>[\w-]{1,80})|(?<!\S)@(?P<author>[\w.-]{1,40})'
    r"|(?<!\S)(?P<name>is|status|answers|score|before|after|has|in):(?P<value>\S{1,30})|(?<!\S)-(?P<without>[\w.-]{2,40})|(?P<word>\S+)"
)
_COUNT = re.compile(r"(\d{1,6})(?:\.\.(\d{1,6})?)?$|\.\.(\d{1,6})$")
STATES = {"unsolved", "solved", "official", "question", "idea", "unanswered"}


def parse(text: str) -> Wanted:
    """Never fails: what is not an operator is a word."""
    wanted = Wanted()
    in_title = False
    for part in _PART.finditer(text[:MAX_LENGTH]):
        kind = str(part.lastgroup)
        if part["name"]:
            in_title = _operator(wanted, part["name"], part["value"].lower()) or in_title
        elif kind == "phrase":
            wanted.phrases.append(part["phrase"])
        elif kind == "tag":
            wanted.equals.append(("tags", slug(part["tag"])))
        elif kind == "section":
            wanted.equals.append(("section", part["section"].lower()))
        elif kind == "author":
            wanted.equals.append(("author", part["author"].casefold()))
        elif kind == "without":
            wanted.without.append(part["without"])
        else:
            wanted.words.append(part["word"])
    if not in_title:
        return wanted
    return Wanted(wanted.words, wanted.phrases, wanted.without, True, wanted.equals, wanted.flags, wanted.ranges)


def _operator(wanted: Wanted, name: str, value: str) -> bool:
    """True for in:title."""
    if name == "is" and value in STATES:
        _state(wanted, value)
    elif name == "status":
        wanted.equals.append(("state", value.replace("-", "_")))
    elif name == "has" and value == "image":
        wanted.flags.append(("image", True))
    elif name == "in" and value == "title":
        return True
    elif name in ("answers", "score"):
        _range(wanted, name, value)
    elif name in ("before", "after"):
        _date(wanted, name, value)
    return False


def _state(wanted: Wanted, value: str) -> None:
    if value in ("question", "idea"):
        wanted.equals.append(("topic_kind", value))
    elif value == "unanswered":
        wanted.ranges.append(("answers", 0, 0))
    elif value == "official":
        wanted.flags.append(("official", True))
    else:
        wanted.flags.append(("solved", value == "solved"))


def _range(wanted: Wanted, name: str, value: str) -> None:
    found = _COUNT.match(value)
    if found is None:
        return
    if found[3]:
        wanted.ranges.append((name, None, int(found[3])))
    else:
        low = int(found[1])
        wanted.ranges.append((name, low, (int(found[2]) if found[2] else None) if ".." in value else low))


def _date(wanted: Wanted, name: str, value: str) -> None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return
    number = as_number(datetime(day.year, day.month, day.day, tzinfo=UTC))
    wanted.ranges.append(("created", None, number) if name == "before" else ("created", number, None))
