"""Replies to other networks: the list, one of them, and everything that is decided about it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.errors import NotFound
from forum.core.text import Id
from forum.policy.actor import Actor
from forum.routes.paths import After
from forum.routes.triage import SHOW as THREAD
from forum.routes.triage import thread_context
from forum.social import queries as threads
from forum.social.sharing import actions, inputs, queries
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
INDEX, SHOW = "shares/index.html", "shares/show.html"
SAID = {
    "awaiting": "A second person reads it now.",
    "by_hand": "Approved. Post it there, then tell us where.",
    "draft": "Saved.",
}
Tab = Annotated[str, Query(max_length=20)]


@router.get("/desk/shares")
def index(request: Request, db: Db, me: Me, tab: Tab = "", after: After = None) -> Response:
    return page(request, INDEX, page=queries.shares_page(db, me, tab, after))


@router.get("/desk/shares/{share_id}")
def show(request: Request, db: Db, me: Me, share_id: Id) -> Response:
    return _show(request, db, me, share_id, blank())


@router.post("/desk/social/{thread_id}/replies")
def create(
    request: Request, db: Db, me: Me, thread_id: Id, form: Annotated[Form[inputs.WriteReply], posted(inputs.WriteReply)]
) -> Response:
    """Begins as a draft, so that what is wrong with it shows beside it and nothing typed is lost."""
    thread = threads.access_thread(db, me, thread_id)
    outcome = carry_out(db, me, form, lambda: actions.place_of(actions.write_reply(db, me, thread, form.data).id))
    if outcome.url is None:
        return page(request, THREAD, status=outcome.status, **thread_context(db, me, thread_id, outcome.form, "reply"))
    return done(request, outcome.url, flash="Kept as a draft. Read it once more, then approve it.")


@router.post("/shares/{share_id}")
def save(
    request: Request, db: Db, me: Me, share_id: Id, form: Annotated[Form[inputs.SaveShare], posted(inputs.SaveShare)]
) -> Response:
    share, thread = actions.access_share(db, me, share_id)
    outcome = carry_out(db, me, form, lambda: actions.save(db, me, share, thread, form.data))
    if outcome.url is None:
        return _show(request, db, me, share_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash=SAID.get(str(share.state), "Approved. It goes out in a moment."))


@router.post("/shares/{share_id}/receipt")
def receipt(
    request: Request, db: Db, me: Me, share_id: Id, form: Annotated[Form[inputs.Receipt], posted(inputs.Receipt)]
) -> Response:
    share, thread = actions.access_share(db, me, share_id)
    outcome = carry_out(db, me, form, lambda: actions.record_receipt(db, me, share, thread, form.data))
    if outcome.url is None:
        return _show(request, db, me, share_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Noted. The loop is closed where it began.")


@router.post("/shares/{share_id}/dropping")
def drop(request: Request, db: Db, me: Me, share_id: Id) -> Response:
    share, _ = actions.access_share(db, me, share_id)
    actions.drop(db, me, share)
    return done(request, actions.place_of(share_id), flash="We do not reply there.", tone="")


@router.post("/shares/{share_id}/taking-back")
def take_back(request: Request, db: Db, me: Me, share_id: Id) -> Response:
    share, _ = actions.access_share(db, me, share_id)
    actions.take_back(db, me, share)
    return done(request, actions.place_of(share_id), flash="It is being taken back; this page says how it went.", tone="")


def _show(request: Request, db: Session, me: Actor, share_id: int, form: Form[Any], *, status: int = 200) -> Response:
    view = queries.share_page(db, me, share_id)
    if view is None:
        raise NotFound
    return page(request, SHOW, status=status, page=view, form=form)
