"""Who may be one person: the same address or name on two networks. Only ever a question to staff, never an answer."""

from collections.abc import Iterable

from rapidfuzz import fuzz
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.jobs.queue import enqueue
from forum.models import ContactIdentity, ContactProposal, ExternalAccount, ExternalPost, Member, Platform
from forum.models.social import AccountState, Privacy
from forum.social.contacts.identities import contact_of_account, contact_of_member
from forum.social.reading.events import ThreadArrived, ThreadGrew

ALIKE = 92
MOST = 50
BRIDGES = (".bsky.brid.gy", ".ap.brid.gy")
"""What a bridge between Mastodon's family and Bluesky puts behind the handle it carries over."""
UNASKED = (Privacy.anonymise, Privacy.withheld)
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
    if account.platform in NEVER or account.privacy in UNASKED or not plain(account.handle):
        return
    for other_id, reason in [*_other_accounts(session, account), *_members(session, account)]:
        if other_id != mine:
            pair = {"one_id": min(mine, other_id), "other_id": max(mine, other_id)}
            insert_ignoring(session, ContactProposal, pair | {"reason": reason, "state": "open", "found_at": clock.now()})


def _other_accounts(session: Session, account: ExternalAccount) -> Iterable[tuple[int, str]]:
    """The same address elsewhere; or the same handle, under a name that is nearly the same."""
    name, place = plain(account.handle), whole(account.handle)
    handle = func.lower(col(ExternalAccount.handle))
    same_place = func.replace(handle, "@", ".").in_([place + bridge for bridge in ("", *BRIDGES)])
    served = (handle.startswith(name + server, autoescape=True) for server in "@.")
    statement = (
        select(ExternalAccount)
        .where(
            col(ExternalAccount.platform) != account.platform,
            col(ExternalAccount.platform).not_in(NEVER),
            col(ExternalAccount.state) == AccountState.live,
            col(ExternalAccount.privacy).not_in(UNASKED),
            or_(same_place, handle == name, *served),
        )
        .order_by(same_place.desc(), col(ExternalAccount.id))
    )
    for other in session.scalars(statement.limit(MOST)):
        if "." in place and whole(other.handle) == place:
            yield contact_of_account(session, other.id), f"The same address, {place}, on two networks."
        elif _same_name(account, other):
            yield contact_of_account(session, other.id), f"The same name, {name}, on two networks."


def _same_name(one: ExternalAccount, other: ExternalAccount) -> bool:
    """Many are called ana, each on a server of her own: there the name has to say more than the handle does."""
    if is_bare(one.handle) and is_bare(other.handle):
        return not (one.name and other.name) or _alike(one.name, other.name)
    handle = plain(one.handle)
    return _alike(one.name, other.name) and not any(_alike(handle, name) for name in (one.name, other.name))


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and fuzz.token_sort_ratio(one.lower(), other.lower()) >= ALIKE


def _members(session: Session, account: ExternalAccount) -> Iterable[tuple[int, str]]:
    statement = select(col(Member.id), col(Member.name)).where(
        col(Member.handle_key) == plain(account.handle), col(Member.deleted_at).is_(None)
    )
    for member_id, name in session.execute(statement):
        if _alike(account.name, name) or (not account.name and is_bare(account.handle)):
            known = session.scalars(select(ContactIdentity).where(col(ContactIdentity.member_id) == member_id)).first()
            yield (
                (known.contact_id if known else contact_of_member(session, member_id)),
                f"A member here has the same name, {name}.",
            )


def plain(handle: str) -> str:
    """The name without its server: maeve of @maeve@social.example and of maeve.bsky.social."""
    return whole(handle).partition(".")[0]


def whole(handle: str) -> str:
    """With its server, written alike everywhere: maeve.social.example of @maeve@social.example, and of both over a bridge."""
    place = handle.lstrip("@").lower().replace("@", ".")
    for bridge in BRIDGES:
        place = place.removesuffix(bridge)
    return place


def is_bare(handle: str) -> bool:
    """It names no server: a network of its own, where one handle is one person."""
    return plain(handle) == whole(handle)
