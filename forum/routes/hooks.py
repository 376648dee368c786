"""Where other networks tell us that something happened. No page, no cookie: a signature or nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from forum.core.errors import TooLarge
from forum.core.text import Id
from forum.social.hooks import receiving
from forum.web.dependencies import Db

router = APIRouter(prefix="/hooks")


async def _body(request: Request) -> bytes:
    """As it came, to be checked letter by letter; never more than a message may be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > receiving.LONGEST:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


@router.get("/{platform}/{channel_id}")
def challenge(db: Db, platform: str, channel_id: Id, crc_token: Annotated[str, Query(min_length=1, max_length=200)]) -> Response:
    return JSONResponse({"response_token": receiving.answer_challenge(db, platform, channel_id, crc_token)})


@router.post("/{platform}/{channel_id}")
def create(request: Request, db: Db, platform: str, channel_id: Id, body: Annotated[bytes, Depends(_body)]) -> Response:
    if not receiving.receive(db, platform, channel_id, body, request.headers):
        return PlainTextResponse("The signature does not fit.", 401)
    return Response(status_code=202)
