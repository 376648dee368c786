"""How recognition works here, and one member's part in it: thresholds, paused privileges, corrected points."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.accounts.queries import access_member
from forum.models import Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition import adjustments, boards, inputs, privileges
from forum.routes.paths import Id
from forum.votes.inputs import Switch
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter(prefix="/admin")
INDEX, MEMBER = "admin/recognition.html", "admin/member_recognition.html"
PrivilegesForm = Annotated[Form[inputs.ChoosePrivileges], posted(inputs.ChoosePrivileges)]
SuspendForm = Annotated[Form[inputs.SuspendPrivilege], posted(inputs.SuspendPrivilege)]
ReinstateForm = Annotated[Form[inputs.ReinstatePrivilege], posted(inputs.ReinstatePrivilege)]
PointsForm = Annotated[Form[inputs.AdjustPoints], posted(inputs.AdjustPoints)]


@router.get("/recognition")
def edit(request: Request, db: Db, me: Me) -> Response:
    return _index(request, db, me, blank())


@router.post("/recognition")
def update(request: Request, db: Db, me: Me, form: PrivilegesForm) -> Response:
    if not form.ok:
        return _index(request, db, me, form, status=422)
    privileges.choose(db, me, form.data)
    return done(request, "/admin/recognition", flash="Saved. Everybody's privileges follow in a moment.")


def _index(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    view = privileges.privileges_page(db, me)
    return page(request, INDEX, status=status, page=view, boards_on=boards.is_on(db), form=form)


@router.post("/boards")
def switch_boards(request: Request, db: Db, me: Me, form: Annotated[Form[Switch], posted(Switch)]) -> Response:
    boards.switch(db, me, on=form.data.on == "1")
    return done(request, "/admin/recognition", flash="Saved.")


@router.get("/members/{member_id}/recognition")
def show(request: Request, db: Db, me: Me, member_id: Id) -> Response:
    return _member(request, db, me, access_member(db, member_id), blank())


@router.post("/members/{member_id}/privilege-pauses")
def suspend(request: Request, db: Db, me: Me, member_id: Id, form: SuspendForm) -> Response:
    member = access_member(db, member_id)
    if not form.ok:
        return _member(request, db, me, member, form, status=422)
    privileges.suspend(db, me, member, form.data)
    return done(request, _url(member), flash="Paused. They see until when, and why.")


@router.post("/members/{member_id}/privilege-pauses/removal")
def reinstate(request: Request, db: Db, me: Me, member_id: Id, form: ReinstateForm) -> Response:
    member = access_member(db, member_id)
    privileges.reinstate(db, me, member, form.data.privilege)
    return done(request, _url(member), flash="Open again.")


@router.post("/members/{member_id}/points")
def adjust(request: Request, db: Db, me: Me, member_id: Id, form: PointsForm) -> Response:
    member = access_member(db, member_id)
    outcome = carry_out(db, me, form, lambda: _adjusted(db, me, member, form.data))
    if outcome.url is None:
        return _member(request, db, me, member, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Entered, with your reason. Large corrections wait for a second person.")


def _adjusted(db: Session, me: Actor, member: Member, data: inputs.AdjustPoints) -> str:
    adjustments.adjust(db, me, member, data)
    return _url(member)


@router.post("/points/{proposal_id}/approval")
def approve(request: Request, db: Db, me: Me, proposal_id: Id) -> Response:
    proposal = adjustments.approve(db, me, proposal_id)
    return done(request, f"/admin/members/{proposal.member_id}/recognition", flash="Approved, and counted.")


@router.post("/points/{proposal_id}/removal")
def drop(request: Request, db: Db, me: Me, proposal_id: Id) -> Response:
    proposal = adjustments.drop(db, me, proposal_id)
    return done(request, f"/admin/members/{proposal.member_id}/recognition", flash="Dropped. Nothing was counted.")


def _member(request: Request, db: Session, me: Actor, member: Member, form: Form[Any], *, status: int = 200) -> Response:
    require(me, Permission.points_adjust)
    view = {
        "id": member.id,
        "name": member.name,
        "handle": member.handle_key,
        "reputation": member.reputation,
        "privileges": privileges.privilege_rows(db, member),
        "proposals": adjustments.proposals(db, me, member.id),
        "may_pause": privileges.may_pause(me),
    }
    return page(request, MEMBER, status=status, page=view, form=form)


def _url(member: Member) -> str:
    return f"/admin/members/{member.id}/recognition"
