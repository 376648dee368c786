"""The rules of recognition as the programme page prints them, from the same data that counts."""

from dataclasses import dataclass

from forum.models import LedgerKind
from forum.recognition.rates import DAILY_CAP, RATES

NOTES = {
    LedgerKind.solution_accepted: "When the person who asked says it solved it. It counts after an hour, so a slip can be undone.",
    LedgerKind.solution_verified: "When staff mark a volunteer's answer as the official one.",
    LedgerKind.answer_helpful: f"When somebody else finds an answer helpful; up to {DAILY_CAP} points a day. Staff votes count nothing.",
}


@dataclass(frozen=True, slots=True)
class RuleView:
    label: str
    points_text: str
    note: str


def programme_rules() -> list[RuleView]:
    return [RuleView(RATES[kind].why, f"+{RATES[kind].points}", note) for kind, note in NOTES.items()]
