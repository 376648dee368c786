"""What people decide about badges: administrators change definitions, experts and programmes give some by hand."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import BadgeAward, BadgeSetting, Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.actions import subject_of
from forum.recognition.badges.awards import title
from forum.recognition.badges.definitions import Badge, badges
from forum.recognition.badges.events import BadgeChanged, BadgeEarned
from forum.recognition.badges.inputs import ChangeBadge, GiveStar
from forum.recognition.badges.rules import conditions
from forum.recognition.choices import eligible

PEER_STAR = "peer-star"
NOT_BACK_WITHIN = timedelta(days=365)


def access_badge(key: str) -> Badge:
    if key not in badges():
        raise NotFound
    return badges()[key]


def change_badge(session: Session, actor: Actor, badge: Badge, data: ChangeBadge) -> str:
    """On or off, and with which numbers; everybody is looked at again soon. Returns where it is shown."""
    require(actor, Permission.badge_manage)
    bounds = checked_bounds(badge, data)
    insert_ignoring(session, BadgeSetting, {"badge": badge.key, "enabled": True, "thresholds": {}, "changed_at": clock.now()})
    row = session.get_one(BadgeSetting, badge.key)
    row.enabled, row.thresholds = bool(data.enabled), {str(place): number for place, number in bounds.items()}
    row.changed_at, row.by_id = clock.now(), actor.member_id
    emit(session, BadgeChanged(actor.member_id, badge.key, row.enabled))
    if row.enabled and badge.rule:
        enqueue(session, "recognition.reconcile", dedup_key=f"reconcile:{badge.key}", only=badge.key)
    return f"/admin/badges/{badge.key}"


def checked_bounds(badge: Badge, data: ChangeBadge) -> dict[int, float]:
    """Only numbers that differ from the file; a share stays below one."""
    found = conditions(badge.rule) if badge.rule else []
    changed = {}
    for place, number in data.bounds.items():
        if place >= len(found):
            raise Invalid({f"t{place}": "This badge has no such number."})
        if not found[place].counts and number >= 1:
            raise Invalid({f"t{place}": "A share is a number below 1, such as 0.85."})
        if found[place].counts and number != int(number):
            raise Invalid({f"t{place}": "Write a whole number."})
        if number != found[place].bound:
            changed[place] = number
    return changed


def give_star(session: Session, actor: Actor, member: Member, data: GiveStar) -> None:
    """One a month from each expert, with a sentence; not back and forth within a year."""
    require(actor, Permission.badge_give, About(owner_id=member.id))
    if session.scalar(select(col(Member.id)).where(col(Member.id) == member.id, eligible())) is None:
        raise Conflict("Stars go from volunteer to volunteer. You can thank staff under their answers.")
    blocks.keep_apart(session, actor, member.id)
    giver = subject_of(session, actor.member_id)
    month = clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if session.scalar(_stars().where(col(BadgeAward.given_by_id) == actor.id, col(BadgeAward.awarded_at) >= month)):
        raise Conflict("You have given this month's star. There is another one next month.")
    returned = _stars().where(
        col(BadgeAward.subject) == giver,
        col(BadgeAward.given_by_id) == member.id,
        col(BadgeAward.awarded_at) > clock.now() - NOT_BACK_WITHIN,
    )
    if session.scalar(returned):
        raise Conflict(f"{member.name} gave you a star within the last year, so this one goes to somebody else.")
    give_by_hand(session, member.id, PEER_STAR, by_id=actor.member_id, note=data.note)


def _stars() -> Select[Any]:
    return select(func.count()).select_from(BadgeAward).where(col(BadgeAward.badge) == PEER_STAR)


def give_by_hand(
    session: Session, member_id: int, key: str, *, scope: str = "", by_id: int | None = None, note: str = ""
) -> bool:
    """A badge that no rule computes. With a scope (a season) it is given once; False when they have it."""
    badge, subject, moment = badges()[key], subject_of(session, member_id), clock.now()
    earlier = session.scalar(
        select(func.count())
        .select_from(BadgeAward)
        .where(col(BadgeAward.badge) == key, col(BadgeAward.subject) == subject, col(BadgeAward.scope) == scope)
    )
    if scope and earlier:
        return False
    award = BadgeAward(
        badge=key,
        subject=subject,
        scope=scope,
        ordinal=(earlier or 0) + 1,
        earned_at=moment,
        awarded_at=moment,
        notified_at=moment,
        given_by_id=by_id,
        note=note,
    )
    session.add(award)
    session.flush()
    emit(session, BadgeEarned(member_id, key, badge.tier.value, award.id, title(badge, scope, 1, {})))
    return True
