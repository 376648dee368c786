"""What recognition costs, printed: `python -m bench.recognition`."""

from forum.recognition.routing.learning import USUAL
from forum.upkeep.evaluation.pace import HELPERS, QUESTIONS, ranking_ms


def main() -> None:
    routing()


def routing() -> None:
    print(f"rank {HELPERS:,} helpers for a question, {QUESTIONS:,} questions known: {ranking_ms(USUAL):.1f} ms (goal 100)")
    print(f"the same with 60,000 questions known: {ranking_ms(USUAL, questions=60_000):.1f} ms")


if __name__ == "__main__":
    main()
