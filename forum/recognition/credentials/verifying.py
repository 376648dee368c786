"""Is this credential ours, unchanged and standing? Answered from our own keys and rows, without any network."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.credential import OpenBadgeCredential
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier
from sqlalchemy import select
from sqlmodel import Session, col

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.models import Credential
from forum.recognition.credentials import issuer, signing
from forum.recognition.credentials.inputs import LONGEST

LARGEST = 1_000_000
PNG = b"\x89PNG\r\n\x1a\n"
UNREADABLE = "This is no credential that we can read."
NOTHING = "Paste the text of a credential, or choose its file: .jwt, .json, .svg or .png."


@dataclass(frozen=True, slots=True)
class Verdict:
    ok: bool
    sentence: str
    ours: bool = False
    name: str = ""
    criteria: str = ""
    url: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    status: str = ""


def text_of(file: bytes) -> str:
    """What a file carries: a picture has the credential baked in."""
    if len(file) > LARGEST:
        raise Invalid({"file": "That file is too large for a credential."})
    try:
        if file.startswith(PNG):
            found = baking.extract_png(file, keyword=baking.ITXT_KEYWORD_OB3)
        elif file.lstrip()[:5] in (b"<?xml", b"<svg ", b"<!DOC"):
            found = baking.extract_svg(file, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
        else:
            found = file[:LONGEST].decode()
    except Exception as error:  # parsers of pictures fail in many ways, and all mean the same here
        raise Invalid({"file": "We cannot read a credential from that file."}) from error
    if not found:
        raise Invalid({"file": "There is no credential in that picture."})
    return str(found)


def verdict_on(text: str, file: bytes = b"") -> Verdict:
    """The arithmetic comes first, then one look at our rows."""
    text = (text_of(file) if file else text).strip()
    if not text:
        raise Invalid({"text": NOTHING})
    try:
        badge = _proven(text)
    except LibOpenBadgesException as error:
        return Verdict(False, _plain(str(error)), ours=issuer.did() in _claimed(text))
    except (ValueError, RecursionError):
        return Verdict(False, UNREADABLE)
    with transaction(writes=False) as session:
        return _judged(session, badge)


def _proven(text: str) -> OpenBadgeCredential:
    """Raises when the signature, the dates or the issuer are not right. Keys come from our own document alone."""
    if text.startswith("{"):
        return OB3LdpVerifier.for_issuer_did(issuer.did()).verify(text, download=_own_document)
    return OB3Verifier.for_issuer_did(issuer.did(), download=_own_document).verify(text)


def _own_document(_url: str) -> bytes:
    return json.dumps(issuer.did_document()).encode()


def _judged(session: Session, badge: OpenBadgeCredential) -> Verdict:
    shown: dict[str, Any] = {
        "ours": True,
        "name": badge.name or badge.achievement.name,
        "criteria": badge.achievement.criteria_narrative,
        "url": badge.id or "",
        "issued_at": badge.issuance_date,
        "expires_at": badge.expiration_date,
    }
    row = session.scalars(select(Credential).where(col(Credential.id) == (badge.id or "").rpartition("/")[2])).first()
    if row is None or badge.id != signing.address(row.id):
        return Verdict(False, "The signature is ours, but we have no record of this credential.", **shown, status="unknown")
    if row.revoked_at is not None:
        return Verdict(False, f"It was revoked: {row.revoked_reason}.", **shown, status="revoked")
    return Verdict(True, "It is genuine, unchanged, and still stands.", **shown, status="stands")


def _claimed(text: str) -> str:
    """What an unproven text says of its issuer; only to word the answer."""
    try:
        return str(OB3Verifier._decode_unverified(text).get("iss")) if not text.startswith("{") else text[:LONGEST]
    except LibOpenBadgesException:
        return ""


def _plain(reason: str) -> str:
    lower = reason.lower()
    if "expired" in lower:
        return "It has expired."
    if "algorithm" in lower:
        return "It is not signed in a way that we accept."
    if "different did" in lower or "does not match the did" in lower or "no verificationmethod with id" in lower:
        return "It was signed by somebody else. This page knows only its own keys."
    if "signature" in lower or "proof" in lower:
        return "The signature does not fit: it was changed, or signed by somebody else."
    return UNREADABLE
