"""Blocking a member and taking it back; the list in the settings."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.accounts import blocks
from forum.accounts.queries import access_member_by_handle
from forum.web.dependencies import Db, Me
from forum.web.pages import done, page

router = APIRouter()


@router.get("/settings/blocked")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, "settings/blocked.html", rows=blocks.block_list(db, me))


@router.post("/members/{handle}/blocks")
def create(request: Request, db: Db, me: Me, handle: str) -> Response:
    member = access_member_by_handle(db, handle)
    blocks.block(db, me, member)
    said = f"You hear nothing from {member.name} any more. They are not told, and their answers stay where they help."
    return done(request, f"/members/{member.handle_key}", flash=said, tone="")


@router.post("/members/{handle}/blocks/removal")
def remove(request: Request, db: Db, me: Me, handle: str) -> Response:
    member = access_member_by_handle(db, handle)
    blocks.unblock(db, me, member)
    return done(request, "/settings/blocked", flash=f"{member.name} is unblocked.")
