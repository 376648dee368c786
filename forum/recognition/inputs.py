"""What forms about recognition may say."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from forum.core.text import Line
from forum.policy.privileges import Privilege
from forum.topics.inputs import Input

Reason = Annotated[Line, Field(min_length=3, max_length=300)]
Points = Annotated[int, Field(ge=0, le=1_000_000)]


class ChoosePrivileges(Input):
    """A preset by name, or a number for each privilege."""

    preset: Literal["", "young", "standard", "large"] = ""
    vote_helpful: Points | None = None
    add_picture: Points | None = None
    vote_not_helpful: Points | None = None
    suggest_edit: Points | None = None
    link_duplicate: Points | None = None
    see_split: Points | None = None
    confirm_duplicates: Points | None = None
    endorse: Points | None = None
    mentor: Points | None = None
    review_queue: Points | None = None
    new_tag: Points | None = None
    edit_others: Points | None = None
    close_vote: Points | None = None
    invite_volunteer: Points | None = None
    propose_synonym: Points | None = None
    propose_article: Points | None = None

    @property
    def points(self) -> dict[Privilege, int]:
        return {privilege: number for privilege in Privilege if (number := getattr(self, privilege.value)) is not None}


class SuspendPrivilege(Input):
    privilege: Privilege
    days: Annotated[int, Field(ge=1, le=3_650)]
    reason: Reason


class ReinstatePrivilege(Input):
    privilege: Privilege


class AdjustPoints(Input):
    points: Annotated[int, Field(ge=-100_000, le=100_000)]
    reason: Reason

    @field_validator("points")
    @classmethod
    def _something(cls, value: int) -> int:
        if value == 0:
            raise ValueError("Say how many points to add, or with a minus to take away.")
        return value


class SayHelped(Input):
    helped: Literal["yes", "no"]


class ChooseRecognition(Input):
    on_boards: bool = False
    shows_level: bool = False
    vip: bool = False
    takes_invitations: bool = False
    staff_contact: bool = False
    impact_mail: bool = False
    named_elsewhere: bool = False
    only: Literal["", "answers"] = ""
    """ "Just answer" switches everything off, whatever the boxes say."""

    @property
    def chosen(self) -> dict[str, bool]:
        boxes: dict[str, bool] = self.model_dump(exclude={"only"})
        return {name: on and not self.only for name, on in boxes.items()}
