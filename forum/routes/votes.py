"""One press on a post: helpful, works for me, outdated, dangerous."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.models import MarkKind
from forum.routes.paths import Id
from forum.routes.posting import post_address
from forum.topics import access, pages
from forum.votes import actions
from forum.votes.inputs import CastVote, MarkAnswer
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, posted
from forum.web.pages import done

router = APIRouter()
VoteForm = Annotated[Form[CastVote], posted(CastVote)]
MarkForm = Annotated[Form[MarkAnswer], posted(MarkAnswer)]


@router.post("/posts/{post_id}/vote")
def vote(request: Request, db: Db, me: Me, post_id: Id, form: VoteForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    actions.vote(db, me, topic, post, form.data)
    view = pages.single_post(db, me, topic, post_id)
    return done(request, post_address(topic, post), fragment="topics/_vote.html", post=view)


@router.post("/posts/{post_id}/marks")
def mark(request: Request, db: Db, me: Me, post_id: Id, form: MarkForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    actions.mark_answer(db, me, topic, post, form.data)
    view = pages.single_post(db, me, topic, post_id)
    url = post_address(topic, post)
    if form.data.kind != MarkKind.works:
        return done(request, url, flash="Thank you. Staff see this and check the answer.")
    return done(request, url, fragment="topics/_marks.html", post=view)
