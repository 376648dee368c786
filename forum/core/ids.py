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


def sign(text: str, purpose: str) -> str:
    """The text with a seal that only this forum can make; for links that need no sign-in."""
    return f"{text}.{keyed(text, purpose)[:40]}"


def unsign(sealed: str, purpose: str) -> str | None:
    """The text, or None when the seal is not ours."""
    text, _, _seal = sealed.rpartition(".")
    return text if text and hmac.compare_digest(sign(text, purpose).encode(), sealed.encode()) else None


def keyed(text: str, purpose: str) -> str:
    """Keyed digest: the same text gives the same name here and nowhere else."""
    return hmac.new(settings().key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
