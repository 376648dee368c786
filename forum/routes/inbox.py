"""What people do with a thread in the inbox besides publishing it: watch, escalate, take, join, paste by hand."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import Id
from forum.models import Platform
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.routes.triage import SHOW, thread_context
from forum.social import queries
from forum.social.authors import NETWORKS
from forum.social.inbox import actions, inputs
from forum.social.inbox.pasting import paste_post
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter(prefix="/desk")
PASTE = "channels/paste.html"
ANYWHERE = (Platform.elsewhere, *(one for one in NETWORKS if one not in (Platform.elsewhere, Platform.simulated)))


@router.post("/social/{thread_id}/watching")
def create_watching(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[inputs.WatchThread], posted(inputs.WatchThread)]
) -> Response:
    return _decide(
        request,
        db,
        me,
        thread_id,
        form,
        "watch",
        actions.watch_thread,
        "Observed. It comes back on that day, or sooner if it grows.",
    )


@router.post("/social/{thread_id}/escalation")
def create_escalation(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[inputs.EscalateThread], posted(inputs.EscalateThread)]
) -> Response:
    return _decide(request, db, me, thread_id, form, "escalate", actions.escalate_thread, "Handed over, with your note.")


@router.post("/social/{thread_id}/attachment")
def create_attachment(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[inputs.AttachThread], posted(inputs.AttachThread)]
) -> Response:
    return _decide(
        request, db, me, thread_id, form, "attach", actions.attach_thread, "Joined. The question says where else it was asked."
    )


@router.post("/social/{thread_id}/pending")
def create_pending(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[inputs.ApprovePending], posted(inputs.ApprovePending)]
) -> Response:
    return _decide(request, db, me, thread_id, form, "pending", actions.approve_pending, "Published as you read them.")


def _decide(
    request: Request, db: Session, me: Actor, thread_id: int, form: Form[Any], name: str, act: Callable[..., Any], said: str
) -> Response:
    thread = queries.access_thread(db, me, thread_id)

    def carry() -> str:
        act(db, me, thread, form.data)
        return f"/desk/social/{thread_id}"

    outcome = carry_out(db, me, form, carry)
    if outcome.url is None:
        return page(request, SHOW, status=outcome.status, **thread_context(db, me, thread_id, outcome.form, name))
    return done(request, outcome.url, flash=said)


@router.post("/social/{thread_id}/assignment")
def create_assignment(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    actions.take_thread(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/social/{thread_id}", flash="It is yours.")


@router.post("/social/{thread_id}/assignment/removal")
def remove_assignment(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    actions.release_thread(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/social/{thread_id}", flash="Free again for anybody.")


@router.post("/social/{thread_id}/return")
def create_return(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    actions.back_to_triage(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/social/{thread_id}", flash="Back in triage.")


@router.get("/pastes/new")
def new_paste(request: Request, db: Db, me: Me, reply_to: str = "") -> Response:
    require(me, Permission.triage)
    return _paste(request, blank(reply_to=reply_to[:600]))


@router.post("/pastes")
def create_paste(request: Request, db: Db, me: Me, form: Annotated[Form[inputs.PastePost], posted(inputs.PastePost)]) -> Response:
    require(me, Permission.triage)
    outcome = carry_out(db, me, form, lambda: f"/desk/social/{paste_post(db, me, form.data).id}")
    if outcome.url is None:
        return _paste(request, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Kept. Paste its replies too, or decide about it.")


def _paste(request: Request, form: Form[Any], *, status: int = 200) -> Response:
    return page(request, PASTE, status=status, form=form, networks=[(one.value, NETWORKS[one].capitalize()) for one in ANYWHERE])
