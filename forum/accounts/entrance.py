"""Joining, confirming and signing in.

The slow and the counting steps come first, outside any transaction that writes; `session` is the caller's and
begins only after them. Nothing here tells a stranger whether an account exists: whoever joins gets one either way,
and an address that somebody has already stays theirs.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from forum.accounts import actions, letters, links, passwords, queries, sessions, throttle, traces
from forum.accounts.events import MailConfirmed, SignedIn
from forum.accounts.handles import mail_key
from forum.accounts.inputs import Join, SignIn, UseLink
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict, Gone, Invalid
from forum.core.events import emit
from forum.core.ids import keyed
from forum.core.logs import log
from forum.core.settings import settings
from forum.models.accounts import LinkPurpose, MailLink, Member, Role
from forum.policy.actor import Actor

WRONG = (
    "That password does not match this e-mail or handle. Check both, or ask for a link by mail. "
    "If you have just joined, open the link in our letter first."
)
TAKEN = "Somebody has that handle. Choose another one."


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from. `network` is what limits count: an IPv6 neighbourhood is one."""

    actor: Actor
    network: str
    user_agent: str
    browser: str = ""
    """What its cookie says, or will say from now on."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fresh session: the token for the cookie, and how long to keep it; and what the browser is known by."""

    token: str
    lasts: timedelta
    browser: str


def join(session: Session, caller: Caller, data: Join) -> None:
    """Makes an account and mails a link; a known address gets a letter that says so instead."""
    limits = ((throttle.JOIN_ADDRESS, caller.network), (throttle.CONFIRM_MAIL, name_key(data.email)))
    with transaction(writes=False) as reading:
        throttle.check(reading, *limits)
        taken = queries.find_by_handle(reading, data.handle) is not None
    faults = {"handle": TAKEN} if taken else {}
    if weak := passwords.weakness(data.password, known_words(data.handle, data.name, data.email)):
        faults["password"] = weak
    if faults:
        raise Invalid(faults)
    throttle.record(*limits)
    hashed = passwords.hash_password(data.password)
    owner = queries.find_by_email(session, data.email)
    member = actions.add_member(session, data, hashed, address_is_free=owner is None)
    traces.remember_joining(session, member.id, caller.actor.address)
    send_confirmation(session, member)


def send_confirmation(session: Session, member: Member) -> None:
    """To whoever has that address already goes a letter that says so; the new account never gets it."""
    assert member.id is not None and member.email is not None
    owner = queries.find_by_email(session, member.email)
    if owner is not None and owner.id != member.id:
        letters.already_member(session, member.email, owner.name, f"joined-{owner.id}-{clock.now():%Y%m%d%H%M}")
        return
    member.email_key = mail_key(member.email)
    token = links.make(session, member.id, LinkPurpose.confirm, member.email)
    letters.confirm(session, member.email, member.name, token)


def confirm(session: Session, data: UseLink) -> Member:
    """Spend a link from a letter: the address is theirs."""
    link = links.use(session, data.token, LinkPurpose.confirm, LinkPurpose.email)
    member = queries.access_member(session, link.member_id)
    if link.purpose == LinkPurpose.email:
        _move(session, member, link)
    elif member.email != link.email:
        raise Gone("Your address has changed since. Look for the newer letter.")
    member.confirmed_at = member.confirmed_at or clock.now()
    emit(session, MailConfirmed(actor_id=link.member_id, changed=link.purpose == LinkPurpose.email))
    return member


def _move(session: Session, member: Member, link: MailLink) -> None:
    holder = queries.find_by_email(session, link.email)
    if holder is not None and holder.id != member.id:
        raise Conflict("Another account uses that address by now. Choose a different one in your settings.")
    if member.email and member.confirmed_at:
        letters.address_changed(session, member.email, member.name, f"moved-{link.id}")
    member.email = link.email
    member.email_key = mail_key(link.email)
    links.withdraw(session, link.member_id, LinkPurpose.email, LinkPurpose.reset, LinkPurpose.confirm)


def sign_in(session: Session, caller: Caller, data: SignIn) -> Entry:
    """The try is counted before it is judged, so that many at once cannot slip through together.

    It counts for what was typed: for the person, it would show whose address belongs to which handle.
    """
    others = ((throttle.SIGN_IN_ADDRESS, caller.network), (throttle.SIGN_IN_ALL, "all"))
    with transaction(writes=False) as reading:
        known = queries.find_by_name_or_mail(reading, data.who)
        name = (throttle.SIGN_IN_NAME, name_key(data.who))
        throttle.check(reading, name, *others)
    throttle.record(name, *others)
    renewed = _proved(caller, known, data.password)
    member = queries.find_by_name_or_mail(session, data.who)
    if known is None or member is None or member.password_hash != known.password_hash:
        raise Invalid({"password": WRONG})
    throttle.forget(session, *name)
    throttle.take_back(session, *others)
    member.password_hash = renewed or member.password_hash
    if caller.actor.id is not None and caller.actor.session_id is not None:
        sessions.end(session, caller.actor.id, caller.actor.session_id)
    return enter(session, caller, member)


def _proved(caller: Caller, known: Member | None, password: str) -> str | None:
    """Raises Invalid unless the password is theirs; a new hash when theirs is of an older kind."""
    fits, renewed = False, None
    if known is None or known.password_hash is None:
        passwords.dummy_verify(password)
    else:
        fits, renewed = passwords.verify(password, known.password_hash)
    if not fits:
        log().info("sign_in.refused", address=caller.actor.address, member=known.id if known else None)
        raise Invalid({"password": WRONG})
    return renewed


def enter(session: Session, caller: Caller, member: Member) -> Entry:
    """A new session with a new token."""
    token = sessions.start(session, member, caller.user_agent, caller.actor.address)
    session_id = sessions.session_id_of(session, token)
    assert member.id is not None and session_id is not None
    emit(session, SignedIn(actor_id=member.id, session_id=session_id))
    traces.remember_browser(session, member.id, caller.browser)
    staff = Actor(role=Role(member.role)).is_staff
    return Entry(token, sessions.STAFF_ABSOLUTE if staff else sessions.ABSOLUTE, caller.browser)


def name_key(who: str) -> str:
    """What limits count for a person, without keeping their address."""
    return keyed(mail_key(who.strip()), "attempt")[:40]


def known_words(*words: str) -> list[str]:
    """What a guesser knows of somebody, whole and in parts."""
    whole = [*words, settings().site_name]
    parts = [part for word in whole for part in word.replace("@", " ").replace(".", " ").split() if len(part) > 2]
    return [*whole, *parts]
