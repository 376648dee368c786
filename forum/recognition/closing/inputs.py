"""What people say back."""

from typing import Annotated

from pydantic import Field

from forum.core.markdown import MAX_LENGTH
from forum.core.text import MAX_ID, Words
from forum.models import OutcomeSaid
from forum.topics.inputs import Input


class SayOutcome(Input):
    said: OutcomeSaid
    post: Annotated[int, Field(ge=0, le=MAX_ID)] = 0
    """The answer that fixed it, or that led there."""
    how: Annotated[Words, Field(max_length=MAX_LENGTH)] = ""


class WriteThanks(Input):
    text: Annotated[Words, Field(max_length=500)] = ""
    may_publish: bool = False
