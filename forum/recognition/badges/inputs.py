"""What forms about badges may say."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import Line
from forum.topics.inputs import Input

Number = Annotated[float, Field(gt=0, le=1_000_000)]


class ChangeBadge(Input):
    """`t0` is the first number of the rule; what is left out stays as it is in the file."""

    enabled: Literal["", "1"] = ""
    t0: Number | None = None
    t1: Number | None = None
    t2: Number | None = None

    @property
    def bounds(self) -> dict[int, float]:
        numbers = (self.t0, self.t1, self.t2)
        return {place: number for place, number in enumerate(numbers) if number is not None}


class GiveStar(Input):
    note: Annotated[Line, Field(min_length=10, max_length=300)]
