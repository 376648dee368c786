"""What forms about doubted votes may say."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import Words
from forum.topics.inputs import Input


class DecideCase(Input):
    decision: Literal["confirm", "dismiss"]
    note: Annotated[Words, Field(min_length=5, max_length=1000)]


class AppealDoubt(Input):
    text: Annotated[Words, Field(min_length=10, max_length=1000)]
