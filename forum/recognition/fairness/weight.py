"""What a vote is worth before anybody looks: nothing where it could not be independent, or where there are too many.

A vote is always kept and shown; only its points are. Nobody is accused: the line of the ledger says why.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import BrowserTrace, LedgerKind, Member, NetworkTrace, Post, RepEvent, RepSubject, Vote
from forum.recognition.badges.sources.shape import VOTE_PATTERN

DISPOSABLE = Path(__file__).with_name("disposable_domains.txt")
TO_ONE_AUTHOR, IN_A_DAY = 5, 40
DAY = timedelta(hours=24)
SPREAD = "more than five votes for one person in a day; please spread them"
MANY = "more than forty votes in a day"
DOUBTED = "an earlier vote for this is being looked at"
PASSING_MAIL = "from an address that anybody can use"
DOTS_MEAN_NOTHING = ("gmail.com", "googlemail.com")


@dataclass(frozen=True, slots=True)
class Weight:
    reason: str = ""
    """Why it is worth nothing."""
    same_hand: bool = False
    """Both accounts may be one person's: worth nothing until somebody has looked."""


def weigh(session: Session, voter: Member, author_id: int | None, post_id: int) -> Weight:
    author = session.get(Member, author_id) if author_id is not None else None
    if author is None:
        return Weight()
    if domain_of(voter.email_key) in disposable_domains():
        return Weight(PASSING_MAIL)
    if _doubted(session, voter.id, post_id):
        return Weight(DOUBTED)
    mine = select(func.count()).select_from(Vote).join(Post, col(Post.id) == col(Vote.post_id))
    lately = mine.where(col(Vote.member_id) == voter.id, col(Vote.value) == 1, col(Vote.at) > clock.now() - DAY)
    if (session.scalar(lately.where(col(Post.author_id) == author.id)) or 0) > TO_ONE_AUTHOR:
        return Weight(SPREAD)
    if (session.scalar(lately) or 0) > IN_A_DAY:
        return Weight(MANY)
    return Weight(same_hand=_one_mailbox(voter, author) or _one_place(session, voter.id, author.id))


def _doubted(session: Session, voter_id: int, post_id: int) -> bool:
    """Taking a doubted vote back and giving it again does not make it count."""
    line, flip = aliased(RepEvent), aliased(RepEvent)
    query = (
        select(col(flip.kind))
        .join(line, col(line.id) == col(flip.reverses_id))
        .join(RepSubject, col(RepSubject.subject) == col(line.actor_subject))
        .where(col(RepSubject.member_id) == voter_id, col(line.post_id) == post_id, col(flip.reason) == VOTE_PATTERN)
        .order_by(col(flip.id).desc())
        .limit(1)
    )
    return session.scalar(query) == LedgerKind.reversal


def _one_mailbox(voter: Member, author: Member) -> bool:
    base = mailbox(voter.email_key)
    return bool(base) and base == mailbox(author.email_key)


def mailbox(address: str | None) -> str:
    """Where mail to this address ends up: without what stands behind a plus, or dots where they mean nothing."""
    name, at, domain = (address or "").casefold().rpartition("@")
    if not at:
        return ""
    name = name.split("+")[0]
    return f"{name.replace('.', '') if domain in DOTS_MEAN_NOTHING else name}@{domain}"


def domain_of(address: str | None) -> str:
    return (address or "").casefold().rpartition("@")[2]


@cache
def disposable_domains() -> frozenset[str]:
    lines = DISPOSABLE.read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _one_place(session: Session, voter_id: int, author_id: int) -> bool:
    """Both were in one small network, or in one browser, within a day."""
    networks = _together(NetworkTrace, col(NetworkTrace.prefix), "prefix", voter_id, author_id)
    browsers = _together(BrowserTrace, col(BrowserTrace.browser), "browser", voter_id, author_id)
    return any(abs(mine - other) < DAY for mine, other in session.execute(networks.union_all(browsers)))


def _together(table: Any, place: Any, name: str, voter_id: int, author_id: int) -> Select[Any]:
    theirs = aliased(table)
    return (
        select(col(table.seen_at), col(theirs.seen_at))
        .join(theirs, getattr(theirs, name) == place)
        .where(col(table.member_id) == voter_id, col(theirs.member_id) == author_id)
    )
