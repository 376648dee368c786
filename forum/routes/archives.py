"""Files of posts from elsewhere, brought in through a page: upload, map, try, bring in."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.datastructures import UploadFile
from starlette.responses import Response

from forum.core.errors import Invalid
from forum.core.text import Id
from forum.importers import uploads
from forum.importers.uploads import MapColumns
from forum.policy.actor import Actor
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, perhaps_uploaded, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter(prefix="/desk/archives")
INDEX, SHOW = "archives/index.html", "archives/show.html"


@router.get("")
def index(request: Request, db: Db, me: Me) -> Response:
    return _index(request, db, me, blank())


def _index(request: Request, db: Session, me: Actor, form: Form[Any], *, status: int = 200) -> Response:
    rows = uploads.archive_list(db, me)
    return page(request, INDEX, status=status, rows=rows, labels=uploads.LABELS, form=form)


@router.post("")
async def create(request: Request, db: Db, me: Me, raw: Annotated[bytes, perhaps_uploaded("file", uploads.LARGEST)]) -> Response:
    fields = await request.form()
    kind, file = str(fields.get("form", "")), fields.get("file")
    name = file.filename or "" if isinstance(file, UploadFile) else ""
    try:
        row = uploads.keep(db, me, kind, name, raw)
    except Invalid as error:
        return _index(request, db, me, blank(form=kind).refused(error.errors), status=422)
    return done(request, f"/desk/archives/{row.id}", flash="Kept. Say what is what, then try it: nothing is written by that.")


@router.get("/{archive_id}")
def show(request: Request, db: Db, me: Me, archive_id: Id) -> Response:
    row = uploads.access_archive(db, me, archive_id)
    return page(request, SHOW, page=uploads.archive_page(row), form=blank())


@router.post("/{archive_id}")
def decide(request: Request, db: Db, me: Me, archive_id: Id, form: Annotated[Form[MapColumns], posted(MapColumns)]) -> Response:
    row = uploads.access_archive(db, me, archive_id)
    outcome = carry_out(db, me, form, lambda: uploads.decide(db, me, row, form.data))
    if outcome.url is None:
        view = uploads.archive_page(row, form.parsed)
        return page(request, SHOW, status=outcome.status, page=view, form=outcome.form)
    return done(request, outcome.url, flash="Started. This page says how far it is.", tone="")


@router.post("/{archive_id}/removal")
def remove(request: Request, db: Db, me: Me, archive_id: Id) -> Response:
    uploads.drop(db, me, uploads.access_archive(db, me, archive_id))
    return done(request, "/desk/archives", flash="Removed. What it brought in stays.")
