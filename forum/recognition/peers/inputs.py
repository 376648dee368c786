"""What forms between volunteers may say."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import MAX_ID, Line, Words
from forum.topics.inputs import Input


class Endorse(Input):
    tag: Annotated[Line, Field(min_length=1, max_length=50)]
    text: Annotated[Line, Field(min_length=10, max_length=300)]


class JudgeReview(Input):
    agrees: Literal["yes", "no"]
    reason: Annotated[Line, Field(min_length=3, max_length=300)]


class AskMentor(Input):
    mentor: Annotated[int, Field(ge=1, le=MAX_ID)]


class ShowDraft(Input):
    topic: Annotated[int, Field(ge=1, le=MAX_ID)]


class SayToDraft(Input):
    comment: Annotated[Words, Field(min_length=3, max_length=2_000)]
