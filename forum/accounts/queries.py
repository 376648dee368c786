"""Reading accounts: who somebody is, and what the settings and member administration show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from forum.accounts.devices import device_name, is_handheld
from forum.accounts.handles import handle_key, mail_address, mail_key
from forum.core import clock, paging, text
from forum.core.errors import NotFound
from forum.core.paging import Page
from forum.models.accounts import Member, Role, SignInSession
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission

MEMBERS_PER_PAGE = 50
ROLE_NAMES = {
    Role.member: "Member",
    Role.moderator: "Moderator",
    Role.agent: "Staff",
    Role.admin: "Administrator",
}


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What the settings pages show of their owner."""

    handle: str
    name: str
    email: str
    confirmed: bool
    has_password: bool
    bio: str
    languages: str
    title: str
    may_title: bool
    shows_impact: bool
    shows_last_seen: bool
    mail_answers: bool
    mail_solved: bool
    mail_mentions: bool
    mail_recognition: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    id: int
    device: str
    handheld: bool
    address: str
    started_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the member administration."""

    id: int
    handle: str
    name: str
    initials: str
    hue: int
    staff: bool
    role: str
    role_name: str
    email: str
    confirmed: bool
    joined_at: datetime
    reputation: int
    suspended_until: datetime | None
    suspended_reason: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class MemberAdminPage:
    search: str
    members: Page[MemberRow]
    roles: list[tuple[str, str]]


def access_member(session: Session, member_id: int) -> Member:
    member = session.get(Member, member_id)
    if member is None or member.deleted_at is not None:
        raise NotFound("There is nobody here by that name.")
    return member


def access_member_by_handle(session: Session, handle: str) -> Member:
    member = find_by_handle(session, handle)
    if member is None:
        raise NotFound("There is nobody here by that name.")
    return member


def find_by_handle(session: Session, handle: str) -> Member | None:
    return _find(session, col(Member.handle_key) == handle_key(handle))


def find_by_email(session: Session, address: str) -> Member | None:
    return _find(session, col(Member.email_key) == mail_key(address))


def find_by_name_or_mail(session: Session, who: str) -> Member | None:
    """By what people type at sign-in: a handle, or an e-mail address they have confirmed. Until then it may be anybody's."""
    if "@" not in who:
        return find_by_handle(session, who)
    try:
        member = find_by_email(session, mail_address(who))
    except ValueError:
        return None
    return member if member is not None and member.confirmed_at is not None else None


def _find(session: Session, where: ColumnElement[bool]) -> Member | None:
    member: Member | None = session.scalar(select(Member).where(where, col(Member.deleted_at).is_(None)))
    return member


def existing_handles(session: Session, handles: Iterable[str]) -> set[str]:
    """Which of these, case-folded, belong to somebody."""
    wanted = {handle_key(handle) for handle in handles}
    if not wanted:
        return set()
    where = (col(Member.handle_key).in_(wanted), col(Member.deleted_at).is_(None))
    return set(session.scalars(select(col(Member.handle_key)).where(*where)))


def settings_page(session: Session, actor: Actor) -> SettingsPage:
    require(actor, Permission.account_own)
    member = access_member(session, actor.member_id)
    return SettingsPage(
        handle=member.handle,
        name=member.name,
        email=member.email or "",
        confirmed=actor.confirmed,
        has_password=member.password_hash is not None,
        bio=member.bio,
        languages=member.languages,
        title=member.title,
        may_title=actor.is_staff,
        shows_impact=member.shows_impact,
        shows_last_seen=member.shows_last_seen,
        mail_answers=member.mail_answers,
        mail_solved=member.mail_solved,
        mail_mentions=member.mail_mentions,
        mail_recognition=member.mail_recognition,
    )


def session_list(session: Session, actor: Actor) -> list[SessionView]:
    """Where somebody is signed in: this browser first, then the ones used last."""
    require(actor, Permission.account_own)
    rows = session.scalars(
        select(SignInSession)
        .where(col(SignInSession.member_id) == actor.id, col(SignInSession.expires_at) > clock.now())
        .order_by(col(SignInSession.last_seen_at).desc(), col(SignInSession.id).desc())
        .limit(100)
    )
    views = [_session_view(row, actor) for row in rows]
    return sorted(views, key=lambda view: not view.current)


def _session_view(row: SignInSession, actor: Actor) -> SessionView:
    assert row.id is not None
    return SessionView(
        id=row.id,
        device=device_name(row.user_agent),
        handheld=is_handheld(row.user_agent),
        address=row.address,
        started_at=row.created_at,
        last_seen_at=row.last_seen_at,
        current=row.id == actor.session_id,
    )


def member_admin_page(session: Session, actor: Actor, search: str = "", after: str | None = None) -> MemberAdminPage:
    """Members, newest first; `search` finds part of a handle or name, or a whole e-mail address."""
    require(actor, Permission.member_manage)
    words = " ".join(search.replace("\x00", "").split())[:100]
    statement = select(Member).where(col(Member.deleted_at).is_(None)).order_by(col(Member.id).desc())
    if words:
        statement = statement.where(_matches(words))
    start = paging.decode(after)
    if start is not None:
        statement = statement.where(col(Member.id) < start[1])
    rows = session.scalars(statement.limit(MEMBERS_PER_PAGE + 1)).all()
    members = paging.cut(rows, MEMBERS_PER_PAGE, lambda m: _member_row(m, actor), _place, first=start is None)
    return MemberAdminPage(words, members, [(role.value, name) for role, name in ROLE_NAMES.items()])


def _matches(words: str) -> ColumnElement[bool]:
    plain = words.removeprefix("@")
    return or_(
        col(Member.handle_key).contains(handle_key(plain), autoescape=True),
        func.lower(col(Member.name)).contains(plain.lower(), autoescape=True),
        col(Member.email_key) == mail_key(words),
    )


def _place(member: Member) -> tuple[int, int]:
    return member.id or 0, member.id or 0


def _member_row(member: Member, actor: Actor) -> MemberRow:
    assert member.id is not None
    role = Role(member.role)
    suspended = member.suspended_until is not None and member.suspended_until > clock.now()
    return MemberRow(
        id=member.id,
        handle=member.handle,
        name=member.name,
        initials=text.initials(member.name),
        hue=text.hue(member.id),
        staff=Actor(role=role).is_staff,
        role=role.value,
        role_name=ROLE_NAMES[role],
        email=member.email or "",
        confirmed=member.confirmed_at is not None,
        joined_at=member.joined_at,
        reputation=member.reputation,
        suspended_until=member.suspended_until if suspended else None,
        suspended_reason=member.suspended_reason if suspended else "",
        may_change=member.id != actor.id,
    )
