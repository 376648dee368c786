"""The volunteer programme: seasons, who is in them and why, nominations, and what they are invited to (RECOGNITION 5.6).

There is no column for money, for time worked or for work asked of anybody, and none may be added.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class Tier(StrEnum):
    rising = "rising"
    vip = "vip"
    fellow = "fellow"
    alumni = "alumni"


class Basis(StrEnum):
    """Why somebody has a place."""

    criteria = "criteria"
    grace = "grace"
    nominated = "nominated"
    appeal = "appeal"
    alumni = "alumni"


class VipRule(Table, table=True):
    """A published set of thresholds. Version 1 is in the code; a new one is announced before it applies."""

    __tablename__ = "vip_rule"

    version: int = Field(primary_key=True)
    thresholds: str = long_text()
    """JSON: how much of each criterion is needed."""
    note: str = Field(max_length=1_000)
    announced_at: datetime = created()
    applies_on: date
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class VipSeason(Table, table=True):
    """Twelve months, decided on the twelve before them. Without `published_at` it is a preview for staff."""

    __tablename__ = "vip_season"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=16, unique=True)
    starts_on: date
    ends_on: date
    counted_from: date
    rule_version: int
    evaluated_at: datetime = created()
    published_at: Moment = moment()
    published_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class VipSnapshot(Table, table=True):
    """What was counted for one person and criterion, and how much was needed then."""

    __tablename__ = "vip_snapshot"

    season_id: int = key("vip_season.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    tier: str = Field(primary_key=True, max_length=24)
    path: int = Field(primary_key=True)
    criterion: str = Field(primary_key=True, max_length=24)
    value: int
    needed: int
    rule_version: int


class VipPlace(Table, table=True):
    """Somebody's place in a season."""

    __tablename__ = "vip_place"
    __table_args__ = (one_of("tier", Tier), one_of("basis", Basis))

    season_id: int = key("vip_season.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    tier: Tier = choice("tier", Tier)
    basis: Basis = choice("basis", Basis)
    reason: str = Field(default="", max_length=500)


class VipAppeal(Table, table=True):
    """ "Please look at this again", within thirty days of publication."""

    __tablename__ = "vip_appeal"
    __table_args__ = (UniqueConstraint("season_id", "member_id"),)

    id: int = Field(default=None, primary_key=True)
    season_id: int = key("vip_season.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    text: str = Field(max_length=2_000)
    at: datetime = created()
    answer: str = Field(default="", max_length=2_000)
    granted: bool = Field(default=False)
    answered_at: Moment = moment(index=True)
    answered_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class VipNomination(Table, table=True):
    """Somebody says, with a sentence, that somebody else should be in the programme."""

    __tablename__ = "vip_nomination"
    __table_args__ = (one_of("tier", Tier), UniqueConstraint("member_id", "by_id", "tier"))

    id: int = Field(default=None, primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE")
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    tier: Tier = choice("tier", Tier)
    by_staff: bool = Field(default=False)
    by_peer: bool = Field(default=False)
    """The one who nominates was VIP or Fellow then; only these count for a Fellow."""
    sentence: str = Field(max_length=500)
    at: datetime = created()


class VipComment(Table, table=True):
    """What a peer says to a nomination; the person it is about may read it."""

    __tablename__ = "vip_comment"

    id: int = Field(default=None, primary_key=True)
    nomination_id: int = key("vip_nomination.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    text: str = Field(max_length=500)
    at: datetime = created()


class OfferKind(StrEnum):
    early_product = "early_product"
    event = "event"
    briefing = "briefing"
    direct_line = "direct_line"
    conference = "conference"


class OfferState(StrEnum):
    draft = "draft"
    approved = "approved"
    inviting = "inviting"
    held = "held"
    withdrawn = "withdrawn"


class VipOffer(Table, table=True):
    """Something volunteers are invited to. `room_text` is under embargo and shown in its room alone."""

    __tablename__ = "vip_offer"
    __table_args__ = (one_of("kind", OfferKind), one_of("state", OfferState), Index(None, "state", "id"))

    id: int = Field(default=None, primary_key=True)
    kind: OfferKind = choice("kind", OfferKind)
    state: OfferState = choice("state", OfferState, OfferState.draft)
    title: str = Field(max_length=120)
    text: str = long_text()
    html: str = long_text()
    tiers: str = Field(max_length=80)
    """Comma-separated, such as "rising,vip"."""
    capacity: int
    favours: str = Field(default="", max_length=200)
    """Under-served languages and tags whose people share the kept places with Rising, comma-separated."""
    opens_at: datetime
    closes_at: datetime
    """Until then an invitation waits for an answer."""
    event_at: Moment = moment()
    ends_at: Moment = moment()
    tz: str = Field(default="UTC", max_length=40)
    place: str = Field(default="", max_length=200)
    online_url: str = Field(default="", max_length=300)
    provides: str = Field(default="", max_length=500)
    """What the company provides, in words, for the disclosure."""
    accessibility: str = Field(default="", max_length=500)
    product_id: int | None = key("product.id", on_delete="SET NULL", nullable=True)
    room_text: str = long_text()
    room_html: str = long_text()
    embargo_until: Moment = moment()
    lifted_at: Moment = moment()
    nda_text: str = long_text()
    nda_version: str = Field(default="", max_length=20)
    seed: str = Field(default="", max_length=64)
    """Kept back until the draw; its hash is shown from the approval on."""
    seed_hash: str = Field(default="", max_length=64)
    draw: str = long_text()
    """JSON of the draw's entrants, by ticket."""
    declined: int = counter()
    """How many said no. Who did is not kept."""
    edition: int = counter()
    """Grows with each change that calendars must hear of."""
    created_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()
    approved_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    approved_at: Moment = moment()
    invited_at: Moment = moment()
    held_at: Moment = moment()
    withdrawn_reason: str = Field(default="", max_length=500)


class SeatState(StrEnum):
    """`unplaced` is drawn without a seat; `waiting` asked for the next free one."""

    invited = "invited"
    accepted = "accepted"
    tentative = "tentative"
    unplaced = "unplaced"
    waiting = "waiting"
    expired = "expired"
    attended = "attended"
    absent = "absent"


class VipInvitation(Table, table=True):
    """One person's invitation. Saying no deletes the row, and with it the only link from the ticket to the person."""

    __tablename__ = "vip_invitation"
    __table_args__ = (
        one_of("state", SeatState),
        one_of("tier", Tier),
        UniqueConstraint("offer_id", "member_id"),
        Index(None, "offer_id", "state"),
        Index(None, "state", "answer_by"),
    )

    ticket: str = Field(primary_key=True, max_length=24)
    offer_id: int = key("vip_offer.id", on_delete="CASCADE")
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    state: SeatState = choice("state", SeatState)
    tier: Tier = choice("tier", Tier)
    position: int = counter()
    """Place in the lottery's order, 1 first."""
    answer_by: Moment = moment()
    listed: bool = Field(default=False)
    """Others who come, and agreed too, see the name."""
    needs_sealed: str = long_text()
    """Dietary and access needs, encrypted; deleted 30 days after."""


class VipConsent(Table, table=True):
    """A signature by click: which text, by its version and hash, and when."""

    __tablename__ = "vip_consent"

    offer_id: int = key("vip_offer.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    nda_version: str = Field(max_length=20)
    text_hash: str = Field(max_length=64)
    signed_at: datetime = created()
    address: str = Field(default="", max_length=45)
    """Emptied after 90 days."""
    ended_at: Moment = moment()
    """The seat was given back: it opens nothing any more, and a new seat signs anew."""


class ReportState(StrEnum):
    new = "new"
    useful = "useful"
    read = "read"
    """Thanked for, without being of use this time."""


class PreviewReport(Table, table=True):
    """What somebody with a seat found in an early product. Under embargo: nobody but they and staff read it."""

    __tablename__ = "preview_report"
    __table_args__ = (one_of("state", ReportState), Index(None, "offer_id", "id"), Index(None, "member_id", "state"))

    id: int = Field(default=None, primary_key=True)
    offer_id: int = key("vip_offer.id", on_delete="CASCADE")
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    text: str = long_text()
    at: datetime = created()
    state: ReportState = choice("state", ReportState, ReportState.new)
    sentence: str = Field(default="", max_length=500)
    """What staff say to it."""
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
