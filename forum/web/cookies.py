"""The cookies: who is signed in, which browser this is, what was written before signing in, and one message."""

import base64
import binascii
import hmac
import json
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from forum.core.ids import keyed
from forum.core.settings import settings

FLASH = "flash"
HELD = "held"
BROWSER_AGE = 30 * 86_400
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Flash:
    tone: str
    text: str


def session_cookie() -> str:
    """`__Host-` needs https; plain http is for development on this machine."""
    return "__Host-session" if settings().secure else "session"


def remember(response: Response, token: str, max_age: int) -> None:
    response.set_cookie(
        session_cookie(), token, max_age=max_age, path="/", secure=settings().secure, httponly=True, samesite="lax"
    )


def forget(response: Response) -> None:
    response.delete_cookie(session_cookie(), path="/", secure=settings().secure, httponly=True, samesite="lax")


def browser_cookie() -> str:
    return "__Host-browser" if settings().secure else "browser"


def browser_of(request: Request) -> str:
    """A random name, so that two accounts in one browser do not vote for each other unseen; "" when it has none."""
    token = request.cookies.get(browser_cookie(), "")
    return token if _TOKEN.fullmatch(token) else ""


def know_browser(response: Response, token: str) -> None:
    response.set_cookie(
        browser_cookie(), token, max_age=BROWSER_AGE, path="/", secure=settings().secure, httponly=True, samesite="lax"
    )


def set_flash(response: Response, tone: str, text: str) -> None:
    body = base64.urlsafe_b64encode(json.dumps([tone, text]).encode()).decode()
    response.set_cookie(
        FLASH, f"{body}.{_signature(body)}", max_age=60, path="/", secure=settings().secure, httponly=True, samesite="lax"
    )


def flashes(request: Request) -> list[Flash]:
    body, _, signature = request.cookies.get(FLASH, "").partition(".")
    if not body or not hmac.compare_digest(signature.encode(), _signature(body).encode()):
        return []
    try:
        tone, text = json.loads(base64.urlsafe_b64decode(body))
    except (ValueError, TypeError, binascii.Error):
        return []
    return [Flash(str(tone), str(text))]


def clear_flash(response: Response) -> None:
    response.delete_cookie(FLASH, path="/", secure=settings().secure, httponly=True, samesite="lax")


def _signature(body: str) -> str:
    return keyed(body, "flash")[:24]


def hold(response: Response, token: str) -> None:
    """Names what a visitor wrote before signing in; see topics.drafts."""
    response.set_cookie(HELD, token, max_age=7 * 86_400, path="/ask", secure=settings().secure, httponly=True, samesite="lax")
