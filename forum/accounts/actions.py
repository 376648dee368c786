"""Changing accounts: making one, its owner's settings, and what administrators may do to it."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from forum.accounts import queries, sessions
from forum.accounts.events import (
    MemberJoined,
    MemberReinstated,
    MemberSuspended,
    ProfileChanged,
    RoleChanged,
    SessionsEnded,
)
from forum.accounts.handles import handle_key, mail_key
from forum.accounts.inputs import EditProfile, Join, MailPreferences
from forum.core import clock, markdown
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models.accounts import Member, Role, Theme
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission


def add_member(session: Session, data: Join, hashed: str, *, confirmed: bool = False, address_is_free: bool = True) -> Member:
    """A new account. The caller has hashed the password before its transaction began to write."""
    member = Member(
        handle=data.handle,
        handle_key=handle_key(data.handle),
        name=data.name,
        email=data.email,
        email_key=mail_key(data.email) if address_is_free else None,
        password_hash=hashed,
        confirmed_at=clock.now() if confirmed else None,
    )
    session.add(member)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("Somebody took that handle a moment ago. Go back and choose another one.") from None
    assert member.id is not None
    emit(session, MemberJoined(actor_id=member.id, handle=member.handle))
    return member


def set_password(session: Session, member: Member, hashed: str) -> None:
    """Every browser is signed out, since one of them may be the reason."""
    assert member.id is not None
    member.password_hash = hashed
    sessions.end_all(session, member.id)


def edit_profile(session: Session, actor: Actor, data: EditProfile) -> Member:
    require(actor, Permission.account_own)
    member = queries.access_member(session, actor.member_id)
    member.name = data.name
    member.bio = data.bio
    member.bio_html = markdown.render(data.bio, queries.existing_handles(session, markdown.mentions(data.bio)))
    member.languages = data.languages
    member.title = data.title if actor.is_staff else member.title
    member.shows_impact = data.shows_impact
    member.shows_last_seen = data.shows_last_seen
    emit(session, ProfileChanged(actor_id=actor.member_id))
    return member


def choose_theme(session: Session, actor: Actor, theme: Theme) -> None:
    require(actor, Permission.account_own)
    queries.access_member(session, actor.member_id).theme = theme


def choose_mail(session: Session, actor: Actor, data: MailPreferences) -> None:
    require(actor, Permission.account_own)
    member = queries.access_member(session, actor.member_id)
    member.mail_answers = data.mail_answers
    member.mail_solved = data.mail_solved
    member.mail_mentions = data.mail_mentions
    member.mail_recognition = data.mail_recognition


def sign_out(session: Session, actor: Actor) -> None:
    """Nothing to do for somebody whose session has ended already."""
    if actor.id is not None and actor.session_id is not None and sessions.end(session, actor.id, actor.session_id):
        emit(session, SessionsEnded(actor_id=actor.id, count=1))


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    require(actor, Permission.account_own)
    if not sessions.end(session, actor.member_id, session_id):
        raise NotFound("That browser is signed out already.")
    emit(session, SessionsEnded(actor_id=actor.member_id, count=1))


def end_other_sessions(session: Session, actor: Actor) -> int:
    require(actor, Permission.account_own)
    count = sessions.end_all(session, actor.member_id, actor.session_id)
    if count:
        emit(session, SessionsEnded(actor_id=actor.member_id, count=count))
    return count


def set_role(session: Session, actor: Actor, member: Member, role: Role) -> None:
    require(actor, Permission.member_manage)
    _not_yourself(actor, member, "role")
    place_role(session, member, role, by=actor.id)


def place_role(session: Session, member: Member, role: Role, *, by: int | None) -> None:
    """The change itself, also for commands, which nobody is signed in to. Every browser signs in anew under the new role."""
    old = Role(member.role)
    assert member.id is not None
    if old == role:
        return
    member.role = role
    if Actor(role=role).is_staff:
        member.staff_since = member.staff_since or clock.now()
    else:
        member.staff_until = clock.now() if member.staff_since else member.staff_until
        member.staff_since = None
    sessions.end_all(session, member.id)
    emit(session, RoleChanged(actor_id=by, member_id=member.id, old=old.value, new=role.value))


def suspend(session: Session, actor: Actor, member: Member, until: datetime, reason: str) -> None:
    require(actor, Permission.member_manage)
    _not_yourself(actor, member, "standing")
    if until <= clock.now():
        raise Conflict("That date has passed. Choose a later one.")
    member.suspended_until = until
    member.suspended_reason = reason
    assert member.id is not None
    sessions.end_all(session, member.id)
    emit(session, MemberSuspended(actor_id=actor.member_id, member_id=member.id, until=until, reason=reason))


def unsuspend(session: Session, actor: Actor, member: Member) -> None:
    require(actor, Permission.member_manage)
    if member.suspended_until is None:
        raise Conflict("This member is in good standing already.")
    member.suspended_until = None
    member.suspended_reason = ""
    assert member.id is not None
    emit(session, MemberReinstated(actor_id=actor.member_id, member_id=member.id))


def _not_yourself(actor: Actor, member: Member, what: str) -> None:
    """So that there is always one administrator left."""
    if member.id == actor.id:
        raise Conflict(f"Ask another administrator to change your own {what}.")
