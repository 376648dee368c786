"""Members' public pages, the recognition programme, and one's own notifications."""

import csv
import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from forum.core.settings import settings
from forum.core.text import slug
from forum.notifications import queries as notices
from forum.recognition import explain
from forum.recognition.privileges import opens
from forum.recognition.profile import profile_page
from forum.recognition.programme import programme_rules
from forum.recognition.vip.published import published
from forum.routes.paths import After, Id
from forum.topics.home import helpers
from forum.web.dependencies import Db, Me
from forum.web.forms import blank
from forum.web.pages import done, page

router = APIRouter()
Name = Annotated[str, Query(max_length=40)]


def _lines(kind: Name = "", tag: Name = "", day: date | None = None, post: Id | None = None) -> explain.Wanted:
    return explain.Wanted(kind, tag, day, post)


Lines = Annotated[explain.Wanted, Depends(_lines)]


@router.get("/members/{handle}")
def show(request: Request, db: Db, me: Me, handle: str, tab: Name = "", after: After = None) -> Response:
    return page(request, "members/show.html", page=profile_page(db, me, handle, tab, after), form=blank())


@router.get("/members/{handle}/reputation")
def reputation(request: Request, db: Db, me: Me, handle: str, wanted: Lines, after: After = None) -> Response:
    return page(request, "members/reputation.html", page=explain.reputation_page(db, me, handle, wanted, after))


@router.get("/members/{handle}/reputation.csv")
def reputation_csv(db: Db, me: Me, handle: str) -> Response:
    lines = explain.export(db, me, handle)
    text = io.StringIO()
    table = csv.DictWriter(text, fieldnames=list(lines[0]) if lines else ["at"])
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=_named(handle, "csv"))


@router.get("/members/{handle}/reputation.json")
def reputation_json(db: Db, me: Me, handle: str) -> Response:
    return JSONResponse(explain.export(db, me, handle), headers=_named(handle, "json"))


def _named(handle: str, ending: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="reputation-{slug(handle)}.{ending}"',
        "Cache-Control": "private, no-store",
    }


def _cell(value: object) -> object:
    """A sheet must not take somebody's words for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" else value


@router.get("/recognition")
def recognition(request: Request, db: Db, me: Me) -> Response:
    view = {
        "site_name": settings().site_name,
        "rules": programme_rules(),
        "helpers": helpers(db, 10),
        "opens": opens(db, me),
        "programme": published(db),
    }
    return page(request, "recognition/show.html", page=view)


@router.get("/notifications")
def notifications(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "notifications/index.html", page=notices.notice_list(db, me, after))


@router.post("/notifications/reading")
def read(request: Request, db: Db, me: Me) -> Response:
    notices.read_all(db, me)
    return done(request, "/notifications", flash="All read.", tone="")
