"""Badges: all of them, each with its rule and holders, stars from volunteers, and their administration."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from forum.accounts.queries import access_member_by_handle
from forum.models import Member
from forum.recognition.badges import actions, pages, preview
from forum.recognition.badges.inputs import ChangeBadge, GiveStar
from forum.recognition.profile import profile_page
from forum.routes.paths import After
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import again, done, page

router = APIRouter()


@router.get("/badges")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, "badges/index.html", page=pages.badge_index(db, me))


@router.get("/badges/{key}")
def show(request: Request, db: Db, me: Me, key: str, after: After = None) -> Response:
    return page(request, "badges/show.html", page=pages.badge_page(db, me, actions.access_badge(key), after))


@router.post("/members/{handle}/stars")
def create_star(request: Request, db: Db, me: Me, handle: str, form: Annotated[Form[GiveStar], posted(GiveStar)]) -> Response:
    member = access_member_by_handle(db, handle)
    outcome = carry_out(db, me, form, lambda: _given(db, me, member, form.data))
    if outcome.url is None:
        shown = profile_page(db, me, handle, "", None)
        return again(request, "members/show.html", status=outcome.status, page=shown, form=outcome.form)
    return done(request, outcome.url, flash=f"Given. {member.name} reads your sentence.")


def _given(db: Db, me: Me, member: Member, data: GiveStar) -> str:
    actions.give_star(db, me, member, data)
    return f"/members/{member.handle_key}"


@router.get("/admin/badges")
def admin_index(request: Request, db: Db, me: Me) -> Response:
    return page(request, "admin/badges.html", rows=preview.admin_list(db, me))


@router.get("/admin/badges/{key}")
def edit(request: Request, db: Db, me: Me, key: str, tried: Annotated[ChangeBadge, Query()]) -> Response:
    shown = preview.admin_badge(db, me, actions.access_badge(key), tried)
    return page(request, "admin/badge.html", page=shown, form=blank())


@router.post("/admin/badges/{key}")
def update(request: Request, db: Db, me: Me, key: str, form: Annotated[Form[ChangeBadge], posted(ChangeBadge)]) -> Response:
    badge = actions.access_badge(key)
    outcome = carry_out(db, me, form, lambda: actions.change_badge(db, me, badge, form.data))
    if outcome.url is None:
        shown = preview.admin_badge(db, me, badge, ChangeBadge())
        return again(request, "admin/badge.html", status=outcome.status, page=shown, form=outcome.form)
    return done(request, outcome.url, flash="Saved. Everybody is looked at again in a moment.")
