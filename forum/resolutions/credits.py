"""Who may be credited for an outcome: those whose answers were accepted, made official, or confirmed it, and who wrote it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import Acceptance, ArticleProposal, ArticleState, CreditRole, Member, OfficialMark, Post

WORDS = {
    CreditRole.solved: "solved it",
    CreditRole.confirmed: "confirmed it",
    CreditRole.wrote: "wrote it down",
}


@dataclass(frozen=True, slots=True)
class PossibleCredit:
    member_id: int
    name: str
    role: CreditRole


def possible_credits(session: Session, topic_id: int) -> list[PossibleCredit]:
    """Solvers first, each person once."""
    solvers = (
        select(col(Member.id), col(Member.name))
        .join(Post, col(Post.author_id) == col(Member.id))
        .join(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .where(col(Acceptance.topic_id) == topic_id)
        .order_by(col(Acceptance.at))
    )
    writers = (
        select(col(Member.id), col(Member.name))
        .join(Post, col(Post.author_id) == col(Member.id))
        .join(OfficialMark, col(OfficialMark.post_id) == col(Post.id))
        .where(col(OfficialMark.topic_id) == topic_id)
    )
    markers = (
        select(col(Member.id), col(Member.name))
        .join(OfficialMark, col(OfficialMark.by_id) == col(Member.id))
        .where(col(OfficialMark.topic_id) == topic_id)
    )
    proposers = (
        select(col(Member.id), col(Member.name))
        .join(ArticleProposal, col(ArticleProposal.by_id) == col(Member.id))
        .where(
            col(ArticleProposal.topic_id) == topic_id, col(ArticleProposal.state).in_((ArticleState.open, ArticleState.accepted))
        )
    )
    found: dict[int, PossibleCredit] = {}
    parts = (
        (solvers, CreditRole.solved),
        (writers, CreditRole.solved),
        (markers, CreditRole.confirmed),
        (proposers, CreditRole.wrote),
    )
    for query, role in parts:
        for member_id, name in session.execute(query):
            found.setdefault(member_id, PossibleCredit(member_id, name, role))
    return list(found.values())
