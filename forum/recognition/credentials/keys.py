"""Signing keys: Ed25519, in files that only this account reads, never in the database. Retired ones leave their public half."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt.algorithms import OKPAlgorithm
from openbadgeslib.ob3.did import multikey_from_pem

from forum.core import clock
from forum.core.settings import settings

AGE = timedelta(days=365)
PRIVATE, PUBLIC = ".pem", ".public.json"


@dataclass(frozen=True, slots=True)
class PublicKey:
    name: str
    jwk: dict[str, Any]
    multibase: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    name: str
    pem: str


def folder() -> Path:
    return settings().data_dir / "keys"


def current() -> SigningKey:
    """The newest key; the first one is made when it is first needed."""
    names = sorted(path.name.removesuffix(PRIVATE) for path in folder().glob(f"*{PRIVATE}"))
    name = names[-1] if names else rotate()
    return SigningKey(name, (folder() / (name + PRIVATE)).read_text())


def rotate() -> str:
    """A new key signs from now on. The private half of the old ones goes; what they signed can still be verified."""
    os.makedirs(folder(), mode=0o700, exist_ok=True)
    old = list(folder().glob(f"*{PRIVATE}"))
    name = f"k{clock.now():%Y%m%dT%H%M%S%f}"
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    public = {"jwk": {key: jwk[key] for key in ("kty", "crv", "x")}, "multibase": multikey_from_pem(public_pem)}
    _write(folder() / (name + PUBLIC), json.dumps(public).encode())
    _write(folder() / (name + PRIVATE), pem)
    for path in old:
        path.unlink()
    published.cache_clear()
    return name


def is_old() -> bool:
    made = datetime.strptime(current().name, "k%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return clock.now() - made >= AGE


def public_keys() -> list[PublicKey]:
    """Every key that ever signed, the newest first."""
    current()
    return [published(path) for path in sorted(folder().glob(f"*{PUBLIC}"), reverse=True)]


@cache
def published(path: Path) -> PublicKey:
    kept = json.loads(path.read_text())
    return PublicKey(path.name.removesuffix(PUBLIC), kept["jwk"], kept["multibase"])


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and for this account only from its first byte."""
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
