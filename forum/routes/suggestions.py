"""Suggested edits: written, decided, withdrawn, and the lists of those that wait."""

from typing import Annotated

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core import markdown
from forum.core.templating import stored_html
from forum.models import Post, SuggestedEdit, Topic
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.resolutions.proposals import own_articles
from forum.routes.paths import After, Id
from forum.routes.posting import post_address
from forum.topics import access, inputs, suggesting, suggestions
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
EDIT, SHOW = "topics/edit.html", "topics/suggestion.html"
SuggestForm = Annotated[Form[inputs.EditPost], posted(inputs.EditPost)]
DecideForm = Annotated[Form[inputs.DecideEdit], posted(inputs.DecideEdit)]


@router.get("/posts/{post_id}/suggestions/new")
def new(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    if may(me, Permission.post_edit, About(topic, post)):
        return RedirectResponse(f"/posts/{post_id}/edit", 303)
    view = suggestions.suggestion_form(db, me, topic, post)
    form = blank(title=view.title, body=view.body, tags=view.tags, number=str(view.number))
    return page(request, EDIT, page=view, form=form, preview_html=None)


@router.post("/posts/{post_id}/suggestions")
def create(request: Request, db: Db, me: Me, post_id: Id, form: SuggestForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    outcome = carry_out(db, me, form, lambda: _suggested(db, me, topic, post, form.data))
    if outcome.url is not None:
        return done(request, outcome.url, flash="Sent. You hear here what became of it.")
    view = suggestions.suggestion_form(db, me, topic, post)
    body = form.values.get("body", "")[: markdown.MAX_LENGTH]
    shown = stored_html(markdown.render(body)) if form.preview else None
    return page(request, EDIT, status=outcome.status, page=view, form=outcome.form, preview_html=shown)


def _suggested(db: Session, me: Actor, topic: Topic, post: Post, data: inputs.EditPost) -> str:
    return f"/suggestions/{suggesting.suggest_edit(db, me, topic, post, data).id}"


@router.get("/suggestions/{suggestion_id}")
def show(request: Request, db: Db, me: Me, suggestion_id: Id) -> Response:
    found = suggesting.access_suggestion(db, me, suggestion_id)
    return page(request, SHOW, page=suggestions.suggestion_page(db, me, *found), form=blank())


@router.post("/suggestions/{suggestion_id}/decisions")
def decide(request: Request, db: Db, me: Me, suggestion_id: Id, form: DecideForm) -> Response:
    topic, post, row = suggesting.access_suggestion(db, me, suggestion_id)
    outcome = carry_out(db, me, form, lambda: _decided(db, me, topic, post, row, form.data))
    if outcome.url is None:
        view = suggestions.suggestion_page(db, me, topic, post, row)
        return again(request, SHOW, status=outcome.status, page=view, form=outcome.form)
    return done(request, outcome.url, flash="Decided, and told. Thank you for reading it.")


def _decided(db: Session, me: Actor, topic: Topic, post: Post, row: SuggestedEdit, data: inputs.DecideEdit) -> str:
    suggesting.decide(db, me, topic, post, row, data)
    return post_address(topic, post)


@router.post("/suggestions/{suggestion_id}/withdrawal")
def withdraw(request: Request, db: Db, me: Me, suggestion_id: Id) -> Response:
    suggesting.withdraw_suggestion(db, me, *suggesting.access_suggestion(db, me, suggestion_id))
    return done(request, "/me/edits", flash="Withdrawn.", tone="")


@router.get("/desk/edits")
def waiting(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "desk/edits.html", list=suggestions.waiting_list(db, me, after))


@router.get("/me/edits")
def own(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "settings/edits.html", page=suggestions.own_suggestions(db, me, after), articles=own_articles(db, me))
