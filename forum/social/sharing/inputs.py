"""What staff send about replies."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from forum.core.text import Line, Words
from forum.social.inputs import Input

"""What a person may begin; the others are prepared when something happens."""


class SaveShare(Input):
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]
    act: Literal["save", "approve"] = "save"
    anyway: bool = False
    """Somebody read the warnings and stands by the words."""


class WriteReply(Input):
    purpose: Literal["ask", "reply", "private", "holding", "outcome"] = "reply"
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]
    target: Annotated[Line, Field(max_length=300)] = ""


class Receipt(Input):
    receipt_url: Annotated[Line, Field(max_length=600)]

    @field_validator("receipt_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("Paste the address of your reply, beginning with https://.")
        return value
