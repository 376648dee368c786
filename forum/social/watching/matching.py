"""Whether a watch rule holds for a post, and in which words. Expressions are bounded, so that none can run long. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from forum.models.triage import RuleKind

LONGEST = 200
REPEATS = 2
REACH = 30
OPTIONS = 3
READ = 2_000
"""Of a post, in characters: with the three above, an upper bound of what one look can cost."""


class TooCostly(ValueError):
    """An expression that could take for ever; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Watched:
    id: int
    name: str
    kind: str
    expression: str
    exclude: str = ""
    language: str = ""
    author_kind: str = ""
    days: str = ""
    from_hour: int = 0
    to_hour: int = 24
    zone: str = "UTC"
    channels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    at: datetime
    language: str = "und"
    author_kind: str = "unknown"
    channel_id: int | None = None


def why(rule: Watched, said: Said) -> str:
    """The words that did it; empty when the rule does not hold."""
    if rule.language and said.language != "und" and said.language.partition("-")[0] != rule.language:
        return ""
    if rule.author_kind and said.author_kind != rule.author_kind:
        return ""
    if rule.channels and said.channel_id not in rule.channels:
        return ""
    if not in_hours(rule, said.at):
        return ""
    text = said.text[:READ]
    if any(_phrase(word).search(text) for word in listed(rule.exclude)):
        return ""
    found = pattern(rule.kind, rule.expression).search(text)
    return found[0].strip()[:80] if found else ""


def in_hours(rule: Watched, at: datetime) -> bool:
    there = at.astimezone(ZoneInfo(rule.zone))
    if rule.days and str(there.weekday()) not in rule.days:
        return False
    if rule.from_hour <= rule.to_hour:
        return rule.from_hour <= there.hour < rule.to_hour
    return there.hour >= rule.from_hour or there.hour < rule.to_hour


def listed(words: str) -> list[str]:
    return [one for one in (part.strip() for part in words.split(",")) if one]


@lru_cache(maxsize=1_024)
def pattern(kind: str, expression: str) -> re.Pattern[str]:
    if kind == RuleKind.regex:
        return re.compile(bounded(expression), re.I)
    marks = {RuleKind.handle: "@", RuleKind.hashtag: "#"}
    names = [re.escape(one.lstrip("@#")) for one in listed(expression)]
    if kind in marks:
        return re.compile(rf"(?<![\w{marks[RuleKind(kind)]}]){marks[RuleKind(kind)]}(?:{'|'.join(names)})(?![\w-])", re.I)
    return re.compile("|".join(_bare(one) for one in listed(expression)), re.I)


@lru_cache(maxsize=1_024)
def _phrase(word: str) -> re.Pattern[str]:
    return re.compile(_bare(word), re.I)


def _bare(phrase: str) -> str:
    return r"(?<!\w)" + r"\s+".join(re.escape(one) for one in phrase.split()) + r"(?!\w)"


_QUANTIFIER = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}")
_BACK = re.compile(r"[1-9]|[kg]")


def bounded(expression: str) -> str:
    """The expression with every repeat cut to a reach. Raises TooCostly for what could still take for ever."""
    if len(expression) > LONGEST:
        raise TooCostly(f"Shorten it to {LONGEST} characters.")
    made: list[str] = []
    busy: list[bool] = [False]
    """For each open group: whether something in it repeats or branches."""
    closed_busy = False
    repeats = options = at = 0
    while at < len(expression):
        letter = expression[at]
        quantifier = _QUANTIFIER.match(expression, at)
        if letter == "\\":
            if _BACK.match(expression, at + 1):
                raise TooCostly("It may not point back at what it found before.")
            made.append(expression[at : at + 2])
            at, closed_busy = at + 2, False
        elif letter == "[":
            end = _class_end(expression, at)
            made.append(expression[at:end])
            at, closed_busy = end, False
        elif letter == "(":
            if expression.startswith("(?", at) and not expression.startswith("(?:", at):
                raise TooCostly("Groups may only be plain, or begin with ?: .")
            busy.append(False)
            made.append(letter)
            at, closed_busy = at + 1, False
        elif letter == ")" and len(busy) > 1:
            closed_busy = busy.pop()
            busy[-1] = busy[-1] or closed_busy
            made.append(letter)
            at += 1
        elif quantifier is not None:
            if closed_busy:
                raise TooCostly("A repeat may not stand around another repeat or a choice.")
            text, repeating = _cut(quantifier)
            repeats, options = repeats + repeating, options + (not repeating)
            made.append(text)
            busy[-1] = True
            at = quantifier.end()
            if expression[at : at + 1] in ("?", "+"):
                at += 1
        else:
            busy[-1] = busy[-1] or letter == "|"
            made.append(letter)
            at, closed_busy = at + 1, False
    if repeats > REPEATS or options > OPTIONS:
        raise TooCostly(f"At most {REPEATS} repeats and {OPTIONS} optional parts, so that it stays quick.")
    return _compiled("".join(made))


def _cut(quantifier: re.Match[str]) -> tuple[str, bool]:
    sign = quantifier[0]
    if sign == "?":
        return sign, False
    if sign in "*+":
        return f"{{{0 if sign == '*' else 1},{REACH}}}", True
    low = int(quantifier[1] or 0)
    high = low if not quantifier[2] else int(quantifier[3] or REACH)
    if max(low, high) > REACH:
        raise TooCostly(f"A repeat reaches at most {REACH} characters.")
    return f"{{{low},{max(low, high)}}}", True


def _class_end(expression: str, start: int) -> int:
    at = start + 1
    at += expression.startswith("^", at)
    at += expression.startswith("]", at)
    while at < len(expression) and expression[at] != "]":
        at += 2 if expression[at] == "\\" else 1
    return at + 1


def _compiled(expression: str) -> str:
    try:
        made = re.compile(expression, re.I)
    except (re.error, OverflowError, RecursionError):
        raise TooCostly("That is not an expression we can read. Look at its brackets.") from None
    if made.search("") is not None:
        raise TooCostly("It fits every post. Make at least one part of it needed.")
    return expression
