"""For development only: the letters that would have gone out."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.core import mail
from forum.core.errors import NotFound
from forum.core.settings import settings
from forum.web.address import is_remote
from forum.web.dependencies import Me
from forum.web.pages import page

router = APIRouter(prefix="/dev")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class LetterView:
    to: str
    subject: str
    date: str
    text: str
    link: str


@router.get("/mail")
def index(request: Request, me: Me) -> Response:
    if not settings().development or is_remote(me.address):
        raise NotFound
    return page(request, "development/mail.html", letters=[_view(letter) for letter in mail.delivered()])


def _view(letter: EmailMessage) -> LetterView:
    text = letter.get_content()
    link = _LINK.search(text)
    return LetterView(str(letter["To"]), str(letter["Subject"]), str(letter["Date"]), text, link.group() if link else "")
