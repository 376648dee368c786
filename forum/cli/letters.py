"""`forum receive`: a mail server hands over what came to the reply address, one letter at a time on standard input."""

import os
import sys
from typing import NoReturn

import typer

from forum import wiring
from forum.core.db import transaction
from forum.core.errors import ForumError, NotFound
from forum.social.privately import letters
from forum.social.wire.mail import MAX_BYTES, read


def receive() -> None:
    """Take in one letter from standard input. The exit code says what a mail server does next (sysexits.h)."""
    wiring.wire()
    mail = read(sys.stdin.buffer.read(MAX_BYTES + 1))
    if mail is None:
        _refuse("This is not a letter that can be read.", os.EX_DATAERR)
    try:
        with transaction() as session:
            letters.take_in(session, mail)
    except NotFound:
        _refuse("No open conversation of yours is answered here. Please use its page, or ask a new question.", os.EX_NOUSER)
    except ForumError as error:
        _refuse(error.sentence, os.EX_NOPERM)
    except Exception:
        _refuse("Not now; please try again.", os.EX_TEMPFAIL)


def _refuse(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
