"""What staff send when they decide about a thread."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from forum.core.text import Line


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishThread(Input):
    title: Annotated[Line, Field(min_length=15, max_length=150)]
    section: Annotated[Line, Field(min_length=1, max_length=80)]
    digest: Annotated[Line, Field(min_length=1, max_length=64)]
    """Names what was shown; publishing anything else is refused."""


class IgnoreThread(Input):
    reason: Annotated[Line, Field(min_length=1, max_length=300)]
