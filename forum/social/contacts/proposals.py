"""Who may be one person: the same name on two networks. Only ever a question to staff, never an answer."""

from collections.abc import Iterable

from rapidfuzz import fuzz
from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.jobs.queue import enqueue
from forum.models import ContactIdentity, ContactProposal, ExternalAccount, ExternalPost, Member, Platform
from forum.models.social import AccountState, Privacy
from forum.social.contacts.identities import contact_of_account, contact_of_member
from forum.social.reading.events import ThreadArrived, ThreadGrew

ALIKE = 92
NEVER = (Platform.x,)
"""Networks whose terms forbid matching people with anything outside without their yes: they may claim it themselves."""


def look_later(session: Session, event: ThreadArrived | ThreadGrew) -> None:
    """Handler."""
    key = f"contacts:{event.thread_id}"
    enqueue(session, "social.propose_contacts", dedup_key=key, thread_id=event.thread_id)


def propose(thread_id: int) -> None:
    """Job: everybody who spoke in a thread gets a contact; likely doubles become questions."""
    with transaction() as session:
        speakers = select(col(ExternalPost.account_id)).where(col(ExternalPost.thread_id) == thread_id)
        accounts = session.scalars(select(ExternalAccount).where(col(ExternalAccount.id).in_(speakers))).all()
        for account in accounts:
            _look(session, account)


def _look(session: Session, account: ExternalAccount) -> None:
    mine = contact_of_account(session, account.id)
    if account.platform in NEVER or account.privacy in (Privacy.anonymise, Privacy.withheld) or not plain(account.handle):
        return
    for other_id, reason in [*_other_accounts(session, account), *_members(session, account)]:
        if other_id != mine:
            pair = {"one_id": min(mine, other_id), "other_id": max(mine, other_id)}
            insert_ignoring(session, ContactProposal, pair | {"reason": reason, "state": "open", "found_at": clock.now()})


def _other_accounts(session: Session, account: ExternalAccount) -> Iterable[tuple[int, str]]:
    """The same handle elsewhere, under a name that is nearly the same."""
    statement = select(ExternalAccount).where(
        col(ExternalAccount.platform) != account.platform,
        col(ExternalAccount.platform).not_in(NEVER),
        col(ExternalAccount.state) == AccountState.live,
        func.lower(col(ExternalAccount.handle)).in_(spellings(account.handle)),
    )
    for other in session.scalars(statement.limit(10)):
        if account.name and other.name and fuzz.token_sort_ratio(account.name.lower(), other.name.lower()) < ALIKE:
            continue
        yield contact_of_account(session, other.id), f"The same name, {plain(account.handle)}, on two networks."


def _members(session: Session, account: ExternalAccount) -> Iterable[tuple[int, str]]:
    statement = select(col(Member.id), col(Member.name)).where(
        col(Member.handle_key) == plain(account.handle), col(Member.deleted_at).is_(None)
    )
    for member_id, name in session.execute(statement):
        if not account.name or fuzz.token_sort_ratio(account.name.lower(), name.lower()) >= ALIKE:
            known = session.scalars(select(ContactIdentity).where(col(ContactIdentity.member_id) == member_id)).first()
            yield (
                (known.contact_id if known else contact_of_member(session, member_id)),
                f"A member here has the same name, {name}.",
            )


def plain(handle: str) -> str:
    """The name without its server: maeve of @maeve@social.example and of maeve.bsky.social."""
    return handle.lstrip("@").partition("@")[0].partition(".")[0].lower()


def spellings(handle: str) -> list[str]:
    name = plain(handle)
    return [name, f"{name}.bsky.social"]
