"""Who is asking: everything a rule may need to know of a person, loaded once per request."""

from dataclasses import dataclass
from datetime import datetime

from forum.models.accounts import Member, Role, Theme
from forum.policy.privileges import AFTER_GUIDE, SUSPENDED, Privilege, held, thresholds


@dataclass(frozen=True, slots=True)
class Actor:
    """A visitor has no id. Roles are compared in `forum/policy` and nowhere else."""

    id: int | None = None
    handle: str = ""
    name: str = ""
    role: Role | None = None
    confirmed: bool = False
    suspended_until: datetime | None = None
    suspended_reason: str = ""
    joined_at: datetime | None = None
    reputation: int = 0
    privileges: str = ""
    """What reputation opened, as kept with the member (policy/privileges.py)."""
    thresholds: str = ""
    """What administrators chose, so that a refusal can say how many points are missing."""
    theme: Theme = Theme.system
    unread: int = 0
    session_id: int | None = None
    address: str = ""

    @property
    def signed_in(self) -> bool:
        return self.id is not None

    def holds(self, privilege: Privilege) -> bool:
        """Moderators and staff hold all of them; a suspended one is lost even where it asks for no points."""
        own = held(self.privileges)
        if self.is_moderator:
            return True
        free = self.signed_in and privilege not in AFTER_GUIDE and thresholds(self.thresholds)[privilege] <= 0
        return privilege in own or (free and f"{SUSPENDED}{privilege}" not in own)

    @property
    def member_id(self) -> int:
        """The id of somebody who is certainly signed in."""
        if self.id is None:
            raise RuntimeError("a visitor got past a permission that needs a member")
        return self.id

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.agent, Role.admin)

    @property
    def is_moderator(self) -> bool:
        return self.role in (Role.moderator, Role.agent, Role.admin)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.admin


VISITOR = Actor()


def actor_of(member: Member) -> Actor:
    """A member acting outside a request: seeds, imports, jobs."""
    return Actor(
        id=member.id,
        handle=member.handle,
        name=member.name,
        role=Role(member.role),
        confirmed=member.confirmed_at is not None,
        suspended_until=member.suspended_until,
        suspended_reason=member.suspended_reason,
        joined_at=member.joined_at,
        reputation=member.reputation,
        privileges=member.privileges,
    )
