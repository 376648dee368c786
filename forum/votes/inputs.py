"""What one press says."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import Line
from forum.models import MarkKind
from forum.topics.inputs import Input


class CastVote(Input):
    """1 helpful, -1 not helpful, 0 takes the vote back."""

    value: Literal["1", "-1", "0"]


class Switch(Input):
    on: Literal["1", "0"] = "1"


class MarkAnswer(Input):
    kind: MarkKind
    on: Literal["1", "0"] = "1"
    comment: Annotated[Line, Field(max_length=500)] = ""
