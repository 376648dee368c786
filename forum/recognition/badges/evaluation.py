"""Who should have which badge: every rule over everybody, or over a few members, from the same rows."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import BadgeSetting, LedgerKind, Member, RepSubject
from forum.recognition.badges.definitions import Badge, Repeat, Scope, badges
from forum.recognition.badges.metrics import METRICS, evidence
from forum.recognition.badges.rules import Evidence, Measure, Rule, conditions, fulfilled, with_bounds
from forum.recognition.badges.sources.lines import flips, lines
from forum.recognition.badges.sources.shape import FRAUD, Ids, Query, Some
from forum.recognition.choices import eligible
from forum.recognition.standing import CANONICAL

Group = tuple[int, str]
"""A member and what one award is about."""
Found = tuple[int, Evidence, bool]
"""For whom, what, and whether it was reversed for fraud."""
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

    def __init__(self, session: Session, joined: Mapping[int, datetime], ids: list[int] | None = None) -> None:
        self.session = session
        self.joined = joined
        self.owners = owners_of(session, ids)
        self.ids = None if ids is None else Some(ids, list(self.owners))
        self.fraud = False
        self._found: dict[str, list[Found]] = {}
        self._read: dict[Callable[[Ids], Query], list[tuple[int, Any, bool]]] = {}
        self._groups: dict[tuple[str, Scope, bool], dict[Group, list[Evidence]]] = {}

    def groups(self, metric: str, scope: Scope) -> dict[Group, list[Evidence]]:
        key = (metric, scope, self.fraud)
        if key not in self._groups:
            found: dict[Group, list[Evidence]] = defaultdict(list)
            about, fraud = self._about(scope), self.fraud
            for member_id, row, dirty in self._rows(metric):
                if not dirty or fraud:
                    found[member_id, about(member_id, row)].append(row)
            for rows in found.values():
                rows.sort(key=_oldest_first)
            self._groups[key] = found
        return self._groups[key]

    def _about(self, scope: Scope) -> Callable[[int, Evidence], str]:
        """What an award of this scope is about, by row; chosen once, since there may be a million."""
        joined = self.joined
        if scope == Scope.site:
            return lambda member_id, row: ""
        if scope == Scope.year:
            return lambda member_id, row: str(row.at.year)
        if scope == Scope.membership:
            return lambda member_id, row: str(membership_year(joined[member_id], row.at))
        if scope in (Scope.post, Scope.article):
            return lambda member_id, row: str(row.post_id)
        return lambda member_id, row: row.scope

    def _rows(self, name: str) -> list[Found]:
        metric = METRICS[name]
        if name not in self._found:
            self._found[name] = [row for kind in metric.kinds for row in self._lines.get(kind, ())]
            shape = metric.shape or evidence
            for build in metric.queries:
                if build not in self._read:
                    self._read[build] = list(self._query(build(self.ids)))
                shaped = ((member, shape(row), dirty) for member, row, dirty in self._read[build])
                self._found[name] += [(member, row, dirty) for member, row, dirty in shaped if row is not None]
        return self._found[name]

    @cached_property
    def _lines(self) -> dict[str, list[Found]]:
        kinds = tuple({kind for metric in METRICS.values() for kind in metric.kinds})
        found: dict[str, list[Found]] = defaultdict(list)
        for member, row, dirty in self._query(lines(kinds, self.ids)):
            found[row[9]].append((member, evidence(row), dirty))
        return found

    def _query(self, query: Query) -> Iterator[tuple[int, Any, bool]]:
        """Rows of those who take part, live or reversed for fraud; as plain rows, since there may be a million."""
        reasons, joined, owners = self._reasons, self.joined, self.owners
        for row in self._rows_of(query):
            member_id = owners.get(row[0]) if isinstance(row[0], str) else row[0]
            if member_id is None or member_id not in joined:
                continue
            why = reasons.get(row[4])
            if why is None or why in FRAUD:
                yield member_id, row, why is not None or bool(row[8])

    @cached_property
    def _reasons(self) -> dict[int | None, str]:
        """Why a ledger line is reversed, for those that are."""
        found: dict[int | None, str] = {}
        for line, kind, reason in self._rows_of(flips(self.ids)):
            if kind == LedgerKind.reversal:
                found[line] = reason
            else:
                found.pop(line, None)
        return found

    def _rows_of(self, query: Query) -> Iterable[tuple[Any, ...]]:
        found: Iterable[Any] = self.session.connection().execute(query, execution_options={"yield_per": 20_000})
        return found


def membership_year(joined: datetime, at: datetime) -> int:
    """1 for the first year after joining."""
    whole = at.year - joined.year - ((at.month, at.day) < (joined.month, joined.day))
    return max(0, whole) + 1


def end_of_membership_year(joined: datetime, year: int) -> datetime:
    try:
        return joined.replace(year=joined.year + year)
    except ValueError:  # 29 February
        return joined.replace(year=joined.year + year, day=28)


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


def owners_of(session: Session, ids: list[int] | None) -> dict[str, int]:
    """Whose each surrogate is, also those that were joined to another one."""
    whole = aliased(RepSubject)
    query = (
        select(col(RepSubject.subject), col(whole.member_id))
        .join(whole, col(whole.subject) == CANONICAL)
        .where(col(whole.member_id).is_not(None))
    )
    if ids is not None:
        own = select(col(RepSubject.subject)).where(col(RepSubject.member_id).in_(ids))
        query = query.where(col(RepSubject.member_id).in_(ids) | col(RepSubject.merged_into).in_(own.correlate(None)))
    return {row.subject: row.member_id for row in session.execute(query)}


def members_who_may(session: Session, ids: list[int] | None = None) -> dict[int, datetime]:
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
        if badge.scope == Scope.membership:
            old_enough = max(old_enough, end_of_membership_year(joined[group[0]], int(group[1])))
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


@contextmanager
def uncollected() -> Iterator[None]:
    """Millions of small rows hold no circles; looking for some takes longer than everything else."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def all_earned(session: Session, ids: list[int] | None = None, only: str = "") -> "Survey":
    """Every badge for everybody (or for some members, or one badge)."""
    return Survey(session, ids, only)


class Survey:
    """One look at who earned what; holds its rows, so a second question about fraud costs little."""

    def __init__(self, session: Session, ids: list[int] | None, only: str) -> None:
        self.joined = members_who_may(session, ids)
        self.rows = EvidenceRows(session, self.joined, ids)
        self.settings = {key: one for key, one in settings_of(session).items() if only in ("", key)}
        self.moment = clock.now()
        with uncollected():
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
