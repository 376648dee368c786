"""The settings pages: profile, sign-in and security, browsers, mail."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from forum.accounts import actions, credentials, inputs, queries
from forum.core.db import transaction
from forum.core.errors import Invalid, TooMany
from forum.core.text import Id
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.routes.gate import caller, entered, sent_back
from forum.web import cookies
from forum.web.dependencies import Db, Glance, Me
from forum.web.forms import Form, blank, posted
from forum.web.pages import again, done, page

router = APIRouter(prefix="/settings")
ACCOUNT = "settings/account.html"


@router.get("")
def index(request: Request, me: Me) -> Response:
    require(me, Permission.account_own)
    return RedirectResponse("/settings/profile", 303)


@router.get("/profile")
def edit_profile(request: Request, db: Db, me: Me) -> Response:
    own = queries.settings_page(db, me)
    switched_on = {name: "1" for name in ("shows_impact", "shows_last_seen") if getattr(own, name)}
    form = blank(name=own.name, bio=own.bio, languages=own.languages, title=own.title, **switched_on)
    return page(request, "settings/profile.html", own=own, form=form)


@router.post("/profile")
def update_profile(
    request: Request, db: Db, me: Me, form: Annotated[Form[inputs.EditProfile], posted(inputs.EditProfile)]
) -> Response:
    if not form.ok:
        return again(request, "settings/profile.html", own=queries.settings_page(db, me), form=form)
    actions.edit_profile(db, me, form.data)
    return done(request, "/settings/profile", flash="Saved.")


@router.get("/account")
def edit_account(request: Request, db: Db, me: Me) -> Response:
    return page(request, ACCOUNT, own=queries.settings_page(db, me), form=blank(), part="")


@router.post("/password")
def update_password(
    request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.ChangePassword], posted(inputs.ChangePassword)]
) -> Response:
    try:
        entry = credentials.change_password(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return _account_again(request, me, form, error, part="password")
    return entered(request, entry, "/settings/account", flash="Your password is changed, and every other browser is signed out.")


@router.post("/email")
def update_email(
    request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.ChangeEmail], posted(inputs.ChangeEmail)]
) -> Response:
    try:
        credentials.change_email(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return _account_again(request, me, form, error, part="email")
    return done(request, "/settings/account", flash="Look in the mail of the new address and open the link there.")


@router.post("/deletion")
def delete_account(request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.Leave], posted(inputs.Leave)]) -> Response:
    try:
        credentials.leave(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return _account_again(request, me, form, error, part="leave")
    response = done(request, "/", flash="Your account is gone. What you solved goes on helping, without your name.")
    cookies.forget(response)
    return response


@router.post("/confirmation")
def create_confirmation(request: Request, db: Db, me: Glance) -> Response:
    credentials.resend_confirmation(db, me)
    return done(request, "/settings/account", flash="The link is on its way. Look in your mail.")


@router.get("/sessions")
def list_sessions(request: Request, db: Db, me: Me) -> Response:
    return page(request, "settings/sessions.html", sessions=queries.session_list(db, me))


@router.post("/sessions/{session_id}/removal")
def remove_session(request: Request, db: Db, me: Me, session_id: Id) -> Response:
    actions.end_session(db, me, session_id)
    return done(request, "/settings/sessions", flash="That browser is signed out.")


@router.post("/sessions/removals")
def remove_other_sessions(request: Request, db: Db, me: Me) -> Response:
    actions.end_other_sessions(db, me)
    return done(request, "/settings/sessions", flash="You are signed out everywhere else.")


@router.get("/notifications")
def edit_notifications(request: Request, db: Db, me: Me) -> Response:
    return page(request, "settings/notifications.html", own=queries.settings_page(db, me))


@router.post("/notifications")
def update_notifications(
    request: Request, db: Db, me: Me, form: Annotated[Form[inputs.MailPreferences], posted(inputs.MailPreferences)]
) -> Response:
    actions.choose_mail(db, me, form.data)
    return done(request, "/settings/notifications", flash="Saved.")


def _account_again(request: Request, me: Actor, form: Form[Any], error: Invalid | TooMany, *, part: str) -> Response:
    with transaction(writes=False) as reading:
        own = queries.settings_page(reading, me)
    return sent_back(request, ACCOUNT, form, error, own=own, part=part)
