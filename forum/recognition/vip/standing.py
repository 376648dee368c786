"""`/me/vip`: every criterion with its value, what is needed and where it comes from; what would still be needed, and when."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.templating import day
from forum.models import Basis, Tier, VipAppeal, VipComment, VipNomination, VipPlace, VipSeason, VipSnapshot
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.choices import choices_of
from forum.recognition.vip.criteria import METRICS, ORDER, PATHS, TIER_NAMES, Measured, Path, Rules, meets, tier_of
from forum.recognition.vip.measures import STANDING, Window, last_year, measure
from forum.recognition.vip.rules import rules_on_days
from forum.recognition.vip.seasons import current_season, next_evaluation

APPEAL_DAYS = 30
BASIS_WORDS = {
    Basis.criteria: "You met the published criteria.",
    Basis.grace: "A season of grace: you keep your place without meeting the criteria. After it you are alumni for life.",
    Basis.nominated: "Staff nominated you, and this is why:",
    Basis.appeal: "Given after your appeal:",
    Basis.alumni: "Alumni for life. The title keeps its years and asks nothing of you.",
}


@dataclass(frozen=True, slots=True)
class CriterionView:
    label: str
    why: str
    value: str
    needed: str
    met: bool
    percent: int
    evidence_url: str
    missing: str


@dataclass(frozen=True, slots=True)
class PathView:
    words: str
    met: bool
    criteria: list[CriterionView]


@dataclass(frozen=True, slots=True)
class TierView:
    key: str
    name: str
    met: bool
    paths: list[PathView]


@dataclass(frozen=True, slots=True)
class AppealView:
    text: str
    answer: str
    answered: bool


@dataclass(frozen=True, slots=True)
class NominationView:
    tier: str
    sentence: str
    by_staff: bool
    comments: list[str]


@dataclass(frozen=True, slots=True)
class StandingPage:
    takes_part: bool
    season_name: str
    tier_name: str
    basis: str
    reason: str
    ends: date | None
    tiers: list[TierView]
    outlook: str
    next_day: date
    rule_version: int
    seasons: list[tuple[str, str]]
    appeal: AppealView | None
    appeal_until: date | None
    nominations: list[NominationView]
    kept: list[tuple[str, str, list[CriterionView]]]
    """What was counted when the season was decided, by tier and path."""


def standing_page(session: Session, actor: Actor, *, with_comments: bool = False) -> StandingPage:
    require(actor, Permission.account_own)
    today = clock.now().date()
    member_id = actor.member_id
    season = current_season(session)
    places = _places(session, member_id)
    place = next((place for place, one in places if season is not None and one.id == season.id), None)
    coming = next_evaluation(today)
    rules, rules_then = rules_on_days(session, today, coming)
    window = Window(today.replace(day=min(today.day, 28), year=today.year - 1), today + timedelta(days=1), clock.now())
    measured = measure(session, window, member_id)[member_id]
    then = measure(session, last_year(coming), member_id)[member_id]
    return StandingPage(
        takes_part=choices_of(session, member_id).vip,
        season_name=season.name if season else "",
        tier_name=TIER_NAMES[Tier(place.tier)] if place else "",
        basis=BASIS_WORDS[Basis(place.basis)] if place else "",
        reason=place.reason if place else "",
        ends=season.ends_on if season and place else None,
        tiers=_tiers(rules, measured, actor.handle),
        outlook=outlook(rules_then, measured, then, coming),
        next_day=coming,
        rule_version=rules.version,
        seasons=[(one.name, TIER_NAMES[Tier(place.tier)]) for place, one in places],
        appeal=_appeal(session, season, member_id),
        appeal_until=_appeal_until(season, today),
        nominations=_nominations(session, member_id, with_comments),
        kept=_kept(session, season, actor),
    )


def outlook(rules: Rules, now: Measured, then: Measured, coming: date) -> str:
    """What happens at the next evaluation if nothing changes. `then` counts the months that will count then."""
    today, later = tier_of(rules, now), tier_of(rules, then)
    when = day(coming)
    if later is not None:
        return f"If nothing changes you qualify as {TIER_NAMES[later]} on {when}."
    if tier_of(rules, _in_standing(then)) is not None:
        free = max(coming, clock.now().date() + STANDING)
        return f"Everything but good standing is met. With nothing new you qualify from {day(free)}."
    if today is not None:
        return f"You meet {TIER_NAMES[today]} today. By {when} some of it will lie more than twelve months back; the table shows how much."
    return f"The next evaluation is on {when}. It looks at the twelve months before it; below is what they hold so far."


def _in_standing(measured: Measured) -> Measured:
    values = {name: measured.of(name) for name in METRICS}
    return Measured(**{**values, "standing": 1})


def _tiers(rules: Rules, measured: Measured, handle: str) -> list[TierView]:
    found = []
    for tier in reversed(ORDER):
        paths = [
            PathView(path.words, meets(rules, path, measured), _criteria(rules, path, measured, handle))
            for path in PATHS
            if path.tier == tier
        ]
        found.append(TierView(tier.value, TIER_NAMES[tier], any(path.met for path in paths), paths))
    return found


def _criteria(rules: Rules, path: Path, measured: Measured, handle: str) -> list[CriterionView]:
    return [criterion(name, measured.of(name), rules.needed(path.tier, name), handle) for name in path.metrics]


def criterion(name: str, value: int, needed: int, handle: str) -> CriterionView:
    metric = METRICS[name]
    yes_or_no = name == "standing"
    evidence = f"/members/{handle}/reputation?kind={metric.evidence}" if metric.evidence else ""
    return CriterionView(
        label=metric.label,
        why=metric.why,
        value=("yes" if value else "no") if yes_or_no else f"{value}{metric.unit}",
        needed="yes" if yes_or_no else f"{needed}{metric.unit}",
        met=value >= needed,
        percent=min(100, round(100 * value / needed)) if needed else 100,
        evidence_url=evidence,
        missing="" if value >= needed else _missing(yes_or_no, value, needed, metric.unit),
    )


def _missing(yes_or_no: bool, value: int, needed: int, unit: str) -> str:
    if yes_or_no:
        return "not yet"
    return f"{needed - value} points of the share to go" if unit else f"{needed - value} to go"


def _places(session: Session, member_id: int) -> list[tuple[VipPlace, VipSeason]]:
    rows = session.execute(
        select(VipPlace, VipSeason)
        .join(VipSeason, col(VipSeason.id) == col(VipPlace.season_id))
        .where(col(VipPlace.member_id) == member_id, col(VipSeason.published_at).is_not(None))
        .order_by(col(VipSeason.starts_on).desc())
    )
    return [(row[0], row[1]) for row in rows]


def _appeal_until(season: VipSeason | None, today: date) -> date | None:
    if season is None or season.published_at is None:
        return None
    until = season.published_at.date() + timedelta(days=APPEAL_DAYS)
    return until if today <= until else None


def _appeal(session: Session, season: VipSeason | None, member_id: int) -> AppealView | None:
    if season is None:
        return None
    row = session.scalars(
        select(VipAppeal).where(col(VipAppeal.season_id) == season.id, col(VipAppeal.member_id) == member_id)
    ).first()
    return None if row is None else AppealView(row.text, row.answer, row.answered_at is not None)


def _nominations(session: Session, member_id: int, with_comments: bool) -> list[NominationView]:
    """Comments only when the person asks for them."""
    rows = list(
        session.scalars(select(VipNomination).where(col(VipNomination.member_id) == member_id).order_by(col(VipNomination.id)))
    )
    comments: dict[int, list[str]] = {row.id: [] for row in rows}
    if with_comments and rows:
        query = select(VipComment).where(col(VipComment.nomination_id).in_(comments)).order_by(col(VipComment.id))
        for comment in session.scalars(query):
            comments[comment.nomination_id].append(comment.text)
    return [NominationView(TIER_NAMES[Tier(row.tier)], row.sentence, row.by_staff, comments[row.id]) for row in rows]


def _kept(session: Session, season: VipSeason | None, actor: Actor) -> list[tuple[str, str, list[CriterionView]]]:
    if season is None:
        return []
    rows = session.scalars(
        select(VipSnapshot).where(col(VipSnapshot.season_id) == season.id, col(VipSnapshot.member_id) == actor.id)
    )
    by_path: dict[tuple[str, int], dict[str, CriterionView]] = {}
    for row in rows:
        views = by_path.setdefault((row.tier, row.path), {})
        views[row.criterion] = criterion(row.criterion, row.value, row.needed, actor.handle)
    return [
        (TIER_NAMES[path.tier], path.words, [by_path[key][name] for name in path.metrics if name in by_path[key]])
        for path in PATHS
        if (key := (path.tier.value, path.number)) in by_path
    ]
