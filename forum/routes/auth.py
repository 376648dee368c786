"""Coming in and going out: sign in, join, confirm, forgotten passwords, and the theme anybody may choose."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from forum.accounts import actions, credentials, entrance, inputs, links, traces
from forum.core.errors import Invalid, TooMany
from forum.core.settings import settings
from forum.models.accounts import LinkPurpose
from forum.routes.gate import caller, entered, local_path, sent_back, unreferred
from forum.web import cookies
from forum.web.dependencies import THEME, Db, Glance, Me
from forum.web.forms import Form, blank, posted
from forum.web.pages import done, page

router = APIRouter()
Token = Annotated[str, Query(max_length=100)]
Next = Annotated[str, Query(max_length=2000)]
THEME_AGE = 365 * 24 * 3600


@router.get("/sign-in")
def new_session(request: Request, me: Me, next: Next = "/") -> Response:
    if me.signed_in:
        return RedirectResponse(local_path(next), 303)
    return page(request, "accounts/sign_in.html", form=blank(next=local_path(next)))


@router.post("/sign-in")
def create_session(request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.SignIn], posted(inputs.SignIn)]) -> Response:
    try:
        entry = entrance.sign_in(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return sent_back(request, "accounts/sign_in.html", form, error)
    return entered(request, entry, local_path(form.data.next))


@router.post("/sign-out")
def remove_session(request: Request, db: Db, me: Me) -> Response:
    if me.signed_in:
        traces.remember_browser(db, me.member_id, cookies.browser_of(request))
    actions.sign_out(db, me)
    response = done(request, "/", flash="You are signed out.")
    cookies.forget(response)
    return response


@router.get("/join")
def new_member(request: Request, me: Me) -> Response:
    if me.signed_in:
        return RedirectResponse("/settings/profile", 303)
    return page(request, "accounts/join.html", form=blank())


@router.post("/join")
def create_member(request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.Join], posted(inputs.Join)]) -> Response:
    try:
        entrance.join(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return sent_back(request, "accounts/join.html", form, error)
    return done(request, "/join/letter")


@router.get("/join/letter")
def show_join_letter(request: Request, me: Me) -> Response:
    return page(request, "accounts/check_mail.html", reset=False)


@router.get("/confirm")
def new_confirmation(request: Request, db: Db, me: Me, token: Token = "") -> Response:
    link = links.open_link(db, token, LinkPurpose.confirm, LinkPurpose.email)
    return unreferred(page(request, "accounts/confirm.html", token=token, email=link.email))


@router.post("/confirm")
def create_confirmation(
    request: Request, db: Db, me: Me, form: Annotated[Form[inputs.UseLink], posted(inputs.UseLink)]
) -> Response:
    entrance.confirm(db, form.data)
    if me.signed_in:
        return done(request, "/settings/account", flash="Your address is confirmed. Thank you.")
    return done(request, "/sign-in", flash="Your address is confirmed. Sign in and you are ready to post.")


@router.get("/forgot")
def new_forgot(request: Request, me: Me) -> Response:
    return page(request, "accounts/forgot.html", form=blank())


@router.post("/forgot")
def create_forgot(request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.Forgot], posted(inputs.Forgot)]) -> Response:
    try:
        credentials.forgot(db, caller(request, me), form.data)
    except (Invalid, TooMany) as error:
        return sent_back(request, "accounts/forgot.html", form, error)
    return done(request, "/forgot/letter")


@router.get("/forgot/letter")
def show_forgot_letter(request: Request, me: Me) -> Response:
    return page(request, "accounts/check_mail.html", reset=True)


@router.get("/reset")
def new_reset(request: Request, db: Db, me: Me, token: Token = "") -> Response:
    links.open_link(db, token, LinkPurpose.reset)
    return unreferred(page(request, "accounts/reset.html", form=blank(token=token)))


@router.post("/reset")
def create_reset(request: Request, db: Db, me: Glance, form: Annotated[Form[inputs.Reset], posted(inputs.Reset)]) -> Response:
    try:
        credentials.reset(db, form.data)
    except Invalid as error:
        return unreferred(sent_back(request, "accounts/reset.html", form, error))
    return done(request, "/sign-in", flash="Your new password is set. Sign in with it.")


@router.post("/theme")
def update_theme(
    request: Request, db: Db, me: Me, form: Annotated[Form[inputs.ChooseTheme], posted(inputs.ChooseTheme)]
) -> Response:
    response = done(request, local_path(form.data.next))
    if me.signed_in:
        actions.choose_theme(db, me, form.data.theme)
    else:
        response.set_cookie(
            THEME, form.data.theme.value, max_age=THEME_AGE, path="/", secure=settings().secure, httponly=True, samesite="lax"
        )
    return response
