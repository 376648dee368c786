"""Nominations: a sentence about somebody else, and what peers add to it. Nobody nominates themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.core.events import emit
from forum.models import Member, Tier, VipComment, VipNomination
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.choices import choices_of, eligible
from forum.recognition.vip.criteria import TIER_NAMES
from forum.recognition.vip.events import MemberNominated, NominationCommented
from forum.recognition.vip.inputs import Comment, Nominate
from forum.recognition.vip.seasons import FULL, place_of

PAGE = 60


@dataclass(frozen=True, slots=True)
class NominationRow:
    id: int
    name: str
    handle: str
    tier: str
    sentence: str
    by_staff: bool
    by_peer: bool
    by_name: str
    at: datetime
    comments: int
    may_comment: bool


def nominate(session: Session, actor: Actor, data: Nominate) -> None:
    """VIPs and Fellows nominate for Fellow, others in the programme and staff for VIP."""
    require(actor, Permission.nominate)
    staff = may(actor, Permission.programme_run)
    place = place_of(session, actor.id)
    if not staff and place is None:
        raise Forbidden("People in the programme and staff can nominate. Your own page says what the programme asks for.")
    member = _candidate(session, actor, data.handle)
    peer = not staff and place is not None and place.tier in FULL
    values = {
        "member_id": member.id,
        "by_id": actor.member_id,
        "tier": Tier.fellow if peer else Tier.vip,
        "by_staff": staff,
        "by_peer": peer,
        "sentence": data.sentence,
        "at": clock.now(),
    }
    if not insert_ignoring(session, VipNomination, values):
        raise Conflict("You have nominated this member already.")
    query = select(VipNomination).where(
        col(VipNomination.member_id) == member.id,
        col(VipNomination.by_id) == actor.id,
        col(VipNomination.tier) == values["tier"],
    )
    row = session.scalars(query).one()
    emit(
        session,
        MemberNominated(
            actor_id=actor.member_id, nomination_id=row.id, member_id=member.id, tier_name=TIER_NAMES[Tier(row.tier)]
        ),
    )


def _candidate(session: Session, actor: Actor, handle: str) -> Member:
    key = handle.lstrip("@").casefold()
    member = session.scalars(select(Member).where(col(Member.handle_key) == key, eligible())).first()
    if member is None:
        raise Invalid({"handle": "No volunteer with that handle. Staff cannot be nominated."})
    if member.id == actor.id:
        raise Invalid({"handle": "You cannot nominate yourself. Your own page shows what you have reached."})
    if not choices_of(session, member.id).vip:
        raise Invalid({"handle": "This member does not take nominations just now."})
    return member


def comment(session: Session, actor: Actor, nomination_id: int, data: Comment) -> None:
    require(actor, Permission.nominate)
    nomination = session.get(VipNomination, nomination_id)
    if nomination is None or nomination.member_id == actor.id:
        raise NotFound
    if not may(actor, Permission.programme_run) and place_of(session, actor.id) is None:
        raise Forbidden("People in the programme and staff can comment on a nomination.")
    session.add(VipComment(nomination_id=nomination.id, by_id=actor.member_id, text=data.text))
    session.flush()
    emit(session, NominationCommented(actor_id=actor.member_id, nomination_id=nomination.id))


def nomination_list(session: Session, actor: Actor) -> list[NominationRow]:
    """For staff everything of the last year; for people in the programme all but those about themselves."""
    require(actor, Permission.nominate)
    staff = may(actor, Permission.programme_run)
    if not staff and place_of(session, actor.id) is None:
        return []
    by = Member.__table__.alias("by_member")  # type: ignore[attr-defined]
    comments = (
        select(func.count())
        .where(col(VipComment.nomination_id) == col(VipNomination.id))
        .correlate(VipNomination)
        .scalar_subquery()
    )
    rows = session.execute(
        select(VipNomination, col(Member.name), col(Member.handle_key), by.c.name.label("by_name"), comments.label("comments"))
        .join(Member, col(Member.id) == col(VipNomination.member_id))
        .outerjoin(by, by.c.id == col(VipNomination.by_id))
        .where(col(VipNomination.member_id) != actor.id)
        .order_by(col(VipNomination.id).desc())
        .limit(PAGE)
    )
    return [
        NominationRow(
            id=row[0].id,
            name=row.name,
            handle=row.handle_key,
            tier=TIER_NAMES[Tier(row[0].tier)],
            sentence=row[0].sentence,
            by_staff=row[0].by_staff,
            by_peer=row[0].by_peer,
            by_name=row.by_name or "Former member",
            at=row[0].at,
            comments=row.comments,
            may_comment=True,
        )
        for row in rows
    ]
