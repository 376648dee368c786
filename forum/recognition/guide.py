"""The guide to answering: what makes an answer good, and eight questions about it. Reading it is for everybody."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core.errors import Invalid
from forum.core.events import emit
from forum.models import Activity
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.events import GuideFinished
from forum.topics.inputs import Input

Choice = Literal["a", "b", "c"]


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    text: str
    options: tuple[tuple[str, str], ...]
    best: Choice
    why: str
    """Said to whoever chose another one."""


class CheckGuide(Input):
    """One choice for each question; what is missing is asked for again."""

    model: Choice
    unsure: Choice
    steps: Choice
    danger: Choice
    private: Choice
    silent: Choice
    wrong: Choice
    decline: Choice


def _question(name: str, text: str, options: tuple[str, str, str], best: Choice, why: str) -> Question:
    return Question(name, text, tuple(zip("abc", options, strict=True)), best, why)


QUESTIONS = (
    _question(
        "model",
        "Somebody writes “it does not work”. There are two models it could be. What helps most?",
        (
            "Answer for the model you own",
            "Ask which model it is and what they see, in one short comment",
            "Wait until they say more",
        ),
        "b",
        "One friendly question now saves three guesses later, and the next reader learns which model it was about.",
    ),
    _question(
        "unsure",
        "You think you know the cause, and you are not sure. What do you write?",
        ("Nothing, until you are certain", "The answer, as if you were certain", "The answer, and how sure you are"),
        "c",
        "A careful guess is welcome when it says that it is one. Then people know what they are trying.",
    ),
    _question(
        "steps",
        "Which answer would you want on a bad evening?",
        (
            "“Reset the thing, then do the usual set-up.”",
            "Numbered steps, each with what one should see after it",
            "A link to a long manual",
        ),
        "b",
        "Steps with what to expect let somebody notice where it goes differently. A link can stand below them.",
    ),
    _question(
        "danger",
        "A fix needs the case opened while it has current. What now?",
        (
            "Leave it out, and point to the company's service",
            "Describe it, most people are careful",
            "Describe it, with a warning at the end",
        ),
        "a",
        "Nobody should get hurt for a faster answer. Where there is current, heat or gas, the way leads to the company.",
    ),
    _question(
        "private",
        "Somebody posted their serial number and address in the question. What do you do?",
        ("Quote it, so that staff find it", "Ignore it", "Tell them kindly that everybody can read it, or flag it"),
        "c",
        "They can edit it out, or a moderator does. Quoting it would only make one more copy.",
    ),
    _question(
        "silent",
        "You answered three days ago and heard nothing. What fits best?",
        ("Ask once, kindly, how it went", "Post the same again", "Tell them that it is rude not to react"),
        "a",
        "Most people come back once, when they get a mail. We ask them too; one kind line from you is plenty.",
    ),
    _question(
        "wrong",
        "Somebody shows that your answer is wrong for the newest version. What now?",
        (
            "Leave it, it was right once",
            "Edit it and say since when it differs, or take it back",
            "Explain why the question was asked wrongly",
        ),
        "b",
        "People find answers years later. A corrected one goes on helping, and nobody thinks less of you.",
    ),
    _question(
        "decline",
        "You are invited to a question and have no time this week. What happens if you let it pass?",
        ("It costs points", "Staff are told", "Nothing at all"),
        "c",
        "Saying no costs nothing, and nobody counts it. We simply ask somebody else.",
    ),
)


@dataclass(frozen=True, slots=True)
class GuidePage:
    questions: tuple[Question, ...]
    finished: bool
    may_check: bool

    def named(self, errors: dict[str, str]) -> dict[str, str]:
        """For the list above the form: the questions themselves, since why stands below each."""
        texts = {one.name: f"{number}. {one.text}" for number, one in enumerate(self.questions, 1)}
        return {name: texts.get(name, said) for name, said in errors.items()}


def guide_page(session: Session, actor: Actor) -> GuidePage:
    return GuidePage(QUESTIONS, actor.signed_in and has_finished(session, actor.member_id), actor.signed_in)


def has_finished(session: Session, member_id: int) -> bool:
    return bool(finished_by(session, [member_id]))


def finished_by(session: Session, member_ids: list[int]) -> set[int]:
    """Those of some members who know the guide."""
    query = select(col(Activity.actor_id)).where(
        col(Activity.event) == GuideFinished.__name__, col(Activity.actor_id).in_(member_ids)
    )
    return {one for one in session.scalars(query) if one is not None}


def finish(session: Session, actor: Actor, data: CheckGuide) -> None:
    """All eight fit: it is written down once. Otherwise each of the others comes back with why, and can be chosen again."""
    require(actor, Permission.account_own)
    other = {one.name: one.why for one in QUESTIONS if getattr(data, one.name) != one.best}
    if other:
        raise Invalid(other)
    if not has_finished(session, actor.member_id):
        emit(session, GuideFinished(actor.member_id))
