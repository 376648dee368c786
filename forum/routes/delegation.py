"""Volunteers who reply for us elsewhere: what an administrator allows, and what a volunteer writes."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import Id
from forum.policy.actor import Actor
from forum.social.sharing import delegation
from forum.social.sharing.delegation import DelegatedReply, Grant
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
DESK, MINE = "shares/delegation.html", "shares/mine.html"
SAID = {
    "approved": "It goes out in a moment.",
    "awaiting": "Staff read it now, then it goes out.",
    "by_hand": "Staff post it there by hand.",
}


@router.get("/desk/delegation")
def index(request: Request, db: Db, me: Me) -> Response:
    return _index(request, db, me, blank())


@router.post("/desk/delegation")
def create(request: Request, db: Db, me: Me, form: Annotated[Form[Grant], posted(Grant)]) -> Response:
    outcome = carry_out(db, me, form, lambda: f"/desk/delegation#d-{delegation.grant(db, me, form.data).id}")
    if outcome.url is None:
        return _index(request, db, me, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Granted. They are told, and everything they write is listed below.")


def _index(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    return page(request, DESK, status=status, page=delegation.delegation_page(db, me), form=form)


@router.post("/desk/delegation/stop")
def stop(request: Request, db: Db, me: Me) -> Response:
    delegation.turn(db, me, on=False)
    return done(request, "/desk/delegation", flash="Stopped. Nothing of volunteers goes out until you start it again.", tone="")


@router.post("/desk/delegation/stop/removal")
def start(request: Request, db: Db, me: Me) -> Response:
    delegation.turn(db, me, on=True)
    return done(request, "/desk/delegation", flash="Volunteers may reply again, each within their limits.")


@router.post("/desk/delegation/{delegation_id}/end")
def end(request: Request, db: Db, me: Me, delegation_id: Id) -> Response:
    delegation.end(db, me, delegation_id)
    return done(request, "/desk/delegation", flash="Ended.")


@router.get("/me/replies")
def mine(request: Request, db: Db, me: Me) -> Response:
    return page(request, MINE, page=delegation.own_replies(db, me), form=blank(), thread_id=0)


@router.post("/me/replies/{thread_id}")
def write(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[DelegatedReply], posted(DelegatedReply)]
) -> Response:
    outcome = carry_out(db, me, form, lambda: f"/me/replies?now={delegation.reply(db, me, thread_id, form.data)}")
    if outcome.url is None:
        view = delegation.own_replies(db, me)
        return page(request, MINE, status=outcome.status, page=view, form=outcome.form, thread_id=thread_id)
    state = outcome.url.rpartition("=")[2]
    return done(request, "/me/replies", flash=SAID.get(state, "Thank you. Staff see your suggestion."))
