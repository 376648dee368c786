"""What staff write when they publish an outcome, and members when they propose one."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from forum.core.text import MAX_ID, Line
from forum.topics.inputs import Body, Input


def _no_date(value: object) -> object:
    return None if value == "" else value


class ProposeArticle(Input):
    question: Annotated[Line, Field(min_length=10, max_length=200)]
    answer: Annotated[Line, Field(min_length=10, max_length=400)]
    body: Body
    scope: Annotated[Line, Field(max_length=120)] = ""


class DeclineArticle(Input):
    said: Annotated[Line, Field(min_length=5, max_length=300)]


class WriteResolution(ProposeArticle):
    review_by: Annotated[date | None, BeforeValidator(_no_date)] = None
    credit: list[Annotated[int, Field(ge=1, le=MAX_ID)]] = Field(default_factory=list)
    proposal: Annotated[int | None, Field(ge=1, le=MAX_ID)] = None
    """The proposed article that this is published from."""
    act: Literal["save", "publish"] = "save"


class SayArticle(Input):
    """Nothing takes it back."""

    helped: Literal["yes", "no", ""]


class Withdraw(Input):
    reason: Annotated[Line, Field(min_length=5, max_length=300)]
