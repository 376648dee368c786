"""What reputation opens, and at how many points: three presets by the size of a community (RECOGNITION 5.2).

None of it is dangerous: no ban, no private data, no official mark is ever opened by points.
"""

import json
import math
from enum import StrEnum
from functools import lru_cache


class Privilege(StrEnum):
    vote_helpful = "vote_helpful"
    add_picture = "add_picture"
    vote_not_helpful = "vote_not_helpful"
    suggest_edit = "suggest_edit"
    link_duplicate = "link_duplicate"
    see_split = "see_split"
    confirm_duplicates = "confirm_duplicates"
    endorse = "endorse"
    mentor = "mentor"
    review_queue = "review_queue"
    new_tag = "new_tag"
    edit_others = "edit_others"
    close_vote = "close_vote"
    invite_volunteer = "invite_volunteer"
    propose_synonym = "propose_synonym"
    propose_article = "propose_article"


LABELS: dict[Privilege, str] = {
    Privilege.vote_helpful: "Say that an answer is helpful",
    Privilege.add_picture: "Add pictures and more than two links",
    Privilege.vote_not_helpful: "Say that an answer is not helpful",
    Privilege.suggest_edit: "Suggest an edit to somebody else's post",
    Privilege.link_duplicate: "Link a question to an earlier one",
    Privilege.see_split: "See helpful and not helpful apart",
    Privilege.confirm_duplicates: "Confirm, with one other, that a question was asked before",
    Privilege.endorse: "Say what somebody knows, once a day",
    Privilege.mentor: "Be a mentor for newcomers, once you know the answering guide",
    Privilege.review_queue: "Review what was flagged, and first posts of new members",
    Privilege.new_tag: "Make a new tag",
    Privilege.edit_others: "Edit other people's posts, with every version kept",
    Privilege.close_vote: "Vote to close a question, or to open it again",
    Privilege.invite_volunteer: "Ask a member to help with a question, twice a day",
    Privilege.propose_synonym: "Propose that two tags mean the same",
    Privilege.propose_article: "Propose an article for a solved question",
}
STANDARD: dict[Privilege, int] = {
    Privilege.vote_helpful: 15,
    Privilege.add_picture: 10,
    Privilege.vote_not_helpful: 50,
    Privilege.suggest_edit: 50,
    Privilege.link_duplicate: 100,
    Privilege.see_split: 500,
    Privilege.confirm_duplicates: 500,
    Privilege.endorse: 500,
    Privilege.mentor: 500,
    Privilege.review_queue: 500,
    Privilege.new_tag: 750,
    Privilege.edit_others: 1_000,
    Privilege.close_vote: 1_500,
    Privilege.invite_volunteer: 250,
    Privilege.propose_synonym: 1_500,
    Privilege.propose_article: 250,
}
AFTER_GUIDE = (Privilege.mentor,)
"""Points alone do not open these: the answering guide comes first."""
OPEN_WHILE_YOUNG = (Privilege.vote_helpful, Privilege.add_picture, Privilege.new_tag)
"""Feedback is what a young community lacks most, and its first question needs its screenshot and its tag."""


def _young(privilege: Privilege) -> int:
    return 0 if privilege in OPEN_WHILE_YOUNG else 5 * math.ceil(STANDARD[privilege] * 0.2 / 5)


PRESETS: dict[str, dict[Privilege, int]] = {
    "young": {privilege: _young(privilege) for privilege in Privilege},
    "standard": STANDARD,
    "large": {privilege: 2 * points for privilege, points in STANDARD.items()},
}
DEFAULT_PRESET = "young"
SUSPENDED = "-"
"""Stands before a privilege that was suspended alone, in the list kept with a member."""


@lru_cache(maxsize=32)
def thresholds(chosen: str) -> dict[Privilege, int]:
    """Points for each privilege, from what administrators chose (JSON; empty for the default preset).

    Privileges that came later take their points from the preset that was chosen, if it was one.
    """
    own = json.loads(chosen) if chosen else {}
    fits = (preset for preset in PRESETS.values() if all(own.get(one.value, points) == points for one, points in preset.items()))
    return {privilege: own.get(privilege.value, points) for privilege, points in next(fits, PRESETS[DEFAULT_PRESET]).items()}


def preset_of(points: dict[Privilege, int]) -> str:
    """ "young", "standard", "large", or "" for a community's own numbers."""
    return next((name for name, preset in PRESETS.items() if preset == points), "")


@lru_cache(maxsize=256)
def held(listed: str) -> frozenset[str]:
    """From the comma-separated list kept with a member."""
    return frozenset(filter(None, listed.split(",")))
