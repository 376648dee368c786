"""Between volunteers: endorsing, judging endorsements, mentoring."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.accounts.queries import access_member_by_handle
from forum.models import Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.peers import endorsements, inputs, mentoring
from forum.routes.paths import Id
from forum.votes.inputs import Switch
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
EndorseForm = Annotated[Form[inputs.Endorse], posted(inputs.Endorse)]
JudgeForm = Annotated[Form[inputs.JudgeReview], posted(inputs.JudgeReview)]
AskForm = Annotated[Form[inputs.AskMentor], posted(inputs.AskMentor)]
DraftForm = Annotated[Form[inputs.ShowDraft], posted(inputs.ShowDraft)]
CommentForm = Annotated[Form[inputs.SayToDraft], posted(inputs.SayToDraft)]
SwitchForm = Annotated[Form[Switch], posted(Switch)]


@router.get("/members/{handle}/endorsements/new")
def new_endorsement(request: Request, db: Db, me: Me, handle: str) -> Response:
    require(me, Permission.member_endorse)
    return _endorse_form(request, access_member_by_handle(db, handle), blank())


@router.post("/members/{handle}/endorsements")
def endorse(request: Request, db: Db, me: Me, handle: str, form: EndorseForm) -> Response:
    member = access_member_by_handle(db, handle)
    outcome = carry_out(db, me, form, lambda: _endorsed(db, me, member, form.data))
    if outcome.url is None:
        return _endorse_form(request, member, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Thank you. They read your sentence; three of them ask the experts to look.")


def _endorsed(db: Session, me: Actor, member: Member, data: inputs.Endorse) -> str:
    endorsements.endorse(db, me, member, data)
    return f"/members/{member.handle_key}"


def _endorse_form(request: Request, member: Member, form: Form[Any], *, status: int = 200) -> Response:
    view = {"name": member.name, "handle": member.handle_key}
    return page(request, "recognition/endorse.html", status=status, member=view, form=form)


@router.get("/endorsements")
def reviews(request: Request, db: Db, me: Me) -> Response:
    return page(request, "recognition/reviews.html", reviews=endorsements.reviews(db, me), form=blank())


@router.post("/endorsements/{review_id}")
def judge(request: Request, db: Db, me: Me, review_id: Id, form: JudgeForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _judged(db, me, review_id, form.data))
    if outcome.url is None:
        shown = endorsements.reviews(db, me)
        return page(request, "recognition/reviews.html", status=outcome.status, reviews=shown, form=outcome.form)
    return done(request, outcome.url, flash="Thank you for looking.")


def _judged(db: Session, me: Actor, review_id: int, data: inputs.JudgeReview) -> str:
    endorsements.judge(db, me, review_id, data)
    return "/endorsements"


@router.get("/mentoring")
def show_mentoring(request: Request, db: Db, me: Me) -> Response:
    return _mentoring(request, db, me, blank())


def _mentoring(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    return page(request, "recognition/mentoring.html", status=status, page=mentoring.mentoring_page(db, me), form=form)


@router.post("/mentoring/mentor")
def offer(request: Request, db: Db, me: Me, form: SwitchForm) -> Response:
    mentoring.offer(db, me, on=form.data.on == "1")
    return done(request, "/mentoring", flash="Saved.")


@router.post("/mentoring")
def ask_mentor(request: Request, db: Db, me: Me, form: AskForm) -> Response:
    mentoring.ask(db, me, form.data.mentor)
    return done(request, "/mentoring", flash="They were asked. You hear when they say yes.")


@router.post("/mentoring/{mentorship_id}/acceptance")
def accept(request: Request, db: Db, me: Me, mentorship_id: Id) -> Response:
    mentoring.accept(db, me, mentorship_id)
    return done(request, "/mentoring", flash="Thank you. For thirty days they can show you drafts.")


@router.post("/mentoring/{mentorship_id}/end")
def end(request: Request, db: Db, me: Me, mentorship_id: Id) -> Response:
    mentoring.end(db, me, mentorship_id)
    return done(request, "/mentoring", flash="Ended. Nobody is told why.", tone="")


@router.post("/mentoring/drafts")
def show_draft(request: Request, db: Db, me: Me, form: DraftForm) -> Response:
    mentoring.show_draft(db, me, form.data.topic)
    return done(request, "/mentoring", flash="Your mentor sees it now, and nobody else.")


@router.post("/mentoring/drafts/{draft_id}")
def say(request: Request, db: Db, me: Me, draft_id: Id, form: CommentForm) -> Response:
    if not form.ok:
        return _mentoring(request, db, me, form, status=422)
    mentoring.say(db, me, draft_id, form.data)
    return done(request, "/mentoring", flash="They read it before they post.")
