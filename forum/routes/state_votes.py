"""Votes to close a topic, or to open it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.models import Topic
from forum.policy.actor import Actor
from forum.routes.paths import Id
from forum.routes.posting import topic_address
from forum.topics import access
from forum.topics.reviews import closing
from forum.topics.reviews.inputs import VoteOnState
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()


@router.get("/topics/{topic_id}/state-votes/new")
def new_vote(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    return _vote_form(request, db, me, access.access_topic(db, me, topic_id), blank())


@router.post("/topics/{topic_id}/state-votes")
def vote(request: Request, db: Db, me: Me, topic_id: Id, form: Annotated[Form[VoteOnState], posted(VoteOnState)]) -> Response:
    topic = access.access_topic(db, me, topic_id)
    outcome = carry_out(db, me, form, lambda: _voted(db, me, topic, form.data))
    if outcome.url is None:
        return _vote_form(request, db, me, topic, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Thank you. Your vote counts for two weeks.")


def _voted(db: Session, me: Actor, topic: Topic, data: VoteOnState) -> str:
    closing.vote_on_state(db, me, topic, data)
    return topic_address(topic)


@router.post("/topics/{topic_id}/state-votes/removal")
def unvote(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    closing.take_vote_back(db, me, topic)
    return done(request, topic_address(topic), flash="Your vote is taken back.", tone="")


def _vote_form(request: Request, db: Session, me: Actor, topic: Topic, form: Form[Any], *, status: int = 200) -> Response:
    return page(request, "reviews/vote.html", status=status, page=closing.vote_page(db, me, topic), form=form)
