"""Endorsing: trusted members say what somebody knows; three of them ask experts or staff to look; a label lasts a year."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.core.events import emit
from forum.models import (
    Endorsement,
    Member,
    RepEvent,
    RepSubject,
    RepTag,
    ReviewOutcome,
    Tag,
    TagLabel,
    TagReview,
    TagReviewVote,
    TopicTag,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible
from forum.recognition.events import Endorsed, TagReviewDecided
from forum.recognition.peers.inputs import Endorse, JudgeReview
from forum.recognition.rates import POSITIVE_SIGNALS
from forum.recognition.standing import counts
from forum.topics.people import COLUMNS, person
from forum.topics.views import PersonView

NOT_BACK = timedelta(days=90)
"""Nobody endorses whoever endorsed them lately."""
ENOUGH = 3
EXPERTS = 2
A_YEAR = timedelta(days=365)
RENEWED_BY = 5
KNOWS_POINTS, KNOWS_SOLUTIONS, KNOWS_ASKERS = 150, 10, 8


@dataclass(frozen=True, slots=True)
class EndorsementView:
    by: PersonView
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewView:
    id: int
    tag: str
    about: PersonView
    opened_at: datetime
    endorsements: list[EndorsementView]
    voted: bool


def endorse(session: Session, actor: Actor, member: Member, data: Endorse) -> None:
    require(actor, Permission.member_endorse)
    if member.id == actor.id:
        raise Conflict("Your answers speak for you. Others can endorse you.")
    tag = session.scalars(select(Tag).where(col(Tag.slug) == data.tag.casefold())).first()
    if tag is None:
        raise Invalid({"tag": "There is no such tag. Choose one that people use here."})
    if session.scalar(select(col(Member.id)).where(col(Member.id) == member.id, eligible())) is None:
        raise Conflict("Only volunteers in good standing are endorsed.")
    blocks.keep_apart(session, actor, member.id)
    _check_pace(session, actor, member)
    values = {"tag_id": tag.id, "from_id": actor.id, "to_id": member.id, "text": data.text, "at": clock.now()}
    if not insert_ignoring(session, Endorsement, values):
        raise Conflict("You endorsed them for this already.")
    emit(session, Endorsed(actor.member_id, member.id, tag.slug))
    _open_review(session, tag.id, member.id)


def _check_pace(session: Session, actor: Actor, member: Member) -> None:
    mine = select(func.count()).where(col(Endorsement.from_id) == actor.id, col(Endorsement.at) > clock.now() - timedelta(days=1))
    if session.execute(mine).scalar_one():
        raise TooMany("One a day, so that each means something. Come back tomorrow; your words are kept below.", 3_600)
    back = select(col(Endorsement.id)).where(
        col(Endorsement.from_id) == member.id, col(Endorsement.to_id) == actor.id, col(Endorsement.at) > clock.now() - NOT_BACK
    )
    if session.scalar(back.limit(1)) is not None:
        raise Conflict("They endorsed you within the last ninety days. Endorsing back can wait until then.")


def _open_review(session: Session, tag_id: int, member_id: int) -> None:
    recent = select(func.count()).where(
        col(Endorsement.tag_id) == tag_id, col(Endorsement.to_id) == member_id, col(Endorsement.at) > clock.now() - A_YEAR
    )
    label = session.get(TagLabel, (tag_id, member_id))
    if session.execute(recent).scalar_one() >= ENOUGH and (label is None or label.until <= clock.now()):
        insert_ignoring(session, TagReview, {"tag_id": tag_id, "member_id": member_id, "opened_at": clock.now(), "reason": ""})


def is_expert(tag_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Known for a tag: by what they solved there, or by a label."""
    solved = (
        select(col(RepTag.tag_id))
        .join(RepSubject, col(RepSubject.subject) == col(RepTag.subject))
        .where(
            col(RepSubject.member_id) == member_id,
            col(RepTag.tag_id) == tag_id,
            col(RepTag.points) >= KNOWS_POINTS,
            col(RepTag.solutions) >= KNOWS_SOLUTIONS,
            col(RepTag.askers) >= KNOWS_ASKERS,
        )
    )
    labelled = select(col(TagLabel.tag_id)).where(
        col(TagLabel.member_id) == member_id, col(TagLabel.tag_id) == tag_id, col(TagLabel.until) > clock.now()
    )
    return or_(solved.exists(), labelled.exists())


def judge(session: Session, actor: Actor, review_id: int, data: JudgeReview) -> None:
    """Staff decide at once; of experts in the tag it takes two who say the same."""
    review = session.get(TagReview, review_id, with_for_update=True)
    if review is None or not _may_judge(session, actor, review):
        raise NotFound
    if review.outcome != ReviewOutcome.open:
        raise Conflict("That was decided already.")
    agrees = data.agrees == "yes"
    values = {"review_id": review.id, "member_id": actor.id, "agrees": agrees, "reason": data.reason, "at": clock.now()}
    if not insert_ignoring(session, TagReviewVote, values):
        raise Conflict("You said what you think already.")
    same = select(func.count()).where(col(TagReviewVote.review_id) == review.id, col(TagReviewVote.agrees).is_(agrees))
    if may(actor, Permission.triage) or session.execute(same).scalar_one() >= EXPERTS:
        _decide(session, review, agrees=agrees, reason=data.reason)


def _may_judge(session: Session, actor: Actor, review: TagReview) -> bool:
    if not actor.signed_in or actor.id == review.member_id:
        return False
    if may(actor, Permission.triage):
        return True
    return bool(session.scalar(select(is_expert(review.tag_id, actor.id))))


def _decide(session: Session, review: TagReview, *, agrees: bool, reason: str) -> None:
    review.outcome = ReviewOutcome.agreed if agrees else ReviewOutcome.declined
    review.reason, review.decided_at = reason, clock.now()
    if agrees:
        until = clock.now() + A_YEAR
        insert_ignoring(session, TagLabel, {"tag_id": review.tag_id, "member_id": review.member_id, "until": until})
        session.get_one(TagLabel, (review.tag_id, review.member_id)).until = until
    backers = session.scalars(
        select(col(Endorsement.from_id)).where(
            col(Endorsement.tag_id) == review.tag_id,
            col(Endorsement.to_id) == review.member_id,
            col(Endorsement.from_id).is_not(None),
        )
    ).all()
    slug = session.get_one(Tag, review.tag_id).slug
    emit(
        session,
        TagReviewDecided(review.id, review.member_id, tuple(one for one in backers if one is not None), slug, agrees, reason),
    )


def reviews(session: Session, actor: Actor) -> list[ReviewView]:
    """Open ones that the reader may judge, oldest first."""
    require(actor, Permission.account_own)
    query = (
        select(TagReview, col(Tag.slug), *COLUMNS)
        .join(Tag, col(Tag.id) == col(TagReview.tag_id))
        .join(Member, col(Member.id) == col(TagReview.member_id))
        .where(col(TagReview.outcome) == ReviewOutcome.open, col(TagReview.member_id) != actor.id)
        .order_by(col(TagReview.opened_at))
        .limit(50)
    )
    if not may(actor, Permission.triage):
        query = query.where(is_expert(col(TagReview.tag_id), actor.id))
    rows = session.execute(query).all()
    said = set(session.scalars(select(col(TagReviewVote.review_id)).where(col(TagReviewVote.member_id) == actor.id)))
    words = _endorsements(session, [row.TagReview for row in rows])
    return [
        ReviewView(
            row.TagReview.id,
            row.slug,
            person(row),
            row.TagReview.opened_at,
            words.get((row.TagReview.tag_id, row.TagReview.member_id), []),
            row.TagReview.id in said,
        )
        for row in rows
    ]


def _endorsements(session: Session, open_reviews: list[TagReview]) -> dict[tuple[int, int], list[EndorsementView]]:
    found: dict[tuple[int, int], list[EndorsementView]] = {}
    rows = session.execute(
        select(Endorsement, *COLUMNS)
        .outerjoin(Member, col(Member.id) == col(Endorsement.from_id))
        .where(col(Endorsement.to_id).in_({review.member_id for review in open_reviews}))
        .order_by(col(Endorsement.id))
    )
    for row in rows:
        one: Endorsement = row.Endorsement
        found.setdefault((one.tag_id, one.to_id), []).append(EndorsementView(person(row), one.text, one.at))
    return found


def renew() -> None:
    """A label goes on for another year while five people were helped in its tag; otherwise it ends without a word."""
    moment = clock.now()
    with transaction() as session:
        for label in session.scalars(select(TagLabel).where(col(TagLabel.until) <= moment)).all():
            signals = session.execute(
                select(func.count())
                .select_from(RepEvent)
                .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
                .join(TopicTag, col(TopicTag.topic_id) == col(RepEvent.topic_id))
                .where(
                    col(RepSubject.member_id) == label.member_id,
                    col(TopicTag.tag_id) == label.tag_id,
                    col(RepEvent.kind).in_(POSITIVE_SIGNALS),
                    col(RepEvent.occurred_at) > moment - A_YEAR,
                    counts(),
                )
            ).scalar_one()
            if signals >= RENEWED_BY:
                label.until = moment + A_YEAR
            else:
                session.delete(label)
