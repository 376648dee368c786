"""Review items: opened for a post, claimed for a quarter of an hour, reviewed by members, decided by moderators.

What an item came to follows the post: removing it acts on what is open, bringing it back undoes that, and everybody who
flagged or reviewed is weighed again.
"""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.models import (
    Flag,
    FlagState,
    Member,
    Post,
    PostState,
    ReviewItem,
    ReviewKind,
    ReviewOpinion,
    ReviewState,
    Topic,
    Verdict,
)
from forum.policy.actor import Actor, actor_of
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.access import access_post
from forum.topics.edits import remove_post, return_post
from forum.topics.events import AnswerPosted, CommentPosted, PostReturned, PostWithdrawn, TopicAsked
from forum.topics.inputs import Remove
from forum.topics.reviews.events import FlagDecided, ItemDecided, ReviewGiven, ReviewWeighed
from forum.topics.reviews.inputs import DecideItem, GiveReview

CLAIMED_FOR = timedelta(minutes=15)
NEW_FOR = timedelta(days=30)
SECOND_OPINION = 50
"""What a review that asks for a moderator adds to the weight: as much as the flag of somebody new."""
MOST_HELD = 3
"""Items that one person may keep from others at a time."""


def open_item(session: Session, kind: ReviewKind, post_id: int, *, weight: int = 0) -> ReviewItem:
    """The open item of this kind for the post, made if there is none."""
    values = {"kind": kind, "post_id": post_id, "state": ReviewState.open, "weight": weight, "opened_at": clock.now()}
    insert_ignoring(session, ReviewItem, values)
    return session.scalars(
        select(ReviewItem).where(
            col(ReviewItem.post_id) == post_id, col(ReviewItem.kind) == kind, col(ReviewItem.state) == ReviewState.open
        )
    ).one()


def note_first_post(session: Session, event: TopicAsked | AnswerPosted | CommentPosted) -> None:
    """The very first thing a new member writes is looked at by somebody, while everybody can read it."""
    author = session.get_one(Member, event.actor_id)
    if clock.now() - author.joined_at >= NEW_FOR or may(actor_of(author), Permission.review_decide):
        return
    written = select(func.count()).select_from(select(col(Post.id)).where(col(Post.author_id) == author.id).limit(2).subquery())
    if session.execute(written).scalar_one() == 1:
        open_item(session, ReviewKind.first_post, event.post_id)


def access_item(session: Session, actor: Actor, item_id: int) -> tuple[ReviewItem, Topic, Post]:
    """An item with its post and topic, both locked in that order."""
    require(actor, Permission.review_give)
    item = session.get(ReviewItem, item_id)
    if item is None:
        raise NotFound
    topic, post = access_post(session, actor, item.post_id, merged=True)
    session.refresh(item, with_for_update=True)
    return item, topic, post


def claim(session: Session, actor: Actor, item: ReviewItem, post: Post) -> None:
    """For a quarter of an hour nobody else decides about it; so nobody keeps what is about them from being decided.

    Whoever had it leaves it to others for as long, so that it cannot be kept by taking it again and again.
    """
    require(actor, Permission.review_give)
    _check_open(item)
    _check_not_own(actor, post)
    _check_claim(session, actor, item)
    until = item.claimed_until if item.claimed_by_id == actor.id else None
    if until is not None and until + CLAIMED_FOR > clock.now():
        raise Conflict("You had this for a while already. You can review it as it is, and somebody else can take it.")
    session.execute(select(col(Member.id)).where(col(Member.id) == actor.id).with_for_update())  # their claims, one by one
    held = (col(ReviewItem.claimed_by_id) == actor.id) & (col(ReviewItem.claimed_until) > clock.now())
    if (session.scalar(select(func.count()).select_from(ReviewItem).where(held)) or 0) >= MOST_HELD:
        raise Conflict(f"You have taken {MOST_HELD} already. Say what you think of one, or let somebody else take it.")
    item.claimed_by_id, item.claimed_until = actor.id, clock.now() + CLAIMED_FOR


def release(session: Session, actor: Actor, item: ReviewItem) -> None:
    require(actor, Permission.review_give)
    if holds(actor, item):
        item.claimed_until = clock.now()


def holds(actor: Actor, item: ReviewItem) -> bool:
    return _held(item) and item.claimed_by_id == actor.id


def claimed_by_other(actor: Actor, item: ReviewItem) -> bool:
    return _held(item) and item.claimed_by_id not in (None, actor.id)


def _held(item: ReviewItem) -> bool:
    return item.claimed_until is not None and item.claimed_until > clock.now()


def _check_open(item: ReviewItem) -> None:
    if item.state != ReviewState.open:
        raise Conflict("Somebody has decided this meanwhile. Thank you for looking.")


def _check_claim(session: Session, actor: Actor, item: ReviewItem) -> None:
    if claimed_by_other(actor, item):
        who = session.get(Member, item.claimed_by_id)
        raise Conflict(f"{who.name if who else 'Somebody'} is looking at this just now. Take another, or come back in a while.")


def give_review(session: Session, actor: Actor, item: ReviewItem, topic: Topic, post: Post, data: GiveReview) -> None:
    """A member's word; it decides nothing and helps whoever does."""
    require(actor, Permission.review_give, About(topic, post))
    _check_open(item)
    _check_not_own(actor, post)
    _check_claim(session, actor, item)
    if session.scalar(select(col(Flag.id)).where(col(Flag.item_id) == item.id, col(Flag.member_id) == actor.id)) is not None:
        raise Conflict("You flagged this, so somebody else reviews it.")
    values = {"item_id": item.id, "member_id": actor.id, "verdict": data.verdict, "at": clock.now()}
    if not insert_ignoring(session, ReviewOpinion, values):
        raise Conflict("You have reviewed this already. A moderator decides.")
    if data.verdict == Verdict.needs:
        bump(item, weight=SECOND_OPINION)
    release(session, actor, item)
    emit(session, ReviewGiven(actor.member_id, topic.id, post.id, item.id, data.verdict))


def _check_not_own(actor: Actor, post: Post) -> None:
    if post.author_id == actor.id:
        raise Conflict("This is about a post of yours. Somebody else looks at it.")


def decide(session: Session, actor: Actor, item: ReviewItem, topic: Topic, post: Post, data: DecideItem) -> None:
    """Final, until a moderator decides otherwise: what was removed for it can be brought back, and the other way round."""
    require(actor, Permission.review_decide, About(topic, post))
    _check_not_own(actor, post)
    _check_claim(session, actor, item)
    if data.decision == "fine":
        if post.state == PostState.removed:
            return_post(session, actor, topic, post)
        elif item.state == ReviewState.open:
            settle(session, item, topic.id, actor.member_id, acted=False)
        return
    if len(data.reason) < 3:
        raise Invalid({"reason": "Say why. The author reads it."})
    remove_post(session, actor, topic, post, Remove(found=data.decision, reason=data.reason))
    session.refresh(item)
    if item.state != ReviewState.acted:
        settle(session, item, topic.id, actor.member_id, acted=True)


def act_on_removal(session: Session, event: PostWithdrawn) -> None:
    """What a moderator removes settles everything open about it, from wherever it was removed."""
    if event.removed:
        for item in _items_of(session, event.post_id):
            if item.state == ReviewState.open or item.returned:
                settle(session, item, event.topic_id, event.actor_id, acted=True)


def undo_on_return(session: Session, event: PostReturned) -> None:
    for item in _items_of(session, event.post_id):
        if item.state == ReviewState.acted:
            settle(session, item, event.topic_id, event.actor_id, acted=False)
            item.returned = True


def _items_of(session: Session, post_id: int) -> list[ReviewItem]:
    query = select(ReviewItem).where(col(ReviewItem.post_id) == post_id)
    return list(session.scalars(query.order_by(col(ReviewItem.id)).with_for_update()))


def settle(session: Session, item: ReviewItem, topic_id: int, actor_id: int, *, acted: bool) -> None:
    """Write down what was decided, and weigh everybody who flagged or reviewed by it."""
    item.state = ReviewState.acted if acted else ReviewState.kept
    item.decided_by_id, item.decided_at = actor_id, clock.now()
    item.claimed_by_id = item.claimed_until = None
    item.returned = False
    session.flush()
    outcome = FlagState.upheld if acted else FlagState.declined
    flags = session.execute(
        update(Flag)
        .where(col(Flag.item_id) == item.id)
        .values(state=outcome)
        .returning(col(Flag.id), col(Flag.member_id))
        .execution_options(synchronize_session=False)
    ).all()
    opinions = session.execute(
        select(col(ReviewOpinion.member_id), col(ReviewOpinion.verdict)).where(col(ReviewOpinion.item_id) == item.id)
    ).all()
    emit(session, ItemDecided(actor_id, topic_id, item.post_id, item.id, item.kind, acted))
    for flag_id, member_id in flags:
        if member_id is not None:
            emit(session, FlagDecided(actor_id, topic_id, item.post_id, flag_id, member_id, acted))
    for member_id, verdict in opinions:
        agreed = (verdict == Verdict.needs) == acted
        emit(session, ReviewWeighed(actor_id, topic_id, item.post_id, item.id, member_id, agreed))
