"""Work that takes longer than a page may: embedded proofs; and the yearly change of keys."""

from forum.core.db import transaction
from forum.models import Credential
from forum.recognition.credentials import keys, signing


def add_proof(credential_id: str) -> None:
    """Twice makes the same document again."""
    with transaction(writes=False) as session:
        row = session.get(Credential, credential_id)
        token = row.token if row is not None else ""
    if not token:
        return
    document = signing.with_proof(token)
    with transaction() as session:
        kept = session.get(Credential, credential_id)
        if kept is not None:
            kept.document = document


def rotate_when_old() -> None:
    if keys.is_old():
        keys.rotate()
