"""The `forum` command."""

import os
from collections.abc import Callable

import typer

from forum.cli import credentials, evaluation, imports, letters, people, running, upkeep
from forum.core import logs

app = typer.Typer(help="Run and look after the community.", no_args_is_help=True, pretty_exceptions_show_locals=False)
app.add_typer(imports.imports, name="import")
app.add_typer(people.people, name="user")
app.add_typer(credentials.credentials, name="credentials")
app.add_typer(evaluation.evaluation, name="eval")
COMMANDS: tuple[Callable[..., None], ...] = (
    running.serve,
    running.worker,
    running.migrate,
    running.demo,
    upkeep.reindex,
    upkeep.recount,
    upkeep.doctor,
    letters.receive,
)
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    os.umask(0o077)  # mail, uploads and the database are for this account only
    logs.configure()
    app()
