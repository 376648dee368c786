"""The review queue and one item of it, for members who review and for moderators who decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock, paging
from forum.core.text import excerpt, plural
from forum.models import (
    Flag,
    FlagReason,
    FlagState,
    Member,
    Post,
    PostKind,
    PostState,
    ReviewItem,
    ReviewKind,
    ReviewOpinion,
    ReviewState,
    Topic,
    Verdict,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.people import COLUMNS, person
from forum.topics.reviews.items import claimed_by_other, holds
from forum.topics.rows import moderated_topics
from forum.topics.views import PersonView, Tab

PAGE, MANY = 25, 100
KINDS: dict[str, str] = {
    ReviewKind.flag: "Flagged",
    ReviewKind.first_post: "First post",
}
STATES: dict[str, str] = {
    ReviewState.open: "Waiting",
    ReviewState.kept: "Left as it is",
    ReviewState.acted: "Acted on",
}
REASONS: dict[str, str] = {
    FlagReason.spam: "Spam",
    FlagReason.rude: "Rude or harmful",
    FlagReason.not_an_answer: "Not an answer",
    FlagReason.other: "Something else",
}
POSTS: dict[str, str] = {PostKind.question: "Question", PostKind.answer: "Answer", PostKind.comment: "Comment"}
Claimer, Decider = aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    url: str
    kind: str
    what: str
    """"Answer"."""
    title: str
    excerpt: str
    author: PersonView
    at: datetime
    facts: list[str]
    """"2 flags", "1 review says fine"."""
    claimed_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    tabs: list[Tab]
    rows: list[ReviewRow]
    more_url: str | None
    first_url: str | None
    base: str


@dataclass(frozen=True, slots=True)
class FlagView:
    reason: str
    text: str
    """Only for moderators, as is who raised it."""
    by: PersonView | None
    record: str
    """"4 of 5 earlier flags upheld"."""
    at: datetime


@dataclass(frozen=True, slots=True)
class OpinionView:
    by: PersonView
    fine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReviewPage:
    id: int
    base: str
    """The queue it was opened from."""
    kind: str
    what: str
    state: str
    open: bool
    topic_title: str
    place_url: str
    context: str
    """What the post stands under, in a few words."""
    html: str
    author: PersonView
    at: datetime
    removed: bool
    removed_reason: str
    flags: list[FlagView]
    opinions: list[OpinionView]
    fine: int
    needs: int
    claimed_by: str
    claimed_until: datetime | None
    mine: bool
    """The reader has claimed it."""
    held: bool
    """Somebody else has."""
    decided_by: str
    decided_at: datetime | None
    may_review: bool
    said: bool
    may_decide: bool


def queue(session: Session, actor: Actor, *, desk: bool, decided: bool, after: str | None) -> ReviewQueue:
    """The heaviest first. Members see what is open, is not theirs, and what they have not reviewed yet."""
    require(actor, Permission.review_decide if desk else Permission.review_give)
    base = "/desk/reviews" if desk else "/reviews"
    query = _select(actor, desk)
    query = _decided(query, after) if decided else _waiting(query, after)
    rows = session.execute(query.limit(PAGE + 1)).all()
    key_of = (lambda row: (row.decided_at, row.id)) if decided else (lambda row: (row.weight, row.id))
    page = paging.cut(rows, PAGE, lambda row: _row(row, base), key_of, first=after is None)
    here = f"{base}?state=decided" if decided else base
    desk_tabs = [
        Tab(base, "Waiting", not decided),
        Tab(f"{base}?state=decided", "Decided", decided),
        Tab("/desk/findings", "Objections"),
    ]
    tabs = desk_tabs if desk else []
    older = f"{here}{'&' if decided else '?'}after={page.after}" if page.after else None
    return ReviewQueue(tabs, page.items, older, here if after is not None else None, base)


def waiting_for(actor: Actor) -> ColumnElement[int]:
    """How many posts wait for this reader's word, up to a hundred: a part of another statement."""
    if not may(actor, Permission.review_give):
        return literal(0)
    query = _select(actor, may(actor, Permission.review_decide)).with_only_columns(col(ReviewItem.id))
    found = _waiting(query, None).limit(MANY).correlate(None).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _select(actor: Actor, desk: bool) -> Any:
    flags = select(func.count()).where(col(Flag.item_id) == col(ReviewItem.id)).scalar_subquery()
    query: Any = (
        select(
            col(ReviewItem.id),
            col(ReviewItem.kind),
            col(ReviewItem.state),
            col(ReviewItem.weight),
            col(ReviewItem.opened_at),
            col(ReviewItem.decided_at),
            case((col(ReviewItem.claimed_until) > clock.now(), col(Claimer.name)), else_="").label("claimed_by"),
            col(Post.kind).label("post_kind"),
            func.substr(Post.body, 1, 400).label("body"),
            col(Topic.title),
            *COLUMNS,
            flags.label("flags"),
            _opinions(Verdict.fine).label("fine"),
            _opinions(Verdict.needs).label("needs"),
        )
        .join(Post, col(Post.id) == col(ReviewItem.post_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .outerjoin(Claimer, col(Claimer.id) == col(ReviewItem.claimed_by_id))
        .where(moderated_topics(actor))
    )
    if not desk:
        said = select(col(ReviewOpinion.item_id)).where(col(ReviewOpinion.member_id) == actor.id)
        raised = select(col(Flag.item_id)).where(col(Flag.member_id) == actor.id)
        someone_elses = col(Post.author_id).is_distinct_from(actor.id)
        query = query.where(someone_elses, col(ReviewItem.id).not_in(said), col(ReviewItem.id).not_in(raised))
    return query


def _opinions(verdict: Verdict) -> Any:
    query = select(func.count()).where(col(ReviewOpinion.item_id) == col(ReviewItem.id), col(ReviewOpinion.verdict) == verdict)
    return query.scalar_subquery()


def _waiting(query: Any, after: str | None) -> Any:
    """What its author has taken back waits out of sight, in case it comes back."""
    key = paging.decode(after, int)
    query = query.where(col(ReviewItem.state) == ReviewState.open, col(Post.state) == PostState.visible)
    if key is not None:
        weight, row_id = key
        beyond = (col(ReviewItem.weight) == weight) & (col(ReviewItem.id) > row_id)
        query = query.where((col(ReviewItem.weight) < weight) | beyond)
    return query.order_by(col(ReviewItem.weight).desc(), col(ReviewItem.id))


def _decided(query: Any, after: str | None) -> Any:
    key = paging.decode(after, datetime)
    query = query.where(col(ReviewItem.state) != ReviewState.open)
    if key is not None:
        at, row_id = key
        same = (col(ReviewItem.decided_at) == at) & (col(ReviewItem.id) < row_id)
        query = query.where((col(ReviewItem.decided_at) < at) | same)
    return query.order_by(col(ReviewItem.decided_at).desc(), col(ReviewItem.id).desc())


def _row(row: Any, base: str) -> ReviewRow:
    facts = [plural(row.flags, "flag")] if row.flags else []
    facts += [f"{plural(row.needs, 'review')} for a moderator"] if row.needs else []
    facts += [f"{plural(row.fine, 'review')} for leaving it"] if row.fine else []
    return ReviewRow(
        url=f"{base}/{row.id}",
        kind=KINDS[row.kind] if row.state == ReviewState.open else f"{KINDS[row.kind]}, {STATES[row.state].lower()}",
        what=POSTS[row.post_kind],
        title=row.title,
        excerpt=excerpt(row.body),
        author=person(row),
        at=row.opened_at,
        facts=facts,
        claimed_by=row.claimed_by or "",
        decided_at=row.decided_at,
    )


def item_page(session: Session, actor: Actor, item: ReviewItem, topic: Topic, post: Post, *, desk: bool) -> ReviewPage:
    about = About(topic, post)
    require(actor, Permission.review_decide if desk else Permission.review_give, about)
    decides = may(actor, Permission.review_decide, about)
    author = session.execute(
        select(*COLUMNS, col(Claimer.name).label("claimer"), col(Decider.name).label("decider"))
        .select_from(ReviewItem)
        .outerjoin(Member, col(Member.id) == post.author_id)
        .outerjoin(Claimer, col(Claimer.id) == col(ReviewItem.claimed_by_id))
        .outerjoin(Decider, col(Decider.id) == col(ReviewItem.decided_by_id))
        .where(col(ReviewItem.id) == item.id)
    ).one()
    flags, flagged = _flags(session, actor, item, named=decides)
    opinions = _opinion_views(session, item)
    is_open = item.state == ReviewState.open
    held = claimed_by_other(actor, item)
    said = any(row.member_id == actor.id for row in opinions)
    return ReviewPage(
        id=item.id,
        base="/desk/reviews" if desk else "/reviews",
        kind=KINDS[item.kind],
        what=POSTS[post.kind],
        state=STATES[item.state],
        open=is_open,
        topic_title=topic.title,
        place_url=f"/posts/{post.id}",
        context=_context(session, topic, post),
        html=post.html,
        author=person(author),
        at=post.created_at,
        removed=post.state != PostState.visible,
        removed_reason=post.removed_reason,
        flags=flags,
        opinions=[OpinionView(person(row), row.verdict == Verdict.fine, row.at) for row in opinions] if decides else [],
        fine=sum(row.verdict == Verdict.fine for row in opinions),
        needs=sum(row.verdict == Verdict.needs for row in opinions),
        claimed_by=author.claimer or "" if held else "",
        claimed_until=item.claimed_until if held or holds(actor, item) else None,
        mine=holds(actor, item),
        held=held,
        decided_by=author.decider or "" if not is_open else "",
        decided_at=item.decided_at,
        may_review=not desk and is_open and not held and not said and not flagged and post.author_id != actor.id,
        said=said,
        may_decide=desk and decides and not held and post.author_id != actor.id,
    )


def _flags(session: Session, actor: Actor, item: ReviewItem, *, named: bool) -> tuple[list[FlagView], bool]:
    """The flags of an item, and whether the reader raised one of them."""
    theirs = aliased(Flag)
    upheld = func.count(case((col(theirs.state) == FlagState.upheld, 1)))
    decided = func.count(case((col(theirs.state) != FlagState.open, 1)))
    before = select(upheld).where(col(theirs.member_id) == col(Flag.member_id), col(theirs.item_id) != item.id)
    looked_at = select(decided).where(col(theirs.member_id) == col(Flag.member_id), col(theirs.item_id) != item.id)
    rows = session.execute(
        select(
            col(Flag.reason),
            col(Flag.text),
            col(Flag.at),
            col(Flag.member_id),
            *COLUMNS,
            before.scalar_subquery().label("upheld"),
            looked_at.scalar_subquery().label("decided"),
        )
        .outerjoin(Member, col(Member.id) == col(Flag.member_id))
        .where(col(Flag.item_id) == item.id)
        .order_by(col(Flag.id))
    ).all()
    return [_flag(row, named) for row in rows], any(row.member_id == actor.id for row in rows)


def _flag(row: Any, named: bool) -> FlagView:
    record = f"{row.upheld} of {plural(row.decided, 'earlier flag')} upheld" if row.decided else "Their first flag"
    return FlagView(
        reason=REASONS[row.reason],
        text=row.text if named else "",
        by=person(row) if named else None,
        record=record if named else "",
        at=row.at,
    )


def _opinion_views(session: Session, item: ReviewItem) -> list[Any]:
    query = (
        select(col(ReviewOpinion.member_id), col(ReviewOpinion.verdict), col(ReviewOpinion.at), *COLUMNS)
        .join(Member, col(Member.id) == col(ReviewOpinion.member_id))
        .where(col(ReviewOpinion.item_id) == item.id)
        .order_by(col(ReviewOpinion.at))
    )
    return list(session.execute(query).all())


def _context(session: Session, topic: Topic, post: Post) -> str:
    """For an answer its question; for a comment what it is about; a question stands for itself."""
    if post.kind == PostKind.question:
        return ""
    query = select(func.substr(Post.body, 1, 600)).where(
        col(Post.id) == post.parent_id
        if post.parent_id
        else (col(Post.topic_id) == topic.id) & (col(Post.kind) == PostKind.question)
    )
    return excerpt(session.execute(query).scalar() or "", 300)
