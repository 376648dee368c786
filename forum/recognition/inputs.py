"""What forms about recognition may say."""

from typing import Literal

from forum.topics.inputs import Input


class ChooseRecognition(Input):
    on_boards: bool = False
    shows_level: bool = False
    vip: bool = False
    takes_invitations: bool = False
    staff_contact: bool = False
    impact_mail: bool = False
    only: Literal["", "answers"] = ""
    """ "Just answer" switches everything off, whatever the boxes say."""

    @property
    def chosen(self) -> dict[str, bool]:
        boxes: dict[str, bool] = self.model_dump(exclude={"only"})
        return {name: on and not self.only for name, on in boxes.items()}
