"""Incidents: what is suspected, what staff decide about it, and what everybody reads while it lasts."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import Id
from forum.policy.actor import Actor
from forum.social.incidents import actions, inputs, queries, trouble
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter()
INDEX, SHOW, PUBLIC, WORDS = "incidents/index.html", "incidents/show.html", "incidents/public.html", "incidents/words.html"


@router.get("/desk/incidents")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, INDEX, incidents=queries.incidents_page(db, me))


@router.get("/desk/incidents/{incident_id}")
def show(request: Request, db: Db, me: Me, incident_id: Id) -> Response:
    return _show(request, db, me, incident_id, None)


@router.post("/desk/incidents/{incident_id}/confirmation")
def confirm(
    request: Request,
    db: Db,
    me: Me,
    incident_id: Id,
    form: Annotated[Form[inputs.WordIncident], posted(inputs.WordIncident)],
) -> Response:
    return _decide(request, db, me, incident_id, form, actions.confirm, "Open. Holding messages wait under Replies.")


@router.post("/desk/incidents/{incident_id}/wording")
def reword(
    request: Request, db: Db, me: Me, incident_id: Id, form: Annotated[Form[inputs.WordIncident], posted(inputs.WordIncident)]
) -> Response:
    return _decide(request, db, me, incident_id, form, actions.reword, "Everybody reads the new words now.")


@router.post("/desk/incidents/{incident_id}/merging")
def merge(
    request: Request, db: Db, me: Me, incident_id: Id, form: Annotated[Form[inputs.MergeIncident], posted(inputs.MergeIncident)]
) -> Response:
    return _decide(request, db, me, incident_id, form, actions.merge, "Joined. What this one had prepared is dropped.")


@router.post("/desk/incidents/{incident_id}/closing")
def close(
    request: Request, db: Db, me: Me, incident_id: Id, form: Annotated[Form[inputs.CloseIncident], posted(inputs.CloseIncident)]
) -> Response:
    return _decide(
        request, db, me, incident_id, form, actions.close, "Closed. The last message to each thread waits under Replies."
    )


@router.post("/desk/incidents/{incident_id}/dismissal")
def dismiss(request: Request, db: Db, me: Me, incident_id: Id) -> Response:
    actions.dismiss(db, me, actions.access_incident(db, me, incident_id))
    return done(request, "/desk/social", flash="Not related. It takes more next time before this word is raised.")


def _decide(
    request: Request, db: Session, me: Actor, incident_id: int, form: Form[Any], act: Callable[..., Any], said: str
) -> Response:
    incident = actions.access_incident(db, me, incident_id)

    def carry() -> str:
        act(db, me, incident, form.data)
        return f"/desk/incidents/{incident_id}"

    outcome = carry_out(db, me, form, carry)
    if outcome.url is None:
        return _show(request, db, me, incident_id, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash=said)


def _show(request: Request, db: Session, me: Actor, incident_id: int, form: Form[Any] | None, *, status: int = 200) -> Response:
    view = queries.incident_page(db, me, actions.access_incident(db, me, incident_id))
    return page(request, SHOW, status=status, page=view, form=form or blank())


@router.get("/incidents/{incident_id}")
def public(request: Request, db: Db, incident_id: Id) -> Response:
    return page(request, PUBLIC, incident=queries.public_incident(db, incident_id))


@router.get("/admin/trouble-words")
def words(request: Request, db: Db, me: Me) -> Response:
    return page(request, WORDS, lexicon=trouble.lexicon(db, me), form=blank())


@router.post("/admin/trouble-words")
def save_words(request: Request, db: Db, me: Me, form: Annotated[Form[inputs.SaveWords], posted(inputs.SaveWords)]) -> Response:
    lexicon = trouble.lexicon(db, me)

    def keep() -> str:
        trouble.change_words(db, me, form.data.language, form.data.words)
        return "/admin/trouble-words"

    outcome = carry_out(db, me, form, keep)
    if outcome.url is None:
        return page(request, WORDS, status=outcome.status, lexicon=lexicon, form=outcome.form)
    return done(request, outcome.url, flash="Kept. New posts are read with these words.")
