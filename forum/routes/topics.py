"""The topic page, and what is posted into it."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.accounts import throttle
from forum.core import markdown
from forum.core.templating import stored_html
from forum.models import Topic
from forum.policy.actor import Actor
from forum.routes.outside import guests
from forum.routes.paths import After, Id
from forum.routes.posting import post_address, topic_address
from forum.topics import access, actions, follows, inputs, pages, states
from forum.topics.structured import structured_data
from forum.topics.views import TopicPage
from forum.votes import actions as votes
from forum.votes.inputs import Switch
from forum.web.address import bucket
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
AnswerForm = Annotated[Form[inputs.WriteAnswer], posted(inputs.WriteAnswer)]
NoteForm = Annotated[Form[inputs.WriteNote], posted(inputs.WriteNote)]
DetailsForm = Annotated[Form[inputs.AskForDetails], posted(inputs.AskForDetails)]
StateForm = Annotated[Form[inputs.ChangeState], posted(inputs.ChangeState)]
SwitchForm = Annotated[Form[Switch], posted(Switch)]


@router.get("/topics/{topic_id}")
@router.get("/topics/{topic_id}/{slug}")
def show(request: Request, db: Db, me: Me, topic_id: Id, slug: str = "", after: After = None) -> Response:
    view = view_of(db, me, topic_id, after)
    if view.id != topic_id:
        return RedirectResponse(view.url, 302)  # merged, which may be undone
    if not view.url.endswith(f"/{slug}"):
        return RedirectResponse(view.url, 301 if slug else 303)
    return shown(request, view, blank())


@router.post("/topics/{topic_id}/answers")
def answer(request: Request, db: Db, me: Me, topic_id: Id, form: AnswerForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    return post_into(request, db, me, topic, form, lambda: post_address(topic, actions.post_answer(db, me, topic, form.data)))


@router.post("/topics/{topic_id}/notes")
def note(request: Request, db: Db, me: Me, topic_id: Id, form: NoteForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    return post_into(request, db, me, topic, form, lambda: post_address(topic, actions.post_note(db, me, topic, form.data)))


@router.post("/topics/{topic_id}/details")
def details(request: Request, db: Db, me: Me, topic_id: Id, form: DetailsForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    states.ask_for_details(db, me, topic, form.data)
    return done(request, topic_address(topic), flash="We asked for details. An answer from the asker clears this.")


@router.post("/topics/{topic_id}/state")
def state(request: Request, db: Db, me: Me, topic_id: Id, form: StateForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    states.change_state(db, me, topic, form.data)
    return done(request, topic_address(topic), flash="Saved. Everybody who looks sees why.")


@router.post("/topics/{topic_id}/follow")
def follow(request: Request, db: Db, me: Me, topic_id: Id, form: SwitchForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    on = form.data.on == "1"
    follows.set_following(db, me, topic, on)
    return done(request, topic_address(topic), fragment="topics/_follow.html", page={"id": topic.id, "following": on})


@router.post("/topics/{topic_id}/me-too")
def me_too(request: Request, db: Db, me: Me, topic_id: Id, form: SwitchForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    on = form.data.on == "1"
    guest_limit(db, me)
    votes.press_me_too(db, me, topic, on=on)
    db.flush()
    db.refresh(topic)
    view = {"id": topic.id, "me_too": topic.me_too, "my_me_too": on, "may_me_too": True}
    return done(request, topic_address(topic), fragment="topics/_me_too.html", page=view)


def guest_limit(db: Session, me: Actor) -> None:
    """Visitors share a budget for each address."""
    if not me.signed_in:
        throttle.check(db, (throttle.GUEST_ME_TOO, bucket(me.address)))
        throttle.count(db, (throttle.GUEST_ME_TOO, bucket(me.address)))


def view_of(db: Session, me: Actor, topic_id: int, after: str | None = None) -> TopicPage:
    loaded = pages.load(db, me, topic_id, after)
    return pages.topic_page(db, me, loaded, guests(db, me, loaded))


def post_into(request: Request, db: Session, me: Actor, topic: Topic, form: Form[Any], act: Callable[[], str]) -> Response:
    """On to the new post, or the whole topic again with the text kept."""
    outcome = carry_out(db, me, form, act)
    if outcome.url is not None:
        return done(request, outcome.url, flash="Posted.")
    response = shown(request, view_of(db, me, topic.id), outcome.form, status=outcome.status)
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def shown(request: Request, view: TopicPage, form: Form[Any], *, status: int = 200) -> Response:
    body = form.values.get("body", "")[: markdown.MAX_LENGTH]
    preview = stored_html(markdown.render(body)) if form.preview and body else None
    data = structured_data(view) if view.indexable else ""
    request.state.wrote_here = view.wrote_here
    return page(
        request, "topics/show.html", status=status, page=view, answer_form=form, structured_data=data, preview_html=preview
    )
