"""What a member chooses of recognition."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition import boards, choices, guide, yearly
from forum.recognition.inputs import ChooseRecognition, SayHelped
from forum.routes.paths import Id
from forum.routes.posting import topic_address
from forum.topics import access
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()
Key = Annotated[str, Query(max_length=60)]
Year = Annotated[int, Path(ge=2000, le=2200)]


@router.get("/boards")
def first_board(request: Request, db: Db, me: Me) -> Response:
    return page(request, "recognition/boards.html", page=boards.board_page(db, me, "", ""))


@router.get("/boards/{key}")
def board(request: Request, db: Db, me: Me, key: str, scope: Key = "") -> Response:
    return page(request, "recognition/boards.html", page=boards.board_page(db, me, key, scope))


@router.get("/me/impact")
def newest_impact(request: Request, db: Db, me: Me) -> Response:
    return page(request, "recognition/impact.html", page=yearly.report(db, me, None))


@router.get("/me/impact/{year}")
def impact(request: Request, db: Db, me: Me, year: Year) -> Response:
    return page(request, "recognition/impact.html", page=yearly.report(db, me, year))


@router.get("/me/impact/{year}/card.png")
def impact_card(db: Db, me: Me, year: Year) -> Response:
    return Response(
        yearly.card(yearly.report(db, me, year)), media_type="image/png", headers={"Cache-Control": "private, no-store"}
    )


@router.post("/topics/{topic_id}/helped")
def say_helped(request: Request, db: Db, me: Me, topic_id: Id, form: Annotated[Form[SayHelped], posted(SayHelped)]) -> Response:
    topic = access.access_topic(db, me, topic_id)
    yearly.say_helped(db, me, topic, yes=form.data.helped == "yes")
    return done(request, topic_address(topic), fragment="topics/_helped_thanks.html", flash="Thank you for saying so.")


@router.get("/guide")
def show_guide(request: Request, db: Db, me: Me) -> Response:
    return page(request, "recognition/guide.html", page=guide.guide_page(db, me), form=blank())


@router.post("/guide")
def check_guide(request: Request, db: Db, me: Me, form: Annotated[Form[guide.CheckGuide], posted(guide.CheckGuide)]) -> Response:
    require(me, Permission.account_own)
    outcome = carry_out(db, me, form, lambda: _finished(db, me, form.data))
    if outcome.url is None:
        shown = guide.guide_page(db, me)
        return again(request, "recognition/guide.html", status=outcome.status, page=shown, form=outcome.form)
    return done(request, outcome.url, flash="All eight. You know how people here like to be helped.")


def _finished(db: Session, me: Actor, data: guide.CheckGuide) -> str:
    guide.finish(db, me, data)
    return "/guide"


@router.get("/settings/recognition")
def edit_choices(request: Request, db: Db, me: Me) -> Response:
    require(me, Permission.account_own)
    return page(request, "settings/recognition.html", own=choices.choices_of(db, me.member_id))


@router.post("/settings/recognition")
def update_choices(
    request: Request, db: Db, me: Me, form: Annotated[Form[ChooseRecognition], posted(ChooseRecognition)]
) -> Response:
    choices.choose(db, me, form.data)
    return done(request, "/settings/recognition", flash="Saved.")
