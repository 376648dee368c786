"""Finds personal data before anything is shown in public. Every pattern is bounded, so time grows with length only."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stdnum import iban, luhn

_EMAIL = re.compile(r"(?<![\w.+%@-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SPELT = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,2}[\[({]?\s?\b(?:at|AT)\b\s?[\])}]?\s{0,2}[\w-]{1,63}"
    r"(?:\s{0,2}[\[({]?\s?\b(?:dot|DOT)\b\s?[\])}]?\s{0,2}[\w-]{1,63}){1,3}"
)
_CARD = re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])")
_PHONE = re.compile(r"(?<![\w.])(?:\+|\()?\d(?:[ ().\-/]{0,2}\d){7,14}(?![\w])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9 ]{11,36}")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)")
_VERSION = re.compile(r"(?:\bv|version|firmware|release|build)\s{0,2}[:#]?\s{0,2}$", re.I)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b")
_STREET = re.compile(
    r"\b\d{1,4}[A-Za-z]?,?\s(?:[A-Z][\w'’-]{1,30}\s){1,3}"
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Drive|Dr|Way|Court|Ct|Place|Pl|Crescent|Terrace|Gardens|Square|Sq|Hill|Grove)\b"
)
HELPLINES = frozenset({"08001231234", "+448001231234"})
"""Numbers that the brand itself publishes."""
LABELS = {
    "email": "[e-mail hidden]",
    "card": "[card or device number hidden]",
    "iban": "[account number hidden]",
    "phone": "[phone number hidden]",
    "address": "[address hidden]",
    "ip": "[network address hidden]",
}


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    start: int
    end: int
    text: str

    @property
    def shown(self) -> str:
        return LABELS[self.kind]


def redact(text: str, helplines: Iterable[str] = HELPLINES) -> tuple[str, list[Finding]]:
    """The text with personal data replaced, and what was found, in order."""
    allowed = {_digits(number) for number in helplines}
    found: list[Finding] = []
    covered = bytearray(len(text))
    for finder in (_emails, _ibans, _cards, _addresses, _networks, _phones):
        for finding in finder(text):
            if finding.kind == "phone" and _digits(finding.text) in allowed:
                continue
            if not any(covered[finding.start : finding.end]):
                covered[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
                found.append(finding)
    found.sort(key=lambda finding: finding.start)
    return _masked(text, found), found


def diff(text: str, found: list[Finding]) -> list[tuple[str, str]]:
    """Parts as (`same` | `gone` | `new`, text), for showing what will be hidden."""
    parts: list[tuple[str, str]] = []
    end = 0
    for one in found:
        parts += [("same", text[end : one.start]), ("gone", one.text), ("new", one.shown)]
        end = one.end
    parts.append(("same", text[end:]))
    return [part for part in parts if part[1]]


def _masked(text: str, found: list[Finding]) -> str:
    return "".join(words for kind, words in diff(text, found) if kind != "gone")


def _emails(text: str) -> Iterator[Finding]:
    yield from _matches("email", _EMAIL, text)
    yield from _matches("email", _SPELT, text)


def _ibans(text: str) -> Iterator[Finding]:
    """The longest valid beginning, since capital words may follow."""
    for found in _IBAN.finditer(text):
        words = found[0].rstrip()
        while len(words) > 14:
            if iban.is_valid(words):
                yield Finding("iban", found.start(), found.start() + len(words), words)
                break
            words = words[:-1].rstrip()


def _cards(text: str) -> Iterator[Finding]:
    for found in _CARD.finditer(text):
        digits = _digits(found[0])
        if digits[0] in "23456" and luhn.is_valid(digits):
            yield Finding("card", found.start(), found.end(), found[0])


def _addresses(text: str) -> Iterator[Finding]:
    yield from _matches("address", _POSTCODE, text)
    yield from _matches("address", _STREET, text)


def _networks(text: str) -> Iterator[Finding]:
    for found in _IPV4.finditer(text):
        try:
            address = ipaddress.ip_address(found[0])
        except ValueError:
            continue
        if address.is_global and not _VERSION.search(text[max(0, found.start() - 20) : found.start()]):
            yield Finding("ip", found.start(), found.end(), found[0])


def _phones(text: str) -> Iterator[Finding]:
    """A number with a prefix or grouped like one; order and serial numbers are neither."""
    for found in _PHONE.finditer(text):
        words = found[0]
        digits = _digits(words)
        grouped = bool(re.fullmatch(r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}", words))
        if 9 <= len(digits) <= 15 and (words[0] in "+(" or digits[0] == "0" or grouped) and not _is_date(words):
            yield Finding("phone", found.start(), found.end(), words)


def _is_date(words: str) -> bool:
    return bool(re.match(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b", words))


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    for found in pattern.finditer(text):
        yield Finding(kind, found.start(), found.end(), found[0])


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit() or character == "+")
