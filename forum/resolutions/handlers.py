"""A resolution that was written from a volunteer's answer is worth something to them while it is public."""

from sqlmodel import Session

from forum.models import LedgerKind, Member, Post, Resolution
from forum.recognition.actions import Cause, credit, reverse, subject_of
from forum.recognition.handlers import earns
from forum.resolutions.events import ResolutionPublished, ResolutionWithdrawn


def credit_writer(session: Session, event: ResolutionPublished) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    post = session.get(Post, row.post_id) if row.post_id else None
    author = session.get(Member, post.author_id) if post and post.author_id else None
    if post is not None and author is not None and earns(author) and author.id != event.actor_id:
        cause = Cause("resolution", row.id, event.topic_id, post.id)
        credit(session, subject_of(session, author.id), LedgerKind.article_published, cause)


def reverse_writer(session: Session, event: ResolutionWithdrawn) -> None:
    row = session.get_one(Resolution, event.resolution_id)
    cause = Cause("resolution", row.id, event.topic_id, row.post_id)
    reverse(session, LedgerKind.article_published, cause, "the resolution was withdrawn")
