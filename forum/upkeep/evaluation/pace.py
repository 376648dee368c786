"""How long ranking takes: three thousand helpers for one question, in an invented community."""

from time import process_time

import numpy as np

from forum.recognition.routing.history import History
from forum.recognition.routing.learning import Weights
from forum.recognition.routing.signals import Question, signals

HELPERS, QUESTIONS, TRIES = 3_000, 6_000, 15


def ranking_ms(weights: Weights, helpers: int = HELPERS, questions: int = QUESTIONS) -> float:
    """Milliseconds of processor time to rank so many helpers, the mean of some tries."""
    history, asked = _crowd(helpers, questions)
    start = process_time()
    for question in asked:
        found = signals(history, question, 1_000.0)
        np.argsort(-(found.rows @ weights.everyone), kind="stable")
    return 1000 * (process_time() - start) / len(asked)


def _crowd(helpers: int, questions: int) -> tuple[History, list[Question]]:
    chance = np.random.default_rng(7)
    words = chance.zipf(1.3, (questions, 60)) % 20_000 + 1
    history, kept = History(), []
    for number in range(questions):
        held = dict.fromkeys(words[number].tolist(), 1.0)
        at, tags = number / 40, (f"tag-{number % 30}", f"tag-{number % 7}")
        kept.append(Question(f"asker-{number}", at, tags, held))
        history.ask(str(number), f"asker-{number}", at, tags, held)
        for offset in range(3):
            history.answer(str(number), f"helper-{(number * 3 + offset) % helpers}", at + 0.1)
    last = Question("asker", questions / 40, kept[-1].tags, kept[-1].words)
    return history, [Question("asker", last.at, one.tags, one.words) for one in kept[-TRIES:]]
