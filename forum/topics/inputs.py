"""What people may send about topics, with every limit. Columns repeat the limits."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from forum.core.markdown import MAX_LENGTH
from forum.core.text import Line, Words, slug

MAX_TAGS = 5
PLACE = r"^(ask|topic:[1-9]\d{0,9})$"
"""Where a draft belongs."""


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def tag_list(value: object) -> object:
    """ "Wi-Fi, hub 3" or ["wi-fi", "hub-3"], as one field or several -> slugs, each once."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        value = [part for item in value[:20] if isinstance(item, str) for part in re.split(r"[,;\n]", item[:400])]
        return list(dict.fromkeys(slug(item)[:50].strip("-") for item in value if isinstance(item, str) and item.strip()))
    return value


def _few(tags: list[str]) -> list[str]:
    if len(tags) > MAX_TAGS:
        raise ValueError(f"Keep the {MAX_TAGS} tags that matter most.")
    return tags


Tags = Annotated[list[str], BeforeValidator(tag_list), AfterValidator(_few)]
Body = Annotated[Words, Field(min_length=1, max_length=MAX_LENGTH)]


class Ask(Input):
    section: Line = Field(max_length=80)
    title: Line = Field(max_length=150)
    body: Body
    tags: Tags = []
    product: Line = Field(default="", max_length=80)
    product_detail: Line = Field(default="", max_length=80)
    follow: bool = False

    @field_validator("title")
    @classmethod
    def _one_clear_line(cls, value: str) -> str:
        if len(value) < 15:
            raise ValueError("Write your question in one line, at least 15 characters.")
        return value


class WriteAnswer(Input):
    body: Body


class WriteComment(Input):
    body: Annotated[Words, Field(min_length=1, max_length=2_000)]


class WriteNote(Input):
    body: Annotated[Words, Field(min_length=1, max_length=5_000)]


class EditPost(Input):
    """Title and tags belong to a question; for other posts they are ignored."""

    body: Body
    title: Line = Field(default="", max_length=200)
    tags: Tags = []
    reason: Line = Field(default="", max_length=200)
    number: int = Field(default=0, ge=0, le=1_000_000)
    """The version that was being edited; 0 when unknown."""


class RestoreVersion(Input):
    number: int = Field(ge=1, le=1_000_000)


class DecideEdit(Input):
    decision: Literal["accept", "decline"]
    number: Annotated[int, Field(ge=1, le=1_000_000)]
    """The version that was being read: nobody overwrites what they have not seen."""
    answer: Annotated[Line, Field(max_length=300)] = ""


class KeepDraft(Input):
    place: Annotated[Line, Field(max_length=40, pattern=PLACE)]
    title: Annotated[Line, Field(max_length=200)] = ""
    body: Annotated[Words, Field(max_length=MAX_LENGTH)] = ""
    tags: Annotated[Line, Field(max_length=300)] = ""
    section: Annotated[Line, Field(max_length=80)] = ""


def _one_tag(value: object) -> object:
    found = tag_list(value)
    return found[0] if isinstance(found, list) and len(found) == 1 else ""


OneTag = Annotated[str, BeforeValidator(_one_tag), Field(min_length=1, max_length=50)]


class ProposeSynonym(Input):
    name: OneTag
    same_as: OneTag


class DecideSynonym(Input):
    decision: Literal["accept", "decline"]


class ConfirmDefect(Input):
    reference: Line = Field(min_length=2, max_length=80)


class MarkOfficial(Input):
    scope: Line = Field(default="", max_length=120)
    review_by: date


class AskForDetails(Input):
    text: Annotated[Line, Field(min_length=5, max_length=500)]


class ChangeState(Input):
    state: Literal["closed", "archived", "open"]
    reason: Annotated[Line, Field(max_length=300)] = ""


class LinkDuplicate(Input):
    """The earlier topic: its number, or its address."""

    earlier: Annotated[Line, Field(min_length=1, max_length=300)]

    @field_validator("earlier")
    @classmethod
    def _number(cls, value: str) -> str:
        found = re.search(r"(?:/topics/|^#?)([1-9]\d{0,9})(?:\D|$)", value)
        if found is None:
            raise ValueError("Paste the address of the earlier topic, or its number.")
        return found.group(1)


class Remove(Input):
    found: Literal["tidy", "harmful", "spam"] = "tidy"
    reason: Annotated[Line, Field(min_length=3, max_length=300)]


class Convert(Input):
    """The answer a comment shall hang under; empty makes it hang under the question."""

    under: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Accept(Input):
    post: Annotated[int, Field(ge=1, le=2**31 - 1)]
