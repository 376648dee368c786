"""What a credential can be about: badges whose definition allows it, and places in a season."""

from dataclasses import dataclass

from openbadgeslib.ob3.credential import Achievement
from sqlalchemy import select
from sqlmodel import Session, col

from forum.core.errors import NotFound
from forum.core.settings import settings
from forum.models import Tier, VipSeason
from forum.recognition.badges.definitions import badges
from forum.recognition.vip.criteria import TIER_ICONS, TIER_LEVELS, TIER_NAMES, Rules
from forum.recognition.vip.published import ways
from forum.recognition.vip.rules import rules_on

INDEPENDENT = "Independent volunteer: not employed or paid by {company}."


@dataclass(frozen=True, slots=True)
class AchievementView:
    key: str
    name: str
    text: str
    criteria: str
    level: str
    icon: str
    more_url: str


def independent() -> str:
    return INDEPENDENT.format(company=settings().site_name)


def achievement_of(session: Session, key: str) -> AchievementView:
    """By key: `solver-gold`, or `season-3-vip`."""
    badge = badges().get(key)
    if badge is not None and badge.credential:
        return AchievementView(key, badge.name, badge.said(), badge.said(), badge.tier.value, badge.icon, f"/badges/{key}")
    _, _, rest = key.partition("season-")
    number, _, tier = rest.partition("-")
    if not number.isdigit() or tier not in TIER_NAMES:
        raise NotFound
    season = session.scalars(
        select(VipSeason).where(col(VipSeason.id) == int(number[:9]), col(VipSeason.published_at).is_not(None))
    ).first()
    if season is None:
        raise NotFound
    return season_achievement(season, Tier(tier), rules_on(session, season.starts_on))


def season_achievement(season: VipSeason, tier: Tier, rules: Rules) -> AchievementView:
    criteria = "; or ".join(ways(rules, tier)) or "A place in an earlier season."
    return AchievementView(
        key=season_key(season.id, tier),
        name=f"{TIER_NAMES[tier]} volunteer, season {season.name}",
        text=f"A place in the volunteer programme of {settings().site_name} for one season, by published criteria.",
        criteria=f"In the twelve months before the season, in good standing: {criteria}.",
        level=TIER_LEVELS[tier],
        icon=TIER_ICONS[tier],
        more_url="/recognition",
    )


def season_key(season_id: int, tier: Tier) -> str:
    return f"season-{season_id}-{tier.value}"


def as_open_badge(view: AchievementView) -> Achievement:
    """No counts: what it says stays true."""
    return Achievement(
        id=f"{settings().base_url}/achievements/{view.key}",
        name=view.name,
        description=view.text,
        criteria_narrative=f"{view.criteria} {independent()}",
        achievement_type="Badge",
    )
