"""Threads from elsewhere, waiting for a person: the list, one thread, and the decision about it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from forum.core.text import Id
from forum.social import actions, queries
from forum.social.inputs import IgnoreThread, PublishThread
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
    return page(request, INDEX, list=queries.triage_page(db, me, state, after))


@router.get("/social/{thread_id}")
def show(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    return page(request, SHOW, **_context(db, me, thread_id, blank()))


@router.post("/social/{thread_id}/topic")
def create_topic(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[PublishThread], posted(PublishThread)]
) -> Response:
    thread = queries.access_thread(db, me, thread_id)
    if not form.ok:
        return again(request, SHOW, **_context(db, me, thread_id, form))
    topic = actions.publish_thread(db, me, thread, form.data)
    return done(request, f"/topics/{topic.id}/{topic.slug}", flash="Published. It is a question here now, with links back.")


@router.post("/social/{thread_id}/ignoring")
def create_ignoring(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[IgnoreThread], posted(IgnoreThread)]
) -> Response:
    thread = queries.access_thread(db, me, thread_id)
    if not form.ok:
        return again(request, SHOW, **_context(db, me, thread_id, form))
    actions.ignore_thread(db, me, thread, form.data)
    return done(request, "/desk/social", flash="Ignored, with your reason. You can look at it again under Ignored.")


@router.post("/social/{thread_id}/reopening")
def create_reopening(request: Request, db: Db, me: Me, thread_id: Id) -> Response:
    actions.reopen(db, me, queries.access_thread(db, me, thread_id))
    return done(request, f"/desk/social/{thread_id}", flash="Back in triage.")


def _context(db: Db, me: Me, thread_id: int, form: Form[PublishThread] | Form[IgnoreThread]) -> dict[str, Any]:
    thread = queries.thread_page(db, me, queries.access_thread(db, me, thread_id))
    return {"list": queries.triage_page(db, me, thread.state), "thread": thread, "form": form}
