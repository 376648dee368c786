"""What routes ask for: one transaction (`Db`) and the person (`Me`, or `Glance` where slow work comes first)."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request
from sqlmodel import Session

from forum.accounts import sessions
from forum.core.db import transaction
from forum.models.accounts import Theme
from forum.policy.actor import Actor
from forum.web.address import client_address
from forum.web.cookies import session_cookie

SAFE_METHODS = ("GET", "HEAD")
THEME = "theme"


def unit_of_work(request: Request) -> Iterator[Session]:
    """Commits before the response leaves; raising rolls back. Reading pages never take the write lock."""
    with transaction(writes=request.method not in SAFE_METHODS) as session:
        yield session


Db = Annotated[Session, Depends(unit_of_work, scope="function")]


def actor(request: Request, db: Db, later: BackgroundTasks) -> Actor:
    """Who is asking. A visitor costs no query.

    A writing request looks in a transaction of its own: its own one would take the write lock here, and hold it while
    the body still comes in and the route waits for a thread. With as many writers as threads, nobody would go on.
    """
    return _look(request, db, later) if request.method in SAFE_METHODS else glance(request, later)


def glance(request: Request, later: BackgroundTasks) -> Actor:
    """The same, read in a short transaction of its own: for routes that hash or count before they write."""
    if session_cookie() not in request.cookies:
        return _visitor(request)
    with transaction(writes=False) as session:
        return _look(request, session, later)


Me = Annotated[Actor, Depends(actor)]
Glance = Annotated[Actor, Depends(glance)]


def _look(request: Request, session: Session, later: BackgroundTasks) -> Actor:
    token = request.cookies.get(session_cookie())
    found = sessions.find(session, token, client_address(request)) if token else None
    if found is None:
        return _visitor(request)
    if sessions.is_stale(found.last_seen_at):
        later.add_task(_touch, found.actor)
    request.state.actor = found.actor
    return found.actor


def _visitor(request: Request) -> Actor:
    chosen = request.cookies.get(THEME, "")
    theme = Theme(chosen) if chosen in {theme.value for theme in Theme} else Theme.system
    request.state.actor = Actor(theme=theme, address=client_address(request))
    return Actor(theme=theme, address=client_address(request))


def _touch(person: Actor) -> None:
    """After the answer has left, so that no reader waits for the write lock."""
    with transaction() as session:
        sessions.touch(session, person)
