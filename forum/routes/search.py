"""Searching."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from forum.core.errors import TooMany
from forum.core.ratelimit import flood
from forum.search.queries import search_page
from forum.web.address import bucket, is_loopback
from forum.web.dependencies import Db, Me
from forum.web.pages import page

router = APIRouter()
Words = Annotated[str, Query(max_length=2000)]
Number = Annotated[int, Query(alias="page", ge=1, le=10)]
PACE = "5/second;60/minute"


@router.get("/search")
def show(request: Request, db: Db, me: Me, q: Words = "", page_number: Number = 1) -> Response:
    wait = 0 if me.signed_in or is_loopback(me.address) else flood(PACE, "search", bucket(me.address))
    if wait:
        raise TooMany("That was a lot of searching at once. Try again in a few seconds.", wait)
    return page(request, "search/show.html", page=search_page(db, me, q, page_number))
