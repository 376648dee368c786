"""The password that every demo member shares."""

import os
import secrets
from pathlib import Path

from forum.accounts import passwords
from forum.core.settings import settings


def chosen() -> str:
    """The one from the settings, else one that is made once and kept beside the data."""
    return settings().demo_password or _kept() or _make()


def shown(hashed: str) -> str:
    """What signs in now, or "" when nobody here knows it any more."""
    for candidate in filter(None, (settings().demo_password, _kept())):
        if passwords.verify(candidate, hashed)[0]:
            return candidate
    return ""


def _path() -> Path:
    return settings().data_dir / "demo-password"


def _kept() -> str:
    path = _path()
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def _make() -> str:
    password = secrets.token_urlsafe(12)
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(password + "\n")
    return password
