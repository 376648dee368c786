"""What happened to credentials."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CredentialIssued:
    actor_id: int
    credential_id: str
    achievement: str


@dataclass(frozen=True, slots=True)
class CredentialRevoked:
    actor_id: int | None
    credential_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HolderKeyProved:
    actor_id: int


@dataclass(frozen=True, slots=True)
class HolderKeyRemoved:
    actor_id: int
