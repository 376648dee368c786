"""Lists of topics, sections and tags."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from forum.catalog import queries as catalog
from forum.catalog import synonyms
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.permissions import Permission
from forum.routes.paths import After
from forum.social.incidents.noticeboard import about, everywhere
from forum.topics.home import section_view
from forum.topics.lists import Filter, checked, list_page
from forum.topics.views import SectionView
from forum.web.dependencies import Db, Me
from forum.web.pages import page

router = APIRouter()
Name = Annotated[str, Query(max_length=80)]


@router.get("/questions")
def questions(
    request: Request, db: Db, me: Me, state: Name = "new", section: Name = "", tag: Name = "", after: After = None
) -> Response:
    (stays,) = synonyms.stays(db, [tag])
    return _list(request, db, me, checked(state, section, stays, after))


@router.get("/sections/{slug}")
def section(request: Request, db: Db, me: Me, slug: str, state: Name = "new", after: After = None) -> Response:
    return _list(request, db, me, checked(state, slug, "", after))


@router.get("/sections")
def sections(request: Request, db: Db, me: Me) -> Response:
    rows: list[SectionView] = [section_view(each) for each in catalog.list_sections(db, me)]
    return page(request, "sections/index.html", page={"rows": rows})


@router.get("/tags")
def tags(request: Request, db: Db, me: Me, after: After = None) -> Response:
    found = catalog.tags_page(db, after)
    more = f"/tags?after={found.after}" if found.after else None
    return page(
        request,
        "tags/index.html",
        page={"rows": found.items, "more_url": more, "may_propose": may(me, Permission.synonym_propose)},
    )


@router.get("/tags/{slug}")
def tag(request: Request, db: Db, me: Me, slug: str, state: Name = "new", after: After = None) -> Response:
    (stays,) = synonyms.stays(db, [slug])
    if stays != slug:
        return RedirectResponse(f"/tags/{stays}", 302)
    return _list(request, db, me, checked(state, "", slug, after))


def _list(request: Request, db: Session, me: Actor, wanted: Filter) -> Response:
    somewhere = wanted.section or wanted.tag
    notices = about(db, section=wanted.section, tags=[wanted.tag]) if somewhere else everywhere(db)
    return page(request, "topics/index.html", page=list_page(db, me, wanted), notices=notices)
