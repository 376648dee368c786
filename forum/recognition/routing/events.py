"""What happened to invitations. Letting one pass is nobody's business and leaves no event."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InvitationSent:
    member_id: int
    topic_id: int
    invite_id: int


@dataclass(frozen=True, slots=True)
class InvitationTaken:
    """For two hours others see who is looking at the question."""

    actor_id: int
    topic_id: int


@dataclass(frozen=True, slots=True)
class VolunteerInvited:
    """By somebody, who is named to them."""

    actor_id: int
    member_id: int
    topic_id: int
    invite_id: int
