"""Articles that members propose for solved questions: written, read, declined, taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.models import ArticleProposal, Topic
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.resolutions import inputs, proposals, queries
from forum.routes.paths import After, Id
from forum.routes.resolutions import editor, preview_of
from forum.topics import access
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
ArticleForm = Annotated[Form[inputs.ProposeArticle], posted(inputs.ProposeArticle)]
DeclineForm = Annotated[Form[inputs.DeclineArticle], posted(inputs.DeclineArticle)]


@router.get("/topics/{topic_id}/articles/new")
def new(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    if may(me, Permission.resolution_write, About(topic)):
        return RedirectResponse(f"/topics/{topic.id}/resolution", 303)
    _, values = queries.article_form(db, me, topic)
    return _form(request, db, me, topic, blank(**values))


@router.post("/topics/{topic_id}/articles")
def create(request: Request, db: Db, me: Me, topic_id: Id, form: ArticleForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    outcome = carry_out(db, me, form, lambda: f"/articles/{proposals.propose(db, me, topic, form.data).id}")
    if outcome.url is None:
        return _form(request, db, me, topic, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Sent. Staff read it, and you hear what became of it.")


def _form(request: Request, db: Session, me: Actor, topic: Topic, form: Form[Any], *, status: int = 200) -> Response:
    view, _ = queries.article_form(db, me, topic)
    return page(request, "resolutions/propose.html", status=status, page=view, form=form, preview_html=preview_of(form))


@router.get("/articles/{article_id}")
def show(request: Request, db: Db, me: Me, article_id: Id) -> Response:
    found = proposals.access_article(db, me, article_id)
    return page(request, "resolutions/article.html", page=proposals.article_page(db, me, *found))


@router.post("/articles/{article_id}/refusals")
def decline(request: Request, db: Db, me: Me, article_id: Id, form: DeclineForm) -> Response:
    topic, row = proposals.access_article(db, me, article_id)
    outcome = carry_out(db, me, form, lambda: _declined(db, me, topic, row, form.data))
    if outcome.url is None:
        _, values = queries.edit_form(db, me, topic)
        return editor(request, db, me, topic, blank(**values), status=outcome.status, decline=outcome.form)
    return done(request, outcome.url, flash="Declined, and told why. Thank you for reading it.")


def _declined(db: Session, me: Actor, topic: Topic, row: ArticleProposal, data: inputs.DeclineArticle) -> str:
    proposals.decline(db, me, topic, row, data)
    return "/desk/articles"


@router.post("/articles/{article_id}/withdrawal")
def withdraw(request: Request, db: Db, me: Me, article_id: Id) -> Response:
    topic, row = proposals.access_article(db, me, article_id)
    proposals.take_back(db, me, topic, row)
    return done(request, f"/articles/{article_id}", flash="Withdrawn.", tone="")


@router.get("/desk/articles")
def waiting(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "desk/articles.html", list=proposals.waiting_list(db, me, after))
