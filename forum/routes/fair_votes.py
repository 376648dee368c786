"""Doubted votes: the list and the cases for moderators and staff, and the answer of those they are about."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from forum.models import FraudCase
from forum.recognition.fairness import cases, queries
from forum.recognition.fairness.inputs import AppealDoubt, DecideCase
from forum.routes.paths import After, Id
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
SHOW, DOUBT = "desk/votes_case.html", "settings/doubt.html"
State = Annotated[str, Query(max_length=20)]


@router.get("/desk/votes")
def index(request: Request, db: Db, me: Me, state: State = "", after: After = None) -> Response:
    return page(request, "desk/votes.html", list=queries.case_list(db, me, state, after))


@router.get("/desk/votes/{case_id}")
def show(request: Request, db: Db, me: Me, case_id: Id) -> Response:
    case = cases.access_case(db, me, case_id)
    return page(request, SHOW, page=queries.case_page(db, me, case), form=blank())


@router.post("/desk/votes/{case_id}/decisions")
def decide(request: Request, db: Db, me: Me, case_id: Id, form: Annotated[Form[DecideCase], posted(DecideCase)]) -> Response:
    case = cases.access_case(db, me, case_id)
    outcome = carry_out(db, me, form, lambda: _decided(db, me, case, form.data))
    if outcome.url is None:
        return again(request, SHOW, status=outcome.status, page=queries.case_page(db, me, case), form=outcome.form)
    return done(request, outcome.url, flash="Decided. Everybody it is about reads it with their points.")


def _decided(db: Db, me: Me, case: FraudCase, data: DecideCase) -> str:
    cases.decide(db, me, case, data)
    return f"/desk/votes/{case.id}"


@router.get("/me/votes/{case_id}")
def doubt(request: Request, db: Db, me: Me, case_id: Id) -> Response:
    return page(request, DOUBT, page=queries.doubt_page(db, me, case_id), form=blank())


@router.post("/me/votes/{case_id}/appeals")
def appeal(request: Request, db: Db, me: Me, case_id: Id, form: Annotated[Form[AppealDoubt], posted(AppealDoubt)]) -> Response:
    outcome = carry_out(db, me, form, lambda: _appealed(db, me, case_id, form.data))
    if outcome.url is None:
        return again(request, DOUBT, status=outcome.status, page=queries.doubt_page(db, me, case_id), form=outcome.form)
    return done(request, outcome.url, flash="Thank you. Somebody reads it and answers here.")


def _appealed(db: Db, me: Me, case_id: int, data: AppealDoubt) -> str:
    cases.appeal(db, me, case_id, data)
    return f"/me/votes/{case_id}"
