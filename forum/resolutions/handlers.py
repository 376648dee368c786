"""A resolution that was written from a volunteer's answer is worth something to them while it is public."""

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import ArticleSaid, LedgerKind, Member, Post, Resolution
from forum.recognition.actions import Cause, credit, reverse, subject_of
from forum.recognition.handlers import credit_from, earns
from forum.resolutions.events import ArticleHelped, ResolutionPublished, ResolutionWithdrawn

WITHDRAWN = "the resolution was withdrawn"


def credit_writer(session: Session, event: ResolutionPublished) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    post = session.get(Post, row.post_id) if row.post_id else None
    author = session.get(Member, post.author_id) if post and post.author_id else None
    if post is not None and author is not None and earns(author) and author.id != event.actor_id:
        cause = Cause("resolution", row.id, event.topic_id, post.id)
        credit(session, subject_of(session, author.id), LedgerKind.article_published, cause)
    helped = (col(ArticleSaid.resolution_id) == row.id) & col(ArticleSaid.yes)
    for member_id in session.scalars(select(col(ArticleSaid.member_id)).where(helped).order_by(col(ArticleSaid.at))).all():
        _credit_helped(session, row, event.topic_id, member_id)


def credit_helped(session: Session, event: ArticleHelped) -> None:
    """For whoever wrote the answer it was written from. "No" takes nothing away: it only ends an earlier yes."""
    row = session.get_one(Resolution, event.resolution_id)
    if event.helped == "yes":
        _credit_helped(session, row, event.topic_id, event.actor_id)
    else:
        reverse(session, LedgerKind.article_helpful, _readers(row, event.topic_id), "taken back", actor_id=event.actor_id)


def _credit_helped(session: Session, row: Resolution, topic_id: int, giver_id: int) -> None:
    if row.post_id is not None:
        credit_from(session, LedgerKind.article_helpful, _readers(row, topic_id), giver_id)


def _readers(row: Resolution, topic_id: int) -> Cause:
    return Cause("article", row.id, topic_id, row.post_id)


def reverse_writer(session: Session, event: ResolutionWithdrawn) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    cause = Cause("resolution", row.id, event.topic_id, row.post_id)
    reverse(session, LedgerKind.article_published, cause, WITHDRAWN)
    reverse(session, LedgerKind.article_helpful, _readers(row, event.topic_id), WITHDRAWN)
