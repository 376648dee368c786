"""Connected accounts on other networks: connect, look after, sign in again; and threads read by a pasted address."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core.errors import NotFound
from forum.core.text import Id
from forum.models.social import ReadingState, ThreadLink
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.channels import actions, inputs, queries
from forum.social.channels.kinds import kind_of
from forum.social.reading import requests
from forum.social.reading.requests import ReadAddress
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter(prefix="/desk")
INDEX, NEW, SHOW, READING = "channels/index.html", "channels/new.html", "channels/show.html", "channels/reading.html"
Network = Annotated[str, Query(max_length=24)]


@router.get("/channels")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, INDEX, page=queries.channels_page(db, me))


@router.get("/channels/new")
def new(request: Request, db: Db, me: Me, network: Network = "") -> Response:
    return _new(request, db, me, network, blank(platform=network))


@router.post("/channels")
def create(
    request: Request, db: Db, me: Me, form: Annotated[Form[inputs.ConnectChannel], posted(inputs.ConnectChannel)]
) -> Response:
    outcome = carry_out(db, me, form, lambda: f"/desk/channels/{actions.connect(db, me, form.data).id}")
    if outcome.url is None:
        return _new(request, db, me, form.values.get("platform", ""), outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Connected. We are trying the secret now; this page says how it went.")


def _new(request: Request, db: Session, me: Actor, network: str, form: Form[Any], *, status: int = 200) -> Response:
    require(me, Permission.channel_manage)
    listed = queries.channels_page(db, me)
    kind = kind_of(network)
    if network and (kind is None or kind not in listed.kinds):
        raise NotFound
    return page(request, NEW, status=status, page=listed, kind=kind, form=form)


@router.get("/channels/{channel_id}")
def show(request: Request, db: Db, me: Me, channel_id: Id) -> Response:
    return _show(request, db, me, channel_id, None)


@router.post("/channels/{channel_id}")
def update(
    request: Request,
    db: Db,
    me: Me,
    channel_id: Id,
    form: Annotated[Form[inputs.ChangeChannel], posted(inputs.ChangeChannel)],
) -> Response:
    channel = actions.access_channel(db, me, channel_id)
    if not form.ok:
        return _show(request, db, me, channel_id, form, status=422)
    actions.change(db, me, channel, form.data)
    return done(request, f"/desk/channels/{channel_id}", flash="Saved.")


@router.post("/channels/{channel_id}/secrets")
def create_secrets(
    request: Request, db: Db, me: Me, channel_id: Id, form: Annotated[Form[inputs.Secrets], posted(inputs.Secrets)]
) -> Response:
    channel = actions.access_channel(db, me, channel_id)

    def keep() -> str:
        actions.sign_in_again(db, me, channel, form.data)
        return f"/desk/channels/{channel_id}"

    outcome = carry_out(db, me, form, keep)
    if outcome.url is None:
        return _show(request, db, me, channel_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Kept. We are trying it now.")


def _show(request: Request, db: Session, me: Actor, channel_id: int, form: Form[Any] | None, *, status: int = 200) -> Response:
    view = queries.channel_page(db, me, actions.access_channel(db, me, channel_id))
    return page(request, SHOW, status=status, page=view, form=form or blank(**view.values))


@router.post("/channels/{channel_id}/pause")
def pause(request: Request, db: Db, me: Me, channel_id: Id) -> Response:
    actions.pause(db, me, actions.access_channel(db, me, channel_id))
    return done(request, f"/desk/channels/{channel_id}", flash="Paused. Nothing is read or sent until you take it up again.")


@router.post("/channels/{channel_id}/pause/removal")
def resume(request: Request, db: Db, me: Me, channel_id: Id) -> Response:
    actions.resume(db, me, actions.access_channel(db, me, channel_id))
    return done(request, f"/desk/channels/{channel_id}", flash="Trying it now. It goes on where it stopped.")


@router.post("/channels/{channel_id}/gaps/{gap_id}/closing")
def close_gap(request: Request, db: Db, me: Me, channel_id: Id, gap_id: Id) -> Response:
    actions.close_gap(db, me, actions.access_channel(db, me, channel_id), gap_id)
    return done(request, f"/desk/channels/{channel_id}", flash="Noted that somebody looked.")


@router.get("/readings/new")
def new_reading(request: Request, db: Db, me: Me) -> Response:
    return _reading(request, db, me, blank())


@router.post("/readings")
def create_reading(request: Request, db: Db, me: Me, form: Annotated[Form[ReadAddress], posted(ReadAddress)]) -> Response:
    known: list[bool] = []

    def ask() -> str:
        found = requests.ask_for(db, me, form.data)
        known.append(isinstance(found, ThreadLink))
        return f"/desk/social/{found.id}" if isinstance(found, ThreadLink) else f"/desk/readings/{found.id}"

    outcome = carry_out(db, me, form, ask)
    if outcome.url is None:
        return _reading(request, db, me, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="We have this one already." if known == [True] else "")


def _reading(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    listed = queries.channels_page(db, me)
    return page(request, READING, status=status, page=listed, form=form, reading=None)


@router.get("/readings/{reading_id}")
def show_reading(request: Request, db: Db, me: Me, reading_id: Id) -> Response:
    reading = requests.access_request(db, me, reading_id)
    if reading.state == ReadingState.done and reading.thread_id is not None:
        return RedirectResponse(f"/desk/social/{reading.thread_id}", 303)
    listed = queries.channels_page(db, me)
    return page(request, READING, page=listed, form=blank(url=reading.url), reading=reading)
