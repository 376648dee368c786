"""The staff's side of the volunteer programme: offers, the season, appeals, nominations."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.core.text import Id
from forum.models import OfferKind, Tier
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip import appeals, desk, invitations, nominations, offers, rules, seasons
from forum.recognition.vip.criteria import TIER_NAMES
from forum.recognition.vip.inputs import AnnounceCriteria, AnswerAppeal, Attendance, Nominate, Withdraw, WriteOffer
from forum.recognition.vip.perks import KIND_NAMES
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter(prefix="/desk")
EDIT, SHOW, SEASON = "desk/perk_edit.html", "desk/perk.html", "desk/season.html"
APPEALS, NOMINATIONS = "desk/appeals.html", "desk/nominations.html"


@router.get("/perks")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, "desk/perks.html", rows=desk.offer_list(db, me))


@router.get("/perks/new")
def new(request: Request, db: Db, me: Me) -> Response:
    require(me, Permission.programme_run)
    return page(request, EDIT, **_choices(db), form=blank(tz="Europe/London"), offer_id=0)


@router.post("/perks")
def create(request: Request, db: Db, me: Me, form: Annotated[Form[WriteOffer], posted(WriteOffer)]) -> Response:
    require(me, Permission.programme_run)
    outcome = carry_out(db, me, form, lambda: f"/desk/perks/{offers.write_offer(db, me, form.data).id}")
    if outcome.url is None:
        return again(request, EDIT, status=outcome.status, **_choices(db), form=outcome.form, offer_id=0)
    return done(request, outcome.url, flash="Saved as a draft. Somebody else approves it.")


@router.get("/perks/{offer_id}")
def show(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    return page(request, SHOW, page=desk.offer_desk(db, me, offer_id), form=blank())


@router.get("/perks/{offer_id}/edit")
def edit(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    form = blank(**desk.offer_values(db, me, offer_id))
    return page(request, EDIT, **_choices(db), form=form, offer_id=offer_id)


@router.post("/perks/{offer_id}")
def update(request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[WriteOffer], posted(WriteOffer)]) -> Response:
    offer = offers.access_offer(db, me, offer_id, to_change=True)
    outcome = carry_out(db, me, form, lambda: f"/desk/perks/{offers.write_offer(db, me, form.data, offer).id}")
    if outcome.url is None:
        return again(request, EDIT, status=outcome.status, **_choices(db), form=outcome.form, offer_id=offer_id)
    return done(request, outcome.url, flash="Saved as a draft. Somebody else approves it.")


@router.post("/perks/{offer_id}/approval")
def create_approval(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    offers.approve_offer(db, me, offers.access_offer(db, me, offer_id, to_change=True))
    return done(request, f"/desk/perks/{offer_id}", flash="Approved. The seal of the lottery is public from now on.")


@router.post("/perks/{offer_id}/invitations")
def create_invitations(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    invitations.send_invitations(db, me, offers.access_offer(db, me, offer_id, to_change=True))
    return done(request, f"/desk/perks/{offer_id}", flash="The invitations are out.")


@router.post("/perks/{offer_id}/withdrawal")
def create_withdrawal(
    request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[Withdraw], posted(Withdraw)]
) -> Response:
    offer = offers.access_offer(db, me, offer_id, to_change=True)
    if not form.ok:
        return again(request, SHOW, page=desk.offer_desk(db, me, offer_id), form=form)
    offers.withdraw_offer(db, me, offer, form.data)
    return done(request, f"/desk/perks/{offer_id}", flash="Withdrawn. Everybody with a seat or waiting is told why.")


@router.post("/perks/{offer_id}/closing")
def create_closing(
    request: Request, db: Db, me: Me, offer_id: Id, form: Annotated[Form[Attendance], posted(Attendance)]
) -> Response:
    offers.close_offer(db, me, offers.access_offer(db, me, offer_id, to_change=True), form.data)
    return done(request, f"/desk/perks/{offer_id}", flash="Closed.")


@router.post("/perks/{offer_id}/needs")
def show_needs(request: Request, db: Db, me: Me, offer_id: Id) -> Response:
    """Posted, not fetched: reading these is written down."""
    return page(request, SHOW, page=desk.offer_desk(db, me, offer_id, with_needs=True), form=blank())


@router.get("/season")
def season(request: Request, db: Db, me: Me) -> Response:
    return page(request, SEASON, page=desk.season_desk(db, me), form=blank())


@router.post("/season/preview")
def create_preview(request: Request, db: Db, me: Me) -> Response:
    seasons.prepare(db, me)
    return done(request, "/desk/season", flash="Counted. Look at it, then publish.")


@router.post("/season/{season_id}/publication")
def create_publication(request: Request, db: Db, me: Me, season_id: Id) -> Response:
    seasons.publish(db, me, seasons.access_season(db, me, season_id))
    return done(request, "/desk/season", flash="Published. Everybody in it is told.")


@router.post("/season/criteria")
def create_criteria(
    request: Request, db: Db, me: Me, form: Annotated[Form[AnnounceCriteria], posted(AnnounceCriteria)]
) -> Response:
    def act() -> str:
        rules.announce(db, me, form.data)
        return "/desk/season"

    require(me, Permission.programme_rules)
    outcome = carry_out(db, me, form, act)
    if outcome.url is None:
        return again(request, SEASON, status=outcome.status, page=desk.season_desk(db, me), form=outcome.form)
    return done(request, outcome.url, flash="Announced. Everybody in the programme is told now.")


@router.get("/appeals")
def list_appeals(request: Request, db: Db, me: Me) -> Response:
    return page(request, APPEALS, rows=appeals.appeal_list(db, me), tiers=list(TIER_NAMES.items()), form=blank(), failed=0)


@router.post("/appeals/{appeal_id}/answer")
def create_answer(
    request: Request, db: Db, me: Me, appeal_id: Id, form: Annotated[Form[AnswerAppeal], posted(AnswerAppeal)]
) -> Response:
    if not form.ok:
        rows = appeals.appeal_list(db, me)
        return again(request, APPEALS, rows=rows, tiers=list(TIER_NAMES.items()), form=form, failed=appeal_id)
    appeals.answer_appeal(db, me, appeal_id, form.data)
    return done(request, "/desk/appeals", flash="Answered. They are told.")


@router.get("/nominations")
def list_nominations(request: Request, db: Db, me: Me) -> Response:
    require(me, Permission.programme_run)
    return page(request, NOMINATIONS, rows=nominations.nomination_list(db, me), form=blank())


@router.post("/nominations")
def create_nomination(request: Request, db: Db, me: Me, form: Annotated[Form[Nominate], posted(Nominate)]) -> Response:
    def act() -> str:
        nominations.nominate(db, me, form.data)
        return "/desk/nominations"

    require(me, Permission.programme_run)
    outcome = carry_out(db, me, form, act)
    if outcome.url is None:
        rows = nominations.nomination_list(db, me)
        return again(request, NOMINATIONS, status=outcome.status, rows=rows, form=outcome.form)
    return done(request, outcome.url, flash="Kept. They are told, with your sentence.")


def _choices(db: Db) -> dict[str, Any]:
    kinds = [(kind.value, KIND_NAMES[kind]) for kind in OfferKind]
    tiers = [(tier.value, TIER_NAMES[tier]) for tier in Tier]
    return {"kinds": kinds, "tiers": tiers, "products": desk.products(db)}
