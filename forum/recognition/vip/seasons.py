"""Deciding a season: prepared from the ledger as a preview, looked at by staff, then published."""

from collections import Counter
from datetime import date

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import Basis, Member, Tier, VipNomination, VipPlace, VipSeason, VipSnapshot
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible, wants
from forum.recognition.vip.criteria import PATHS, Measured, Rules, tier_of
from forum.recognition.vip.events import SeasonPrepared, SeasonPublished
from forum.recognition.vip.measures import YEAR, last_year, measure
from forum.recognition.vip.rules import rules_on

EVALUATED = (11, 1)
"""The first of November."""
STAFF_SHARE = 5
"""Of so many places one may come from a staff nomination: 20 percent."""
FULL = (Tier.vip, Tier.fellow)
"""Tiers that are followed by a season of grace, and then stay as alumni."""
Standing = dict[int, tuple[Tier, Basis]]


def evaluation_day(today: date) -> date:
    """The last first of November, today included."""
    day = date(today.year, *EVALUATED)
    return day if day <= today else date(today.year - 1, *EVALUATED)


def next_evaluation(today: date) -> date:
    day = evaluation_day(today)
    return day.replace(year=day.year + 1)


def name_of(start: date) -> str:
    return f"{start.year}–{(start.year + 1) % 100:02}"


def prepare(session: Session, actor: Actor) -> VipSeason:
    """Count everything and keep it as a preview; a second time counts again. What is published stays as it is."""
    require(actor, Permission.programme_run)
    day = evaluation_day(clock.now().date())
    season = session.scalars(select(VipSeason).where(col(VipSeason.name) == name_of(day)).with_for_update()).first()
    if season is not None and season.published_at is not None:
        raise Conflict(f"The season {season.name} is published. The next one is counted on {next_evaluation(day):%-d %B %Y}.")
    rules = rules_on(session, day)
    if season is None:
        end = day.replace(year=day.year + 1)
        window = last_year(day)
        season = VipSeason(name=name_of(day), starts_on=day, ends_on=end, counted_from=window.first, rule_version=rules.version)
        session.add(season)
        session.flush()
    season.rule_version, season.evaluated_at = rules.version, clock.now()
    places = decide(session, season, rules, measure(session, last_year(day)))
    emit(session, SeasonPrepared(actor_id=actor.member_id, season_id=season.id, places=places))
    return season


def decide(session: Session, season: VipSeason, rules: Rules, found: dict[int, Measured]) -> int:
    """Snapshots and places anew; how many places there are."""
    for table in (VipSnapshot, VipPlace):
        session.execute(delete(table).where(col(table.season_id) == season.id))
    _keep(session, season, rules, found)
    places = _places(session, season, rules, found)
    if places:
        session.execute(insert(VipPlace), places)
    return len(places)


def publish(session: Session, actor: Actor, season: VipSeason) -> None:
    require(actor, Permission.programme_run)
    if season.published_at is not None:
        raise Conflict("This season is published already.")
    season.published_at, season.published_by_id = clock.now(), actor.member_id
    session.flush()
    emit(session, SeasonPublished(actor_id=actor.member_id, season_id=season.id, name=season.name))


def access_season(session: Session, actor: Actor, season_id: int) -> VipSeason:
    require(actor, Permission.programme_run)
    season = session.scalars(select(VipSeason).where(col(VipSeason.id) == season_id).with_for_update()).first()
    if season is None:
        raise NotFound
    return season


def current_season(session: Session) -> VipSeason | None:
    """The published one that has begun last."""
    return session.scalars(
        select(VipSeason).where(col(VipSeason.published_at).is_not(None)).order_by(col(VipSeason.starts_on).desc()).limit(1)
    ).first()


def place_of(session: Session, member_id: int | None) -> VipPlace | None:
    """Somebody's place in the current season, while they want one and are in good standing."""
    season = select(col(VipSeason.id)).where(col(VipSeason.published_at).is_not(None))
    newest = season.order_by(col(VipSeason.starts_on).desc()).limit(1).scalar_subquery()
    return session.scalars(
        select(VipPlace)
        .join(Member, col(Member.id) == col(VipPlace.member_id))
        .where(col(VipPlace.member_id) == member_id, col(VipPlace.season_id) == newest, eligible(), wants("vip"))
    ).first()


def _keep(session: Session, season: VipSeason, rules: Rules, found: dict[int, Measured]) -> None:
    rows = [
        {
            "season_id": season.id,
            "member_id": member_id,
            "tier": path.tier.value,
            "path": path.number,
            "criterion": metric,
            "value": measured.of(metric),
            "needed": rules.needed(path.tier, metric),
            "rule_version": rules.version,
        }
        for member_id, measured in found.items()
        for path in PATHS
        for metric in path.metrics
    ]
    if rows:
        session.execute(insert(VipSnapshot), rows)


def _places(session: Session, season: VipSeason, rules: Rules, found: dict[int, Measured]) -> list[dict[str, object]]:
    """By the criteria first, then grace and alumni from the season before, then staff nominations up to a fifth."""
    standing: Standing = {}
    for member_id, measured in found.items():
        tier = tier_of(rules, measured)
        if tier is not None:
            standing[member_id] = (tier, Basis.criteria)
    _carry_over(session, season, standing)
    reasons = _nominated_by_staff(session, season, standing)
    return [
        {"season_id": season.id, "member_id": member_id, "tier": tier, "basis": basis, "reason": reasons.get(member_id, "")}
        for member_id, (tier, basis) in standing.items()
    ]


def _carry_over(session: Session, season: VipSeason, standing: Standing) -> None:
    before = session.scalars(
        select(VipSeason)
        .where(col(VipSeason.published_at).is_not(None), col(VipSeason.starts_on) < season.starts_on)
        .order_by(col(VipSeason.starts_on).desc())
        .limit(1)
    ).first()
    if before is None:
        return
    rows = session.execute(
        select(col(VipPlace.member_id), col(VipPlace.tier), col(VipPlace.basis))
        .join(Member, col(Member.id) == col(VipPlace.member_id))
        .where(col(VipPlace.season_id) == before.id, eligible(), wants("vip"))
    )
    for member_id, tier, basis in rows:
        now = standing.get(member_id)
        if tier in FULL and basis != Basis.grace and (now is None or now[0] not in (tier, Tier.fellow)):
            standing[member_id] = (Tier(tier), Basis.grace)
        elif now is None and tier in (*FULL, Tier.alumni):
            standing[member_id] = (Tier.alumni, Basis.alumni)


def _nominated_by_staff(session: Session, season: VipSeason, standing: Standing) -> dict[int, str]:
    """The oldest first. At most a fifth of all places, and nobody who has one already."""
    rows = session.execute(
        select(col(VipNomination.member_id), col(VipNomination.tier), col(VipNomination.sentence))
        .join(Member, col(Member.id) == col(VipNomination.member_id))
        .where(col(VipNomination.by_staff).is_(True), col(VipNomination.at) >= clock.now() - YEAR, eligible(), wants("vip"))
        .order_by(col(VipNomination.at), col(VipNomination.id))
    ).all()
    active = Counter(tier != Tier.alumni for tier, _ in standing.values())[True]
    room = active // (STAFF_SHARE - 1)
    reasons: dict[int, str] = {}
    for member_id, tier, sentence in rows:
        if len(reasons) >= room or (member_id in standing and standing[member_id][0] != Tier.alumni):
            continue
        standing[member_id] = (Tier(tier), Basis.nominated)
        reasons[member_id] = sentence
    return reasons
