"""Closing the loop: whether it helped, whose answer led there, and thank you."""

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
from forum.recognition.closing import outcomes, thanks
from forum.recognition.closing.inputs import SayOutcome, WriteThanks
from forum.routes.paths import After, Id
from forum.routes.posting import post_address, topic_address
from forum.topics import access, verdicts
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
OUTCOME, THANKS = "recognition/outcome.html", "recognition/thanks_new.html"
OutcomeForm = Annotated[Form[SayOutcome], posted(SayOutcome)]
ThanksForm = Annotated[Form[WriteThanks], posted(WriteThanks)]


@router.get("/outcome/{token}")
def ask_outcome(request: Request, db: Db, me: Me, token: str) -> Response:
    """From a letter, without a sign-in. Nothing changes until a button is pressed."""
    return page(request, OUTCOME, page=outcomes.outcome_page(db, token), form=blank())


@router.post("/outcome/{token}")
def say_outcome(request: Request, db: Db, me: Me, token: str, form: OutcomeForm) -> Response:
    outcome = carry_out(db, me, form, lambda: _said(db, token, form.data))
    if outcome.url is None:
        return page(request, OUTCOME, status=outcome.status, page=outcomes.outcome_page(db, token), form=outcome.form)
    return done(request, outcome.url, flash=outcomes.TOLD[form.data.said])


def _said(db: Session, token: str, data: SayOutcome) -> str:
    outcomes.say(db, token, data)
    return f"/outcome/{token}"


@router.post("/posts/{post_id}/credit")
def credit(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    verdicts.credit_helper(db, me, topic, post)
    return done(request, post_address(topic, post), flash="Thank you. You share the credit.")


@router.post("/posts/{post_id}/credit/removal")
def uncredit(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    verdicts.uncredit_helper(db, me, topic, post)
    return done(request, post_address(topic, post), flash="Taken back.", tone="")


@router.get("/posts/{post_id}/thanks/new")
def new_thanks(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    require(me, Permission.answer_thank, About(topic, post))
    return _thanks_form(request, topic, post, blank())


@router.post("/posts/{post_id}/thanks")
def thank(request: Request, db: Db, me: Me, post_id: Id, form: ThanksForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    outcome = carry_out(db, me, form, lambda: _thanked(db, me, topic, post, form.data))
    if outcome.url is None:
        return _thanks_form(request, topic, post, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Your thanks are on the way. For ten minutes you can take them back under “Thanks”.")


def _thanked(db: Session, me: Actor, topic: Topic, post: Post, data: WriteThanks) -> str:
    thanks.thank(db, me, topic, post, data)
    return post_address(topic, post)


def _thanks_form(request: Request, topic: Topic, post: Post, form: Form[Any], *, status: int = 200) -> Response:
    view = {"id": post.id, "topic_url": topic_address(topic), "topic_title": topic.title, "excerpt": excerpt(post.body, 400)}
    return page(request, THANKS, status=status, post=view, form=form)


@router.get("/me/thanks")
def own_thanks(request: Request, db: Db, me: Me, after: After = None) -> Response:
    received = thanks.received(db, me, after)
    return page(request, "recognition/thanks.html", received=received, sent=thanks.sent(db, me) if after is None else [])


@router.post("/thanks/{note_id}/removal")
def undo_thanks(request: Request, db: Db, me: Me, note_id: Id) -> Response:
    thanks.undo(db, me, note_id)
    return done(request, "/me/thanks", flash="Taken back, as if it had never been.", tone="")


@router.post("/thanks/{note_id}/publication")
def publish(request: Request, db: Db, me: Me, note_id: Id) -> Response:
    thanks.publish(db, me, note_id, on=True)
    return done(request, "/me/thanks", flash="It stands on your profile now.")


@router.post("/thanks/{note_id}/publication/removal")
def unpublish(request: Request, db: Db, me: Me, note_id: Id) -> Response:
    thanks.publish(db, me, note_id, on=False)
    return done(request, "/me/thanks", flash="It is between the two of you again.", tone="")


@router.get("/desk/thanks")
def unthanked(request: Request, db: Db, me: Me) -> Response:
    return page(request, "desk/thanks.html", rows=thanks.unthanked(db, me))
