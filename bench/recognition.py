"""What recognition costs, printed: `python -m bench.recognition`."""

import subprocess
import sys
from time import perf_counter

import numpy as np

from forum.recognition.routing.learning import USUAL
from forum.search.likeness import Shelf, Words
from forum.upkeep.evaluation.pace import HELPERS, QUESTIONS, ranking_ms

SHELVED = 100_000


def main() -> None:
    routing()
    similar()
    nightly()


def nightly() -> None:
    """In a process of its own, because it makes a database of its own."""
    command = [sys.executable, "-m", "bench.badges"]
    print("a ledger of a million lines:", subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


def routing() -> None:
    print(f"rank {HELPERS:,} helpers for a question, {QUESTIONS:,} questions known: {ranking_ms(USUAL):.1f} ms (goal 100)")
    print(f"the same with 60,000 questions known: {ranking_ms(USUAL, questions=60_000):.1f} ms")


def similar() -> None:
    """A hundred thousand invented topics of a hundred words from a vocabulary like a forum's."""
    chance = np.random.default_rng(3)
    shelf, drawn = Shelf(), chance.zipf(1.15, (SHELVED, 100)) % 60_000 + 1
    topics = [
        Words(dict.fromkeys(row[:6].tolist(), 1.0), dict.fromkeys(row.tolist(), 1.0), frozenset({row[0] % 40})) for row in drawn
    ]
    start = perf_counter()
    shelf.extend([(words, str(number % 30_000), number / 60) for number, words in enumerate(topics)])
    print(f"take {SHELVED:,} topics in: {perf_counter() - start:.1f} s")
    took = []
    for words in topics[:: SHELVED // 200]:
        start = perf_counter()
        shelf.ranked(words, "7", SHELVED / 60)
        took.append(1000 * (perf_counter() - start))
    print(f"topics like one of {SHELVED:,}: median {np.median(took):.0f} ms, p95 {np.percentile(took, 95):.0f} ms (goal 150)")


if __name__ == "__main__":
    main()
