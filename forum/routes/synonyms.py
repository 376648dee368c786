"""Tags that mean the same: proposed by members, decided at the desk."""

from typing import Annotated

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.catalog import synonyms
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.topics.inputs import DecideSynonym, ProposeSynonym
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
NEW, DESK = "tags/synonym.html", "/desk/tags"


@router.get("/synonyms/new")
def new(request: Request, me: Me, name: str = "") -> Response:
    require(me, Permission.synonym_propose)
    return page(request, NEW, form=blank(name=name[:50]))


@router.post("/synonyms")
def create(request: Request, db: Db, me: Me, form: Annotated[Form[ProposeSynonym], posted(ProposeSynonym)]) -> Response:
    require(me, Permission.synonym_propose)
    outcome = carry_out(db, me, form, lambda: _proposed(db, me, form.data))
    if outcome.url is None:
        return page(request, NEW, status=outcome.status, form=outcome.form)
    return done(request, outcome.url, flash="Thank you. Staff look at it, and you hear what came of it.")


def _proposed(db: Session, me: Actor, data: ProposeSynonym) -> str:
    synonyms.propose(db, me, data.name, data.same_as)
    return "/tags"


@router.get(DESK)
def desk(request: Request, db: Db, me: Me) -> Response:
    return page(request, "desk/tags.html", list=synonyms.synonym_desk(db, me))


@router.post("/desk/tags/{name}")
def decide(request: Request, db: Db, me: Me, name: str, form: Annotated[Form[DecideSynonym], posted(DecideSynonym)]) -> Response:
    if form.data.decision == "accept":
        synonyms.accept(db, me, name)
        return done(request, DESK, flash="Accepted. Questions follow in a moment.")
    synonyms.decline(db, me, name)
    return done(request, DESK, flash="Declined. Whoever proposed it is told.")
