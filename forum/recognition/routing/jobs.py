"""By the clock: inviting every few minutes, learning every night."""

from random import SystemRandom

import numpy as np

from forum.core import clock
from forum.core.db import transaction
from forum.recognition.routing import inviting
from forum.recognition.routing.budget import LISTED, LOOK_BACK_DAYS, Bar, Offer, set_bar
from forum.recognition.routing.learned import Learned, keep, latest
from forum.recognition.routing.learning import LESSON_DAYS, Lessons, Weights, in_tail
from forum.recognition.routing.memory import Memory, days, memory
from forum.recognition.routing.signals import Question, Signals, signals

INVITATIONS_A_DAY = 15
ENOUGH_LESSONS = 50


def route() -> None:
    """Ask about what nobody has answered. The history is caught up with before the write lock is taken."""
    with transaction(writes=False) as session:
        memory().catch_up(session)
        learned = latest(session)
    with transaction() as session:
        inviting.settle(session)
        inviting.invite_for_all(session, memory(), learned, SystemRandom())


def learn() -> None:
    """Read everything anew, weigh what spoke for those who answered, and set the bar for the invitations of a day."""
    fresh, lessons, kept = Memory(), Lessons(), list[tuple[float, Signals]]()
    began = days(clock.now()) - LESSON_DAYS

    def seen(name: str, question: Question) -> None:
        if question.at >= began:
            found = signals(fresh.history, question, fresh.window())
            tail = in_tail(fresh.history, found.helpers, question.at)
            lessons.take(name, question.at, found, tail)
            if question.at >= days(clock.now()) - LOOK_BACK_DAYS:
                kept.append((question.at, Signals(found.helpers[tail], found.rows[tail], found.recent, found.tag, found.near)))

    with transaction(writes=False) as session:
        fresh.catch_up(session, seen)
    weights = lessons.learned(fresh.history, days(clock.now()))
    if weights.learned_from >= ENOUGH_LESSONS:
        with transaction() as session:
            keep(session, Learned(weights, _bar(fresh, weights, kept)))
    memory().history, memory().until = fresh.history, fresh.until


def _bar(fresh: Memory, weights: Weights, kept: list[tuple[float, Signals]]) -> Bar:
    offers = []
    for at, found in kept:
        chances = weights.chances(found.rows)
        order = np.argsort(-chances, kind="stable")[:LISTED]
        offers.append(Offer(at, tuple((int(fresh.history.names[found.helpers[one]]), float(chances[one])) for one in order)))
    bar = set_bar(offers, INVITATIONS_A_DAY)
    return bar if any(offer.people for offer in offers) else Bar(least=0.0)
