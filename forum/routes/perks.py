"""A member's side of the volunteer programme: where one stands, nominations, what one is invited to."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from forum.core.ids import keyed
from forum.core.text import Id
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip import appeals, calendar, embargo, invitations, nominations, perks
from forum.recognition.vip.inputs import Appeal, Comment, Nominate, Reply, Sign
from forum.recognition.vip.standing import standing_page
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
STANDING, NOMINATIONS, SHOW = "perks/standing.html", "perks/nominations.html", "perks/show.html"
REPLIES = {
    "yes": "You have a seat. The date can go into your calendar.",
    "maybe": "Your seat is kept until you decide.",
    "no": "Thank you for saying. Nothing is kept about it.",
    "wait": "You are on the waiting list. If a seat comes free, we ask you at once.",
}
Mark = Annotated[str, Query(max_length=80)]


@router.get("/me/vip")
def standing(request: Request, db: Db, me: Me, comments: Mark = "") -> Response:
    return page(request, STANDING, page=standing_page(db, me, with_comments=bool(comments)), form=blank())


@router.post("/me/vip/appeals")
def create_appeal(request: Request, db: Db, me: Me, form: Annotated[Form[Appeal], posted(Appeal)]) -> Response:
    def act() -> str:
        appeals.make_appeal(db, me, form.data)
        return "/me/vip"

    require(me, Permission.account_own)
    outcome = carry_out(db, me, form, act)
    if outcome.url is None:
        return again(request, STANDING, status=outcome.status, page=standing_page(db, me), form=outcome.form)
    return done(request, outcome.url, flash="Your appeal is with us. Somebody answers it here.")


@router.get("/nominations")
def list_nominations(request: Request, db: Db, me: Me) -> Response:
    return page(request, NOMINATIONS, rows=nominations.nomination_list(db, me), form=blank())


@router.post("/nominations")
def create_nomination(request: Request, db: Db, me: Me, form: Annotated[Form[Nominate], posted(Nominate)]) -> Response:
    def act() -> str:
        nominations.nominate(db, me, form.data)
        return "/nominations"

    require(me, Permission.nominate)
    outcome = carry_out(db, me, form, act)
    if outcome.url is None:
        rows = nominations.nomination_list(db, me)
        return again(request, NOMINATIONS, status=outcome.status, rows=rows, form=outcome.form)
    return done(request, outcome.url, flash="Thank you. They are told, with your sentence.")


@router.post("/nominations/{nomination_id}/comments")
def create_comment(
    request: Request, db: Db, me: Me, nomination_id: Id, form: Annotated[Form[Comment], posted(Comment)]
) -> Response:
    if not form.ok:
        rows = nominations.nomination_list(db, me)
        return again(request, NOMINATIONS, rows=rows, form=form)
    nominations.comment(db, me, nomination_id, form.data)
    return done(request, "/nominations", flash="Added. The person it is about can read it.")


@router.get("/perks")
def index(request: Request, db: Db, me: Me, returned: Mark = "") -> Response:
    return page(request, "perks/index.html", page=perks.perks_page(db, me), returned=_cancellation_url(returned))


@router.get("/perks/{offer_id}")
def show(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    return page(request, SHOW, page=perks.perk_page(db, me, offer_id), form=blank())


@router.post("/perks/{offer_id}/reply")
def create_reply(request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[Reply], posted(Reply)]) -> Response:
    """Without a form key: what is posted here leaves nothing behind but the seat itself."""
    offer, own = invitations.access_invited(db, me, offer_id, to_change=True)
    if not form.ok:
        return again(request, SHOW, page=perks.perk_page(db, me, offer_id), form=form)
    returned = invitations.reply(db, me, offer, own, form.data)
    mark = f"?returned={offer_id}-{returned}-{_proof(offer_id, returned)}" if returned and offer.event_at else ""
    url = f"/perks{mark}" if form.data.answer == "no" else f"/perks/{offer_id}"
    return done(request, url, flash=REPLIES[form.data.answer])


@router.post("/perks/{offer_id}/signature")
def create_signature(request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[Sign], posted(Sign)]) -> Response:
    offer, own = invitations.access_invited(db, me, offer_id, to_change=True)
    if not form.ok:
        return again(request, SHOW, page=perks.perk_page(db, me, offer_id), form=form)
    embargo.sign(db, me, offer, own, form.data)
    return done(request, f"/perks/{offer_id}", flash="Signed. The room is open to you.")


@router.get("/perks/{offer_id}/draw")
def draw(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    return page(request, "perks/draw.html", page=perks.draw_page(db, me, offer_id))


@router.get("/perks/{offer_id}/draw.json")
def draw_facts(db: Db, me: Me, offer_id: Id) -> Response:
    return JSONResponse(perks.draw_page(db, me, offer_id).facts())


@router.get("/perks/{offer_id}/seat.ics")
def seat_file(db: Db, me: Me, offer_id: Id) -> Response:
    offer, own = perks.calendar_of(db, me, offer_id)
    return _calendar(calendar.seat_file(offer, own.ticket), f"seat-{offer.id}.ics")


@router.get("/perks/{offer_id}/cancellation.ics")
def cancellation_file(db: Db, me: Me, offer_id: Id, ticket: Mark = "", proof: Mark = "") -> Response:
    offer = perks.returned_offer(db, me, offer_id, proof == _proof(offer_id, ticket))
    return _calendar(calendar.cancellation_file(offer, ticket), f"cancelled-{offer.id}.ics")


def _calendar(body: bytes, name: str) -> Response:
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _proof(offer_id: int, ticket: str) -> str:
    """That this ticket was a seat, without keeping that it was."""
    return keyed(f"{offer_id}:{ticket}", "returned seat")[:20]


def _cancellation_url(returned: str) -> str:
    offer_id, _, rest = returned.partition("-")
    ticket, _, proof = rest.partition("-")
    known = offer_id.isdigit() and proof == _proof(int(offer_id), ticket)
    return f"/perks/{offer_id}/cancellation.ics?ticket={ticket}&proof={proof}" if known else ""
