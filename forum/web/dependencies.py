"""What routes ask for: one transaction (`Db`) and the person (`Me`)."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from forum.accounts import sessions
from forum.core.db import transaction
from forum.policy.actor import VISITOR, Actor
from forum.web.address import client_address
from forum.web.cookies import session_cookie

SAFE_METHODS = ("GET", "HEAD")


def unit_of_work(request: Request) -> Iterator[Session]:
    """Commits before the response leaves; raising rolls back. Reading pages never take the write lock."""
    with transaction(writes=request.method not in SAFE_METHODS) as session:
        yield session


Db = Annotated[Session, Depends(unit_of_work, scope="function")]


def actor(request: Request, db: Db) -> Actor:
    """Who is asking. A visitor costs no query."""
    token = request.cookies.get(session_cookie())
    found = sessions.actor_for(db, token, client_address(request)) if token else None
    request.state.actor = found or Actor(address=client_address(request))
    return request.state.actor or VISITOR


Me = Annotated[Actor, Depends(actor)]
