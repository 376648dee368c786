"""Which thresholds apply on a day, and announcing new ones with a fortnight's notice."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Invalid
from forum.core.events import emit
from forum.models import VipRule
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip.criteria import FIRST, VERSION, Rules
from forum.recognition.vip.events import CriteriaAnnounced
from forum.recognition.vip.inputs import AnnounceCriteria

NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Announced:
    """A change that everybody can read before it applies."""

    version: int
    applies_on: date
    note: str
    changes: list[tuple[str, int, int]]
    """Threshold, before, after."""


def rules_on(session: Session, day: date) -> Rules:
    return rules_on_days(session, day)[0]


def rules_on_days(session: Session, *days: date) -> list[Rules]:
    rows = list(session.scalars(select(VipRule).order_by(col(VipRule.version).desc())))
    return [_rules(next((row for row in rows if row.applies_on <= day), None)) for day in days]


def announced(session: Session) -> list[Announced]:
    """Changes that do not apply yet, the next one first."""
    today = clock.now().date()
    rows = list(session.scalars(select(VipRule).order_by(col(VipRule.version))))
    found: list[Announced] = []
    before = Rules(VERSION).thresholds
    for row in rows:
        after = _rules(row).thresholds
        if row.applies_on > today:
            changes = [(name, before[name], after[name]) for name in FIRST if before[name] != after[name]]
            found.append(Announced(row.version, row.applies_on, row.note, changes))
        before = after
    return found


def announce(session: Session, actor: Actor, data: AnnounceCriteria) -> VipRule:
    require(actor, Permission.programme_rules)
    today = clock.now().date()
    if data.applies_on < today + NOTICE:
        earliest = today + NOTICE
        raise Invalid({"applies_on": f"People have at least 14 days to read it. The earliest day is {earliest.isoformat()}."})
    newest = session.execute(select(func.coalesce(func.max(VipRule.version), VERSION))).scalar_one()
    row = VipRule(
        version=newest + 1,
        thresholds=json.dumps(data.thresholds),
        note=data.note,
        applies_on=data.applies_on,
        by_id=actor.member_id,
    )
    session.add(row)
    session.flush()
    emit(session, CriteriaAnnounced(actor_id=actor.member_id, version=row.version, applies_on=row.applies_on))
    return row


def _rules(row: VipRule | None) -> Rules:
    return Rules(VERSION) if row is None else Rules(row.version, {**FIRST, **json.loads(row.thresholds)})
