"""Addresses of the community that was imported lead to where their posts are now."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col
from starlette.responses import RedirectResponse, Response

from forum.core.errors import NotFound
from forum.models import LegacyId, Member
from forum.routes.posting import post_address, topic_address
from forum.topics import access
from forum.web.dependencies import Db, Me

router = APIRouter()


@router.get("/from/{source}/questions/{old_id}")
@router.get("/from/{source}/questions/{old_id}/{rest:path}")
def question(db: Db, me: Me, source: str, old_id: str, rest: str = "") -> Response:
    return RedirectResponse(topic_address(access.access_topic(db, me, _new_id(db, source, "question", old_id))), 301)


@router.get("/from/{source}/a/{old_id}")
@router.get("/from/{source}/a/{old_id}/{rest:path}")
def answer(db: Db, me: Me, source: str, old_id: str, rest: str = "") -> Response:
    return RedirectResponse(post_address(*access.access_post(db, me, _new_id(db, source, "answer", old_id))), 301)


@router.get("/from/{source}/users/{old_id}")
@router.get("/from/{source}/users/{old_id}/{rest:path}")
def member(db: Db, me: Me, source: str, old_id: str, rest: str = "") -> Response:
    handle = db.scalars(select(col(Member.handle_key)).where(col(Member.id) == _new_id(db, source, "user", old_id))).first()
    if handle is None:
        raise NotFound
    return RedirectResponse(f"/members/{handle}", 301)


def _new_id(db: Db, source: str, kind: str, old_id: str) -> int:
    found = db.scalars(
        select(col(LegacyId.new_id)).where(
            col(LegacyId.source) == source, col(LegacyId.kind) == kind, col(LegacyId.old_id) == old_id[:40]
        )
    ).first()
    if found is None:
        raise NotFound
    return found
