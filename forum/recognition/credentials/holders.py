"""A holder's own key: a did:key they showed they can sign with. Credentials asked for from then on name it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from openbadgeslib.ob3.did import resolve_did
from openbadgeslib.ob3.verifier import OB3VerificationError
from sqlalchemy import delete
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.core.settings import settings
from forum.models import HolderKey
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.credentials.events import HolderKeyProved, HolderKeyRemoved
from forum.recognition.credentials.inputs import NameKey, ProveKey
from forum.recognition.credentials.signing import ALGORITHM

ANSWERED_WITHIN = timedelta(hours=1)
NOT_A_KEY = "Give a did:key for Ed25519. It begins with did:key:z6Mk."
UNPROVED = {
    jwt.ExpiredSignatureError: "What you signed has expired. Sign it again with a later “exp”.",
    jwt.InvalidAudienceError: "What you signed is for another site. “aud” has to be the address below.",
    jwt.MissingRequiredClaimError: "What you signed needs “nonce”, “aud” and “exp”, as below.",
    jwt.InvalidSignatureError: "It was signed with another key than the one you named.",
}
NO_PROOF = "That is no signature of this kind. Paste the whole compact JWS: three parts with dots between them."


@dataclass(frozen=True, slots=True)
class HolderView:
    did: str
    proved_at: datetime | None
    challenge: str
    audience: str
    answer_by: datetime


def holder_of(session: Session, actor: Actor) -> HolderView | None:
    row = session.get(HolderKey, actor.member_id)
    if row is None:
        return None
    return HolderView(row.did, row.proved_at, row.challenge, settings().base_url, row.asked_at + ANSWERED_WITHIN)


def name_key(session: Session, actor: Actor, data: NameKey) -> None:
    """Asks for a proof. A key that was proved before counts no longer."""
    require(actor, Permission.credential_ask)
    _public_key(data.did)
    values = {"did": data.did, "challenge": secrets.token_urlsafe(24), "asked_at": clock.now(), "proved_at": None}
    if not insert_ignoring(session, HolderKey, {"member_id": actor.member_id, **values}):
        row = session.get_one(HolderKey, actor.member_id)
        for name, value in values.items():
            setattr(row, name, value)


def prove_key(session: Session, actor: Actor, data: ProveKey) -> None:
    """Each challenge is good for one proof."""
    require(actor, Permission.credential_ask)
    row = session.get(HolderKey, actor.member_id, with_for_update=True)
    if row is None or not row.challenge:
        raise Conflict("Name your key first, then sign what we ask.")
    if clock.now() > row.asked_at + ANSWERED_WITHIN:
        raise Conflict("That took more than an hour. Name the key again for something new to sign.")
    if _signed(row.did, data.proof).get("nonce") != row.challenge:
        raise Invalid({"proof": "It answers another question. Sign the “nonce” below."})
    row.challenge, row.proved_at = "", clock.now()
    emit(session, HolderKeyProved(actor.member_id))


def _signed(did: str, proof: str) -> dict[str, object]:
    try:
        claims: dict[str, object] = jwt.decode(
            proof,
            _public_key(did),
            algorithms=[ALGORITHM],
            audience=settings().base_url,
            options={"require": ["nonce", "aud", "exp"]},
        )
    except jwt.PyJWTError as error:
        raise Invalid({"proof": UNPROVED.get(type(error), NO_PROOF)}) from None
    return claims


def remove_key(session: Session, actor: Actor) -> None:
    """What was signed before keeps naming it."""
    require(actor, Permission.account_own)
    gone = session.execute(delete(HolderKey).where(col(HolderKey.member_id) == actor.id).returning(col(HolderKey.did))).first()
    if gone is not None:
        emit(session, HolderKeyRemoved(actor.member_id))


def proved_did(session: Session, actor: Actor) -> str | None:
    row = session.get(HolderKey, actor.member_id)
    return row.did if row is not None and row.proved_at is not None else None


def _public_key(did: str) -> Ed25519PublicKey:
    """Worked out from the name alone: nothing is fetched."""
    try:
        key = load_pem_public_key(resolve_did(did)) if did.startswith("did:key:") else None
    except (OB3VerificationError, ValueError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid({"did": NOT_A_KEY})
    return key
