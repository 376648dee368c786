"""What forms about findings may say."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import Line, Words
from forum.topics.inputs import Input


class Object(Input):
    text: Annotated[Words, Field(min_length=10, max_length=1_000)]


class AnswerObjection(Input):
    """Whether the finding stands; when it does not, the post can come back with the points."""

    decision: Literal["stands", "upheld", "upheld_and_back"]
    answer: Annotated[Line, Field(min_length=3, max_length=1_000)]
