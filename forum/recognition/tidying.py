"""What keeping the place tidy earns: edits that were taken, earlier questions that solved it."""

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import LedgerKind, Member, Post, PostKind, SuggestedEdit, SuggestionState, Topic
from forum.recognition.actions import Cause, credit, restore_post, reverse, subject_of
from forum.recognition.handlers import earns
from forum.topics.events import (
    DuplicateConfirmed,
    DuplicateUnconfirmed,
    SuggestionAccepted,
    TopicsMerged,
    TopicsUnmerged,
    VersionRestored,
)
from forum.topics.history import standing_versions

MERGED = "the same me-too on a question that was merged"
LEFT_BEHIND = "an earlier version was brought back"
DIFFERENT = "no longer linked as the same question"


def credit_edit(session: Session, event: SuggestionAccepted) -> None:
    _credit_edit(session, session.get_one(SuggestedEdit, event.suggestion_id), session.get_one(Post, event.post_id))


def _credit_edit(session: Session, row: SuggestedEdit, post: Post) -> None:
    """Never for one's own post or one's own decision."""
    if row.by_id is None or row.by_id in (post.author_id, row.decided_by_id) or not earns(session.get(Member, row.by_id)):
        return
    cause = Cause("edit", row.id, post.topic_id, post.id)
    credit(session, subject_of(session, row.by_id), LedgerKind.edit_accepted, cause)


def follow_restore(session: Session, event: VersionRestored) -> None:
    """Edits that today's text no longer rests on stop counting; those that came back with it count again."""
    post = session.get_one(Post, event.post_id)
    standing = standing_versions(session, post)
    accepted = (col(SuggestedEdit.post_id) == post.id) & (col(SuggestedEdit.state) == SuggestionState.accepted)
    for row in session.scalars(select(SuggestedEdit).where(accepted).order_by(col(SuggestedEdit.id))).all():
        if row.revision in standing:
            _credit_edit(session, row, post)
        else:
            reverse(session, LedgerKind.edit_accepted, Cause("edit", row.id, post.topic_id, post.id), LEFT_BEHIND)


def credit_duplicate(session: Session, event: DuplicateConfirmed) -> None:
    """For whoever found it, unless they asked it or said so themselves."""
    asker = session.get_one(Topic, event.topic_id).author_id
    if event.linker_id in (None, asker, event.actor_id) or not earns(session.get(Member, event.linker_id)):
        return
    subject = subject_of(session, event.linker_id)
    credit(session, subject, LedgerKind.duplicate_confirmed, Cause("duplicate", event.topic_id, event.topic_id))


def reverse_duplicate(session: Session, event: DuplicateUnconfirmed) -> None:
    reverse(session, LedgerKind.duplicate_confirmed, Cause("duplicate", event.topic_id, event.topic_id), DIFFERENT)


def void_second_me_toos(session: Session, event: TopicsMerged) -> None:
    """Solutions and votes keep what they earned: each was said of its own answer. Only the same me-too counts once."""
    question = _question(session, event.topic_id)
    for member_id in event.twice:
        cause = Cause("me_too", event.topic_id, event.topic_id, question)
        reverse(session, LedgerKind.question_me_too, cause, MERGED, actor_id=member_id)


def restore_second_me_toos(session: Session, event: TopicsUnmerged) -> None:
    restore_post(session, _question(session, event.topic_id), MERGED)


def _question(session: Session, topic_id: int) -> int:
    query = select(col(Post.id)).where(col(Post.topic_id) == topic_id, col(Post.kind) == PostKind.question)
    return int(session.execute(query).scalar_one())
