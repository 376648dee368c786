"""The first page, and the addresses machines ask for."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from forum.core import db as database
from forum.core.settings import settings
from forum.routes.outside import elsewhere
from forum.social.incidents.noticeboard import current
from forum.topics.home import home_page
from forum.web.assets import assets
from forum.web.dependencies import Db, Me
from forum.web.pages import page

router = APIRouter()


@router.get("/")
def show(request: Request, db: Db, me: Me) -> Response:
    return page(request, "home/show.html", page=home_page(db, me, elsewhere(db)), notices=current(db))


@router.get("/healthz")
def alive() -> Response:
    return PlainTextResponse("ok")


@router.get("/readyz")
def ready() -> Response:
    database.ping()
    return PlainTextResponse("ready")


@router.get("/robots.txt")
def robots() -> Response:
    sitemap = f"Sitemap: {settings().base_url}/sitemap.xml"
    lines = [
        sitemap,
        "User-agent: *",
        "Disallow: /search",
        "Disallow: /ask",
        "Disallow: /settings",
        "Disallow: /desk",
        "Disallow: /admin",
        "Disallow: /private/",
    ]
    return PlainTextResponse("\n".join(lines) + "\n")


@router.get("/favicon.ico")
def icon() -> Response:
    return RedirectResponse(assets().url("favicon.svg"), 301)


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    icons = [{"src": assets().url("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    name = settings().site_name
    body = {"name": f"{name} Community", "short_name": name[:24], "start_url": "/", "display": "standalone", "icons": icons}
    return JSONResponse(body, media_type="application/manifest+json")
