"""`forum user …`: the first administrator, roles, passwords."""

from typing import Annotated

import typer
from pydantic import ValidationError

from forum import wiring
from forum.accounts import actions, passwords
from forum.accounts.inputs import Join
from forum.accounts.queries import access_member_by_handle
from forum.core.db import transaction
from forum.core.errors import ForumError
from forum.models import Role
from forum.web.forms import sentences

people = typer.Typer(help="Members, from the command line.", no_args_is_help=True)
Handle = Annotated[str, typer.Argument(help="The member's handle.")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]


@people.command()
def create(handle: Handle, email: str, password: Password, name: str = "", role: Role = Role.member) -> None:
    """Make a member who may sign in at once."""
    wiring.wire()
    try:
        data = Join(handle=handle, name=name or handle, email=email, password=password)
        hashed = passwords.hash_password(password)
        with transaction() as session:
            member = actions.add_member(session, data, hashed, confirmed=True)
            actions.place_role(session, member, role, by=None)
    except ValidationError as error:
        _stop(" ".join(f"{field}: {sentence}" for field, sentence in sentences(error).items()))
    except ForumError as error:
        _stop(error.sentence)
    typer.echo(f"{handle} can sign in now, as {role.value}.")


@people.command()
def role(handle: Handle, new_role: Role) -> None:
    """Change what somebody may do."""
    wiring.wire()
    try:
        with transaction() as session:
            actions.place_role(session, access_member_by_handle(session, handle), new_role, by=None)
    except ForumError as error:
        _stop(error.sentence)
    typer.echo(f"{handle} is {new_role.value} now.")


@people.command()
def password(handle: Handle, password: Password) -> None:
    """Set a new password and end every session."""
    wiring.wire()
    try:
        hashed = passwords.hash_password(password)
        with transaction() as session:
            actions.set_password(session, access_member_by_handle(session, handle), hashed)
    except ForumError as error:
        _stop(error.sentence)
    typer.echo(f"{handle} has a new password.")


def _stop(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
