"""What staff send about incidents."""

from typing import Annotated

from pydantic import Field

from forum.core.text import Line, Words
from forum.social.inputs import Input


class WordIncident(Input):
    title: Annotated[Line, Field(min_length=5, max_length=150)]
    note: Annotated[Line, Field(min_length=10, max_length=300)]
    """What the public reads while it lasts: no cause promised, a way to help named."""
    product: Annotated[Line, Field(max_length=80)] = ""
    section: Annotated[Line, Field(max_length=80)] = ""
    tag: Annotated[Line, Field(max_length=50)] = ""


class CloseIncident(Input):
    outcome: Annotated[Words, Field(min_length=10, max_length=1_000)]


class MergeIncident(Input):
    into: int


class SaveWords(Input):
    language: Annotated[Line, Field(min_length=2, max_length=3, pattern=r"^[a-z]+$")]
    words: Annotated[str, Field(max_length=20_000)]
