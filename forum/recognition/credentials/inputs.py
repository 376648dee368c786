"""What forms about credentials may say."""

from typing import Annotated

from pydantic import Field

from forum.core.text import Line, Words
from forum.topics.inputs import Input

LONGEST = 60_000
Source = Annotated[Line, Field(min_length=3, max_length=60, pattern=r"^(award|season):[0-9]{1,10}$")]


class AskForCredential(Input):
    source: Source


class RevokeCredential(Input):
    reason: Line = Field(default="", max_length=200)


class KeepCredential(Input):
    """ "Keep it even when I delete my account"."""

    outlives_account: bool = False


class CheckCredential(Input):
    text: Words = Field(default="", max_length=LONGEST)


class NameKey(Input):
    did: Line = Field(min_length=10, max_length=120)


class ProveKey(Input):
    """A compact JWS."""

    proof: Line = Field(min_length=10, max_length=4_000)
