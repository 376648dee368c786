"""What to look at before a reply goes out. Some findings stop it, some ask for a second person, some only for care. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from forum.models.social import Platform
from forum.social import lengths
from forum.social.redaction import redact

NEAR = 90
"""From this likeness on, two replies read as the same to whoever gets many of them."""


class Weight(StrEnum):
    stop = "stop"
    second = "second"
    warn = "warn"
    fine = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    weight: Weight
    text: str


_MONEY = re.compile(
    r"\b(?:compensat\w*|refund\w*|reimburs\w*|goodwill|voucher|credit note|discount|money back|chargeback)\b|[£$€]\s?\d", re.I
)
_LIABILITY = re.compile(
    r"\b(?:liab\w+|our fault|at fault|negligen\w*|lawyer|solicitor|legal action|lawsuit|sue[ds]?|breach|guarantee[ds]?|admit)\b",
    re.I,
)
_ORDER = re.compile(
    r"\b(?:order|account|customer|case|ticket|policy)\s?(?:no\.?|number|nr\.?|#|id)?\s?[:#]?\s?[A-Z]{0,4}\d{5,}\b", re.I
)
_TONE = re.compile(
    r"\b(?:calm down|as (?:I|we) (?:already )?said|obviously|you should have|your fault|nonsense|ridiculous)\b|!{2,}|\?{2,}", re.I
)
_SHOUT = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{4,})+\b")
_TIME = re.compile(r"\b(?:by|at|until|before)\s+(\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)?)\b", re.I)
_TWICE = re.compile(r"\b(\w{2,})\s+\1\b", re.I)
_MENTION = re.compile(r"(?<![\w@./])@([\w.-]{1,64}(?:@[\w.-]{1,253})?)")


@dataclass(frozen=True, slots=True)
class Context:
    platform: Platform
    handle: str
    """Of whoever is answered, as the source writes it."""
    limit: int
    count: int
    fits: bool
    link: str = ""
    """Address that must be in it, or empty."""
    recent: tuple[str, ...] = ()
    """Other texts of the last day."""
    influence: int = 0
    incident: bool = False


def look(text: str, about: Context) -> list[Finding]:
    """The worst first; an empty-handed reader still gets the good news."""
    found = [*_length(about), *_people(text, about), *_delicate(text), *_care(text, about)]
    if about.link and about.link not in text:
        found.append(Finding(Weight.stop, "The link to the resolution is missing."))
    if not any(one.weight == Weight.second for one in found):
        found.append(Finding(Weight.fine, "No promise of money, no personal details"))
    order = list(Weight)
    return sorted(found, key=lambda one: order.index(one.weight))


def _length(about: Context) -> list[Finding]:
    if about.fits:
        return []
    return [Finding(Weight.stop, f"It takes {about.count} of {about.limit}. Shorten it by {max(1, about.count - about.limit)}.")]


def _people(text: str, about: Context) -> list[Finding]:
    """Only whoever is answered may be pinged."""
    ours = about.handle.lstrip("@").lower()
    named = {found.rstrip(".-").lower() for found in _MENTION.findall(text)}
    strangers = sorted(one for one in named if one != ours and one.partition("@")[0] != ours.partition("@")[0])
    made = [Finding(Weight.stop, f"It would ping @{one}, who did not ask. Write the name without @.") for one in strangers]
    if ours and named - set(strangers) and about.handle.lower() not in text.lower():
        made.append(Finding(Weight.warn, f"The name there is written {about.handle}."))
    return made


def _delicate(text: str) -> list[Finding]:
    made = []
    if _MONEY.search(text):
        made.append(Finding(Weight.second, "Speaks of money, so a second person reads it."))
    if _LIABILITY.search(text):
        made.append(Finding(Weight.second, "Speaks of fault or law, so a second person reads it."))
    if _ORDER.search(text) or redact(text)[1]:
        made.append(
            Finding(Weight.second, "Holds personal details: move them to a private reply, or have a second person read it.")
        )
    return made


def _care(text: str, about: Context) -> list[Finding]:
    made = []
    if about.influence >= 60:
        made.append(Finding(Weight.second, "Many people will read it, so a second person reads it first."))
    if about.incident:
        made.append(Finding(Weight.second, "It belongs to an incident, so a second person reads it."))
    if (found := _TIME.search(text)) is not None:
        made.append(Finding(Weight.warn, f"Names a time ({found[1].strip()}). Can we keep it?"))
    if _TONE.search(text) or _SHOUT.search(text):
        made.append(Finding(Weight.warn, "Reads sharper than it is meant. Say it the way you would at a counter."))
    if _TWICE.search(text):
        made.append(Finding(Weight.warn, "A word stands there twice."))
    if any(fuzz.token_set_ratio(without_names(text), without_names(other)) >= NEAR for other in about.recent):
        made.append(Finding(Weight.warn, "Nearly the same text went out within a day. Word it for this person."))
    return made


def without_names(text: str) -> str:
    return " ".join(lengths.without_addresses(_MENTION.sub(" ", text)).split()).lower()


def without_pings(text: str, handle: str) -> str:
    """Names of other people lose their @, so that a template never calls anybody in."""
    ours = handle.lstrip("@").lower().partition("@")[0]
    return _MENTION.sub(lambda found: found[0] if found[1].lower().partition("@")[0].rstrip(".-") == ours else found[1], text)
