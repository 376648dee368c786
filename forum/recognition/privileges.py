"""What reputation has opened for each member: opened at a threshold, lost below 0.9 of it after two weeks.

Kept as one short list with the member, so that a request reads it with the session.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import Member, PrivilegeHold, SiteChoice
from forum.models.recognition import PRIVILEGES
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.policy.privileges import AFTER_GUIDE, LABELS, PRESETS, SUSPENDED, Privilege, held, preset_of, thresholds
from forum.recognition.events import GuideFinished, PrivilegesChanged, PrivilegesUnlocked, PrivilegeSuspended
from forum.recognition.guide import finished_by
from forum.recognition.inputs import ChoosePrivileges, SuspendPrivilege

KEEPS_ABOVE = 0.9
GRACE = timedelta(days=14)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """One member's privileges as they are to be kept."""

    held: frozenset[Privilege]
    suspended: frozenset[Privilege]
    below_since: dict[Privilege, datetime] = field(default_factory=dict)
    """Those that are being lost, and since when."""

    @property
    def listed(self) -> str:
        return ",".join([*sorted(self.held), *(f"{SUSPENDED}{privilege}" for privilege in sorted(self.suspended))])


def standing(
    reputation: int,
    points: dict[Privilege, int],
    before: frozenset[str],
    below: dict[Privilege, datetime],
    suspended: set[Privilege],
    moment: datetime,
) -> Standing:
    """The rule itself. `below` says since when a held privilege has been under 0.9 of its threshold."""
    keeps: set[Privilege] = set()
    leaving: dict[Privilege, datetime] = {}
    for privilege, needed in points.items():
        had = privilege in before or privilege in suspended or privilege in below
        if reputation >= needed or (had and reputation >= KEEPS_ABOVE * needed):
            keeps.add(privilege)
        elif had and moment - below.get(privilege, moment) < GRACE:
            keeps.add(privilege)
            leaving[privilege] = below.get(privilege, moment)
    return Standing(frozenset(keeps - suspended), frozenset(suspended), leaving)


def chosen(session: Session) -> str:
    """What administrators chose, as JSON; empty while the default preset stands."""
    row = session.get(SiteChoice, PRIVILEGES)
    return row.value if row else ""


def refresh(session: Session, member_ids: list[int]) -> None:
    """Make the kept lists follow reputation; those who gained something are told once."""
    session.flush()
    moment = clock.now()
    points = thresholds(chosen(session))
    unguided = {privilege: needed for privilege, needed in points.items() if privilege not in AFTER_GUIDE}
    holds: dict[int, list[PrivilegeHold]] = {member_id: [] for member_id in member_ids}
    for hold in session.scalars(select(PrivilegeHold).where(col(PrivilegeHold.member_id).in_(member_ids))):
        holds[hold.member_id].append(hold)
    learned = finished_by(session, member_ids)
    people = select(Member).where(col(Member.id).in_(member_ids)).execution_options(populate_existing=True)
    for member in session.scalars(people):
        open_to = points if member.id in learned else unguided
        _refresh_one(session, member, open_to, holds[member.id], moment)


def follow_guide(session: Session, event: GuideFinished) -> None:
    refresh(session, [event.actor_id])


def _refresh_one(
    session: Session, member: Member, points: dict[Privilege, int], holds: list[PrivilegeHold], moment: datetime
) -> None:
    before = held(member.privileges)
    now = standing(
        member.reputation,
        points,
        before,
        {Privilege(hold.privilege): hold.below_since for hold in holds if hold.below_since},
        {Privilege(hold.privilege) for hold in holds if hold.suspended_until and hold.suspended_until > moment},
        moment,
    )
    if now.listed != member.privileges:
        member.privileges = now.listed
    _keep_holds(session, member.id, holds, now, moment)
    gained = [privilege for privilege in now.held - before if points[privilege] > 0 and f"{SUSPENDED}{privilege}" not in before]
    if gained:
        emit(session, PrivilegesUnlocked(member.id, tuple(sorted(gained)), member.reputation))


def _keep_holds(session: Session, member_id: int, holds: list[PrivilegeHold], now: Standing, moment: datetime) -> None:
    present = {hold.privilege: hold for hold in holds}
    for privilege, since in now.below_since.items():
        if privilege not in present:
            insert_ignoring(
                session, PrivilegeHold, {"member_id": member_id, "privilege": privilege, "below_since": since, "reason": ""}
            )
        else:
            present[privilege].below_since = since
    for hold in holds:
        if Privilege(hold.privilege) not in now.below_since:
            hold.below_since = None
        if hold.below_since is None and (hold.suspended_until is None or hold.suspended_until <= moment):
            session.delete(hold)


def choose(session: Session, actor: Actor, data: ChoosePrivileges) -> None:
    """A preset, or numbers of one's own. Everybody's list follows as a job."""
    require(actor, Permission.recognition_manage)
    points = PRESETS[data.preset] if data.preset else {**thresholds(chosen(session)), **data.points}
    value = json.dumps({privilege.value: number for privilege, number in points.items()})
    insert_ignoring(session, SiteChoice, {"name": PRIVILEGES, "value": "", "changed_at": clock.now()})
    row = session.get_one(SiteChoice, PRIVILEGES)
    row.value, row.changed_at, row.by_id = value, clock.now(), actor.member_id
    enqueue(session, "recognition.privileges", dedup_key=f"privileges:{clock.now().isoformat()}")
    emit(session, PrivilegesChanged(actor.member_id, data.preset))


def suspend(session: Session, actor: Actor, member: Member, data: SuspendPrivilege) -> None:
    """One privilege alone, with an end and a reason the member reads."""
    require(actor, Permission.member_manage)
    until = clock.now() + timedelta(days=data.days)
    insert_ignoring(session, PrivilegeHold, {"member_id": member.id, "privilege": data.privilege, "reason": ""})
    hold = session.get_one(PrivilegeHold, (member.id, data.privilege.value))
    hold.suspended_until, hold.reason, hold.by_id = until, data.reason, actor.member_id
    refresh(session, [member.id])
    emit(session, PrivilegeSuspended(actor.member_id, member.id, data.privilege, until, data.reason))


def may_pause(actor: Actor) -> bool:
    return may(actor, Permission.member_manage)


def reinstate(session: Session, actor: Actor, member: Member, privilege: Privilege) -> None:
    require(actor, Permission.member_manage)
    session.execute(
        delete(PrivilegeHold).where(col(PrivilegeHold.member_id) == member.id, col(PrivilegeHold.privilege) == privilege.value)
    )
    session.expire_all()
    refresh(session, [member.id])


def refresh_all() -> None:
    """After thresholds changed, and for graces and suspensions that ended. Running twice changes nothing."""
    last = 0
    while True:
        with transaction() as session:
            ids = list(session.scalars(select(col(Member.id)).where(col(Member.id) > last).order_by(col(Member.id)).limit(BATCH)))
            if ids:
                refresh(session, ids)
        if not ids:
            return
        last = ids[-1]


@dataclass(frozen=True, slots=True)
class PrivilegeRow:
    """One line of a list of privileges, for a page."""

    key: str
    label: str
    points: int
    held: bool = False
    missing: int = 0
    suspended_until: datetime | None = None
    reason: str = ""
    leaves_at: datetime | None = None
    """It is below its threshold and goes then, unless points come."""


def privilege_rows(session: Session, member: Member | None) -> list[PrivilegeRow]:
    """Every privilege with its threshold, easiest first; with a member, how they stand."""
    points = thresholds(chosen(session))
    ordered = sorted(points.items(), key=lambda item: (item[1], item[0]))
    if member is None:
        return [PrivilegeRow(privilege.value, LABELS[privilege], needed) for privilege, needed in ordered]
    query = select(PrivilegeHold).where(col(PrivilegeHold.member_id) == member.id)
    holds = {hold.privilege: hold for hold in session.scalars(query)}
    return [_row(member, privilege, needed, holds.get(privilege.value)) for privilege, needed in ordered]


def opens(session: Session, actor: Actor) -> list[PrivilegeRow]:
    """For the page that says what opens when; a member sees their own standing in it."""
    return privilege_rows(session, session.get(Member, actor.id) if actor.signed_in else None)


@dataclass(frozen=True, slots=True)
class PrivilegesPage:
    """The administrators' form: which preset stands, and every number."""

    preset: str
    presets: list[tuple[str, str]]
    rows: list[PrivilegeRow]


PRESET_WORDS = {
    "young": "A young community: votes, pictures and tags are open, the rest needs a fifth",
    "standard": "Standard",
    "large": "A large community: everything needs twice as much",
}


def privileges_page(session: Session, actor: Actor) -> PrivilegesPage:
    require(actor, Permission.recognition_manage)
    return PrivilegesPage(preset_of(thresholds(chosen(session))), list(PRESET_WORDS.items()), privilege_rows(session, None))


def _row(member: Member, privilege: Privilege, needed: int, hold: PrivilegeHold | None) -> PrivilegeRow:
    own = held(member.privileges)
    until = hold.suspended_until if hold and hold.suspended_until and hold.suspended_until > clock.now() else None
    return PrivilegeRow(
        privilege.value,
        LABELS[privilege],
        needed,
        held=until is None and (privilege in own or needed <= 0),
        missing=max(0, needed - member.reputation),
        suspended_until=until,
        reason=hold.reason if hold and until else "",
        leaves_at=hold.below_since + GRACE if hold and hold.below_since else None,
    )
