"""Who is invited when invitations are few: the likeliest above a threshold, a few for each question, a few a day for each person. Pure."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PER_QUESTION, PER_DAY = 3, 3
LOOK_BACK_DAYS = 28.0
RESET_DAYS = 7.0
LISTED = 12
HALVINGS = 12
SPARE = 1.0
"""A person above the threshold far more often than the day's cap allows is kept for what fits them best, with so much to spare."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One question and its likeliest helpers, best first."""

    at: float
    people: tuple[tuple[int, float], ...]


@dataclass(slots=True)
class Bar:
    """What a chance must reach for an invitation, and more for those who would be asked too often."""

    least: float = 1.0
    own: dict[int, float] = field(default_factory=dict)

    def reached(self, person: int, chance: float) -> bool:
        return chance >= self.least and chance >= self.own.get(person, 0.0)


class Day:
    """Invitations of one day, counted."""

    def __init__(self) -> None:
        self.number = -1
        self.sent: Counter[int] = Counter()

    def invite(self, offer: Offer, bar: Bar) -> list[int]:
        if int(offer.at) != self.number:
            self.number = int(offer.at)
            self.sent = Counter()
        invited: list[int] = []
        for person, chance in offer.people:
            if len(invited) == PER_QUESTION or chance < bar.least:
                break
            if self.sent[person] < PER_DAY and bar.reached(person, chance):
                self.sent[person] += 1
                invited.append(person)
        return invited


def set_bar(offers: Sequence[Offer], budget: float) -> Bar:
    """The bar under which the offers of the last weeks would have cost the budget. `budget` is invitations a day."""
    if not any(offer.people for offer in offers):
        return Bar()
    days = max(1.0, min(LOOK_BACK_DAYS, offers[-1].at - offers[0].at))
    chances = sorted((chance for offer in offers for _, chance in offer.people), reverse=True)
    low, high = 0, len(chances) - 1
    best = _bar(offers, chances[0], days)
    for _ in range(HALVINGS):
        middle = (low + high) // 2
        tried = _bar(offers, chances[middle], days)
        if _cost(offers, tried) > budget * days:
            high = middle
        else:
            low, best = middle, tried
        if high - low <= 1:
            break
    return best


def _bar(offers: Iterable[Offer], least: float, days: float) -> Bar:
    above: dict[int, list[float]] = {}
    for offer in offers:
        for person, chance in offer.people:
            if chance < least:
                break
            above.setdefault(person, []).append(chance)
    room = int(PER_DAY * days * SPARE)
    return Bar(least, {person: sorted(chances)[-room] for person, chances in above.items() if len(chances) > room})


def _cost(offers: Iterable[Offer], bar: Bar) -> int:
    day = Day()
    return sum(len(day.invite(offer, bar)) for offer in offers)


class Pace:
    """Keeps the bar such that invitations come to the budget: from the last weeks, corrected by what was sent so far."""

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.bar = Bar()
        self.sent = 0
        self._began: float | None = None
        self._next = 0.0
        self._offers: deque[Offer] = deque()
        self._day = Day()

    def offer(self, offer: Offer) -> list[int]:
        """Whom to invite for this question."""
        if self._began is None:
            self._began = offer.at
        if offer.at >= self._next:
            self._reset(offer.at, self._began)
        self._offers.append(offer)
        invited = self._day.invite(offer, self.bar)
        self.sent += len(invited)
        return invited

    def watch(self, offer: Offer) -> None:
        """A question from before invitations began."""
        self._offers.append(offer)

    def _reset(self, now: float, began: float) -> None:
        while self._offers and self._offers[0].at < now - LOOK_BACK_DAYS:
            self._offers.popleft()
        owed = self.budget * (now - began) - self.sent
        aim = min(1.5 * self.budget, max(0.5 * self.budget, self.budget + owed / LOOK_BACK_DAYS))
        self.bar = set_bar(list(self._offers), aim)
        self._next = now + (RESET_DAYS if self._offers else 1.0)
