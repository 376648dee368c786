"""Asking a question: the form, what is like it, previews, drafts and pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Form as Field
from sqlmodel import Session
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from forum.accounts import throttle
from forum.catalog import queries as catalog
from forum.core import images, markdown
from forum.core.db import transaction
from forum.core.errors import Invalid, TooLarge
from forum.core.ids import new_token
from forum.core.templating import stored_html
from forum.models import Draft
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.routes.posting import topic_address
from forum.search.queries import similar_links
from forum.topics import actions, drafts, inputs, pictures
from forum.topics.embargoes import embargoes_of
from forum.topics.home import section_view, typical_first_answer
from forum.topics.views import AskPage
from forum.web.address import bucket
from forum.web.cookies import HELD, hold
from forum.web.dependencies import Db, Glance, Me
from forum.web.forms import Form, blank, posted, uploaded
from forum.web.once import Outcome, carry_out
from forum.web.pages import done, page

router = APIRouter()
AskForm = Annotated[Form[inputs.Ask], posted(inputs.Ask)]
DraftForm = Annotated[Form[inputs.KeepDraft], posted(inputs.KeepDraft)]
Title = Annotated[str, Query(max_length=400)]


@router.get("/ask")
def new(request: Request, db: Db, me: Me, title: Title = "", section: Annotated[str, Query(max_length=80)] = "") -> Response:
    draft = drafts.find(db, me, "ask")
    values = {"title": title[:150], "section": section, "follow": "1"}
    if draft is not None and not title:
        values = {"title": draft.title, "body": draft.body, "tags": draft.tags, "section": draft.section, "follow": "1"}
    return _form(request, db, me, blank(**values), draft=draft)


@router.post("/ask")
def create(request: Request, db: Db, me: Me, form: AskForm) -> Response:
    if form.ok and not me.signed_in:
        return _held(db, me, form.data)
    outcome = carry_out(db, me, form, lambda: topic_address(actions.ask(db, me, form.data)))
    if outcome.url is None:
        return _refused(request, db, me, outcome)
    return done(request, outcome.url, flash="Your question is posted. We tell you when somebody answers.")


@router.post("/ask/held")
def take_up(request: Request, db: Db, me: Me) -> Response:
    """After signing in: the visitor's question is waiting in the form."""
    require(me, Permission.draft_keep)
    drafts.adopt(db, me, request.cookies.get(HELD, ""))
    return done(request, "/ask")


@router.get("/ask/similar")
def similar(request: Request, db: Db, me: Me, title: Title = "") -> Response:
    return page(request, "topics/_similar_panel.html", matches=similar_links(db, me, title))


@router.post("/ask/deflections")
def deflect(request: Request, db: Db, me: Me, topic: Annotated[str, Field(max_length=300)] = "") -> Response:
    """ "This solved it": counted, and off to the topic that did."""
    _limit(db, throttle.DEFLECTION, me)
    target = actions.deflect(db, me, topic)
    drafts.discard(db, me, "ask")
    return done(request, topic_address(target), flash="Good to hear. You can say so on the answer that helped.")


@router.post("/preview")
def preview(request: Request, me: Me, text: Annotated[str, Field(max_length=markdown.MAX_LENGTH)] = "") -> Response:
    """Exactly what posting would show, mentions aside."""
    return HTMLResponse(markdown.render(text))


@router.post("/images")
def upload(request: Request, db: Db, me: Glance, raw: Annotated[bytes, uploaded("file", images.MAX_BYTES)]) -> Response:
    """The picture is read and redrawn before the write lock is taken."""
    with transaction(writes=False) as reading:
        pictures.check_upload(reading, me)
    try:
        row = pictures.add_picture(db, me, images.reencode(raw))
    except (Invalid, TooLarge) as error:
        return JSONResponse({"error": error.sentence}, error.status)
    return JSONResponse({"markdown": f"![](/images/{row.id}.{row.extension})", "url": f"/images/{row.id}.{row.extension}"}, 201)


@router.get("/images/{name}")
def picture(name: str) -> Response:
    data, kind = pictures.read_picture(name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(data, media_type=kind, headers=headers)


@router.post("/drafts")
def keep(request: Request, db: Db, me: Me, form: DraftForm) -> Response:
    drafts.keep(db, me, form.data)
    return Response(status_code=204)


@router.post("/drafts/removal")
def discard(
    request: Request, db: Db, me: Me, place: Annotated[str, Field(max_length=40, pattern=inputs.PLACE)] = "ask"
) -> Response:
    require(me, Permission.draft_keep)
    drafts.discard(db, me, place)
    back = "/ask" if place == "ask" else f"/topics/{place.removeprefix('topic:')}"
    return done(request, back, flash="Your draft is gone.", tone="")


def _limit(db: Session, limit: throttle.Limit, me: Actor) -> None:
    throttle.check(db, (limit, bucket(me.address)))
    throttle.count(db, (limit, bucket(me.address)))


def _held(db: Session, me: Actor, data: inputs.Ask) -> Response:
    _limit(db, throttle.GUEST_DRAFT, me)
    token = new_token()
    drafts.keep_for_guest(db, token, data)
    response = RedirectResponse("/sign-in?next=/ask/held", 303)
    hold(response, token)
    return response


@router.get("/ask/held")
def resume(request: Request, me: Me) -> Response:
    """A page with one button, since opening an address changes nothing."""
    require(me, Permission.draft_keep)
    return page(request, "topics/held.html")


def _refused(request: Request, db: Session, me: Actor, outcome: Outcome) -> Response:
    response = _form(request, db, me, outcome.form, status=outcome.status)
    if outcome.retry_after:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _form(
    request: Request, db: Session, me: Actor, form: Form[Any], *, draft: Draft | None = None, status: int = 200
) -> Response:
    offers = AskPage(
        sections=[section_view(each) for each in catalog.list_sections(db, me) if each.kind != "announcements" or me.is_staff],
        products=[(each.slug, each.name) for each in catalog.list_products(db)],
        tag_names=[each.slug for each in catalog.busiest_tags(db, 40)],
        draft_saved_at=draft.saved_at if draft else None,
        first_answer=typical_first_answer(db),
        embargoes=embargoes_of(db, me),
    )
    body = form.values.get("body", "")[: markdown.MAX_LENGTH]
    shown = stored_html(markdown.render(body)) if form.preview and body else None
    matches = similar_links(db, me, form.values.get("title", ""), body, form.values.get("tags", ""))
    return page(request, "topics/ask.html", status=status, page=offers, form=form, preview_html=shown, similar=matches)
