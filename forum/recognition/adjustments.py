"""Staff correct somebody's points: always with a reason they read, and large corrections by two people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import LedgerKind, Member, PointsProposal, ProposalState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.actions import Cause, credit, subject_of
from forum.recognition.events import PointsAdjusted
from forum.recognition.inputs import AdjustPoints
from forum.recognition.rates import SECOND_PERSON_FROM


@dataclass(frozen=True, slots=True)
class ProposalView:
    id: int
    points: int
    reason: str
    by: str
    at: datetime
    mine: bool
    """Somebody else has to decide."""


def adjust(session: Session, actor: Actor, member: Member, data: AdjustPoints) -> bool:
    """True when it counts at once; False when it waits for a second person."""
    require(actor, Permission.points_adjust)
    if actor.id == member.id:
        raise Conflict("Somebody else has to correct your own points.")
    proposal = PointsProposal(member_id=member.id, points=data.points, reason=data.reason, by_id=actor.member_id)
    session.add(proposal)
    session.flush()
    if abs(data.points) > SECOND_PERSON_FROM:
        return False
    _enter(session, proposal, approved_by=None)
    return True


def approve(session: Session, actor: Actor, proposal_id: int) -> PointsProposal:
    require(actor, Permission.points_adjust)
    proposal = _open(session, proposal_id)
    if actor.id in (proposal.by_id, proposal.member_id):
        raise Conflict("A second person has to look at it. Ask somebody else of the staff.")
    _enter(session, proposal, approved_by=actor.member_id)
    return proposal


def drop(session: Session, actor: Actor, proposal_id: int) -> PointsProposal:
    require(actor, Permission.points_adjust)
    proposal = _open(session, proposal_id)
    proposal.state, proposal.decided_by_id, proposal.decided_at = ProposalState.dropped, actor.id, clock.now()
    return proposal


def proposals(session: Session, actor: Actor, member_id: int) -> list[ProposalView]:
    """What waits for a second person."""
    require(actor, Permission.points_adjust)
    author = aliased(Member)
    rows = session.execute(
        select(PointsProposal, col(author.name))
        .outerjoin(author, col(author.id) == col(PointsProposal.by_id))
        .where(col(PointsProposal.member_id) == member_id, col(PointsProposal.state) == ProposalState.open)
        .order_by(col(PointsProposal.id))
    ).all()
    return [ProposalView(row.id, row.points, row.reason, name or "Somebody", row.at, row.by_id == actor.id) for row, name in rows]


def _open(session: Session, proposal_id: int) -> PointsProposal:
    proposal = session.get(PointsProposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise NotFound
    if proposal.state != ProposalState.open:
        raise Conflict("That was decided already. Reload the page to see how it stands.")
    return proposal


def _enter(session: Session, proposal: PointsProposal, *, approved_by: int | None) -> None:
    proposal.state, proposal.decided_by_id, proposal.decided_at = ProposalState.approved, approved_by, clock.now()
    credit(
        session,
        subject_of(session, proposal.member_id),
        LedgerKind.staff_adjust,
        Cause("proposal", proposal.id),
        points=proposal.points,
        reason=proposal.reason,
        issued_by=proposal.by_id,
        approved_by=approved_by,
    )
    emit(session, PointsAdjusted(proposal.by_id or 0, proposal.member_id, proposal.points, proposal.reason))
