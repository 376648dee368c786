"""Members' public pages, the recognition programme, and one's own notifications."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from forum.core.settings import settings
from forum.notifications import queries as notices
from forum.recognition.explain import reputation_page
from forum.recognition.profile import profile_page
from forum.recognition.programme import programme_rules
from forum.routes.paths import After
from forum.topics.home import helpers
from forum.web.dependencies import Db, Me
from forum.web.forms import blank
from forum.web.pages import done, page

router = APIRouter()
Name = Annotated[str, Query(max_length=40)]


@router.get("/members/{handle}")
def show(request: Request, db: Db, me: Me, handle: str, tab: Name = "", after: After = None) -> Response:
    return page(request, "members/show.html", page=profile_page(db, me, handle, tab, after), form=blank())


@router.get("/members/{handle}/reputation")
def reputation(request: Request, db: Db, me: Me, handle: str, kind: Name = "", after: After = None) -> Response:
    return page(request, "members/reputation.html", page=reputation_page(db, me, handle, kind, after))


@router.get("/recognition")
def recognition(request: Request, db: Db, me: Me) -> Response:
    view = {"site_name": settings().site_name, "rules": programme_rules(), "helpers": helpers(db, 10)}
    return page(request, "recognition/show.html", page=view)


@router.get("/notifications")
def notifications(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "notifications/index.html", page=notices.notice_list(db, me, after))


@router.post("/notifications/reading")
def read(request: Request, db: Db, me: Me) -> Response:
    notices.read_all(db, me)
    return done(request, "/notifications", flash="All read.", tone="")
