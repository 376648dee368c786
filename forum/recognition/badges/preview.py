"""What administrators see of badges: the list, and what a rule would give with other numbers before it is changed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.models import BadgeAward, Member
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.badges.actions import checked_bounds
from forum.recognition.badges.definitions import Badge, badges
from forum.recognition.badges.evaluation import EvidenceRows, earned, members_who_may, settings_of
from forum.recognition.badges.inputs import ChangeBadge
from forum.recognition.badges.metrics import METRICS
from forum.recognition.badges.rules import Condition, Measure, Rule, conditions, with_bounds
from forum.topics.people import COLUMNS, person
from forum.topics.views import PersonView

EXAMPLES = 10
MONTHS = 24
HEIGHT = 100


@dataclass(frozen=True, slots=True)
class AdminRow:
    url: str
    key: str
    name: str
    tier: str
    family: str
    enabled: bool
    changed: bool
    awards: int
    voided: int


@dataclass(frozen=True, slots=True)
class NumberField:
    name: str
    label: str
    value: str
    usual: str


@dataclass(frozen=True, slots=True)
class Month:
    label: str
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Example:
    person: PersonView
    at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    people: int
    awards: int
    months: list[Month]
    most: int
    examples: list[Example]
    first_label: str
    last_label: str


@dataclass(frozen=True, slots=True)
class AdminBadge:
    row: AdminRow
    text: str
    fields: list[NumberField]
    preview: Preview | None
    given: bool


def admin_list(session: Session, actor: Actor) -> list[AdminRow]:
    require(actor, Permission.badge_manage)
    settings, counts = settings_of(session), _counts(session)
    return [
        _row(badge, settings[key].enabled, settings[key].rule != badge.rule, counts.get(key, (0, 0)))
        for key, badge in badges().items()
    ]


def _counts(session: Session) -> dict[str, tuple[int, int]]:
    voided = func.count(col(BadgeAward.voided_at))
    query = select(col(BadgeAward.badge), func.count() - voided, voided).group_by(col(BadgeAward.badge))
    return {key: (live, void) for key, live, void in session.execute(query)}


def _row(badge: Badge, enabled: bool, changed: bool, counts: tuple[int, int]) -> AdminRow:
    url = f"/admin/badges/{badge.key}"
    return AdminRow(url, badge.key, badge.name, badge.tier.value, badge.family.value, enabled, changed, *counts)


def admin_badge(session: Session, actor: Actor, badge: Badge, data: ChangeBadge) -> AdminBadge:
    """With the numbers in `data` tried out; those that are left out are the ones that hold now."""
    require(actor, Permission.badge_manage)
    setting = settings_of(session)[badge.key]
    rule = setting.rule
    if badge.rule is not None and data.bounds:
        rule = with_bounds(badge.rule, checked_bounds(badge, data))
    row = _row(badge, setting.enabled, setting.rule != badge.rule, _counts(session).get(badge.key, (0, 0)))
    return AdminBadge(
        row=row,
        text=badge.said(rule),
        fields=_fields(badge, rule),
        preview=_preview(session, badge, rule) if rule is not None else None,
        given=rule is None,
    )


def _fields(badge: Badge, rule: Rule | None) -> list[NumberField]:
    if rule is None or badge.rule is None:
        return []
    pairs = zip(conditions(rule), conditions(badge.rule), strict=True)
    return [
        NumberField(f"t{place}", _label(now), f"{now.bound:g}", f"{usual.bound:g}") for place, (now, usual) in enumerate(pairs)
    ]


def _label(one: Condition) -> str:
    words = METRICS[one.metric].label
    shapes = {
        Measure.number: words,
        Measure.total: words,
        Measure.distinct: f"{words}: different ones",
        Measure.each: words,
        Measure.wilson: f"{words}: lower bound of the share",
        Measure.share: f"{words}: share",
        Measure.largest_share: f"{words}: largest share of one person",
    }
    return shapes[one.measure].capitalize()


def _preview(session: Session, badge: Badge, rule: Rule) -> Preview:
    joined = members_who_may(session)
    found = list(earned(EvidenceRows(session, joined), badge, rule, joined))
    newest = sorted(found, key=lambda one: one.evidence.at, reverse=True)
    first_of = {one.member_id: one for one in reversed(newest)}
    chosen = sorted(first_of.values(), key=lambda one: one.evidence.at, reverse=True)[:EXAMPLES]
    people = {
        row.person_id: person(row)
        for row in session.execute(select(*COLUMNS).where(col(Member.id).in_([one.member_id for one in chosen])))
    }
    months = _months([one.evidence.at for one in found])
    return Preview(
        people=len(first_of),
        awards=len(found),
        months=months,
        most=max((month.count for month in months), default=0),
        examples=[Example(people[one.member_id], one.evidence.at) for one in chosen],
        first_label=months[0].label if months else "",
        last_label=months[-1].label if months else "",
    )


def _months(moments: list[datetime]) -> list[Month]:
    """A bar for each month between the first and the last, at most two years."""
    if not moments:
        return []
    counts = Counter(moment.year * 12 + moment.month - 1 for moment in moments)
    last = max(counts)
    span = range(max(min(counts), last - MONTHS + 1), last + 1)
    most = max(counts[month] for month in span)
    heights = {month: round(HEIGHT * counts[month] / most) for month in span}
    return [
        Month(_name(month), counts[month], 10 * place + 1, HEIGHT - heights[month], heights[month])
        for place, month in enumerate(span)
    ]


def _name(month: int) -> str:
    first = datetime(month // 12, month % 12 + 1, 1)
    return f"{first:%B} {first.year}"
