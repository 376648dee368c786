"""Flags and the review queue, for members who review and for moderators who decide."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
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
from forum.topics import access
from forum.topics.reviews import flags, items, queries
from forum.topics.reviews.inputs import DecideItem, GiveReview, RaiseFlag
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
QUEUE, ITEM = "reviews/index.html", "reviews/show.html"
FlagForm = Annotated[Form[RaiseFlag], posted(RaiseFlag)]
ReviewForm = Annotated[Form[GiveReview], posted(GiveReview)]
DecideForm = Annotated[Form[DecideItem], posted(DecideItem)]
State = Annotated[str, Query(max_length=20)]


@router.get("/posts/{post_id}/flags/new")
def new_flag(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id, merged=True)
    require(me, Permission.post_flag, About(topic, post))
    return _flag_form(request, topic, post, blank())


@router.post("/posts/{post_id}/flags")
def flag(request: Request, db: Db, me: Me, post_id: Id, form: FlagForm) -> Response:
    topic, post = access.access_post(db, me, post_id, merged=True)
    outcome = carry_out(db, me, form, lambda: _flagged(db, me, topic, post, form.data))
    if outcome.url is None:
        return _flag_form(request, topic, post, outcome.form, status=outcome.status)
    return done(
        request, outcome.url, flash="Thank you. A moderator looks, and you hear what came of it. Nobody is told that it was you."
    )


def _flagged(db: Session, me: Actor, topic: Topic, post: Post, data: RaiseFlag) -> str:
    flags.raise_flag(db, me, topic, post, data)
    return post_address(topic, post)


def _flag_form(request: Request, topic: Topic, post: Post, form: Form[Any], *, status: int = 200) -> Response:
    view = {"id": post.id, "kind": post.kind, "url": post_address(topic, post), "topic_title": topic.title}
    view |= {"topic_url": topic_address(topic), "excerpt": excerpt(post.body, 400)}
    return page(request, "reviews/flag.html", status=status, post=view, reasons=list(queries.REASONS.items()), form=form)


@router.get("/reviews")
def index(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, QUEUE, queue=queries.queue(db, me, desk=False, decided=False, after=after))


@router.get("/reviews/{item_id}")
def show(request: Request, db: Db, me: Me, item_id: Id) -> Response:
    return _item(request, db, me, item_id, blank(), desk=False)


@router.post("/reviews/{item_id}/claims")
def claim(request: Request, db: Db, me: Me, item_id: Id) -> Response:
    item, _, post = items.access_item(db, me, item_id)
    items.claim(db, me, item, post)
    return done(request, _address(me, item_id), flash="It is yours for fifteen minutes.")


@router.post("/reviews/{item_id}/claims/removal")
def release(request: Request, db: Db, me: Me, item_id: Id) -> Response:
    items.release(db, me, items.access_item(db, me, item_id)[0])
    return done(request, _address(me, item_id), flash="Somebody else can take it now.", tone="")


@router.post("/reviews/{item_id}/opinions")
def review(request: Request, db: Db, me: Me, item_id: Id, form: ReviewForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _reviewed(db, me, item_id, form.data))
    if outcome.url is None:
        return _item(request, db, me, item_id, outcome.form, desk=False, status=outcome.status)
    return done(request, outcome.url, flash="Thank you. A moderator decides, and your word helps.")


def _reviewed(db: Session, me: Actor, item_id: int, data: GiveReview) -> str:
    items.give_review(db, me, *items.access_item(db, me, item_id), data)
    return "/reviews"


@router.get("/desk/reviews")
def desk(request: Request, db: Db, me: Me, state: State = "", after: After = None) -> Response:
    return page(request, "desk/reviews.html", queue=queries.queue(db, me, desk=True, decided=state == "decided", after=after))


@router.get("/desk/reviews/{item_id}")
def desk_show(request: Request, db: Db, me: Me, item_id: Id) -> Response:
    return _item(request, db, me, item_id, blank(), desk=True)


@router.post("/desk/reviews/{item_id}/decisions")
def decide(request: Request, db: Db, me: Me, item_id: Id, form: DecideForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _decided(db, me, item_id, form.data))
    if outcome.url is None:
        return _item(request, db, me, item_id, outcome.form, desk=True, status=outcome.status)
    return done(request, outcome.url, flash="Decided. Those who flagged it are told, and you can still change it under Decided.")


def _decided(db: Session, me: Actor, item_id: int, data: DecideItem) -> str:
    items.decide(db, me, *items.access_item(db, me, item_id), data)
    return "/desk/reviews"


def _item(request: Request, db: Session, me: Actor, item_id: int, form: Form[Any], *, desk: bool, status: int = 200) -> Response:
    view = queries.item_page(db, me, *items.access_item(db, me, item_id), desk=desk)
    return page(request, "desk/review.html" if desk else ITEM, status=status, page=view, form=form)


def _address(me: Actor, item_id: int) -> str:
    return f"/desk/reviews/{item_id}" if me.is_moderator else f"/reviews/{item_id}"
