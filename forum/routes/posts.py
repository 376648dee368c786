"""What is done to one post: comments, edits, versions, verdicts, votes, taking back."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.core import clock, markdown
from forum.core.templating import stored_html
from forum.core.text import excerpt
from forum.models import Post, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.routes.paths import Id
from forum.routes.posting import post_address, topic_address
from forum.routes.topics import post_into
from forum.topics import access, actions, edits, history, inputs, verdicts
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
CommentForm = Annotated[Form[inputs.WriteComment], posted(inputs.WriteComment)]
EditForm = Annotated[Form[inputs.EditPost], posted(inputs.EditPost)]
RestoreForm = Annotated[Form[inputs.RestoreVersion], posted(inputs.RestoreVersion)]
AcceptForm = Annotated[Form[inputs.Accept], posted(inputs.Accept)]
OfficialForm = Annotated[Form[inputs.MarkOfficial], posted(inputs.MarkOfficial)]
RemoveForm = Annotated[Form[inputs.Remove], posted(inputs.Remove)]
ConvertForm = Annotated[Form[inputs.Convert], posted(inputs.Convert)]
SIX_MONTHS = timedelta(days=182)


@router.post("/posts/{post_id}/comments")
def comment(request: Request, db: Db, me: Me, post_id: Id, form: CommentForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    return post_into(request, db, me, topic, form, lambda: post_address(topic, actions.post_comment(db, me, post, form.data)))


@router.get("/posts/{post_id}")
def find(db: Db, me: Me, post_id: Id) -> Response:
    """A short address for one post."""
    return RedirectResponse(post_address(*access.access_post(db, me, post_id, merged=True)), 303)


@router.get("/posts/{post_id}/edit")
def edit(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    view = history.edit_page(db, me, topic, post)
    form = blank(title=view.title, body=view.body, tags=view.tags, number=str(view.number))
    return page(request, "topics/edit.html", page=view, form=form, preview_html=None)


@router.post("/posts/{post_id}")
def update(request: Request, db: Db, me: Me, post_id: Id, form: EditForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    outcome = carry_out(db, me, form, lambda: _edited(db, me, topic, post, form.data))
    if outcome.url is not None:
        return done(request, outcome.url, flash="Saved. Earlier versions stay in the history.")
    view = history.edit_page(db, me, topic, post)
    body = form.values.get("body", "")[: markdown.MAX_LENGTH]
    shown = stored_html(markdown.render(body)) if form.preview else None
    response = page(request, "topics/edit.html", status=outcome.status, page=view, form=outcome.form, preview_html=shown)
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _edited(db: Session, me: Actor, topic: Topic, post: Post, data: inputs.EditPost) -> str:
    edits.edit_post(db, me, topic, post, data)
    return post_address(topic, post)


@router.get("/posts/{post_id}/history")
def versions(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    return page(request, "topics/history.html", page=history.history_page(db, me, topic, post))


@router.post("/posts/{post_id}/restorations")
def restore(request: Request, db: Db, me: Me, post_id: Id, form: RestoreForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    edits.restore_version(db, me, topic, post, form.data.number)
    return done(request, f"/posts/{post_id}/history", flash="That version is back, as a new one.")


@router.post("/topics/{topic_id}/acceptances")
def accept(request: Request, db: Db, me: Me, topic_id: Id, form: AcceptForm) -> Response:
    topic, post = access.access_post(db, me, form.data.post)
    require(me, Permission.answer_accept, About(topic, post))
    if topic.id != topic_id:
        topic = access.access_topic(db, me, topic_id)
    verdicts.accept_answer(db, me, topic, post)
    return done(request, post_address(topic, post), flash="Marked as the solution. Thank you for telling everybody.")


@router.post("/topics/{topic_id}/acceptances/{post_id}/removal")
def unaccept(request: Request, db: Db, me: Me, topic_id: Id, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    verdicts.unaccept_answer(db, me, topic, post)
    return done(request, post_address(topic, post), flash="It is no longer marked as the solution.")


@router.get("/posts/{post_id}/official-mark/new")
def new_mark(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    require(me, Permission.answer_verify, About(topic, post))
    review = (clock.now() + SIX_MONTHS).date().isoformat()
    return _mark_form(request, topic, post, blank(scope=topic.product_detail, review_by=review))


@router.post("/posts/{post_id}/official-mark")
def mark(request: Request, db: Db, me: Me, post_id: Id, form: OfficialForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    outcome = carry_out(db, me, form, lambda: _marked(db, me, topic, post, form.data))
    if outcome.url is None:
        return _mark_form(request, topic, post, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Marked as the official answer. It is shown first, with your name.")


def _marked(db: Session, me: Actor, topic: Topic, post: Post, data: inputs.MarkOfficial) -> str:
    verdicts.mark_official(db, me, topic, post, data)
    return f"{topic_address(topic)}#official"


def _mark_form(request: Request, topic: Topic, post: Post, form: Form[Any], *, status: int = 200) -> Response:
    view = {"id": post.id, "topic_url": topic_address(topic), "topic_title": topic.title, "excerpt": excerpt(post.body, 400)}
    return page(request, "topics/official.html", status=status, post=view, form=form)


@router.post("/posts/{post_id}/official-mark/removal")
def unmark(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id)
    verdicts.unmark_official(db, me, topic, post)
    return done(request, post_address(topic, post), flash="The official mark is gone.")


@router.post("/posts/{post_id}/withdrawal")
def withdraw(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id, merged=True)
    edits.withdraw_post(db, me, topic, post)
    return done(request, topic_address(topic), flash="Taken back. You can bring it back from the same place.")


@router.post("/posts/{post_id}/removal")
def remove(request: Request, db: Db, me: Me, post_id: Id, form: RemoveForm) -> Response:
    topic, post = access.access_post(db, me, post_id, merged=True)
    edits.remove_post(db, me, topic, post, form.data)
    return done(request, topic_address(topic), flash="Removed, with your reason kept.")


@router.post("/posts/{post_id}/withdrawal/removal")
@router.post("/posts/{post_id}/removal/removal")
def bring_back(request: Request, db: Db, me: Me, post_id: Id) -> Response:
    topic, post = access.access_post(db, me, post_id, merged=True)
    edits.return_post(db, me, topic, post)
    return done(request, post_address(topic, post), flash="It is back.")


@router.post("/posts/{post_id}/conversion")
def convert(request: Request, db: Db, me: Me, post_id: Id, form: ConvertForm) -> Response:
    topic, post = access.access_post(db, me, post_id)
    edits.convert(db, me, topic, post, form.data)
    return done(request, post_address(topic, post), flash=f"It is {'an answer' if post.kind == 'answer' else 'a comment'} now.")
