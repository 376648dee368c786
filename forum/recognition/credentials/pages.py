"""Credentials as people read them: one's own list, one credential, one achievement, and the picture that carries it."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import images
from forum.core.settings import settings
from forum.core.templating import day
from forum.models import BadgeAward, Credential, RepSubject, Tier, VipPlace, VipSeason
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.badges.definitions import badges
from forum.recognition.credentials import issuer, signing
from forum.recognition.credentials.achievements import AchievementView, achievement_of, independent
from forum.recognition.credentials.holders import HolderView, holder_of
from forum.recognition.vip.criteria import TIER_NAMES

SHOWN = 100
COLOURS = {"gold": "#c79a2b", "silver": "#8b97a3", "bronze": "#a9714b"}


@dataclass(frozen=True, slots=True)
class Possible:
    source: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class OwnCredential:
    id: str
    name: str
    issued_at: datetime
    revoked: bool
    outlives_account: bool


@dataclass(frozen=True, slots=True)
class OwnPage:
    possible: list[Possible]
    issued: list[OwnCredential]
    holder: HolderView | None


@dataclass(frozen=True, slots=True)
class CredentialPage:
    id: str
    name: str
    achievement: AchievementView
    issued_at: datetime
    revoked_at: datetime | None
    revoked_reason: str
    has_document: bool
    issuer_did: str
    holder_did: str
    """The key that it names, or empty."""
    independent: str
    may_revoke: bool
    is_mine: bool
    outlives_account: bool


def own_page(session: Session, actor: Actor) -> OwnPage:
    require(actor, Permission.account_own)
    rows = list(
        session.scalars(
            select(Credential)
            .where(col(Credential.member_id) == actor.id)
            .order_by(col(Credential.issued_at).desc())
            .limit(SHOWN)
        )
    )
    taken = {row.source for row in rows}
    possible = [one for one in (*_awards(session, actor), *_seasons(session, actor)) if one.source not in taken]
    issued = [OwnCredential(row.id, row.name, row.issued_at, row.revoked_at is not None, row.outlives_account) for row in rows]
    return OwnPage(possible, issued, holder_of(session, actor))


def _awards(session: Session, actor: Actor) -> list[Possible]:
    allowed = [badge.key for badge in badges().values() if badge.credential]
    rows = session.scalars(
        select(BadgeAward)
        .join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
        .where(col(RepSubject.member_id) == actor.id, col(BadgeAward.voided_at).is_(None), col(BadgeAward.badge).in_(allowed))
        .order_by(col(BadgeAward.awarded_at).desc())
        .limit(SHOWN)
    )
    return [Possible(f"award:{row.id}", badges()[row.badge].name, f"earned {day(row.earned_at)}") for row in rows]


def _seasons(session: Session, actor: Actor) -> list[Possible]:
    rows = session.execute(
        select(col(VipSeason.id), col(VipSeason.name), col(VipPlace.tier))
        .join(VipPlace, col(VipPlace.season_id) == col(VipSeason.id))
        .where(col(VipPlace.member_id) == actor.id, col(VipSeason.published_at).is_not(None))
        .order_by(col(VipSeason.starts_on).desc())
    )
    return [Possible(f"season:{row.id}", f"{TIER_NAMES[Tier(row.tier)]} volunteer", f"season {row.name}") for row in rows]


def credential_page(session: Session, actor: Actor, row: Credential) -> CredentialPage:
    return CredentialPage(
        id=row.id,
        name=row.name,
        achievement=achievement_of(session, row.achievement),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revoked_reason=row.revoked_reason,
        has_document=bool(row.document),
        issuer_did=issuer.did(),
        holder_did=signing.holder_in(row.token),
        independent=independent(),
        may_revoke=row.revoked_at is None and may(actor, Permission.credential_revoke, About(owner_id=row.member_id)),
        is_mine=actor.signed_in and row.member_id == actor.id,
        outlives_account=row.outlives_account,
    )


def picture_svg(view: AchievementView, name: str) -> str:
    """A plain medal with words, before the credential goes in."""
    colour = COLOURS.get(view.level, COLOURS["bronze"])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f"<title>{escape(name)}</title>"
        f'<circle cx="200" cy="160" r="120" fill="none" stroke="{colour}" stroke-width="18"/>'
        f'<path d="M140 165l42 42 82-92" fill="none" stroke="{colour}" stroke-width="22" stroke-linecap="round"/>'
        f'<text x="200" y="330" text-anchor="middle" font-family="sans-serif" font-size="24">{escape(name)}</text>'
        f'<text x="200" y="366" text-anchor="middle" font-family="sans-serif" font-size="18">{escape(settings().site_name)}</text>'
        "</svg>"
    )


def picture_png(view: AchievementView, row: Credential) -> bytes:
    return images.text_card(row.name, [view.text], f"{settings().site_name} · {independent()}")
