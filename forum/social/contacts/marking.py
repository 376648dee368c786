"""Who is press, a public figure or a VIP elsewhere: a person on staff says so. Followers never make anybody one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict
from forum.core.events import emit
from forum.models import AccountKind, ExternalAccount, Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.contacts.events import AccountMarked, OutsideAuthorsChanged
from forum.social.contacts.inputs import MarkAccount
from forum.social.contacts.privacy import topics_of

OURS = (AccountKind.brand, AccountKind.staff)
LABELS = [
    (AccountKind.private.value, "A private person"),
    (AccountKind.press.value, "Press: named in public"),
    (AccountKind.public_figure.value, "A public figure: named in public"),
    (AccountKind.vip.value, "A VIP or expert: not named"),
]


@dataclass(frozen=True, slots=True)
class MarkView:
    account_id: int
    kind: str
    said: str
    """Who marked it and when, or empty."""
    at: datetime | None
    options: list[tuple[str, str]]


def mark(session: Session, actor: Actor, account: ExternalAccount, data: MarkAccount) -> None:
    """Sets how it is called in public, and how far what it says is thought to reach."""
    require(actor, Permission.triage)
    if account.kind in OURS:
        raise Conflict("That account is ours.")
    account.kind, account.marked_by_id, account.marked_at = AccountKind(data.kind), actor.id, clock.now()
    session.add(account)
    session.flush()
    for topic_id in topics_of(session, account.id):
        emit(session, OutsideAuthorsChanged(topic_id))
    emit(session, AccountMarked(actor.member_id, account.id, data.kind))


def marks(session: Session, accounts: Iterable[ExternalAccount]) -> list[MarkView]:
    """Of accounts that can be marked; one query for the names of those who did."""
    others = [one for one in accounts if one.kind not in OURS]
    by = {one.marked_by_id for one in others if one.marked_by_id is not None}
    names = dict(session.execute(select(col(Member.id), col(Member.name)).where(col(Member.id).in_(by))).all()) if by else {}
    return [
        MarkView(
            account_id=one.id,
            kind=one.kind if one.kind != AccountKind.unknown else AccountKind.private,
            said=f"Marked by {names.get(one.marked_by_id or 0, 'somebody')}" if one.marked_at else "",
            at=one.marked_at,
            options=LABELS,
        )
        for one in others
    ]
