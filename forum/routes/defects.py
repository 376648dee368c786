"""Defects that posts led to: linking, fixing, and the list of them at the desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import excerpt
from forum.models import Post, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.routes.paths import After, Id
from forum.routes.posting import post_address, topic_address
from forum.topics import access, defects
from forum.topics.inputs import ConfirmDefect
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
DESK = "/desk/defects"


@router.get("/posts/{post_id}/defect/new")
def new(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    require(me, Permission.defect_confirm, About(topic, post))
    return _form(request, topic, post, blank(reference=defects.reference_of(db, post)))


@router.post("/posts/{post_id}/defect")
def create(
    request: Request, db: Db, me: Me, post_id: Id, form: Annotated[Form[ConfirmDefect], posted(ConfirmDefect)]
) -> Response:
    topic, post = access.access_post(db, me, post_id)
    outcome = carry_out(db, me, form, lambda: _linked(db, me, topic, post, form.data))
    if outcome.url is None:
        return _form(request, topic, post, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Linked. You find it under Defects at the desk.")


def _linked(db: Session, me: Actor, topic: Topic, post: Post, data: ConfirmDefect) -> str:
    defects.confirm_defect(db, me, topic, post, data)
    return post_address(topic, post)


@router.post("/posts/{post_id}/defect/removal")
def unlink(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    defects.unlink_defect(db, me, topic, post)
    return done(request, DESK, flash="The link is gone.")


@router.post("/posts/{post_id}/defect/fixing")
def fix(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    defects.fix_defect(db, me, topic, post)
    return done(request, DESK, flash="Marked as fixed. Whoever found it is told.")


@router.get(DESK)
def index(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "desk/defects.html", list=defects.defect_list(db, me, after))


def _form(request: Request, topic: Topic, post: Post, form: Form[Any], *, status: int = 200) -> Response:
    view = {"id": post.id, "topic_url": topic_address(topic), "topic_title": topic.title, "excerpt": excerpt(post.body, 400)}
    return page(request, "topics/defect.html", status=status, post=view, form=form)
