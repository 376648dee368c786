"""Issuing what a holder asks for, and revoking. Nothing is issued without being asked for."""

import secrets
from collections.abc import Iterable

from openbadgeslib.ob3.credential import IdentityObject
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.core.ids import public_id
from forum.jobs.queue import enqueue
from forum.models import Credential, Member, RepSubject, Tier, VipPlace, VipSeason
from forum.models.badges import BadgeAward
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.badges.definitions import badges
from forum.recognition.badges.events import BadgeVoided
from forum.recognition.credentials import signing
from forum.recognition.credentials.achievements import AchievementView, achievement_of, season_key
from forum.recognition.credentials.events import CredentialIssued, CredentialRevoked
from forum.recognition.credentials.holders import proved_did
from forum.recognition.credentials.inputs import AskForCredential, KeepCredential, RevokeCredential

PER_LIST = 50_000
HOLDERS_WISH = "at the holder's wish"
VOIDED = "what it stood on was found to be untrue"
ERASED = "the holder left"


def ask(session: Session, actor: Actor, data: AskForCredential) -> Credential:
    require(actor, Permission.credential_ask)
    member = session.get_one(Member, actor.member_id)
    view, evidence, words = _earned(session, actor, data.source)
    row = Credential(
        id=public_id(),
        member_id=actor.member_id,
        achievement=view.key,
        source=data.source,
        name=f"{view.name}{words}",
        issued_at=clock.now().replace(microsecond=0),
        list_number=0,
        list_index=0,
    )
    if not _place(session, row):
        raise Conflict("You have this credential already. It is in the list below.")
    kept = session.get_one(Credential, row.id)
    who = proved_did(session, actor) or IdentityObject.create(member.email or "", secrets.token_hex(16))
    kept.token = signing.sign(signing.open_badge(kept, view, who, evidence))
    session.flush()
    enqueue(session, "credentials.add_proof", credential_id=kept.id)
    emit(session, CredentialIssued(actor_id=actor.member_id, credential_id=kept.id, achievement=view.key))
    return kept


def _place(session: Session, row: Credential) -> bool:
    """With a random bit of the status list, so that neighbours tell nothing. False when it was issued before."""
    known = select(col(Credential.id)).where(col(Credential.member_id) == row.member_id, col(Credential.source) == row.source)
    if session.execute(known).first() is not None:
        return False
    issued = session.execute(select(func.count()).select_from(Credential)).scalar_one()
    for _ in range(20):
        row.list_number, row.list_index = 1 + issued // PER_LIST, secrets.randbelow(signing.SIZE)
        if insert_ignoring(session, Credential, row.model_dump()):
            return True
        if session.execute(known).first() is not None:
            return False
    raise Conflict("We could not find a place for it just now. Try again.")


def _earned(session: Session, actor: Actor, source: str) -> tuple[AchievementView, str, str]:
    """What it is about, a page that shows it, and words that tell one award from another."""
    kind, _, number = source.partition(":")
    if kind == "award":
        award = session.scalars(
            select(BadgeAward)
            .join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
            .where(col(BadgeAward.id) == int(number), col(RepSubject.member_id) == actor.id, col(BadgeAward.voided_at).is_(None))
        ).first()
        if award is None or award.badge not in badges() or not badges()[award.badge].credential:
            raise NotFound
        evidence = f"/posts/{award.evidence_post_id}" if award.evidence_post_id else f"/badges/{award.badge}"
        return (
            achievement_of(session, award.badge),
            evidence,
            f", {award.scope}" if award.scope and not award.scope.isdigit() else "",
        )
    place = session.execute(
        select(col(VipPlace.tier), col(VipSeason.id))
        .join(VipSeason, col(VipSeason.id) == col(VipPlace.season_id))
        .where(col(VipPlace.member_id) == actor.id, col(VipSeason.id) == int(number), col(VipSeason.published_at).is_not(None))
    ).first()
    if place is None:
        raise NotFound
    return achievement_of(session, season_key(place.id, Tier(place.tier))), "/recognition", ""


def access_credential(session: Session, credential_id: str) -> Credential:
    row = session.get(Credential, credential_id)
    if row is None:
        raise NotFound
    return row


def revoke(session: Session, actor: Actor, row: Credential, data: RevokeCredential) -> None:
    """By its holder at any time, by an administrator with a reason."""
    require(actor, Permission.credential_revoke, About(owner_id=row.member_id))
    own = row.member_id == actor.id
    _revoke(session, [row], HOLDERS_WISH if own else data.reason or VOIDED, actor.id)


def keep(session: Session, actor: Actor, row: Credential, data: KeepCredential) -> None:
    if row.member_id is None or row.member_id != actor.id:
        raise NotFound
    row.outlives_account = data.outlives_account
    session.flush()


def revoke_voided(session: Session, event: BadgeVoided) -> None:
    """A badge that was taken back for fraud takes its credential with it."""
    rows = session.scalars(select(Credential).where(col(Credential.source) == f"award:{event.award_id}")).all()
    _revoke(session, rows, VOIDED, event.actor_id)


def when_erased(session: Session, member_id: int) -> None:
    """Each as its holder chose: revoked, or kept with nothing but the hash that is inside."""
    rows = list(session.scalars(select(Credential).where(col(Credential.member_id) == member_id)))
    _revoke(session, [row for row in rows if not row.outlives_account and row.revoked_at is None], ERASED, None)
    session.execute(update(Credential).where(col(Credential.member_id) == member_id).values(member_id=None))


def _revoke(session: Session, rows: Iterable[Credential], reason: str, actor_id: int | None) -> None:
    for row in rows:
        if row.revoked_at is not None:
            continue
        row.revoked_at, row.revoked_reason = clock.now(), reason
        row.source = f"#{row.id}:{row.source}"[:60]
        session.flush()
        emit(session, CredentialRevoked(actor_id=actor_id, credential_id=row.id, reason=reason))


def revoked_on(session: Session, number: int) -> list[int]:
    """Bits of one status list. Lists that were never used do not exist."""
    rows = session.execute(
        select(col(Credential.list_index), col(Credential.revoked_at)).where(col(Credential.list_number) == number)
    ).all()
    if not rows:
        raise NotFound
    return [row.list_index for row in rows if row.revoked_at is not None]
