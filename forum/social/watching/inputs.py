"""What staff send about watch rules."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from forum.core.text import Line
from forum.models import RuleKind, Severity
from forum.social.inputs import Input
from forum.social.watching.matching import TooCostly, bounded, listed, pattern

SHORTEST = 3
AS_WRITTEN = (
    "name",
    "kind",
    "expression",
    "exclude",
    "language",
    "author_kind",
    "from_hour",
    "to_hour",
    "zone",
    "severity",
    "queue",
)
"""What a rule keeps just as it was filled in."""


class SaveRule(Input):
    name: Annotated[Line, Field(min_length=1, max_length=80)]
    kind: RuleKind
    expression: Annotated[Line, Field(min_length=1, max_length=300)]
    exclude: Annotated[Line, Field(max_length=300)] = ""
    language: Annotated[Line, Field(max_length=20)] = ""
    author_kind: Literal["", "private", "public_figure", "unknown"] = ""
    days: list[Literal["0", "1", "2", "3", "4", "5", "6"]] = Field(default_factory=list)
    from_hour: Annotated[int, Field(ge=0, le=23)] = 0
    to_hour: Annotated[int, Field(ge=0, le=24)] = 24
    zone: Annotated[Line, Field(max_length=60)] = "UTC"
    channels: list[int] = Field(default_factory=list)
    severity: Severity = Severity.usual
    queue: Annotated[Line, Field(max_length=60)] = ""
    on_duty: Annotated[Line, Field(max_length=40)] = ""
    """Handle of a member of staff."""
    ladder: Annotated[str, Field(max_length=400)] = ""
    """A line each: minutes and a handle."""

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("Write a time zone such as Europe/London.") from None
        return value

    @field_validator("language")
    @classmethod
    def _a_language(cls, value: str) -> str:
        if value and not (value.isalpha() and 2 <= len(value) <= 3):
            raise ValueError("Write a language as two letters, such as en.")
        return value.lower()

    @model_validator(mode="after")
    def _hours(self) -> "SaveRule":
        if self.from_hour == self.to_hour:
            raise ValueError("The hours are empty. Choose 0 to 24 for the whole day.")
        return self


def fault(kind: RuleKind, expression: str) -> str:
    """A sentence when the expression cannot be used."""
    if kind == RuleKind.regex:
        try:
            bounded(expression)
        except TooCostly as error:
            return str(error)
        return ""
    names = [one.lstrip("@#") for one in listed(expression)]
    if not names or any(len(one) < SHORTEST for one in names):
        return f"Each word needs at least {SHORTEST} characters, or it would fit nearly everything."
    pattern(kind, expression)
    return ""
