"""What forms about the programme may say."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from forum.core.markdown import MAX_LENGTH
from forum.core.text import Line, Words
from forum.models import OfferKind, Tier
from forum.topics.inputs import Input

Needed = Annotated[int, Field(ge=1, le=10_000)]
Percent = Annotated[int, Field(ge=1, le=100)]
Months = Annotated[int, Field(ge=1, le=12)]
LONG = MAX_LENGTH


class AnnounceCriteria(Input):
    rising_solutions: Needed
    rising_askers: Needed
    rising_months: Months
    vip_solutions: Needed
    vip_askers: Needed
    vip_months: Months
    vip_share: Percent
    vip_articles: Needed
    vip_article_share: Percent
    vip_reviews: Needed
    fellow_seasons: Needed
    fellow_nominations: Needed
    fellow_solutions: Needed
    fellow_askers: Needed
    fellow_months: Months
    applies_on: date
    note: Line = Field(min_length=10, max_length=1_000)

    @property
    def thresholds(self) -> dict[str, int]:
        numbers: dict[str, int] = self.model_dump(exclude={"applies_on", "note"})
        return numbers


class Appeal(Input):
    text: Words = Field(min_length=10, max_length=2_000)


class AnswerAppeal(Input):
    answer: Words = Field(min_length=10, max_length=2_000)
    tier: Tier | None = None
    """The place that is given; none when the decision stays."""

    @field_validator("tier", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return value or None


class Nominate(Input):
    handle: Line = Field(min_length=1, max_length=41)
    sentence: Line = Field(min_length=20, max_length=500)


class Comment(Input):
    text: Line = Field(min_length=5, max_length=500)


class WriteOffer(Input):
    kind: OfferKind
    title: Line = Field(min_length=5, max_length=120)
    text: Words = Field(min_length=20, max_length=5_000)
    tier_rising: bool = False
    tier_vip: bool = False
    tier_fellow: bool = False
    tier_alumni: bool = False
    capacity: int = Field(ge=1, le=5_000)
    favours: Line = Field(default="", max_length=200)
    opens_at: datetime
    closes_at: datetime
    event_at: datetime | None = None
    ends_at: datetime | None = None
    tz: str = "UTC"
    place: Line = Field(default="", max_length=200)
    online_url: Line = Field(default="", max_length=300)
    provides: Line = Field(default="", max_length=500)
    accessibility: Line = Field(default="", max_length=500)
    product: Line = Field(default="", max_length=80)
    room_text: Words = Field(default="", max_length=LONG)
    embargo_until: datetime | None = None
    nda_text: Words = Field(default="", max_length=20_000)
    nda_version: Line = Field(default="", max_length=20)

    @field_validator("event_at", "ends_at", "embargo_until", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return value or None

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("Name a time zone such as Europe/London.")
        return value

    @field_validator("online_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not value.startswith("https://"):
            raise ValueError("Give an address that begins with https://.")
        return value

    @model_validator(mode="after")
    def _in_order(self) -> "WriteOffer":
        if not self.tiers:
            raise ValueError("Choose at least one tier.")
        closes, event, ends = (self.moment(value) if value else None for value in (self.closes_at, self.event_at, self.ends_at))
        if closes and closes <= self.moment(self.opens_at):
            raise ValueError("The last day to answer lies before the invitations go out.")
        if event and closes and event < closes:
            raise ValueError("It takes place before the last day to answer.")
        if ends and event and ends <= event:
            raise ValueError("It ends before it begins.")
        if self.embargo_until and not (self.nda_text and self.nda_version):
            raise ValueError("An embargo needs the text that people sign, with a version.")
        return self

    @property
    def tiers(self) -> list[Tier]:
        return [tier for tier in Tier if getattr(self, f"tier_{tier.value}")]

    def moment(self, value: datetime) -> datetime:
        """What was typed without a zone is in the zone of the event."""
        return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(self.tz))


class Withdraw(Input):
    reason: Line = Field(min_length=10, max_length=500)


class Reply(Input):
    """ "yes" and "maybe" keep the seat, "no" leaves nothing behind, "wait" asks for the next free seat."""

    answer: str = Field(pattern="^(yes|maybe|no|wait)$")
    listed: bool = False
    needs: Words = Field(default="", max_length=1_000)


class Sign(Input):
    agree: bool
    version: Line = Field(max_length=20)

    @field_validator("agree")
    @classmethod
    def _really(cls, value: bool) -> bool:
        if not value:
            raise ValueError("Tick the box to sign.")
        return value


class Attendance(Input):
    absent: list[Line] = Field(default=[], max_length=200)
    """Tickets of those who were expected and did not come."""


class WriteReport(Input):
    text: Words = Field(min_length=40, max_length=10_000)


class ReadReport(Input):
    verdict: str = Field(pattern="^(useful|read)$")
    sentence: Line = Field(min_length=10, max_length=500)
