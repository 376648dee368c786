"""What happened to contacts, claims and requests for privacy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountClaimed:
    """A member proved that an account elsewhere is theirs."""

    actor_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class ClaimFailed:
    """Somebody else said that a claimed account is theirs; whoever holds it is told."""

    actor_id: int
    account_id: int
    holder_id: int


@dataclass(frozen=True, slots=True)
class ClaimEnded:
    actor_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class ContactsMerged:
    actor_id: int
    merge_id: int


@dataclass(frozen=True, slots=True)
class MergeUndone:
    actor_id: int
    merge_id: int


@dataclass(frozen=True, slots=True)
class PrivacyAsked:
    actor_id: int
    request_id: int


@dataclass(frozen=True, slots=True)
class AccountMarked:
    """Staff said whether it is press, a public figure, a VIP, or nobody in particular."""

    actor_id: int
    account_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class OutsideAuthorsChanged:
    """Posts of an account are called by another name now: its topics are indexed and served anew."""

    topic_id: int
