"""Findings against somebody: the objection of whoever it is about, and the answer of another moderator."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.policy.actor import Actor
from forum.recognition.findings import objections
from forum.recognition.findings.inputs import AnswerObjection, Object
from forum.routes.paths import After, Id
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
ObjectForm = Annotated[Form[Object], posted(Object)]
AnswerForm = Annotated[Form[AnswerObjection], posted(AnswerObjection)]


@router.get("/settings/findings/{event_id}")
def show(request: Request, db: Db, me: Me, event_id: Id) -> Response:
    return _finding(request, db, me, event_id, blank())


@router.post("/settings/findings/{event_id}/objections")
def create(request: Request, db: Db, me: Me, event_id: Id, form: ObjectForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _objected(db, me, event_id, form.data))
    if outcome.url is None:
        return _finding(request, db, me, event_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Thank you. A moderator who had no part in it reads this and answers here.")


def _objected(db: Session, me: Actor, event_id: int, data: Object) -> str:
    objections.object_to(db, me, event_id, data)
    return f"/settings/findings/{event_id}"


def _finding(request: Request, db: Session, me: Actor, event_id: int, form: Form[Any], *, status: int = 200) -> Response:
    view = objections.finding_page(db, me, event_id)
    return page(request, "settings/finding.html", status=status, page=view, form=form)


@router.get("/desk/findings")
def index(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return _list(request, db, me, 0, blank(), after=after)


@router.post("/desk/findings/{objection_id}/answers")
def answer(request: Request, db: Db, me: Me, objection_id: Id, form: AnswerForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _answered(db, me, objection_id, form.data))
    if outcome.url is None:
        return _list(request, db, me, objection_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Answered. They read it with their points.")


def _answered(db: Session, me: Actor, objection_id: int, data: AnswerObjection) -> str:
    objections.answer_objection(db, me, objection_id, data)
    return "/desk/findings"


def _list(
    request: Request, db: Session, me: Actor, about: int, form: Form[Any], *, after: str | None = None, status: int = 200
) -> Response:
    """`about` is the objection whose form comes back."""
    found = objections.objection_list(db, me, after)
    return page(request, "desk/findings.html", status=status, list=found, about=about, form=form)
