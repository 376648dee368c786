"""Turns errors into answers: a page for people, a fragment for htmx, JSON for the API."""

from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.core.errors import Forbidden, ForumError, Invalid, NotFound, SignInNeeded, TooLarge, TooMany, Unavailable
from forum.core.logs import log
from forum.web.guards import BodyTooLarge
from forum.web.pages import page, wants_fragment


def install(app: FastAPI) -> None:
    app.add_exception_handler(ForumError, _known)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(BodyTooLarge, _too_large)
    app.add_middleware(Unexpected)


class Unexpected:
    """Answers what nobody foresaw, inside the guards, so that this page too has its headers and its number."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def listen(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, listen)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await _unknown(Request(scope), error)(scope, receive, send)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, ForumError)
    if isinstance(error, SignInNeeded) and request.method == "GET" and not _wants_json(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    return answer(request, error)


def answer(request: Request, error: ForumError) -> Response:
    log().info("refused", status=error.status, reason=error.sentence[:200])
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    if _wants_json(request):
        body: dict[str, object] = {"error": error.sentence}
        if isinstance(error, Invalid):
            body["fields"] = error.errors
        return JSONResponse(body, error.status, headers=headers)
    if wants_fragment(request):
        response = page(request, "components/_flash.html", status=error.status, tone="bad", text=error.sentence)
    else:
        response = page(request, "errors/error.html", status=error.status, error=error)
    response.headers.update(headers)
    return response


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json")


def _bad_request(request: Request, error: Exception) -> Response:
    """A path or query that does not parse points at nothing we have."""
    assert isinstance(error, RequestValidationError)
    if any(item["loc"] and item["loc"][0] == "path" for item in error.errors()):
        return answer(request, NotFound())
    return answer(request, Invalid({"request": "Part of that address does not make sense. Go back and try the link again."}))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(request, NotFound())
    if error.status_code == 403:
        return answer(request, Forbidden())
    if error.status_code == 413:
        return _too_large(request, error)
    if error.status_code == 400:
        return answer(
            request,
            Invalid({"form": "We could not read that form. Go back, your text should still be there, and send it again."}),
        )
    return PlainTextResponse(str(error.detail), error.status_code, headers=error.headers)


def _too_large(request: Request, error: Exception) -> Response:
    return answer(request, TooLarge("That is more than we can take at once. Shorten it, or add pictures one by one."))


def _database(request: Request, error: Exception) -> Response:
    log().exception("database.trouble", exc_info=error)
    response = answer(
        request,
        Unavailable("We cannot save anything right now. Your text is still in the form: go back and try again in a minute."),
    )
    response.headers["Retry-After"] = "5"
    return response


def _unknown(request: Request, error: Exception) -> Response:
    log().exception("unexpected", exc_info=error)
    return answer(request, ForumError("Something broke on our side, not yours. We have written it down and will look."))
