"""What somebody has told us already, so that nobody asks twice: products, what they tried, since when. Pure."""

import re
from collections.abc import Iterable

MOST = 8
_TRIED = (
    (re.compile(r"\brestart\w*|\breboot\w*|turned? (?:it )?off and on", re.I), "Restarted it"),
    (re.compile(r"\b(?:factory )?reset\b", re.I), "Reset it"),
    (re.compile(r"\bupdat\w+|\bnew(?:est)? firmware", re.I), "Updated it"),
    (re.compile(r"\breinstall\w*", re.I), "Installed it anew"),
    (re.compile(r"\b(?:swapp?ed|replac\w+|new|another) (?:the )?(?:cable|hub|router|battery|plug)", re.I), "Changed a part"),
    (re.compile(r"\bcalled|\bphoned|\brang\b", re.I), "Called us"),
    (re.compile(r"\bengineer|\btechnician", re.I), "Had an engineer"),
)
_SINCE = re.compile(
    r"\b(?:since|for) (?:the )?((?:last |past )?(?:\d{1,3}|a|two|three|four|five|six|several|few) (?:minutes?|hours?|days?|weeks?|months?)"
    r"|yesterday|this morning|last (?:night|week|month)|monday|tuesday|wednesday|thursday|friday|saturday|sunday|the update)\b",
    re.I,
)
_VERSION = re.compile(r"\b(?:version|firmware|v)\s?(\d{1,3}(?:\.\d{1,4}){1,3})\b", re.I)


def told(texts: Iterable[str], products: Iterable[str]) -> list[str]:
    """Short facts in their own order, each once."""
    whole = " \n".join(text[:5_000] for text in texts)
    low = whole.lower()
    made = [product for product in products if product.lower() in low]
    made += [f"Version {found}" for found in dict.fromkeys(_VERSION.findall(whole))]
    made += [fact for pattern, fact in _TRIED if pattern.search(whole)]
    if (found := _SINCE.search(whole)) is not None:
        made.append(f"Since {found[1]}" if found[0].lower().startswith("since") else f"For {found[1]}")
    return list(dict.fromkeys(made))[:MOST]
