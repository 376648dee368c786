"""The pages that only say something: guidelines, privacy, accessibility."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.core.errors import NotFound
from forum.web.dependencies import Me
from forum.web.pages import page

router = APIRouter(prefix="/pages")
PAGES = ("guidelines", "privacy", "accessibility")


@router.get("/{name}")
def show(request: Request, me: Me, name: str) -> Response:
    if name not in PAGES:
        raise NotFound
    return page(request, f"pages/{name}.html")
