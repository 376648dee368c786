"""What everybody may read of the programme: tiers with their criteria, coming changes, and a member's own public lines."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, literal, select, union_all
from sqlmodel import Session, col

from forum.core import clock, text
from forum.models import Member, OfferKind, SeatState, Tier, VipInvitation, VipOffer, VipPlace, VipSeason
from forum.recognition.choices import eligible, wants
from forum.recognition.vip.criteria import ORDER, PATHS, TIER_ICONS, TIER_LEVELS, TIER_NAMES, Path, Rules, threshold_label
from forum.recognition.vip.perks import KIND_NAMES
from forum.recognition.vip.rules import announced, rules_on

WORDS = {
    "solutions": ("question solved", "questions solved"),
    "askers": ("person who asked", "different people who asked"),
    "months": ("month in which somebody said that you helped", "months in which somebody said that you helped"),
    "articles": ("resolution written from your answers", "resolutions written from your answers"),
    "reviews": ("agreed review or edit", "agreed reviews and edits"),
    "seasons": ("season as VIP", "seasons as VIP"),
    "nominations": ("nomination by a VIP", "nominations by VIPs"),
}
SHARES = {
    "share": "at least {n} % positive reactions",
    "article_share": "helping at least {n} % of readers",
}
OPENS = {
    Tier.rising: "Early looks, events and briefings, and a fifth of all places kept for you",
    Tier.vip: "The same, drawn earlier, and nominating Fellows",
    Tier.fellow: "First in every draw, and a direct line to product teams",
    Tier.alumni: "For life, with your years, after a season of grace. A letter each quarter, and nothing asked",
}
PERKS = 6


@dataclass(frozen=True, slots=True)
class TierCard:
    name: str
    level: str
    icon: str
    ways: list[str]
    opens: str
    people: int


@dataclass(frozen=True, slots=True)
class ChangeView:
    version: int
    applies_on: str
    note: str
    changes: list[str]


@dataclass(frozen=True, slots=True)
class Published:
    season: str
    tiers: list[TierCard]
    changes: list[ChangeView]


@dataclass(frozen=True, slots=True)
class PublicStanding:
    """On a profile, when its owner shows it."""

    titles: list[str]
    perks: list[str]


def published(session: Session) -> Published:
    rules = rules_on(session, clock.now().date())
    newest = func.max(VipSeason.starts_on).filter(col(VipSeason.published_at).is_not(None))
    rows = session.execute(
        select(col(VipSeason.name), col(VipPlace.tier), func.count())
        .join(VipPlace, col(VipPlace.season_id) == col(VipSeason.id))
        .where(col(VipSeason.starts_on) == select(newest).scalar_subquery(), col(VipSeason.published_at).is_not(None))
        .group_by(col(VipSeason.name), col(VipPlace.tier))
    ).all()
    people = {Tier(row.tier): row[2] for row in rows}
    return Published(
        season=rows[0].name if rows else "",
        tiers=[_card(rules, tier, people.get(tier, 0)) for tier in (*reversed(ORDER), Tier.alumni)],
        changes=[
            ChangeView(
                one.version,
                f"{one.applies_on.day} {one.applies_on:%B %Y}",
                one.note,
                [f"{threshold_label(name)}: from {before} to {after}" for name, before, after in one.changes],
            )
            for one in announced(session)
        ],
    )


def _card(rules: Rules, tier: Tier, people: int) -> TierCard:
    return TierCard(TIER_NAMES[tier], TIER_LEVELS[tier], TIER_ICONS[tier], ways(rules, tier), OPENS[tier], people)


def ways(rules: Rules, tier: Tier) -> list[str]:
    """Each way into a tier, in a sentence."""
    return [_way(rules, path) for path in PATHS if path.tier == tier]


def _way(rules: Rules, path: Path) -> str:
    parts = []
    for metric in path.metrics:
        needed = rules.needed(path.tier, metric)
        if metric in SHARES:
            parts.append(SHARES[metric].format(n=needed))
        elif metric in WORDS:
            parts.append(text.plural(needed, *WORDS[metric]))
    return text.listed(parts)


def public_standing(session: Session, member: Member) -> PublicStanding:
    """Seasons and what was provided, unless the member keeps it to themselves. One statement."""
    begun = cast(col(VipSeason.starts_on), String).label("at")
    titles: Any = (
        select(literal("title").label("what"), col(VipPlace.tier).label("kind"), col(VipSeason.name).label("words"), begun)
        .join(VipSeason, col(VipSeason.id) == col(VipPlace.season_id))
        .join(Member, col(Member.id) == col(VipPlace.member_id))
        .where(col(VipPlace.member_id) == member.id, col(VipSeason.published_at).is_not(None), wants("shows_level"), eligible())
    )
    perks = (
        select(literal("perk"), col(VipOffer.kind), col(VipOffer.provides), cast(col(VipOffer.held_at), String))
        .join(VipInvitation, col(VipInvitation.offer_id) == col(VipOffer.id))
        .where(
            col(VipInvitation.member_id) == member.id,
            col(VipInvitation.state) == SeatState.attended,
            col(VipOffer.embargo_until).is_(None) | col(VipOffer.lifted_at).is_not(None),
        )
    )
    rows = sorted(session.execute(union_all(titles, perks)), key=lambda row: row.at, reverse=True)
    held = [f"{TIER_NAMES[Tier(row.kind)]} {row.words}" for row in rows if row.what == "title"]
    if not held:
        return PublicStanding([], [])
    received = [_received(row.kind, row.words, row.at) for row in rows if row.what == "perk"]
    return PublicStanding(held, received[:PERKS])


def _received(kind: str, provides: str, at: str) -> str:
    return f"{KIND_NAMES[OfferKind(kind)]}, {at[:4]}{': ' + provides if provides else ''}"
