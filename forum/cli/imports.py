"""`forum import …`: communities and archives brought in from files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from forum.core.errors import ForumError
from forum.importers.report import Report
from forum.importers.social_files import importing as social_files
from forum.importers.social_files.importing import Format
from forum.importers.social_files.mapped_csv import Columns
from forum.importers.stackexchange import importing as dumps
from forum.models.social import Platform

imports = typer.Typer(help="Bring a community or an archive in. Safe to stop, start again and repeat.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and count only; nothing is written.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one machine-readable last line.")]


@imports.command()
def stackexchange(
    directory: Annotated[Path, typer.Argument(help="The folder that holds Posts.xml, Users.xml and the others.")],
    section: Annotated[str | None, typer.Option(help="Name of the section everything goes into.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import a Stack Exchange dump."""
    _show(lambda bar: dumps.run(directory, section=section, dry_run=dry_run, progress=bar), as_json)


@imports.command()
def social(
    file: Annotated[Path, typer.Argument(help="A file or folder; .xz and .tar.xz are read as they are.")],
    form: Annotated[Format, typer.Option("--format", help="What the file holds.")],
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="For csv: what=column, such as id=tweet_id; once for each. Else guessed.")
    ] = None,
    network: Annotated[Platform, typer.Option(help="For csv: whose ids these are.")] = Platform.elsewhere,
    place: Annotated[
        str,
        typer.Option(
            help="For csv: a word for where it comes from, part of ids that no network knows. For discourse-json: the forum's address."
        ),
    ] = "file",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import posts from elsewhere into triage. Nothing becomes public by this."""
    pairs = [one.partition("=") for one in mapped or []]
    columns = Columns({key.strip(): heading.strip() for key, _, heading in pairs}, network, place)
    _show(lambda bar: social_files.run(file, form, dry_run=dry_run, progress=bar, columns=columns), as_json)


def _show(work: Callable[[Progress | None], Report], as_json: bool) -> None:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        if console.is_terminal:
            with Progress(*columns, console=console) as bar:
                report = work(bar)
        else:
            report = work(None)
    except ForumError as error:
        console.print(error.sentence, style="red")
        raise typer.Exit(1) from None
    console.print(_table(report))
    for problem in report.problems:
        console.print(f"line {problem.line}, {problem.item}: {problem.reason}", markup=False, highlight=False)
    if report.problem_count > len(report.problems):
        console.print(f"{report.problem_count - len(report.problems):,} more are listed in the table import_problem.")
    if as_json:
        print(json.dumps(report.as_dict()))


def _table(report: Report) -> Table:
    table = Table(title=f"{'Dry run: ' if report.dry_run else ''}{report.source}, {report.seconds} s")
    for heading in ("", "what", "count"):
        table.add_column(heading, justify="right" if heading == "count" else "left")
    parts = {"read": report.read, "made": report.made, "unchanged": report.unchanged, "skipped": report.skipped}
    for title, counts in parts.items():
        for what, count in counts.items():
            table.add_row(title, what, f"{count:,}")
    return table
