"""`forum credentials …`: the keys that sign portable credentials."""

import typer

from forum.recognition.credentials import keys

credentials = typer.Typer(help="Portable credentials.", no_args_is_help=True)


@credentials.command()
def rotate() -> None:
    """Sign with a new key from now on. What the old one signed can still be verified."""
    typer.echo(f"The new key is {keys.rotate()}. Every older one stays in /.well-known/did.json.")


@credentials.command("keys")
def list_keys() -> None:
    """Names of all keys, the one that signs first."""
    for number, key in enumerate(keys.public_keys()):
        typer.echo(f"{key.name}{'' if number else '  signs'}")
