"""What members and staff send about identities."""

from typing import Annotated, Literal

from pydantic import Field

from forum.core.text import MAX_ID, Line, Words
from forum.social.inputs import Input


class ClaimAccount(Input):
    address: Annotated[Line, Field(min_length=8, max_length=600)]
    """Of the profile, or of any of its posts that we know."""
    method: Literal["profile", "reply"] = "profile"


class MergeContacts(Input):
    other: Annotated[int, Field(ge=1, le=MAX_ID)]
    keep: Literal["this", "other"] = "this"
    reason: Annotated[Line, Field(max_length=300)] = ""


class AskPrivacy(Input):
    kind: Literal["delete", "anonymise", "withdraw"]
    said: Annotated[Words, Field(min_length=1, max_length=500)]


class MarkAccount(Input):
    kind: Literal["private", "press", "public_figure", "vip"]
    thread: Annotated[int, Field(ge=0, le=MAX_ID)] = 0
    """Where it was marked from."""


class DecideClaim(Input):
    decision: Literal["give", "keep"]
