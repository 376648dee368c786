"""Letters about accounts: plain text, one link each, handed to the worker in the caller's transaction."""

from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from forum.core import templating
from forum.core.ids import token_hash
from forum.core.settings import settings
from forum.jobs.queue import enqueue


def address_of(path: str, **query: str) -> str:
    """A link for a letter: always our own address, never what a request claims."""
    return settings().base_url + path + (f"?{urlencode(query)}" if query else "")


def confirm(session: Session, to: str, name: str, token: str) -> None:
    url = address_of("/confirm", token=token)
    _post(session, to, "Confirm your e-mail address", "confirm", f"confirm-{token_hash(token)[:20]}", name=name, url=url)


def new_address(session: Session, to: str, name: str, token: str) -> None:
    url = address_of("/confirm", token=token)
    _post(session, to, "Confirm your new e-mail address", "new_address", f"email-{token_hash(token)[:20]}", name=name, url=url)


def already_member(session: Session, to: str, name: str, key: str) -> None:
    _post(session, to, "You already have an account", "already_member", key, name=name, url=address_of("/sign-in"),
          forgot_url=address_of("/forgot"))  # fmt: skip


def reset(session: Session, to: str, name: str, token: str) -> None:
    url = address_of("/reset", token=token)
    _post(session, to, "Choose a new password", "reset", f"reset-{token_hash(token)[:20]}", name=name, url=url)


def password_changed(session: Session, to: str, name: str, key: str) -> None:
    _post(session, to, "Your password was changed", "password_changed", key, name=name, url=address_of("/forgot"))


def address_changed(session: Session, to: str, name: str, key: str) -> None:
    _post(session, to, "Your e-mail address was changed", "address_changed", key, name=name, url=settings().base_url)


def _post(session: Session, to: str, subject: str, template: str, key: str, **context: Any) -> None:
    site = settings().site_name
    text = templating.render(f"email/{template}.txt", site=site, **context)
    enqueue(session, "mail.send", dedup_key=f"mail:{key}", to=to, subject=f"{subject} · {site}", text=text, key=key)
