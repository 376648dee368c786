"""What the account routes share: who calls, where to go next, and a form sent back with what was wrong."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from forum.accounts.entrance import Caller, Entry
from forum.core.errors import Invalid, TooMany
from forum.core.ids import new_token
from forum.policy.actor import Actor
from forum.web import cookies
from forum.web.address import bucket
from forum.web.forms import Form
from forum.web.pages import again, done

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


def caller(request: Request, me: Actor) -> Caller:
    browser = cookies.browser_of(request) or new_token()
    return Caller(me, bucket(me.address), request.headers.get("user-agent", ""), browser)


def local_path(path: str | None) -> str:
    """The path if it stays on this site, else the front page."""
    return path if path and len(path) <= 2000 and _LOCAL.fullmatch(path) else "/"


def entered(request: Request, entry: Entry, url: str, flash: str = "") -> Response:
    """On to `url`, with the cookie of a fresh session."""
    response = done(request, url, flash=flash)
    cookies.remember(response, entry.token, int(entry.lasts.total_seconds()))
    cookies.know_browser(response, entry.browser)
    return response


def sent_back(request: Request, template: str, form: Form[Any], error: Invalid | TooMany, **context: Any) -> Response:
    """The same form with what was typed, and either the faults or how long to wait."""
    if isinstance(error, Invalid):
        return again(request, template, form=form.refused(error.errors), **context)
    response = again(request, template, status=429, form=form.refused({"": error.sentence}), **context)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def unreferred(response: Response) -> Response:
    """For pages with a token in their address: it goes nowhere else and stays in no store."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
