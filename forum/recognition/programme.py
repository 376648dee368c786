"""The rules of recognition as the programme page prints them, from the same data that counts."""

from dataclasses import dataclass

from forum.recognition.rates import DAILY_CAP, RATES, Rate, Scope

LIMIT_WORDS = {
    Scope.post: "times for one answer",
    Scope.topic: "times for one question",
    Scope.day: "times a day",
    Scope.lifetime: "times in all",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    label: str
    points_text: str
    note: str


def programme_rules() -> list[RuleView]:
    return [RuleView(rate.why, f"{rate.points:+}".replace("-", "−"), _note(rate)) for rate in RATES.values() if rate.points]


def _note(rate: Rate) -> str:
    cap = f" Together with other capped points at most {DAILY_CAP} a day." if rate.capped else ""
    limit = f" Up to {rate.limit.lines} {LIMIT_WORDS[rate.limit.per]}." if rate.limit else ""
    return rate.note + limit + cap
