"""An invitation is taken back: nobody has answered it and nobody should, or it was a stranger who did."""

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict
from forum.core.events import emit
from forum.models import CaseState, PrivateCase, Share, SharePurpose
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.inbox.turning import write_down
from forum.social.privately.cases import forget_letters
from forum.social.privately.events import CaseWithdrawn
from forum.social.sharing import actions as sharing


def withdraw_case(session: Session, actor: Actor, case: PrivateCase) -> None:
    """Its page ends at once, whoever has it, and its address with it. Staff keep what was said; the thread can have another."""
    require(actor, Permission.case_answer)
    if case.state == CaseState.withdrawn:
        raise Conflict("This invitation was taken back already.")
    case.state, case.closed_at, case.closed_by_id = CaseState.withdrawn, clock.now(), actor.id
    forget_letters(session, case)
    unsent = select(Share).where(
        col(Share.thread_id) == case.thread_id, col(Share.purpose) == SharePurpose.private, col(Share.state).in_(sharing.OPEN)
    )
    for share in session.scalars(unsent.with_for_update()):
        sharing.drop(session, actor, share)
    write_down(session, case.thread_id, actor.member_id, "Invitation taken back", "")
    emit(session, CaseWithdrawn(actor.member_id, case.id))
