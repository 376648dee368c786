"""Dietary and access needs, encrypted at rest with a key derived from FORUM_SECRET_KEY. The only file that imports Fernet."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from forum.core.settings import settings

UNREADABLE = "Cannot be read any more: the secret key has changed. Ask the person again."


def _box() -> Fernet:
    key = hmac.new(settings().key, b"programme needs", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return UNREADABLE
