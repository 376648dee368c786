"""The practice network, for staff: nothing on it ever leaves this forum."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from forum.social.simulated import pages
from forum.social.simulated.pages import Break, Describe, Say
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.pages import again, done, page

router = APIRouter(prefix="/desk/practice")
SHOW = "practice/show.html"
Account = Annotated[str, Path(max_length=60)]


@router.get("")
def show(request: Request, me: Me) -> Response:
    return page(request, SHOW, page=pages.practice_page(me), form=blank())


@router.post("/posts")
def create_post(request: Request, db: Db, me: Me, form: Annotated[Form[Say], posted(Say)]) -> Response:
    if not form.ok:
        return again(request, SHOW, page=pages.practice_page(me), form=form)
    made = pages.say(db, me, form.data)
    return done(request, f"/desk/practice#p-{made}", flash="Said. If it names our account, it is in the inbox in a moment.")


@router.post("/accounts/{account_id}")
def describe(request: Request, me: Me, account_id: Account, form: Annotated[Form[Describe], posted(Describe)]) -> Response:
    pages.describe(me, account_id, form.data)
    return done(request, "/desk/practice#people", flash="Saved.")


@router.post("/faults")
def break_next(request: Request, me: Me, form: Annotated[Form[Break], posted(Break)]) -> Response:
    pages.break_next(me, form.data)
    return done(
        request, "/desk/practice", flash="It will fail as you asked. See how the channel and the replies show it.", tone=""
    )
