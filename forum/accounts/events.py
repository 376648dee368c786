"""What happened to accounts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MemberJoined:
    actor_id: int
    handle: str


@dataclass(frozen=True, slots=True)
class MailConfirmed:
    """The first address of a member, or a new one."""

    actor_id: int
    changed: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    actor_id: int
    session_id: int


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """The member signed out one or several browsers."""

    actor_id: int
    count: int


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    actor_id: int
    by_mail: bool


@dataclass(frozen=True, slots=True)
class MemberLeaving:
    """An account is about to be erased: the last moment to let go of what leads to the person."""

    member_id: int


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    actor_id: int


@dataclass(frozen=True, slots=True)
class MemberBlocked:
    """Private to the one who did it, so it is not written to the log."""

    actor_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class RoleChanged:
    actor_id: int | None
    member_id: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MemberSuspended:
    actor_id: int
    member_id: int
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MemberReinstated:
    actor_id: int
    member_id: int
