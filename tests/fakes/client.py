"""A browser without a screen: keeps cookies, sends what browsers send, reads pages as a person would."""

import re
from html import unescape
from typing import Any

from sqlmodel import Session
from starlette.testclient import TestClient

from forum.accounts import sessions
from forum.core.db import transaction
from forum.models import Member
from forum.web.cookies import session_cookie
from forum.web.page_cache import PageCache


class Browser(TestClient):
    def __init__(self, app: Any) -> None:
        super().__init__(app, raise_server_exceptions=False, follow_redirects=False)
        forget_pages(app)
        self.headers.update({"sec-fetch-site": "same-origin", "accept": "text/html"})

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def post(self, url: Any, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return super().post(url, data=data or {}, **more)

    def sign_in(self, member: Member) -> Member:
        with transaction() as session:
            found = session.get(Member, member.id)
            assert found is not None
            token = sessions.start(session, found, user_agent="tests", address="127.0.0.1")
        self.cookies.set(session_cookie(), token)
        return member

    def sign_out(self) -> None:
        self.cookies.clear()


def forget_pages(app: Any) -> None:
    """Pages kept for visitors belong to the database of one test."""
    layer = app.middleware_stack or app.build_middleware_stack()
    app.middleware_stack = layer
    while layer is not None:
        if isinstance(layer, PageCache):
            layer._entries.clear()
        layer = getattr(layer, "app", None)


def words(response: Any) -> str:
    """What a person reads: the text of the page, in one line."""
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", response.text, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def fresh(session: Session, row: Any) -> Any:
    """The row as the database has it now."""
    session.expire_all()
    session.rollback()
    session.refresh(row)
    return row
