"""Threads from elsewhere, waiting for a person: the list, one thread, and whether it becomes a topic."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core.text import Id
from forum.policy.actor import Actor
from forum.social import actions, queries
from forum.social.inbox.listing import inbox_page
from forum.social.inbox.panel import thread_panel
from forum.social.incidents.queries import spikes
from forum.social.inputs import IgnoreThread, PublishThread
from forum.social.projection import project
from forum.social.sharing.queries import look_over, thread_replies
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.pages import again, done, page

router = APIRouter(prefix="/desk")
INDEX = "desk/social.html"
SHOW = "desk/thread.html"
State = Annotated[str, Query(max_length=20)]
After = Annotated[str | None, Query(max_length=200)]


@router.get("")
def home() -> Response:
    return RedirectResponse("/desk/social", 303)


@router.get("/social")
def index(request: Request, db: Db, me: Me, state: State = "", after: After = None) -> Response:
    return page(request, INDEX, list=inbox_page(db, me, state, after), spikes=spikes(db, me))


@router.get("/social/{thread_id}")
def show(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    return page(request, SHOW, **thread_context(db, me, thread_id, blank()))


@router.post("/social/{thread_id}/topic")
def create_topic(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[PublishThread], posted(PublishThread)]
) -> Response:
    thread = queries.access_thread(db, me, thread_id)
    if not form.ok:
        return again(request, SHOW, **thread_context(db, me, thread_id, form, "topic"))
    topic = actions.publish_thread(db, me, thread, form.data)
    return done(request, f"/topics/{topic.id}/{topic.slug}", flash="Published. It is a question here now, with links back.")


@router.post("/social/{thread_id}/ignoring")
def create_ignoring(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[IgnoreThread], posted(IgnoreThread)]
) -> Response:
    thread = queries.access_thread(db, me, thread_id)
    if not form.ok:
        return again(request, SHOW, **thread_context(db, me, thread_id, form, "ignore"))
    actions.ignore_thread(db, me, thread, form.data)
    return done(request, "/desk/social", flash="Ignored, with your reason. You can look at it again under Done.")


@router.post("/social/{thread_id}/reopening")
def create_reopening(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    actions.reopen(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/social/{thread_id}", flash="Back in triage.")


def thread_context(db: Session, me: Actor, thread_id: int, form: Form[Any], opened: str = "") -> dict[str, Any]:
    """`opened`: which of the forms was sent and comes back."""
    row = queries.access_thread(db, me, thread_id)
    projection = project(db, row)
    thread = queries.thread_page(db, me, row, projection)
    reply = form.values.get("text", "") if opened == "reply" else ""
    return {
        "list": inbox_page(db, me, thread.state),
        "thread": thread,
        "panel": thread_panel(db, me, row, projection),
        "replies": thread_replies(db, me, thread_id),
        "findings": look_over(db, row, reply) if reply else [],
        "form": form,
        "opened": opened,
        "spikes": spikes(db, me),
    }
