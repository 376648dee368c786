"""What machines read: Atom feeds, the sitemap, the search description. Public topics only."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.core import templating
from forum.core.settings import settings
from forum.policy.actor import VISITOR
from forum.resolutions.queries import resolution_list
from forum.topics import feeds
from forum.web.dependencies import Db

router = APIRouter()
ATOM = "application/atom+xml"


def _xml(template: str, kind: str, **context: object) -> Response:
    body = templating.render(template, site=settings().site_name, base=settings().base_url, **context)
    return Response(body, media_type=kind, headers={"Cache-Control": "public, max-age=300"})


@router.get("/feed.xml")
def latest(request: Request, db: Db) -> Response:
    return _xml("feeds/topics.xml", ATOM, entries=feeds.latest(db, VISITOR), path="/feed.xml", title="Latest questions")


@router.get("/feeds/resolutions.xml")
def outcomes(request: Request, db: Db) -> Response:
    return _xml("feeds/resolutions.xml", ATOM, rows=resolution_list(db, None).rows)


@router.get("/sitemap.xml")
def sitemap(request: Request, db: Db) -> Response:
    return _xml("feeds/sitemap.xml", "application/xml", entries=feeds.answered(db))


@router.get("/opensearch.xml")
def description(request: Request) -> Response:
    return _xml("feeds/opensearch.xml", "application/opensearchdescription+xml")
