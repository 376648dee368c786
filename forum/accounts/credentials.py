"""Passwords and addresses of people who have an account: forgotten, changed, confirmed again.

As in `entrance`, what is slow or counted happens before `session` begins to write.
"""

from sqlmodel import Session

from forum.accounts import actions, letters, links, passwords, queries, throttle
from forum.accounts.entrance import Caller, Entry, enter, known_words, name_key, send_confirmation
from forum.accounts.events import MemberLeaving, PasswordChanged
from forum.accounts.handles import mail_key
from forum.accounts.inputs import ChangeEmail, ChangePassword, Forgot, Leave, Reset
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict, Gone, Invalid
from forum.core.events import emit
from forum.jobs import unsent
from forum.jobs.queue import enqueue
from forum.models.accounts import LinkPurpose, Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission

NOT_CURRENT = "That is not your password of today. Try again, or sign out and ask for a link by mail."
SAME = "That is the password you have now. Choose a different one."


def forgot(session: Session, caller: Caller, data: Forgot) -> None:
    """A job looks for the account, so that a known and an unknown address cost the same here."""
    limits = ((throttle.RESET_MAIL, name_key(data.email)), (throttle.RESET_ADDRESS, caller.network))
    with transaction(writes=False) as reading:
        throttle.check(reading, *limits)
    throttle.record(*limits)
    enqueue(session, "accounts.send_reset", dedup_key=f"reset:{name_key(data.email)}", address=data.email)


def send_reset(session: Session, address: str) -> None:
    member = queries.find_by_email(session, address)
    if member is None or member.id is None or member.email is None:
        return
    token = links.make(session, member.id, LinkPurpose.reset, member.email)
    letters.reset(session, member.email, member.name, token)


def reset(session: Session, data: Reset) -> None:
    """A new password by a link from a letter. The letter also proves the address."""
    with transaction(writes=False) as reading:
        link = links.open_link(reading, data.token, LinkPurpose.reset)
        owner = queries.access_member(reading, link.member_id)
    _refuse_weak(owner, data.password)
    hashed = passwords.hash_password(data.password)
    link = links.use(session, data.token, LinkPurpose.reset)
    member = queries.access_member(session, link.member_id)
    if member.email != link.email:
        raise Gone("Your address has changed since. Ask for a new link.")
    member.confirmed_at = member.confirmed_at or clock.now()
    for who in (link.email, member.handle):
        throttle.forget(session, throttle.SIGN_IN_NAME, name_key(who))
    _replace(session, member, hashed, by_mail=True)


def change_password(session: Session, caller: Caller, data: ChangePassword) -> Entry:
    """Ends every session and starts a new one for this browser."""
    owner = _proved(caller.actor, data.current)
    _refuse_weak(owner, data.password)
    if data.password == data.current:
        raise Invalid({"password": SAME})
    hashed = passwords.hash_password(data.password)
    member = queries.access_member(session, caller.actor.member_id)
    if member.password_hash != owner.password_hash:
        raise Conflict("Your password was changed somewhere else a moment ago. Sign in again.")
    _replace(session, member, hashed, by_mail=False)
    return enter(session, caller, member)


def change_email(session: Session, caller: Caller, data: ChangeEmail) -> None:
    """Mails a link to the new address; the old one stays until it is used. A taken address gets a letter that says so."""
    owner = _proved(caller.actor, data.current)
    if mail_key(owner.email or "") == mail_key(data.email):
        raise Invalid({"email": "That is your address already."})
    limits = ((throttle.CONFIRM_MAIL, name_key(data.email)), (throttle.CONFIRM_MAIL, str(owner.id)))
    with transaction(writes=False) as reading:
        throttle.check(reading, *limits)
    throttle.record(*limits)
    holder = queries.find_by_email(session, data.email)
    if holder is not None:
        letters.already_member(session, data.email, holder.name, f"wanted-{holder.id}-{clock.now():%Y%m%d%H%M}")
        return
    member_id = caller.actor.member_id
    links.withdraw(session, member_id, LinkPurpose.email)
    letters.new_address(session, data.email, owner.name, links.make(session, member_id, LinkPurpose.email, data.email))


def leave(session: Session, caller: Caller, data: Leave) -> None:
    """Erase the account. Posts and what was said of others stay, without a name."""
    owner = _proved(caller.actor, data.current)
    require(caller.actor, Permission.account_leave)
    if not data.sure:
        raise Invalid({"sure": "Tick that you are sure. There is no way back."})
    member = queries.access_member(session, owner.id or 0)
    emit(session, MemberLeaving(member.id or 0))
    if member.email and member.email_key:
        unsent.forget_to(session, member.email)
    session.flush()
    session.delete(member)
    session.flush()


def resend_confirmation(session: Session, actor: Actor) -> None:
    require(actor, Permission.account_own)
    if actor.confirmed:
        raise Conflict("Your address is confirmed already. There is nothing more to do.")
    with transaction(writes=False) as reading:
        email = queries.access_member(reading, actor.member_id).email or ""
        throttle.check(reading, (throttle.CONFIRM_MAIL, name_key(email)))
    throttle.record((throttle.CONFIRM_MAIL, name_key(email)))
    member = queries.access_member(session, actor.member_id)
    if member.email is None:
        raise Conflict("There is no address to write to yet. Add one below.")
    send_confirmation(session, member)


def _proved(actor: Actor, password: str) -> Member:
    """The account, once its owner has typed the password of today. Counted like a sign-in."""
    require(actor, Permission.account_own)
    limit = (throttle.SIGN_IN_NAME, f"member-{actor.id}")
    with transaction(writes=False) as reading:
        throttle.check(reading, limit)
        member = queries.access_member(reading, actor.member_id)
    throttle.record(limit)
    if not passwords.verify(password, member.password_hash or "")[0]:
        raise Invalid({"current": NOT_CURRENT})
    with transaction() as session:
        throttle.forget(session, *limit)
    return member


def _refuse_weak(owner: Member, password: str) -> None:
    if weak := passwords.weakness(password, known_words(owner.handle, owner.name, owner.email or "")):
        raise Invalid({"password": weak})


def _replace(session: Session, member: Member, hashed: str, *, by_mail: bool) -> None:
    assert member.id is not None
    actions.set_password(session, member, hashed)
    links.withdraw(session, member.id, LinkPurpose.reset, LinkPurpose.email)
    if member.email and member.confirmed_at:
        letters.password_changed(session, member.email, member.name, f"password-{member.id}-{clock.now():%Y%m%d%H%M%S}")
    emit(session, PasswordChanged(actor_id=member.id, by_mail=by_mail))
