"""What earns and what stops earning, as reactions to events of other floors."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.jobs.queue import enqueue
from forum.models import Acceptance, LedgerKind, Member, Post, PostKind, Role, Topic
from forum.policy.actor import Actor
from forum.recognition.actions import credit, is_credited, restore_post, reverse, void_post
from forum.recognition.rates import UNDO_WINDOW, YOUNG_VOTE_WAITS, YOUNG_VOTER
from forum.topics.events import (
    AnswerAccepted,
    AnswerMadeOfficial,
    AnswerUnaccepted,
    OfficialMarkRemoved,
    PostConverted,
    PostReturned,
    PostWithdrawn,
)
from forum.votes.events import VoteCast, VoteTakenBack

WITHDRAWN = "post withdrawn"
CONVERTED = "turned into a comment"
UNCONFIRMED = "no longer confirmed by staff"


def earns(member: Member | None) -> bool:
    """Staff, former members and authors elsewhere earn nothing."""
    return member is not None and member.deleted_at is None and not Actor(role=Role(member.role)).is_staff


def credit_solution(session: Session, event: AnswerAccepted) -> None:
    _credit_acceptance(session, event.topic_id, event.post_id, event.actor_id)


def _credit_acceptance(session: Session, topic_id: int, post_id: int, actor_id: int | None) -> None:
    """One live line per question, never for one's own question or one's own tick."""
    topic = session.get_one(Topic, topic_id)
    post = session.get_one(Post, post_id)
    author = session.get(Member, post.author_id) if post.author_id else None
    if author is None or not earns(author) or author.id in (topic.author_id, actor_id):
        return
    if is_credited(session, LedgerKind.solution_accepted, "topic", topic_id):
        return
    counts_from = clock.now() + UNDO_WINDOW
    _settle_at(session, counts_from)
    credit(
        session,
        author.id,
        LedgerKind.solution_accepted,
        cause="topic",
        cause_id=topic_id,
        topic_id=topic_id,
        post_id=post_id,
        counts_from=counts_from,
    )


def reverse_solution(session: Session, event: AnswerUnaccepted) -> None:
    """Another accepted answer of the same question moves up."""
    reason = "no longer marked as the solution"
    if not reverse(
        session, LedgerKind.solution_accepted, cause="topic", cause_id=event.topic_id, post_id=event.post_id, reason=reason
    ):
        return
    left = session.execute(
        select(col(Acceptance.post_id), col(Acceptance.by_id))
        .where(col(Acceptance.topic_id) == event.topic_id)
        .order_by(col(Acceptance.at), col(Acceptance.post_id))
    ).all()
    for row in left:  # the first whose author may earn
        _credit_acceptance(session, event.topic_id, row.post_id, row.by_id)


def credit_verified(session: Session, event: AnswerMadeOfficial) -> None:
    author = session.get(Member, event.author_id) if event.author_id else None
    if author is not None and earns(author) and author.id != event.actor_id:
        credit(
            session,
            author.id,
            LedgerKind.solution_verified,
            cause="official",
            cause_id=event.post_id,
            topic_id=event.topic_id,
            post_id=event.post_id,
        )


def reverse_verified(session: Session, event: OfficialMarkRemoved) -> None:
    reverse(
        session, LedgerKind.solution_verified, cause="official", cause_id=event.post_id, post_id=event.post_id, reason=UNCONFIRMED
    )


def credit_helpful(session: Session, event: VoteCast) -> None:
    if event.kind != PostKind.answer:
        return
    if event.value < 0:
        _reverse_vote(session, event.post_id, event.actor_id)
        return
    author = session.get(Member, event.author_id) if event.author_id else None
    voter = session.get_one(Member, event.actor_id)
    if author is None or not earns(author) or not earns(voter) or voter.id == author.id or voter.confirmed_at is None:
        return
    young = clock.now() - voter.joined_at < YOUNG_VOTER
    counts_from = clock.now() + YOUNG_VOTE_WAITS if young else None
    if counts_from:
        _settle_at(session, counts_from)
    credit(
        session,
        author.id,
        LedgerKind.answer_helpful,
        cause="vote",
        cause_id=event.post_id,
        topic_id=event.topic_id,
        post_id=event.post_id,
        actor_id=voter.id,
        counts_from=counts_from,
    )


def reverse_helpful(session: Session, event: VoteTakenBack) -> None:
    _reverse_vote(session, event.post_id, event.actor_id)


def _reverse_vote(session: Session, post_id: int, voter_id: int) -> None:
    reverse(
        session,
        LedgerKind.answer_helpful,
        cause="vote",
        cause_id=post_id,
        post_id=post_id,
        reason="the vote was taken back",
        actor_id=voter_id,
    )


def void_withdrawn(session: Session, event: PostWithdrawn) -> None:
    void_post(session, event.post_id, WITHDRAWN)


def restore_returned(session: Session, event: PostReturned) -> None:
    restore_post(session, event.post_id, WITHDRAWN)


def follow_conversion(session: Session, event: PostConverted) -> None:
    if event.to == PostKind.comment:
        void_post(session, event.post_id, CONVERTED)
    else:
        restore_post(session, event.post_id, CONVERTED)


def _settle_at(session: Session, moment: datetime) -> None:
    """What is pending now counts later: one job per hour is enough."""
    hour = moment.strftime("%Y%m%d%H")
    enqueue(session, "recognition.settle", dedup_key=f"settle:{hour}", delay=moment - clock.now())
