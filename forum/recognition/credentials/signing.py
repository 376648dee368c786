"""Signing: Open Badges as JWT with the key named in its header, as documents with an embedded proof, and status lists."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import jwt
from openbadgeslib import baking
from openbadgeslib.ob3.credential import Evidence, IdentityObject, OpenBadgeCredential
from openbadgeslib.ob3.ldp import OB3LdpSigner
from openbadgeslib.ob3.status_list import DEFAULT_SIZE_BITS, build_status_list_credential, status_entry

from forum.core import clock
from forum.core.settings import settings
from forum.models import Credential
from forum.recognition.credentials import issuer, keys
from forum.recognition.credentials.achievements import AchievementView, as_open_badge, independent

ALGORITHM = "EdDSA"
SIZE = DEFAULT_SIZE_BITS
TTL = timedelta(hours=1)
LIST_VALID = timedelta(days=7)


def open_badge(row: Credential, view: AchievementView, who: str | IdentityObject, evidence: str) -> OpenBadgeCredential:
    """`who` is a key of the holder's own, or the hash of their address."""
    url = address(row.id)
    return OpenBadgeCredential(
        issuer=issuer.issuer(),
        recipient_id=who if isinstance(who, str) else None,
        achievement=as_open_badge(view),
        id=url,
        name=row.name,
        issuance_date=row.issued_at,
        evidence=[Evidence(id=settings().base_url + evidence, narrative=independent())],
        credential_status=[status_entry(list_address(row.list_number), "revocation", row.list_index)],
        identifiers=[] if isinstance(who, str) else [who],
    )


def address(credential_id: str) -> str:
    return f"{settings().base_url}/credentials/{credential_id}"


def list_address(number: int) -> str:
    return f"{settings().base_url}/credentials/status/{number}"


def sign(badge: OpenBadgeCredential) -> str:
    return _token(badge.to_jwt_payload(), "vc+jwt")


def holder_in(token: str) -> str:
    """The key that a credential of ours names, or empty."""
    payload = jwt.decode(token, options={"verify_signature": False}) if token else {}
    return str(payload.get("sub", ""))


def with_proof(token: str) -> str:
    """The same credential with an embedded proof, from its own signed content. Slow: half a second of arithmetic."""
    payload = jwt.decode(token, options={"verify_signature": False})
    key = keys.current()
    signed = OB3LdpSigner(key.pem, issuer.multikey(key.name)).sign(OpenBadgeCredential.from_jwt_payload(payload))
    return json.dumps(signed, ensure_ascii=False)


def status_list(number: int, revoked: Iterable[int]) -> str:
    moment = clock.now()
    url = list_address(number)
    ttl = int(TTL.total_seconds() * 1000)
    document = build_status_list_credential(
        issuer.did(), url, "revocation", revoked, SIZE, issued=moment, valid_until=moment + LIST_VALID, ttl=ttl
    )
    claims = {"iss": issuer.did(), "jti": url, "sub": f"{url}#list", **_times(moment)}
    return _token({**document, **claims}, "vc+jwt")


def _times(moment: datetime) -> dict[str, int]:
    return {"nbf": int(moment.timestamp()), "exp": int((moment + LIST_VALID).timestamp())}


def _token(payload: dict[str, Any], kind: str) -> str:
    key = keys.current()
    return jwt.encode(payload, key.pem, algorithm=ALGORITHM, headers={"kid": issuer.method(key.name), "typ": kind})


def baked_svg(picture: str, token: str) -> bytes:
    baked: bytes = baking.bake_svg(picture.encode(), token, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3)
    return baked


def baked_png(picture: bytes, token: str) -> bytes:
    baked: bytes = baking.bake_png(picture, token, keyword=baking.ITXT_KEYWORD_OB3)
    return baked
