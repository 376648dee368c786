"""What people may send about invitations, with every limit."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from forum.core.text import Line
from forum.recognition.routing.courtesy import MOST_A_DAY, MOST_A_WEEK, QUIET_FROM, QUIET_UNTIL, zones
from forum.topics.inputs import Input, tag_list

MOST_TOPICS = 20


def _some(tags: list[str]) -> list[str]:
    if len(tags) > MOST_TOPICS:
        raise ValueError(f"Keep the {MOST_TOPICS} that matter most.")
    return tags


Topics = Annotated[list[str], BeforeValidator(tag_list), AfterValidator(_some)]
Hour = Annotated[int, Field(ge=0, le=23)]


class ReplyToInvitation(Input):
    reply: Literal["take", "later", "not_mine", "fewer"]


class InviteVolunteer(Input):
    handle: Line = Field(min_length=1, max_length=41)
    reason: Line = Field(min_length=10, max_length=160)


class ChooseAvailability(Input):
    zone: str = Field(default="UTC", max_length=60)
    quiet_from: Hour = QUIET_FROM
    quiet_until: Hour = QUIET_UNTIL
    per_day: Annotated[int, Field(ge=0, le=MOST_A_DAY)] = MOST_A_DAY
    per_week: Annotated[int, Field(ge=0, le=MOST_A_WEEK)] = MOST_A_WEEK
    weekends: bool = False
    away_until: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    wants: Topics = Field(default_factory=list)
    avoids: Topics = Field(default_factory=list)

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value != "UTC" and value not in zones():
            raise ValueError("Choose a time zone from the list.")
        return value


class Snooze(Input):
    length: Literal["day", "week", "month", "none"]
