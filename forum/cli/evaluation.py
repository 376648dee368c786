"""`forum eval`: how good a ranking of the product is on a community's own history. The last line is always one JSON object."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from forum.core.errors import ForumError
from forum.upkeep.evaluation import reading, rings, routing, similar, words

evaluation = typer.Typer(help="Measure a ranking on a history of questions and answers.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="One JSON object a line: question, answer, accept, vote, link.")]
TestFrom = Annotated[str, typer.Option("--test-from", help="Learn from what was before this date, measure from it on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Only the machine-readable last line.")]


@evaluation.command("routing")
def eval_routing(file: File, test_from: TestFrom, as_json: AsJson = False) -> None:
    """Who would have been asked, and who answered."""
    measured(lambda: routing.evaluate(reading.read(file), reading.day_of(test_from)), words.of_routing, as_json)


@evaluation.command("similar")
def eval_similar(file: File, test_from: TestFrom, as_json: AsJson = False) -> None:
    """Which earlier questions would have been shown, and which were linked."""
    measured(lambda: similar.evaluate(reading.read(file), reading.day_of(test_from)), words.of_similar, as_json)


@evaluation.command("rings")
def eval_rings(
    file: File,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same voters and rings.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Which rings of votes, put into this history, would have been found, and who would have been suspected wrongly."""
    measured(lambda: rings.evaluate(reading.read(file), seed), words.of_rings, as_json)


def measured(measure: Callable[[], dict[str, Any]], told: Callable[[dict[str, Any]], str], as_json: bool) -> None:
    """Print what was measured, for people and then for machines. A file that cannot be used ends with 2."""
    try:
        figures = measure()
    except ForumError as error:
        typer.echo(error.sentence, err=True)
        raise typer.Exit(2) from None
    if not as_json:
        typer.echo(told(figures))
    typer.echo(json.dumps(figures))
