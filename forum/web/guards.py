"""Pure ASGI guards around everything: request ids, hosts, body size, floods, forgery, headers.

They run on every request, so they do little and never touch the database.
"""

import re
import time
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.core.ids import public_id
from forum.core.logs import log
from forum.core.ratelimit import flood
from forum.core.settings import settings
from forum.web.address import bucket, client_address, is_loopback

MAX_BODY = 1_000_000
MAX_UPLOAD = 10_500_000
MAX_QUERY = 4_096
UPLOADS = {"/images": MAX_UPLOAD, "/desk/archives": 50_500_000}
FLOOD = "50/10 seconds;200/minute"
_LETS_IN = re.compile(r"^(/private/(?:invitations/|addresses/)?|/outcome/)[^/]+")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"


class BodyTooLarge(Exception):
    """Raised while a body is read; becomes 413."""


class Guards:
    """One middleware for what every request passes; the order of `_refusal` is the order of cost."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.hosts = _allowed_hosts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = public_id()
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(scope, message, request_id)
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        finally:
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            if not scope["path"].startswith("/static/"):
                log().info("request", method=scope["method"], path=_told(scope["path"]), status=status, ms=elapsed)
            structlog.contextvars.unbind_contextvars("request_id")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self.app(scope, _counted(scope, receive), send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self.hosts and headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse("This host name is not served here.", 400)
        if len(scope.get("query_string", b"")) > MAX_QUERY:
            return PlainTextResponse("That address is too long.", 414)
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return PlainTextResponse("That address does not make sense.", 400)
        if scope["method"] == "TRACE":
            return PlainTextResponse("Not here.", 405)
        if _odd_charset(headers.get("content-type", "")):
            return PlainTextResponse("Send forms as UTF-8.", 415)
        if _declared_length(headers) > _limit(scope):
            return PlainTextResponse("That is more than we can take at once.", 413)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _same_origin(headers):
            return PlainTextResponse("That form came from another site. Open the page here and send it again.", 403)
        return _flooded(scope)


def _told(path: str) -> str:
    """For the log: a link that lets somebody in without signing in is written down nowhere."""
    return _LETS_IN.sub(r"\1-", path)[:200]


def _allowed_hosts() -> set[str]:
    names = settings().allowed_hosts.replace(",", " ").split()
    if not names and not settings().development:
        names = [urlsplit(settings().base_url).netloc]
    return {name.lower() for name in names}


def _odd_charset(content_type: str) -> bool:
    """The form parser would decode with whatever codec is named, and some take minutes."""
    found = re.search(r"charset\s*=\s*\"?([^\s;\"]*)", content_type, re.I)
    return found is not None and found[1].lower() not in ("utf-8", "utf8")


def _declared_length(headers: Headers) -> int:
    value = headers.get("content-length", "0")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else max(UPLOADS.values()) + 1


def _limit(scope: Scope) -> int:
    return UPLOADS.get(scope["path"], MAX_BODY)


def _counted(scope: Scope, receive: Receive) -> Receive:
    """Counts what really arrives, since a chunked body declares no length."""
    limit = _limit(scope)
    total = 0

    async def counting() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise BodyTooLarge
        return message

    return counting


def _same_origin(headers: Headers) -> bool:
    """Browsers say where a form comes from; a client that says nothing carries no cookie by itself."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        named = urlsplit(origin).netloc.lower()
    except ValueError:
        return False
    return named in (headers.get("host", "").lower(), urlsplit(settings().base_url).netloc.lower())


def _flooded(scope: Scope) -> Response | None:
    if scope["path"].startswith("/static/"):
        return None
    address = client_address(HTTPConnection(scope))
    if is_loopback(address):
        return None
    wait = flood(FLOOD, "any", bucket(address))
    if not wait:
        return None
    return PlainTextResponse(f"That was fast. Try again in {wait} seconds.", 429, headers={"Retry-After": str(wait)})


def _add_headers(scope: Scope, message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if settings().secure:
        headers.setdefault("Strict-Transport-Security", HSTS)
    headers["X-Request-Id"] = request_id
    if not scope["path"].startswith("/static/"):
        headers.setdefault("Cache-Control", "private, no-cache")
        headers.add_vary_header("Cookie")
