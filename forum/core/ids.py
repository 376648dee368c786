"""Random identifiers and tokens. Tokens are stored as hashes only."""

import hashlib
import hmac
import secrets

from forum.core.settings import settings


def new_token() -> str:
    """256 random bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def public_id() -> str:
    """A short random name for things whose count must not show, such as images."""
    return secrets.token_hex(10)


def keyed(text: str, purpose: str) -> str:
    """Keyed digest: the same text gives the same name here and nowhere else."""
    return hmac.new(settings().key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
