"""Reports on early products: written in the room, answered at the desk."""

from typing import Annotated

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import Id
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip import desk, embargo, reports
from forum.recognition.vip.inputs import ReadReport, WriteReport
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
ROOM, DESK = "perks/room.html", "desk/perk.html"


@router.get("/perks/{offer_id}/room")
def room(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    shown = embargo.room_page(db, me, offer_id)
    return page(request, ROOM, page=shown, reports=reports.room_reports(db, me, offer_id), form=blank())


@router.post("/perks/{offer_id}/reports")
def create(request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[WriteReport], posted(WriteReport)]) -> Response:
    require(me, Permission.preview_report)
    shown = embargo.room_page(db, me, offer_id)
    outcome = carry_out(db, me, form, lambda: _written(db, me, offer_id, form.data))
    if outcome.url is None:
        own = reports.room_reports(db, me, offer_id)
        return again(request, ROOM, status=outcome.status, page=shown, reports=own, form=outcome.form)
    return done(request, outcome.url, flash="Thank you. The team reads it and answers here.")


def _written(db: Session, me: Actor, offer_id: int, data: WriteReport) -> str:
    return f"/perks/{offer_id}/room#r-{reports.write_report(db, me, offer_id, data).id}"


@router.post("/desk/perks/{offer_id}/reports/{report_id}/answer")
def answer(
    request: Request, db: Db, me: Me, offer_id: Id, report_id: Id, form: Annotated[Form[ReadReport], posted(ReadReport)]
) -> Response:
    require(me, Permission.programme_run)
    outcome = carry_out(db, me, form, lambda: _answered(db, me, offer_id, report_id, form.data))
    if outcome.url is None:
        shown = desk.offer_desk(db, me, offer_id)
        return again(request, DESK, status=outcome.status, page=shown, form=outcome.form, failed=report_id)
    return done(request, outcome.url, flash="Answered. They read it in the room.")


def _answered(db: Session, me: Actor, offer_id: int, report_id: int, data: ReadReport) -> str:
    reports.read_report(db, me, offer_id, report_id, data)
    return f"/desk/perks/{offer_id}#reports"
