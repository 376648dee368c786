"""Small copies of pictures that posts elsewhere show. Asked about each time: what was taken down there goes here too."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from forum.core.text import Id
from forum.social.pictures import PER_POST, read_picture
from forum.web.dependencies import Db, Me

router = APIRouter(prefix="/elsewhere")
HEADERS = {"Cache-Control": "private, max-age=60", "Content-Security-Policy": "default-src 'none'; sandbox"}
Place = Annotated[int, Path(ge=0, lt=PER_POST)]


@router.get("/{post_id}/{place}.webp")
def show(db: Db, me: Me, post_id: Id, place: Place) -> Response:
    return Response(read_picture(db, me, post_id, place), media_type="image/webp", headers=HEADERS)
