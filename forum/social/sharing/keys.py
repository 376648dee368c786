"""What names a reply: the key that keeps it from going out twice, and the hash of what was approved. Pure."""

import hashlib


def dedup_key(platform: str, host: str, target_ext_id: str, purpose: str, about: str, number: int) -> str:
    """`about` is what the reply is for (a resolution, an incident, a person's own words); `number` counts its versions."""
    parts = (platform, host, target_ext_id, purpose, about, str(number))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def approved_hash(text: str, target_text_hash: str) -> str:
    """What somebody said yes to: these words, as an answer to those."""
    return hashlib.sha256(f"{len(text)}\0{text}\0{target_text_hash}".encode()).hexdigest()
