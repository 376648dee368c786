"""Published outcomes: reading, writing, withdrawing; and the replies that carry them back."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core import markdown
from forum.core.templating import stored_html
from forum.models import Topic
from forum.policy.actor import Actor
from forum.resolutions import actions, helped, inputs, queries
from forum.routes.outside import origin_views
from forum.routes.paths import After, Id
from forum.routes.posting import topic_address
from forum.social.sharing import queries as shares
from forum.topics import access
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
EDIT = "resolutions/edit.html"
ResolutionForm = Annotated[Form[inputs.WriteResolution], posted(inputs.WriteResolution)]
WithdrawForm = Annotated[Form[inputs.Withdraw], posted(inputs.Withdraw)]
SayForm = Annotated[Form[inputs.SayArticle], posted(inputs.SayArticle)]


@router.get("/resolutions")
def index(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "resolutions/index.html", page=queries.resolution_list(db, after))


@router.get("/resolutions/{resolution_id}")
@router.get("/resolutions/{resolution_id}/{slug}")
def show(request: Request, db: Db, me: Me, resolution_id: Id, slug: str = "") -> Response:
    view = queries.resolution_page(db, me, resolution_id)
    if not view.url.endswith(f"/{slug}"):
        return RedirectResponse(view.url, 301 if slug else 303)
    topic_id = int(view.edit_url.split("/")[2])
    return page(request, "resolutions/show.html", page=replace(view, origins=origin_views(db, topic_id)))


@router.post("/resolutions/{resolution_id}/helped")
def say_helped(request: Request, db: Db, me: Me, resolution_id: Id, form: SayForm) -> Response:
    row = helped.say(db, me, resolution_id, form.data)
    said = "Thank you for saying so." if form.data.helped else "Taken back."
    return done(request, f"{queries.resolution_url(row)}#helped", flash=said)


@router.get("/topics/{topic_id}/resolution")
def edit(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    _, values = queries.edit_form(db, me, topic)
    return editor(request, db, me, topic, blank(**values))


@router.post("/topics/{topic_id}/resolution")
def write(request: Request, db: Db, me: Me, topic_id: Id, form: ResolutionForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    outcome = carry_out(db, me, form, lambda: _written(db, me, topic, form.data))
    if outcome.url is None:
        return editor(request, db, me, topic, outcome.form, status=outcome.status)
    return done(
        request,
        outcome.url,
        flash="Published. Below are replies for where it was asked." if form.data.act == "publish" else "Saved.",
    )


def _written(db: Session, me: Actor, topic: Topic, data: inputs.WriteResolution) -> str:
    row = actions.write_resolution(db, me, topic, data)
    db.flush()
    waiting = any(share.state == "draft" for share in shares.share_views(db, me, topic.id))
    return f"/topics/{topic.id}/resolution" if data.act == "save" or waiting else queries.resolution_url(row)


def editor(
    request: Request,
    db: Session,
    me: Actor,
    topic: Topic,
    form: Form[Any],
    *,
    status: int = 200,
    decline: Form[Any] | None = None,
) -> Response:
    view, _ = queries.edit_form(db, me, topic)
    view = replace(view, shares=shares.share_views(db, me, topic.id))
    shown = preview_of(form)
    return page(request, EDIT, status=status, page=view, form=form, decline=decline or blank(), preview_html=shown)


def preview_of(form: Form[Any]) -> Markup | None:
    return stored_html(markdown.render(form.values.get("body", "")[: markdown.MAX_LENGTH])) if form.preview else None


@router.post("/resolutions/{resolution_id}/withdrawal")
def withdraw(request: Request, db: Db, me: Me, resolution_id: Id, form: WithdrawForm) -> Response:
    row, topic = actions.access_resolution(db, resolution_id)
    actions.withdraw(db, me, topic, row, form.data)
    return done(request, topic_address(topic), flash="Withdrawn. The page says so and why.")
