"""Posts as a reader sees them: loaded as columns in as few queries as a page can have."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import (
    Acceptance,
    AnswerMark,
    Defect,
    Member,
    OfficialMark,
    Post,
    PostKind,
    PostState,
    SuggestedEdit,
    SuggestionState,
    Vote,
)
from forum.policy.actor import Actor
from forum.policy.check import may, why_not
from forum.policy.facts import About, TopicFacts
from forum.policy.permissions import Permission
from forum.topics.disclosure import disclosure
from forum.topics.people import COLUMNS, person
from forum.topics.views import AcceptedView, CommentView, DefectView, OfficialView, OutsideMedium, PersonView, PostView

FOLD_AT = 6_000
SCORE_HIDDEN = timedelta(hours=2)
Accepter = aliased(Member)
Marker = aliased(Member)


@dataclass(frozen=True, slots=True)
class Mine:
    """What the reader has said of the posts on the page."""

    votes: dict[int, int] = field(default_factory=dict)
    marks: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutsidePost:
    """What a post that came from elsewhere shows and a member's does not."""

    author: PersonView
    media: list[OutsideMedium]


Outside = dict[int, OutsidePost]


@cache
def select_posts() -> Select[Any]:
    """Questions and answers with author, tick and official mark."""
    posts: Any = (
        select(
            col(Post.id),
            col(Post.topic_id),
            col(Post.kind),
            col(Post.state),
            col(Post.author_id),
            col(Post.html),
            col(Post.created_at),
            col(Post.edited_at),
            col(Post.revisions),
            col(Post.removed_reason),
            col(Post.helpful),
            col(Post.not_helpful),
            col(Post.works),
            col(Post.outdated),
            col(Post.dangerous),
            *COLUMNS,
            col(Acceptance.at).label("accepted_at"),
            col(Acceptance.by_id).label("accepted_by_id"),
            col(Acceptance.topic_id).label("accepted_topic_id"),
            col(Accepter.name).label("accepted_by"),
            col(OfficialMark.at).label("official_at"),
            col(OfficialMark.scope).label("official_scope"),
            col(OfficialMark.review_by).label("official_review"),
            col(Marker.name).label("official_by"),
            col(Defect.reference).label("defect_reference"),
            col(Defect.fixed_at).label("defect_fixed_at"),
            _suggestion().label("suggestion"),
        )
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .outerjoin(Acceptance, col(Acceptance.post_id) == col(Post.id))
        .outerjoin(Accepter, col(Accepter.id) == col(Acceptance.by_id))
        .outerjoin(OfficialMark, col(OfficialMark.post_id) == col(Post.id))
        .outerjoin(Marker, col(Marker.id) == col(OfficialMark.by_id))
        .outerjoin(Defect, col(Defect.post_id) == col(Post.id))
    )
    made: Select[Any] = posts
    return made


def _suggestion() -> Any:
    """The suggested edit of a post that has waited longest."""
    waits = (col(SuggestedEdit.post_id) == col(Post.id)) & (col(SuggestedEdit.state) == SuggestionState.open)
    return select(func.min(col(SuggestedEdit.id))).where(waits).correlate(Post).scalar_subquery()


def load_mine(session: Session, actor: Actor, post_ids: list[int]) -> Mine:
    """Votes and marks of the reader, in one query."""
    if not actor.signed_in or not post_ids:
        return Mine()
    mine = Mine()
    for row in session.execute(_select_mine(), {"reader": actor.id, "posts": post_ids}):
        if row.kind:
            mine.marks[row.post_id] = mine.marks.get(row.post_id, frozenset()) | {row.kind}
        else:
            mine.votes[row.post_id] = row.value
    return mine


@cache
def _select_mine() -> Any:
    reader: Any = bindparam("reader")
    posts: Any = bindparam("posts", expanding=True)
    votes = select(col(Vote.post_id), col(Vote.value), literal("").label("kind")).where(
        col(Vote.member_id) == reader, col(Vote.post_id).in_(posts)
    )
    marks = select(col(AnswerMark.post_id), literal(0), col(AnswerMark.kind)).where(
        col(AnswerMark.member_id) == reader, col(AnswerMark.post_id).in_(posts)
    )
    return union_all(votes, marks)


def load_comments(session: Session, actor: Actor, topic_id: int, parents: list[int]) -> list[Row[Any]]:
    """Comments under these posts, and for staff the topic's notes."""
    values = {"parents": parents} | ({"topic_id": topic_id} if actor.is_staff else {})
    return list(session.execute(_select_comments(notes=actor.is_staff), values).all())


@cache
def _select_comments(*, notes: bool) -> Any:
    wanted: ColumnElement[bool] = col(Post.parent_id).in_(bindparam("parents", expanding=True))
    if notes:
        wanted = wanted | ((col(Post.topic_id) == bindparam("topic_id")) & (col(Post.kind) == PostKind.note))
    return (
        select(
            col(Post.id),
            col(Post.parent_id),
            col(Post.kind),
            col(Post.state),
            col(Post.author_id),
            col(Post.html),
            col(Post.created_at),
            col(Post.edited_at),
            *COLUMNS,
        )
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(wanted, col(Post.state) == PostState.visible)
        .order_by(col(Post.created_at), col(Post.id))
    )


class ShownTopic(TopicFacts, Protocol):
    """What the views of its posts need to know of a topic."""

    @property
    def product_id(self) -> int | None: ...


def comment_view(actor: Actor, topic: ShownTopic, row: Row[Any], outside: Outside) -> CommentView:
    about = About(topic, row)
    foreign = outside.get(row.id)
    may_withdraw = may(actor, Permission.post_withdraw, about)
    return CommentView(
        id=row.id,
        author=foreign.author if foreign else person(row),
        at=row.created_at,
        edited=row.edited_at is not None,
        html=row.html,
        media=foreign.media if foreign else [],
        note=row.kind == PostKind.note,
        disclosure=disclosure(row.person_early, topic.product_id),
        may_edit=may(actor, Permission.post_edit, about),
        may_withdraw=may_withdraw,
        may_flag=may(actor, Permission.post_flag, about),
        may_remove=not may_withdraw and may(actor, Permission.post_remove, about),
    )


@dataclass(frozen=True, slots=True)
class OwnSolution:
    """When the person who asked wrote the answer they ticked themselves, and whose answer led them there."""

    at: datetime
    credited_post_id: int | None


def post_view(
    actor: Actor,
    topic: ShownTopic,
    row: Row[Any],
    comments: list[CommentView],
    mine: Mine,
    outside: Outside,
    own: OwnSolution | None = None,
) -> PostView:
    about = About(topic, row)
    readable = may(actor, Permission.topic_read, about)
    may_vote = may(actor, Permission.post_vote, about)
    may_edit = may(actor, Permission.post_edit, about)
    visible = row.state == PostState.visible
    foreign = outside.get(row.id)
    return PostView(
        id=row.id,
        topic_id=row.topic_id,
        kind=row.kind,
        author=foreign.author if foreign else person(row),
        at=row.created_at,
        html=row.html if readable else "",
        folded=len(row.html) > FOLD_AT and row.kind == PostKind.answer,
        state=row.state,
        removed_reason=row.removed_reason,
        edits=max(0, row.revisions - 1),
        edited_at=row.edited_at,
        accepted=_accepted(topic, row),
        official=_official(row),
        defect=DefectView(row.defect_reference, row.defect_fixed_at) if row.defect_reference else None,
        helpful=row.helpful if _score_is_open(row) else None,
        not_helpful=row.not_helpful if _score_is_open(row) and may(actor, Permission.votes_split, about) else None,
        works=row.works,
        outdated=row.outdated,
        dangerous=row.dangerous,
        my_vote=mine.votes.get(row.id, 0),
        my_marks=mine.marks.get(row.id, frozenset()),
        media=foreign.media if foreign and readable else [],
        comments=comments,
        disclosure=disclosure(row.person_early, topic.product_id),
        may_vote=may_vote,
        why_not_vote="" if may_vote else why_not(actor, Permission.post_vote, about),
        why_not_down=why_not(actor, Permission.post_vote_down, about) if may_vote else "",
        credited=own is not None and own.credited_post_id == row.id,
        may_accept=may(actor, Permission.answer_accept, about) and row.accepted_topic_id in (None, row.topic_id),
        may_credit=own is not None and row.created_at < own.at and may(actor, Permission.answer_credit, about),
        may_thank=row.author_id is not None and may(actor, Permission.answer_thank, about),
        may_verify=may(actor, Permission.answer_verify, about),
        may_link_defect=may(actor, Permission.defect_confirm, about),
        may_mark=may(actor, Permission.answer_mark, about),
        may_comment=may(actor, Permission.comment_post, about),
        may_edit=may_edit,
        may_suggest=not may_edit and may(actor, Permission.edit_suggest, about),
        suggestion=row.suggestion if row.suggestion and may(actor, Permission.edit_decide, about) else None,
        may_withdraw=visible and may(actor, Permission.post_withdraw, about),
        may_remove=visible and may(actor, Permission.post_remove, about),
        may_flag=may(actor, Permission.post_flag, about),
        may_return=not visible and _may_return(actor, about),
        may_convert=may(actor, Permission.post_convert, about),
    )


def _score_is_open(row: Row[Any]) -> bool:
    return bool(row.kind == PostKind.question) or clock.now() - row.created_at >= SCORE_HIDDEN


def _may_return(actor: Actor, about: About) -> bool:
    withdrawn = about.post is not None and about.post.state == PostState.withdrawn
    return may(actor, Permission.post_withdraw if withdrawn else Permission.post_remove, about)


def _accepted(topic: TopicFacts, row: Row[Any]) -> AcceptedView | None:
    if row.accepted_at is None:
        return None
    by_asker = row.accepted_by_id is not None and row.accepted_by_id == topic.author_id
    merged = row.accepted_topic_id != row.topic_id
    return AcceptedView(row.accepted_by or "The person who asked", by_asker, row.accepted_at, merged)


def _official(row: Row[Any]) -> OfficialView | None:
    if row.official_at is None:
        return None
    overdue = row.official_review < clock.now().date()
    return OfficialView(row.official_by or "Staff", row.official_at, row.official_scope, row.official_review, overdue)
