"""What a member chooses of recognition."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition import choices
from forum.recognition.inputs import ChooseRecognition
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, posted
from forum.web.pages import done, page

router = APIRouter()


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
