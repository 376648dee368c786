"""Answers: a page, a changed fragment, or a way on. Only `done` and `again` ask whether htmx is listening."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forum.core import templating, text
from forum.core.settings import settings
from forum.policy.actor import VISITOR, Actor
from forum.policy.check import may
from forum.policy.permissions import Permission
from forum.social.authors import NETWORKS
from forum.web.assets import assets
from forum.web.cookies import FLASH, clear_flash, flashes, set_flash


@dataclass(frozen=True, slots=True)
class Site:
    """What every page knows of this installation."""

    name: str
    tagline: str
    logo_url: str | None
    base_url: str
    lang: str
    dir: str
    theme: str
    css_url: str
    js_url: str
    htmx_url: str
    development: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """What every page knows of its reader."""

    signed_in: bool
    handle: str
    name: str
    initials: str
    hue: int
    is_staff: bool
    is_moderator: bool
    is_admin: bool
    may_review: bool
    confirmed: bool
    unread: int


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    shown = flashes(request)
    response = HTMLResponse(html(request, template, flashes=shown, **context), status)
    if shown or FLASH in request.cookies:
        clear_flash(response)
    return response


def html(request: Request, template: str, **context: Any) -> str:
    actor: Actor = getattr(request.state, "actor", VISITOR)
    context.setdefault("flashes", [])
    return templating.render(
        template,
        site=_site(actor),
        viewer=_viewer(actor),
        path=request.url.path,
        request_id=getattr(request.state, "request_id", ""),
        **context,
    )


def wants_fragment(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def done(request: Request, url: str, *, fragment: str = "", flash: str = "", tone: str = "ok", **context: Any) -> Response:
    """After a change: 303 to `url`, or the changed fragment (and the message out of band) to htmx."""
    if fragment and wants_fragment(request):
        body = html(request, fragment, **context)
        if flash:
            body += html(request, "components/_flash.html", tone=tone, text=flash)
        return HTMLResponse(body)
    response = RedirectResponse(url, 303)
    if flash:
        set_flash(response, tone, flash)
    return response


def again(request: Request, whole: str, *, fragment: str = "", status: int = 422, **context: Any) -> Response:
    """The same form once more, with what was typed and what to mend."""
    template = fragment if fragment and wants_fragment(request) else whole
    return page(request, template, status=status, **context)


def _site(actor: Actor) -> Site:
    config = settings()
    return Site(
        name=config.site_name,
        tagline=config.site_tagline,
        logo_url=config.logo_url or None,
        base_url=config.base_url,
        lang=config.language,
        dir=config.direction,
        theme=str(actor.theme),
        css_url=assets().url("app.css"),
        js_url=assets().url("app.js"),
        htmx_url=assets().url("vendor/htmx-4.0.1.min.js"),
        development=config.development,
    )


def _viewer(actor: Actor) -> Viewer:
    return Viewer(
        signed_in=actor.signed_in,
        handle=actor.handle,
        name=actor.name,
        initials=text.initials(actor.name),
        hue=text.hue(actor.id or 0),
        is_staff=actor.is_staff,
        is_moderator=actor.is_moderator,
        is_admin=actor.is_admin,
        may_review=may(actor, Permission.review_give),
        confirmed=actor.confirmed,
        unread=actor.unread,
    )


templating.add_global("static", lambda name: assets().url(name))
templating.add_global("networks", NETWORKS)
for _macro in ("icon", "glyph", "plat"):
    templating.keep_macro("components/icon.html", _macro)
