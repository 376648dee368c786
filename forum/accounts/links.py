"""Links sent by mail: made with a purpose, used once, gone after a while."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Gone
from forum.core.ids import new_token, token_hash
from forum.models.accounts import LinkPurpose, MailLink

LASTS = {
    LinkPurpose.confirm: timedelta(hours=24),
    LinkPurpose.email: timedelta(hours=24),
    LinkPurpose.reset: timedelta(minutes=30),
}
_USED_UP = {
    LinkPurpose.confirm: "If you have confirmed already, sign in. If not, your settings can send a new link.",
    LinkPurpose.email: "If you have confirmed already, there is nothing more to do. If not, your settings can send a new link.",
    LinkPurpose.reset: "Ask for a new link and use it within half an hour.",
}


def make(session: Session, member_id: int, purpose: LinkPurpose, email: str) -> str:
    """Returns the token for the letter; only its hash is kept."""
    token = new_token()
    session.add(
        MailLink(
            token_hash=token_hash(token),
            member_id=member_id,
            purpose=purpose,
            email=email,
            expires_at=clock.now() + LASTS[purpose],
        )
    )
    return token


def open_link(session: Session, token: str, *purposes: LinkPurpose) -> MailLink:
    """The link while it can be used. Raises Gone otherwise."""
    link: MailLink | None = session.scalar(select(MailLink).where(*_usable(token, purposes)))
    if link is None:
        raise Gone(_USED_UP[purposes[0]])
    return link


def use(session: Session, token: str, *purposes: LinkPurpose) -> MailLink:
    """Spend the link; of two presses at once only one gets it."""
    result: Any = session.execute(update(MailLink).where(*_usable(token, purposes)).values(used_at=clock.now()))
    if not result.rowcount:
        raise Gone(_USED_UP[purposes[0]])
    return session.scalars(select(MailLink).where(col(MailLink.token_hash) == token_hash(token))).one()


def _usable(token: str, purposes: tuple[LinkPurpose, ...]) -> tuple[Any, ...]:
    return (
        col(MailLink.token_hash) == token_hash(token),
        col(MailLink.purpose).in_(purposes),
        col(MailLink.used_at).is_(None),
        col(MailLink.expires_at) > clock.now(),
    )


def withdraw(session: Session, member_id: int, *purposes: LinkPurpose) -> None:
    """Unused links of these kinds stop working."""
    session.execute(
        delete(MailLink).where(
            col(MailLink.member_id) == member_id, col(MailLink.purpose).in_(purposes), col(MailLink.used_at).is_(None)
        )
    )
