"""Pages about badges: all of them, one with who holds it, and the ones of a member."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, cast, func, literal, select
from sqlmodel import Session, col

from forum.core import paging
from forum.models import BadgeAward, Member, RepSubject, Tag
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.permissions import Permission
from forum.recognition.badges.awards import title
from forum.recognition.badges.definitions import Badge, Family, Scope, Tier, badges
from forum.recognition.badges.evaluation import EvidenceRows, Setting, members_who_may, settings_of
from forum.recognition.badges.metrics import METRICS
from forum.recognition.badges.rules import conditions, value_of
from forum.recognition.choices import wants
from forum.topics.people import COLUMNS, person
from forum.topics.views import PersonView

HOLDERS = 30
RANK = {Tier.gold: 0, Tier.silver: 1, Tier.bronze: 2}


@dataclass(frozen=True, slots=True)
class BadgeRow:
    url: str
    level: str
    """The tier when I have it, else none."""
    tier: str
    icon: str
    name: str
    text: str
    holders: int
    mine: int


@dataclass(frozen=True, slots=True)
class FamilyView:
    name: str
    badges: list[BadgeRow]


@dataclass(frozen=True, slots=True)
class BadgeIndex:
    families: list[FamilyView]
    mine: int
    signed_in: bool
    may_manage: bool


@dataclass(frozen=True, slots=True)
class HolderView:
    person: PersonView
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class BadgePage:
    badge: BadgeRow
    enabled: bool
    waits: str
    lasts: str
    since: Any
    given: bool
    holders: list[HolderView]
    first: bool
    more_url: str | None
    progress: list[str]
    manage_url: str | None


def badge_index(session: Session, actor: Actor) -> BadgeIndex:
    settings = settings_of(session)
    counts = _counts(session)
    mine = _mine(session, actor)
    families: dict[Family, list[BadgeRow]] = defaultdict(list)
    for key, badge in badges().items():
        if settings[key].enabled or mine.get(key):
            families[badge.family].append(_row(badge, settings[key], counts.get(key, 0), mine.get(key, 0)))
    return BadgeIndex(
        [FamilyView(family.value, families[family]) for family in Family if families[family]],
        len(mine),
        actor.signed_in,
        may(actor, Permission.badge_manage),
    )


def _row(badge: Badge, setting: Setting, holders: int, mine: int) -> BadgeRow:
    return BadgeRow(
        url=f"/badges/{badge.key}",
        level=badge.tier.value if mine else "none",
        tier=badge.tier.value.title(),
        icon=badge.icon,
        name=badge.name,
        text=badge.said(setting.rule),
        holders=holders,
        mine=mine,
    )


def _live() -> Any:
    """Awards that stand, of accounts that are there."""
    return (
        select(BadgeAward)
        .join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
        .join(Member, col(Member.id) == col(RepSubject.member_id))
        .where(col(BadgeAward.voided_at).is_(None), col(Member.deleted_at).is_(None))
    )


def _counts(session: Session) -> dict[str, int]:
    query = _live().with_only_columns(col(BadgeAward.badge), func.count(col(BadgeAward.subject).distinct()))
    return {row[0]: row[1] for row in session.execute(query.group_by(col(BadgeAward.badge)))}


def _mine(session: Session, actor: Actor) -> dict[str, int]:
    if not actor.signed_in:
        return {}
    query = _live().with_only_columns(col(BadgeAward.badge), func.count()).where(col(Member.id) == actor.id)
    return {row[0]: row[1] for row in session.execute(query.group_by(col(BadgeAward.badge)))}


def badge_page(session: Session, actor: Actor, badge: Badge, after: str | None) -> BadgePage:
    setting = settings_of(session)[badge.key]
    holders, more = _holders(session, badge, after)
    counts = _counts(session)
    return BadgePage(
        badge=_row(badge, setting, counts.get(badge.key, 0), _mine(session, actor).get(badge.key, 0)),
        enabled=setting.enabled,
        waits=f"It is given {badge.settle} hours later, so that a slip can be undone." if badge.settle else "",
        lasts="Once yours, it stays, unless it rested on votes that were not honest." if badge.rule else "Once yours, it stays.",
        since=badge.since,
        given=badge.rule is None,
        holders=holders,
        first=after is None,
        more_url=f"/badges/{badge.key}?after={more}" if more else None,
        progress=_progress(session, actor, badge, setting) if setting.enabled else [],
        manage_url=f"/admin/badges/{badge.key}" if may(actor, Permission.badge_manage) else None,
    )


def _holders(session: Session, badge: Badge, after: str | None) -> tuple[list[HolderView], str | None]:
    """Newest first; only those who show what they have."""
    key = paging.decode(after, datetime)
    query = (
        _live()
        .with_only_columns(
            *COLUMNS,
            *(col(BadgeAward.id), col(BadgeAward.awarded_at), col(BadgeAward.scope), col(BadgeAward.ordinal)),
            col(BadgeAward.note),
            col(Tag.slug).label("tag"),
        )
        .outerjoin(Tag, literal(badge.scope == Scope.tag) & (col(BadgeAward.scope) == cast(col(Tag.id), String)))
        .where(col(BadgeAward.badge) == badge.key, wants("shows_level"))
    )
    if key is not None:
        at, row_id = key
        query = query.where(
            (col(BadgeAward.awarded_at) < at) | ((col(BadgeAward.awarded_at) == at) & (col(BadgeAward.id) < row_id))
        )
    rows = session.execute(query.order_by(col(BadgeAward.awarded_at).desc(), col(BadgeAward.id).desc()).limit(HOLDERS + 1)).all()
    page = paging.cut(rows, HOLDERS, lambda row: _holder(badge, row), lambda row: (row.awarded_at, row.id), first=key is None)
    return page.items, page.after


def _holder(badge: Badge, row: Row[Any]) -> HolderView:
    tags = {row.scope: row.tag} if row.tag else {}
    said = title(badge, row.scope, row.ordinal, tags).removeprefix(badge.name).strip(" :,")
    return HolderView(person(row), row.awarded_at, row.note or said)


def _progress(session: Session, actor: Actor, badge: Badge, setting: Setting) -> list[str]:
    """Where I stand, only where it was asked for; a badge for one answer or one year starts anew each time."""
    if not actor.signed_in or actor.id is None or setting.rule is None or badge.scope != Scope.site:
        return []
    joined = members_who_may(session, [actor.id])
    if not joined:
        return []
    rows = EvidenceRows(session, joined, [actor.id])
    said = []
    for one in conditions(setting.rule):
        value = value_of(one, lambda metric: rows.groups(metric, badge.scope).get((actor.member_id, ""), []))
        if one.counts:
            label = "different people" if one.measure == "distinct" else METRICS[one.metric].label
            said.append(f"{min(value, one.bound):,.0f} of {one.bound:,.0f} {label}")
        elif value:
            wanted = f"at most {one.bound:.0%}" if one.at_most is not None else f"at least {one.bound:.0%}"
            said.append(f"{value:.0%} now, {wanted} needed")
    return said


@dataclass(frozen=True, slots=True)
class Medal:
    url: str
    level: str
    icon: str
    name: str
    text: str


def medals_of(session: Session, member: Member, *, own: bool) -> list[Medal]:
    """For a profile: best tier first, each badge once with how often; nothing when they prefer not to show it."""
    query = (
        _live()
        .with_only_columns(
            *(col(BadgeAward.badge), func.count().label("times"), func.max(col(BadgeAward.awarded_at)).label("last"))
        )
        .where(col(Member.id) == member.id)
        .group_by(col(BadgeAward.badge))
    )
    if not own:
        query = query.where(wants("shows_level"))
    found = [(badges()[row.badge], row) for row in session.execute(query) if row.badge in badges()]
    found.sort(key=lambda pair: (RANK[pair[0].tier], -pair[1].last.timestamp()))
    return [
        Medal(
            *(f"/badges/{badge.key}", badge.tier.value, badge.icon, badge.name),
            text=f"{badge.tier.value.title()}, {row.times} times" if row.times > 1 else badge.tier.value.title(),
        )
        for badge, row in found
    ]
