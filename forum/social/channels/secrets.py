"""Channel secrets: sealed before they reach the database, opened only for a connector, never shown again."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.settings import settings
from forum.models.channels import ChannelSecret

PURPOSE = b"channel-secret\0"


def keep(session: Session, channel_id: int, kind: str, value: str, *, scopes: str = "") -> None:
    """Writes a secret, over an older one of the same kind."""
    fresh = {
        "ciphertext": _box().encrypt(value.encode()).decode(),
        "key_id": key_id(settings().key),
        "last_four": value[-4:] if len(value) >= 12 else "",
        "scopes": scopes,
        "rotated_at": clock.now(),
    }
    if not insert_ignoring(session, ChannelSecret, {"channel_id": channel_id, "kind": kind, **fresh}):
        row = session.exec(select(ChannelSecret).where(ChannelSecret.channel_id == channel_id, ChannelSecret.kind == kind)).one()
        row.sqlmodel_update(fresh)
        session.add(row)


def opened(session: Session, channel_id: int) -> dict[str, str]:
    """By kind. One that no key of ours opens is left out, so the channel asks to be signed in again."""
    made: dict[str, str] = {}
    for row in session.exec(select(ChannelSecret).where(col(ChannelSecret.channel_id) == channel_id)):
        try:
            made[row.kind] = _box().decrypt(row.ciphertext.encode()).decode()
        except InvalidToken:
            continue
    return made


def reseal(session: Session) -> None:
    """After the key changed: everything sealed with an older one is sealed anew, so that the older one can go."""
    for row in session.exec(select(ChannelSecret).where(col(ChannelSecret.key_id) != key_id(settings().key))):
        try:
            row.ciphertext = _box().rotate(row.ciphertext.encode()).decode()
        except InvalidToken:
            continue
        row.key_id = key_id(settings().key)
        session.add(row)


def key_id(key: bytes) -> str:
    return hashlib.sha256(PURPOSE + key).hexdigest()[:8]


def _box() -> MultiFernet:
    """Seals with the newest key, opens with any."""
    return MultiFernet([Fernet(_derived(key)) for key in (settings().key, *settings().older_keys)])


def _derived(key: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(PURPOSE + key + b"\0seal").digest())
