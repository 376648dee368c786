"""A resolution is worth something, while it is public, to the volunteer whose answer is behind it and to who proposed it."""

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import ArticleProposal, ArticleSaid, ArticleState, LedgerKind, Member, Post, Resolution, ResolutionState
from forum.recognition.actions import Cause, credit, reverse, subject_of
from forum.recognition.handlers import credit_from, earns
from forum.resolutions.events import ArticleAccepted, ArticleHelped, ResolutionPublished, ResolutionWithdrawn

WITHDRAWN = "the resolution was withdrawn"


def credit_writers(session: Session, event: ResolutionPublished) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    for member in _writers(session, row):
        if member.id != event.actor_id:
            cause = Cause("resolution", row.id, event.topic_id, row.post_id)
            credit(session, subject_of(session, member.id), LedgerKind.article_published, cause)
    helped = (col(ArticleSaid.resolution_id) == row.id) & col(ArticleSaid.yes)
    for member_id in session.scalars(select(col(ArticleSaid.member_id)).where(helped).order_by(col(ArticleSaid.at))).all():
        _credit_helped(session, row, event.topic_id, member_id)


def credit_proposer(session: Session, event: ArticleAccepted) -> None:
    """Staff who had published already, and then take a proposal in, publish nothing anew."""
    row = session.get_one(Resolution, event.resolution_id)
    if row.state == ResolutionState.public:
        credit_writers(session, ResolutionPublished(event.actor_id, event.topic_id, event.resolution_id))


def _writers(session: Session, row: Resolution) -> list[Member]:
    """Who wrote the answer it comes from, and who proposed it: each once, if they earn anything at all."""
    post = session.get(Post, row.post_id) if row.post_id else None
    accepted = (col(ArticleProposal.topic_id) == row.topic_id) & (col(ArticleProposal.state) == ArticleState.accepted)
    proposers = session.scalars(select(col(ArticleProposal.by_id)).where(accepted).order_by(col(ArticleProposal.id)))
    found = [post.author_id if post is not None else None, *proposers]
    members = [session.get(Member, one) for one in dict.fromkeys(found) if one is not None]
    return [member for member in members if member is not None and earns(member)]


def credit_helped(session: Session, event: ArticleHelped) -> None:
    """For whoever wrote it. "No" takes nothing away: it only ends an earlier yes."""
    row = session.get_one(Resolution, event.resolution_id)
    if event.helped == "yes":
        _credit_helped(session, row, event.topic_id, event.actor_id)
    else:
        reverse(session, LedgerKind.article_helpful, _readers(row, event.topic_id), "taken back", actor_id=event.actor_id)


def _credit_helped(session: Session, row: Resolution, topic_id: int, giver_id: int) -> None:
    if row.post_id is not None:
        for member in _writers(session, row):
            credit_from(session, LedgerKind.article_helpful, _readers(row, topic_id), giver_id, earner_id=member.id)


def _readers(row: Resolution, topic_id: int) -> Cause:
    return Cause("article", row.id, topic_id, row.post_id)


def reverse_writers(session: Session, event: ResolutionWithdrawn) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    cause = Cause("resolution", row.id, event.topic_id, row.post_id)
    reverse(session, LedgerKind.article_published, cause, WITHDRAWN)
    reverse(session, LedgerKind.article_helpful, _readers(row, event.topic_id), WITHDRAWN)
