"""Who signs: this site, as a did:web with every key it ever signed with."""

from typing import Any
from urllib.parse import quote, urlsplit

from openbadgeslib.ob3.credential import Issuer

from forum.core.settings import settings
from forum.recognition.credentials import keys

CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/suites/jws-2020/v1",
]


def did() -> str:
    """The address of this site as an identifier; a port is part of it."""
    return f"did:web:{quote(urlsplit(settings().base_url).netloc, safe='.-')}"


def method(name: str) -> str:
    return f"{did()}#{name}"


def multikey(name: str) -> str:
    """The same key in the other notation, for embedded proofs."""
    return f"{did()}#{name}-mk"


def issuer() -> Issuer:
    return Issuer(id=did(), name=settings().site_name, url=settings().base_url)


def did_document() -> dict[str, Any]:
    methods: list[dict[str, Any]] = []
    for public in keys.public_keys():
        jwk = {**public.jwk, "kid": method(public.name), "alg": "EdDSA", "use": "sig"}
        methods += [
            {"id": method(public.name), "type": "JsonWebKey", "controller": did(), "publicKeyJwk": jwk},
            {"id": multikey(public.name), "type": "Multikey", "controller": did(), "publicKeyMultibase": public.multibase},
        ]
    return {
        "@context": CONTEXTS,
        "id": did(),
        "verificationMethod": methods,
        "assertionMethod": [one["id"] for one in methods],
    }
