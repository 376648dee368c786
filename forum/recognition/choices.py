"""Who takes part in recognition: one condition used by every board, badge, list and invitation."""

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.events import emit
from forum.models import FraudCase, FraudMember, FraudState, Member, RecognitionChoices, Role
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.events import RecognitionChosen
from forum.recognition.inputs import ChooseRecognition

STAFF = [role for role in Role if Actor(role=role).is_staff]


def eligible() -> ColumnElement[bool]:
    """A condition on Member: a volunteer in good standing. Staff, former, suspended members, imported authors
    and those whose votes are under review are not."""
    return (
        col(Member.role).not_in(STAFF)
        & col(Member.deleted_at).is_(None)
        & col(Member.confirmed_at).is_not(None)
        & (col(Member.suspended_until).is_(None) | (col(Member.suspended_until) <= clock.now()))
        & col(Member.id).not_in(under_review())
    )


def under_review() -> Select[tuple[int]]:
    """Members whose votes are being looked at: they wait, and lose nothing by it."""
    query: Select[tuple[int]] = (
        select(FraudMember.member_id)  # type: ignore[call-overload]
        .join(FraudCase, col(FraudCase.id) == col(FraudMember.case_id))
        .where(col(FraudCase.state).in_([FraudState.open, FraudState.voided]))
    )
    return query


def wants(choice: str) -> ColumnElement[bool]:
    """A condition on Member: has not switched this off. `choice` is a column of RecognitionChoices, such as `on_boards`."""
    off = select(col(RecognitionChoices.member_id)).where(getattr(RecognitionChoices, choice).is_(False))
    return col(Member.id).not_in(off)


def choices_of(session: Session, member_id: int) -> RecognitionChoices:
    """What they chose; all on for somebody who chose nothing yet."""
    return session.get(RecognitionChoices, member_id) or RecognitionChoices(member_id=member_id)


def choose(session: Session, actor: Actor, data: ChooseRecognition) -> None:
    require(actor, Permission.account_own)
    insert_ignoring(session, RecognitionChoices, {"member_id": actor.member_id})
    row = session.get_one(RecognitionChoices, actor.member_id)
    for name, value in data.chosen.items():
        setattr(row, name, value)
    emit(session, RecognitionChosen(actor.member_id))
