"""Commands that look after the data: reindex, recount, doctor."""

import json
from typing import Annotated

import typer

from forum.core.db import transaction
from forum.recognition import jobs as recognition
from forum.search import feed
from forum.upkeep import counters, health

AsJson = Annotated[bool, typer.Option("--json", help="One machine-readable last line.")]


def reindex(as_json: AsJson = False) -> None:
    """Build the search index anew from the database."""
    count = feed.rebuild()
    typer.echo(json.dumps({"documents": count}) if as_json else f"{count:,} posts are in the index.")


def recount(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 when something differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Counters and reputation from the rows they stand for."""
    if not check:
        with transaction() as session:
            counters.repair(session)
        recognition.rebuild()
    with transaction(writes=False) as session:
        found = counters.differences(session) + recognition.drift(session)
    _report(found, as_json, "Every counter equals its rows.")


def doctor(as_json: AsJson = False) -> None:
    """Counters, ledger, index and files against the rows; exit 1 on trouble."""
    _report(health.examine(), as_json, "All is well.")


def _report(found: list[str], as_json: bool, fine: str) -> None:
    if as_json:
        typer.echo(json.dumps({"ok": not found, "trouble": found}))
    else:
        typer.echo("\n".join(found) or fine)
    if found:
        raise typer.Exit(1)
