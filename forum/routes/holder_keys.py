"""A holder's own key for credentials: named, proved, removed."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.credentials import holders, pages
from forum.recognition.credentials.inputs import NameKey, ProveKey
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, posted
from forum.web.once import carry_out
from forum.web.pages import again, done

router = APIRouter(prefix="/me/credentials/key")
OWN, HERE = "credentials/index.html", "/me/credentials#key"


@router.post("")
def name(request: Request, db: Db, me: Me, form: Annotated[Form[NameKey], posted(NameKey)]) -> Response:
    return _act(request, db, me, form, lambda: holders.name_key(db, me, form.data), "Now sign what stands here.")


@router.post("/proof")
def prove(request: Request, db: Db, me: Me, form: Annotated[Form[ProveKey], posted(ProveKey)]) -> Response:
    said = "The key is yours. What you ask for from now on names it."
    return _act(request, db, me, form, lambda: holders.prove_key(db, me, form.data), said)


@router.post("/removal")
def remove(request: Request, db: Db, me: Me) -> Response:
    holders.remove_key(db, me)
    return done(request, HERE, flash="Removed. What was signed before still names it.")


def _act(request: Request, db: Session, me: Actor, form: Form[Any], act: Callable[[], None], said: str) -> Response:
    def change() -> str:
        act()
        return HERE

    require(me, Permission.credential_ask)
    outcome = carry_out(db, me, form, change)
    if outcome.url is None:
        return again(request, OWN, status=outcome.status, page=pages.own_page(db, me), form=outcome.form)
    return done(request, outcome.url, flash=said)
