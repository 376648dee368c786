"""What forms about flags, reviews and votes to close may say."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import Line
from forum.models import FlagReason, Verdict
from forum.topics.inputs import Input


class RaiseFlag(Input):
    reason: FlagReason
    text: Annotated[Line, Field(max_length=300)] = ""
    """In the flagger's words, where no reason fits."""


class GiveReview(Input):
    verdict: Verdict


class DecideItem(Input):
    decision: Literal["fine", "tidy", "harmful", "spam"]
    reason: Annotated[Line, Field(max_length=300)] = ""
    """Read by the author of what is removed."""


class VoteOnState(Input):
    """The reason is for closing; opening again needs none."""

    reason: Annotated[Line, Field(max_length=24)] = ""
