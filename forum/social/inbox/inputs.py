"""What staff send from the inbox."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from forum.core.text import Line, Words
from forum.models import Platform
from forum.social.inputs import Input

Why = Annotated[Line, Field(max_length=300)]


class WatchThread(Input):
    until: date
    why: Why = ""


class EscalateThread(Input):
    to: Annotated[Line, Field(min_length=1, max_length=40)]
    """Handle of a member of staff."""
    note: Annotated[Line, Field(min_length=1, max_length=300)]


class AttachThread(Input):
    topic: Annotated[Line, Field(min_length=1, max_length=300)]
    """A number, #number, or the address of a topic."""
    digest: Annotated[Line, Field(min_length=1, max_length=64)]
    replies: bool = False


class ApprovePending(Input):
    digest: Annotated[Line, Field(min_length=1, max_length=64)]


class PastePost(Input):
    platform: Platform = Platform.elsewhere
    author: Annotated[Line, Field(min_length=1, max_length=200)]
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]
    url: Annotated[Line, Field(max_length=600)] = ""
    at: datetime | None = None
    reply_to: Annotated[Line, Field(max_length=600)] = ""
    """Address of a post pasted before, or the number of its thread."""

    @field_validator("at", mode="before")
    @classmethod
    def _perhaps(cls, value: object) -> object:
        return value or None

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("https", "http") or not urlsplit(value).hostname):
            raise ValueError("Copy the whole address, beginning with https://.")
        return value
