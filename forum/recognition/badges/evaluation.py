"""Who should have which badge: every rule over everybody, or over a few members, from the same rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.models import BadgeSetting, Member
from forum.recognition.badges.definitions import Badge, Repeat, Scope, badges
from forum.recognition.badges.metrics import METRICS, evidence
from forum.recognition.badges.rules import Evidence, Measure, Rule, conditions, fulfilled, with_bounds
from forum.recognition.badges.sources import FRAUD, Ids
from forum.recognition.choices import eligible

Group = tuple[int, str]
"""A member and what one award is about."""
_oldest_first = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Earned:
    """An award that somebody should have."""

    badge: str
    member_id: int
    scope: str
    ordinal: int
    evidence: Evidence
    ready_at: datetime
    """When it has settled and the account is old enough."""


class EvidenceRows:
    """What counts, by metric, read at most once each. `fraud` adds lines that were reversed for fraud."""

    def __init__(self, session: Session, ids: Ids = None) -> None:
        self.session = session
        self.ids = ids
        self.fraud = False
        self._kept: dict[str, list[tuple[int, Evidence, bool]]] = {}
        self._groups: dict[tuple[str, Scope, bool], dict[Group, list[Evidence]]] = {}

    def groups(self, metric: str, scope: Scope) -> dict[Group, list[Evidence]]:
        key = (metric, scope, self.fraud)
        if key not in self._groups:
            found: dict[Group, list[Evidence]] = defaultdict(list)
            for member_id, row, dirty in self._rows(metric):
                if not dirty or self.fraud:
                    found[member_id, _scope_of(row, scope)].append(row)
            for rows in found.values():
                rows.sort(key=_oldest_first)
            self._groups[key] = found
        return self._groups[key]

    def _rows(self, name: str) -> list[tuple[int, Evidence, bool]]:
        if name not in self._kept:
            metric, kept = METRICS[name], []
            for build in metric.queries:
                for row in self.session.execute(build(self.ids)).yield_per(20_000):
                    state = row[8]
                    if state and state not in FRAUD:
                        continue
                    shaped = metric.shape(row) if metric.shape else evidence(row)
                    if shaped is not None:
                        kept.append((row[0], shaped, bool(state)))
            self._kept[name] = kept
        return self._kept[name]


def _scope_of(row: Evidence, scope: Scope) -> str:
    if scope == Scope.site:
        return ""
    if scope == Scope.year:
        return str(row.at.year)
    return str(row.post_id) if scope in (Scope.post, Scope.article) else row.scope


@dataclass(frozen=True, slots=True)
class Setting:
    enabled: bool
    rule: Rule | None


def settings_of(session: Session) -> dict[str, Setting]:
    """Every badge with what administrators changed."""
    changed = {row.badge: row for row in session.scalars(select(BadgeSetting))}
    found = {}
    for key, badge in badges().items():
        row = changed.get(key)
        bounds = {int(place): float(value) for place, value in row.thresholds.items()} if row else {}
        rule = with_bounds(badge.rule, bounds) if badge.rule and bounds else badge.rule
        found[key] = Setting(row is None or row.enabled, rule)
    return found


def members_who_may(session: Session, ids: Ids = None) -> dict[int, datetime]:
    """When each volunteer in good standing joined."""
    query = select(col(Member.id), col(Member.joined_at)).where(eligible())
    if ids is not None:
        query = query.where(col(Member.id).in_(ids))
    return {row.id: row.joined_at for row in session.execute(query)}


def earned(rows: EvidenceRows, badge: Badge, rule: Rule, joined: Mapping[int, datetime]) -> Iterable[Earned]:
    """What the evidence gives, settled or not."""
    found = {one.metric: rows.groups(one.metric, badge.scope) for one in conditions(rule)}
    found |= {one.against: rows.groups(one.against, badge.scope) for one in conditions(rule) if one.against}
    for group in _candidates(rule, found):
        if group[0] not in joined:
            continue
        old_enough = joined[group[0]] + timedelta(days=badge.min_account_age)
        for ordinal, proof in enumerate(_proofs(badge, rule, found, group), 1):
            yield Earned(badge.key, *group, ordinal, proof, max(proof.at + badge.waits, old_enough))


def _candidates(rule: Rule, found: dict[str, dict[Group, list[Evidence]]]) -> Iterable[Group]:
    """Nobody else can fulfil it: all needs rows of every counted metric, so the shortest list will do."""
    counted = [one for one in conditions(rule) if one.counts]
    if rule.any or any(isinstance(part, Rule) for part in rule.all):
        return set().union(*(found[one.metric] for one in counted))
    least = min((found[one.metric] for one in counted), key=len)
    most = max((one for one in counted if found[one.metric] is least), key=lambda one: one.bound)
    if most.measure == Measure.total:
        return least
    return [group for group, rows in least.items() if len(rows) >= most.bound]


def _proofs(badge: Badge, rule: Rule, found: dict[str, dict[Group, list[Evidence]]], group: Group) -> Iterable[Evidence]:
    """One piece of evidence for each time it was earned."""
    if badge.repeat == Repeat.per_n and badge.counted is not None:
        step = int(conditions(rule)[0].bound)
        rows = found[badge.counted.metric][group]
        return rows[step - 1 :: step]
    proof = fulfilled(rule, lambda metric: found[metric].get(group, []))
    return [proof] if proof is not None else []


def all_earned(session: Session, ids: Ids = None, only: str = "") -> "Survey":
    """Every badge for everybody (or for some members, or one badge)."""
    return Survey(session, ids, only)


class Survey:
    """One look at who earned what; holds its rows, so a second question about fraud costs little."""

    def __init__(self, session: Session, ids: Ids, only: str) -> None:
        self.rows = EvidenceRows(session, ids)
        self.joined = members_who_may(session, ids)
        self.settings = {key: one for key, one in settings_of(session).items() if only in ("", key)}
        self.moment = clock.now()
        self.found = self._look()

    def _look(self) -> dict[tuple[str, int, str, int], Earned]:
        return {
            (one.badge, one.member_id, one.scope, one.ordinal): one
            for key, setting in self.settings.items()
            if setting.enabled and setting.rule is not None
            for one in earned(self.rows, badges()[key], setting.rule, self.joined)
        }

    @property
    def due(self) -> dict[tuple[str, int, str, int], Earned]:
        return {key: one for key, one in self.found.items() if one.ready_at <= self.moment}

    @property
    def waiting(self) -> list[Earned]:
        """Fulfilled, not yet settled."""
        return [one for one in self.found.values() if one.ready_at > self.moment]

    def with_fraud(self) -> set[tuple[str, int, str, int]]:
        """What would be earned if lines reversed for fraud still counted."""
        self.rows.fraud = True
        try:
            return set(self._look())
        finally:
            self.rows.fraud = False
