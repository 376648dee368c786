"""Being asked: invitations, the questions for you, when and about what; and what staff see of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.models import Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.routing import actions, by_hand, desk, for_you, queries
from forum.recognition.routing.inputs import ChooseAvailability, InviteVolunteer, ReplyToInvitation, Snooze
from forum.routes.paths import After, Id
from forum.routes.posting import topic_address
from forum.topics import access
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
SETTINGS = "/settings/invitations"
REPLIES = {
    "take": "Yours for two hours. Others see that you are looking at it.",
    "later": "No problem. We ask somebody else.",
    "not_mine": "Thank you, noted. You find the topic under “When we ask you”.",
    "fewer": "Done. You get fewer of these from now on.",
}
AvailabilityForm = Annotated[Form[ChooseAvailability], posted(ChooseAvailability)]


@router.get("/for-you")
def show_for_you(request: Request, db: Db, me: Me) -> Response:
    shown = for_you.for_you(db, me)
    return page(request, "routing/for_you.html", page=shown, waiting=queries.waiting_invitations(db, me))


@router.get("/invitations")
def show_invitations(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "routing/invitations.html", page=queries.invitations(db, me, after))


@router.post("/invitations/{invite_id}/replies")
def reply(
    request: Request, db: Db, me: Me, invite_id: Id, form: Annotated[Form[ReplyToInvitation], posted(ReplyToInvitation)]
) -> Response:
    topic = actions.reply(db, me, invite_id, form.data)
    url = topic_address(topic) if form.data.reply == "take" else "/invitations"
    return done(request, url, flash=REPLIES[form.data.reply])


@router.get("/topics/{topic_id}/invitations/new")
def new_invitation(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    require(me, Permission.volunteer_invite, About(topic))
    return _invite_form(request, topic, blank())


@router.post("/topics/{topic_id}/invitations")
def invite(
    request: Request, db: Db, me: Me, topic_id: Id, form: Annotated[Form[InviteVolunteer], posted(InviteVolunteer)]
) -> Response:
    topic = access.access_topic(db, me, topic_id)
    outcome = carry_out(db, me, form, lambda: _invited(db, me, topic, form.data))
    if outcome.url is None:
        return _invite_form(request, topic, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Asked. They see that it was you.")


def _invited(db: Session, me: Actor, topic: Topic, data: InviteVolunteer) -> str:
    by_hand.invite_volunteer(db, me, topic, data)
    return topic_address(topic)


def _invite_form(request: Request, topic: Topic, form: Form[Any], *, status: int = 200) -> Response:
    view = {"id": topic.id, "title": topic.title, "url": topic_address(topic)}
    return page(request, "routing/invite.html", status=status, page=view, form=form)


@router.get(SETTINGS)
def edit_availability(request: Request, db: Db, me: Me) -> Response:
    own = queries.availability_form(db, me)
    return page(request, "settings/invitations.html", own=own, form=blank(**own.values))


@router.post(SETTINGS)
def update_availability(request: Request, db: Db, me: Me, form: AvailabilityForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _chosen(db, me, form.data))
    if outcome.url is None:
        own = queries.availability_form(db, me)
        return page(request, "settings/invitations.html", status=outcome.status, own=own, form=outcome.form)
    return done(request, outcome.url, flash="Saved.")


def _chosen(db: Session, me: Actor, data: ChooseAvailability) -> str:
    actions.choose(db, me, data)
    return SETTINGS


@router.post(f"{SETTINGS}/pauses")
def snooze(request: Request, db: Db, me: Me, form: Annotated[Form[Snooze], posted(Snooze)]) -> Response:
    actions.snooze(db, me, form.data)
    return done(
        request, SETTINGS, flash="You can be asked again." if form.data.length == "none" else "Nobody asks you until then."
    )


@router.get("/desk/routing")
def show_desk(request: Request, db: Db, me: Me) -> Response:
    return page(request, "desk/routing.html", page=desk.routing_desk(db, me))
