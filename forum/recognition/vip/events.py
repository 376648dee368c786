"""What happened in the programme. Invitations are named by ticket: the log must not say who was asked to what."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CriteriaAnnounced:
    actor_id: int
    version: int
    applies_on: date


@dataclass(frozen=True, slots=True)
class SeasonPrepared:
    actor_id: int
    season_id: int
    places: int


@dataclass(frozen=True, slots=True)
class SeasonPublished:
    actor_id: int
    season_id: int
    name: str


@dataclass(frozen=True, slots=True)
class AppealMade:
    actor_id: int
    appeal_id: int


@dataclass(frozen=True, slots=True)
class AppealAnswered:
    actor_id: int
    appeal_id: int
    member_id: int
    granted: bool


@dataclass(frozen=True, slots=True)
class MemberNominated:
    actor_id: int
    nomination_id: int
    member_id: int
    tier_name: str


@dataclass(frozen=True, slots=True)
class NominationCommented:
    actor_id: int
    nomination_id: int


@dataclass(frozen=True, slots=True)
class OfferChanged:
    """Written, changed or approved."""

    actor_id: int
    offer_id: int
    what: str


@dataclass(frozen=True, slots=True)
class SeatsOffered:
    """To these tickets; nobody did it when a seat came free by itself."""

    actor_id: int | None
    offer_id: int
    tickets: tuple[str, ...]
    from_waiting_list: bool = False


@dataclass(frozen=True, slots=True)
class InvitationGone:
    """Said no, or let it pass. The ticket leads to nobody any more."""

    offer_id: int
    ticket: str


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    actor_id: int
    offer_id: int


@dataclass(frozen=True, slots=True)
class OfferHeld:
    actor_id: int
    offer_id: int


@dataclass(frozen=True, slots=True)
class MissedAgain:
    """Was expected and did not come, for the second time."""

    offer_id: int
    ticket: str


@dataclass(frozen=True, slots=True)
class NeedsSeen:
    """A member of staff read dietary and access needs."""

    actor_id: int
    offer_id: int


@dataclass(frozen=True, slots=True)
class EmbargoEnds:
    """It lifts within a day."""

    offer_id: int


@dataclass(frozen=True, slots=True)
class EmbargoLifted:
    offer_id: int


@dataclass(frozen=True, slots=True)
class PreviewReportWritten:
    offer_id: int
    report_id: int


@dataclass(frozen=True, slots=True)
class PreviewReportRead:
    """By staff, with a sentence for whoever wrote it."""

    actor_id: int
    offer_id: int
    report_id: int
    useful: bool
