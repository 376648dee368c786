"""Where evidence comes from: one set-based query for each kind of thing that counts, a row for each of them.

The same query serves one member, just after something happened, and everybody at night, so both agree. Questions asked
by staff never count, nor do lines that were reversed; those reversed for fraud are handed over apart, since only they
take a badge away. Some floors that will write rows (the guide, previews, defects) are read by the name
of their event in the activity log.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import (
    SENT,
    Acceptance,
    Activity,
    ArticleSaid,
    ExternalPost,
    Flag,
    FlagState,
    LedgerKind,
    MapRole,
    Member,
    MeToo,
    Post,
    PostKind,
    PostMap,
    PostState,
    RepEvent,
    Resolution,
    ReviewItem,
    ReviewOpinion,
    ReviewState,
    Revision,
    Share,
    ThreadLink,
    Topic,
    TopicKind,
    TopicTag,
    TriageState,
    Verdict,
    Vote,
)
from forum.recognition.choices import STAFF
from forum.recognition.rates import RATES, SOLUTIONS


class Some(NamedTuple):
    """Members to look at, and the surrogates that ledger lines of theirs name."""

    ids: list[int]
    subjects: list[str]


Ids = Some | None
"""None for everybody."""
Query = Select[Any]

VOTE_PATTERN = "vote_pattern"
SPAM = "spam"
FRAUD = (VOTE_PATTERN, SPAM)
"""Reasons of reversals that take a badge away with its evidence."""


Asker, Speaker = aliased(Member), aliased(Member)
Flip = aliased(RepEvent)
Finding = aliased(RepEvent)


def _columns(member: Any, at: Any, state: Any, **more: Any) -> list[Any]:
    """The shape every metric has; what is not given is empty."""
    given: dict[str, Any] = {"who": literal(None), "weight": literal(1), "event_id": literal(None), "post_id": literal(None)}
    given |= {"topic_id": literal(None), "scope": literal("")} | more
    names = ("who", "weight", "event_id", "post_id", "topic_id", "scope")
    first = [
        member.label("member_id"),
        type_coerce(at, String).label("at"),
        *(given.pop(name).label(name) for name in names),
        state.label("state"),
    ]
    return first + [column.label(name) for name, column in given.items()]


def flips(ids: Ids) -> Query:
    """Reversals and restores, oldest first: the last one of a line says whether it counts."""
    kinds = (LedgerKind.reversal, LedgerKind.restore)
    query: Any = select(col(RepEvent.reverses_id), col(RepEvent.kind), col(RepEvent.reason)).where(col(RepEvent.kind).in_(kinds))
    if ids is not None:
        query = query.where(col(RepEvent.subject).in_(ids.subjects))
    ordered: Query = query.order_by(col(RepEvent.id))
    return ordered


def _spam(post_id: Any) -> Any:
    """The same for what is no ledger line: a post that was found to be spam is fraud."""
    found = select(col(Finding.post_id)).where(
        col(Finding.kind) == LedgerKind.conduct_spam_upheld, col(Finding.post_id).is_not(None), ~_reversed(Finding)
    )
    return case((post_id.in_(found), SPAM), else_="")


def _reversed(line: Any) -> ColumnElement[bool]:
    flips = select(func.count()).where(col(Flip.reverses_id) == line.id).correlate(line).scalar_subquery()
    return flips % 2 == 1


def _among(query: Query, member: Any, ids: Ids) -> Query:
    return query if ids is None else query.where(member.in_(ids.ids))


def _ledger(kinds: tuple[LedgerKind, ...], ids: Ids, **more: Any) -> Query:
    at = func.coalesce(col(RepEvent.counts_from), col(RepEvent.occurred_at))
    line = {"event_id": col(RepEvent.id), "post_id": col(RepEvent.post_id), "topic_id": col(RepEvent.topic_id)}
    query = select(*_columns(col(RepEvent.subject), at, literal(""), **line, **more)).where(
        col(RepEvent.kind).in_(kinds), col(RepEvent.points) > 0
    )
    return query if ids is None else query.where(col(RepEvent.subject).in_(ids.subjects))


def lines(kinds: tuple[LedgerKind, ...], ids: Ids) -> Query:
    """Plain ledger lines, whose question does not matter; the other person is who gave it."""
    return _ledger(kinds, ids, who=col(RepEvent.actor_subject), kind=col(RepEvent.kind))


def _asked_by_customers() -> ColumnElement[bool]:
    staff = select(col(Asker.id)).where(col(Asker.role).in_(STAFF))
    return or_(col(Topic.author_id).is_(None), col(Topic.author_id).not_in(staff))


def _with_topic(query: Query) -> Query:
    return query.outerjoin(Topic, col(Topic.id) == col(RepEvent.topic_id)).where(_asked_by_customers())


def solutions(ids: Ids, **more: Any) -> Query:
    return _with_topic(_ledger(SOLUTIONS, ids, **{"who": col(Topic.author_id), **more}))


def answered(ids: Ids, **more: Any) -> Query:
    """Solutions with the answer itself and the times around it."""
    times = {"asked": col(Topic.created_at), "answered": col(Post.created_at), "first": _first_reply()}
    return solutions(ids, **times, **more).join(Post, col(Post.id) == col(RepEvent.post_id))


def _first_reply() -> Any:
    Reply = aliased(Post)
    return (
        select(func.min(col(Reply.created_at)))
        .where(
            col(Reply.topic_id) == col(Topic.id),
            col(Reply.kind).in_((PostKind.answer, PostKind.comment)),
            or_(col(Topic.author_id).is_(None), col(Reply.author_id).is_distinct_from(col(Topic.author_id))),
        )
        .correlate(Topic)
        .scalar_subquery()
    )


def _said_under(answer: Any, author: Any) -> Any:
    """How often somebody wrote under an answer before it became the solution."""
    Word = aliased(Post)
    return (
        select(func.count())
        .where(col(Word.parent_id) == answer.id, col(Word.author_id) == author, col(Word.created_at) <= col(RepEvent.occurred_at))
        .correlate(Post, Topic, RepEvent)
        .scalar_subquery()
    )


def exchanges(ids: Ids) -> Query:
    theirs, own = _said_under(Post, col(Topic.author_id)), _said_under(Post, col(Post.author_id))
    return answered(ids, theirs=theirs, own=own)


def languages(ids: Ids) -> Query:
    elsewhere = (
        select(col(ExternalPost.language))
        .join(PostMap, col(PostMap.external_post_id) == col(ExternalPost.id))
        .where(col(PostMap.topic_id) == col(Topic.id), col(PostMap.role) == MapRole.question)
        .limit(1)
        .correlate(Topic)
        .scalar_subquery()
    )
    found = solutions(ids, elsewhere=elsewhere, spoken=col(Speaker.languages))
    return found.outerjoin(Speaker, col(Speaker.id) == col(Topic.author_id))


def bridged(ids: Ids) -> Query:
    carried = exists().where(
        col(ThreadLink.topic_id) == col(Topic.id),
        col(ThreadLink.state) == TriageState.published,
        col(Share.thread_id) == col(ThreadLink.id),
        col(Share.state).in_(SENT),
    )
    return solutions(ids).where(carried.correlate(Topic))


def links_here(ids: Ids) -> Query:
    body = col(Post.body)
    return (
        solutions(ids)
        .join(Post, col(Post.id) == col(RepEvent.post_id))
        .where(or_(body.like("%/topics/%"), body.like("%/resolutions/%")))
    )


def tagged(query: Callable[..., Query]) -> Callable[[Ids], Query]:
    def build(ids: Ids) -> Query:
        found = query(ids, scope=cast(col(TopicTag.tag_id), String))
        return found.join(TopicTag, col(TopicTag.topic_id) == col(RepEvent.topic_id))

    return build


def points(ids: Ids, **more: Any) -> Query:
    earning = tuple(kind for kind, rate in RATES.items() if rate.points > 0)
    return _with_topic(_ledger(earning, ids, weight=col(RepEvent.points), **more))


def answers(ids: Ids) -> Query:
    query = (
        select(
            *_columns(
                *(col(Post.author_id), col(Post.created_at), _spam(col(Post.id))),
                who=col(Topic.author_id),
                post_id=col(Post.id),
                topic_id=col(Topic.id),
            )
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_not(None),
            col(Topic.kind) == TopicKind.question,
            col(Topic.author_id).is_distinct_from(col(Post.author_id)),
            _asked_by_customers(),
        )
    )
    return _among(query, col(Post.author_id), ids)


def welcomes(ids: Ids) -> Query:
    """An asker of a first question wrote back under an answer."""
    Reply, Earlier = aliased(Post), aliased(Topic)
    query = (
        select(
            *_columns(
                *(col(Post.author_id), col(Reply.created_at), _spam(col(Post.id))),
                who=col(Topic.author_id),
                post_id=col(Post.id),
                topic_id=col(Topic.id),
            )
        )
        .join(Reply, col(Reply.parent_id) == col(Post.id))
        .join(Topic, and_(col(Topic.id) == col(Post.topic_id), col(Topic.author_id) == col(Reply.author_id)))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Reply.state) == PostState.visible,
            col(Topic.author_id) != col(Post.author_id),
            _asked_by_customers(),
            ~exists().where(col(Earlier.author_id) == col(Topic.author_id), col(Earlier.id) < col(Topic.id)).correlate(Topic),
        )
    )
    return _among(query, col(Post.author_id), ids)


def _questions(ids: Ids, at: Any, **more: Any) -> Query:
    """Questions of the member, with the state of their own post."""
    columns = _columns(
        *(col(Topic.author_id), at, _spam(col(Post.id))),
        **{"who": col(Topic.id), "post_id": col(Post.id), "topic_id": col(Topic.id), **more},
    )
    query = (
        select(*columns)
        .join(Post, and_(col(Post.topic_id) == col(Topic.id), col(Post.kind) == PostKind.question))
        .where(col(Topic.author_id).is_not(None), col(Topic.kind) == TopicKind.question, at.is_not(None))
    )
    return _among(query, col(Topic.author_id), ids)


def _asker_ticked() -> Any:
    """When the asker said that it was solved."""
    return (
        select(func.min(col(Acceptance.at)))
        .where(col(Acceptance.topic_id) == col(Topic.id), col(Acceptance.by_id) == col(Topic.author_id))
        .correlate(Topic)
        .scalar_subquery()
    )


def _answered_by_others() -> Any:
    Answer = aliased(Post)
    return (
        select(func.min(col(Answer.created_at)))
        .where(
            col(Answer.topic_id) == col(Topic.id),
            col(Answer.kind) == PostKind.answer,
            col(Answer.state) == PostState.visible,
            col(Answer.author_id).is_distinct_from(col(Topic.author_id)),
        )
        .correlate(Topic)
        .scalar_subquery()
    )


def loops(ids: Ids) -> Query:
    return _questions(ids, _asker_ticked(), asked=col(Topic.created_at), ticked=_asker_ticked())


def own_answered(ids: Ids) -> Query:
    return _questions(ids, _answered_by_others())


def outcomes(ids: Ids) -> Query:
    return _questions(ids, _asker_ticked()).where(_answered_by_others().is_not(None))


def shared_questions(ids: Ids) -> Query:
    """Questions that two other members have too, and when staff first asked for details."""
    second = (
        select(col(MeToo.at))
        .where(col(MeToo.topic_id) == col(Topic.id), col(MeToo.member_id).is_not(None))
        .order_by(col(MeToo.at), col(MeToo.id))
        .offset(1)
        .limit(1)
        .correlate(Topic)
        .scalar_subquery()
    )
    details = (
        select(func.min(col(Activity.at)))
        .where(col(Activity.topic_id) == col(Topic.id), col(Activity.event) == "DetailsAsked")
        .correlate(Topic)
        .scalar_subquery()
    )
    return _questions(ids, second, asked=col(Topic.created_at), details=details)


def retags(ids: Ids) -> Query:
    """Tags of somebody else's question, changed and still as they were left."""
    Before, Newest = aliased(Revision), aliased(Revision)
    newest = (
        select(col(Newest.tags))
        .where(col(Newest.post_id) == col(Revision.post_id))
        .order_by(col(Newest.number).desc())
        .limit(1)
        .correlate(Revision)
        .scalar_subquery()
    )
    query = (
        select(
            *_columns(
                *(col(Revision.author_id), col(Revision.at), _spam(col(Post.id))),
                who=col(Post.topic_id),
                post_id=col(Post.id),
                topic_id=col(Post.topic_id),
            )
        )
        .join(Post, col(Post.id) == col(Revision.post_id))
        .join(Before, and_(col(Before.post_id) == col(Revision.post_id), col(Before.number) == col(Revision.number) - 1))
        .where(
            col(Revision.author_id).is_not(None),
            col(Revision.author_id).is_distinct_from(col(Post.author_id)),
            col(Revision.tags) != col(Before.tags),
            newest == col(Revision.tags),
        )
    )
    return _among(query, col(Revision.author_id), ids)


def votes_given(ids: Ids) -> Query:
    columns = _columns(
        *(col(Vote.member_id), col(Vote.at), _spam(col(Post.id))),
        who=col(Post.author_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*columns)
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(
            col(Vote.value) == 1,
            col(Vote.member_id).is_not(None),
            col(Post.kind) == PostKind.answer,
            col(Post.author_id).is_not(None),
        )
    )
    return _among(query, col(Vote.member_id), ids)


def not_helpful(ids: Ids) -> Query:
    columns = _columns(
        *(col(Post.author_id), col(Vote.at), literal("")),
        who=col(Vote.member_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*columns)
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(col(Vote.value) == -1, col(Post.kind) == PostKind.answer, col(Post.author_id).is_not(None))
    )
    return _among(query, col(Post.author_id), ids)


def article_not_helpful(ids: Ids) -> Query:
    """Said of a resolution, for whoever wrote the answer it was written from."""
    columns = _columns(
        *(col(Post.author_id), col(ArticleSaid.at), literal("")),
        who=col(ArticleSaid.member_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*columns)
        .join(Resolution, col(Resolution.id) == col(ArticleSaid.resolution_id))
        .join(Post, col(Post.id) == col(Resolution.post_id))
        .where(col(ArticleSaid.yes).is_(False), col(Post.author_id).is_not(None))
    )
    return _among(query, col(Post.author_id), ids)


def _of_post(member: Any, at: Any) -> list[Any]:
    place = {"post_id": col(Post.id), "topic_id": col(Post.topic_id)}
    return _columns(member, at, literal(""), who=col(Post.author_id), **place)


def flags(ids: Ids) -> Query:
    """Those that a moderator has decided, whatever the day's limit of points."""
    query = (
        select(*_of_post(col(Flag.member_id), col(Flag.at)))
        .join(Post, col(Post.id) == col(Flag.post_id))
        .where(col(Flag.state) != FlagState.open, col(Flag.member_id).is_not(None))
    )
    return _among(query, col(Flag.member_id), ids)


def flags_upheld(ids: Ids) -> Query:
    return flags(ids).where(col(Flag.state) == FlagState.upheld)


def reviews(ids: Ids) -> Query:
    """Those whose outcome is known."""
    query = (
        select(*_of_post(col(ReviewOpinion.member_id), col(ReviewOpinion.at)))
        .join(ReviewItem, col(ReviewItem.id) == col(ReviewOpinion.item_id))
        .join(Post, col(Post.id) == col(ReviewItem.post_id))
        .where(col(ReviewItem.state) != ReviewState.open)
    )
    return _among(query, col(ReviewOpinion.member_id), ids)


def reviews_agreed(ids: Ids) -> Query:
    asked_for_action = col(ReviewOpinion.verdict) == Verdict.needs
    return reviews(ids).where(asked_for_action == (col(ReviewItem.state) == ReviewState.acted))


def logged(event: str) -> Callable[[Ids], Query]:
    """What the person who acted has in the activity log."""

    def build(ids: Ids) -> Query:
        columns = _columns(
            *(col(Activity.actor_id), col(Activity.at), _spam(col(Activity.post_id))),
            who=col(Activity.topic_id),
            post_id=col(Activity.post_id),
            topic_id=col(Activity.topic_id),
        )
        query = select(*columns).where(col(Activity.event) == event, col(Activity.actor_id).is_not(None))
        return _among(query, col(Activity.actor_id), ids)

    return build


def logged_of_author(event: str) -> Callable[[Ids], Query]:
    """What staff said of a post, for the person who wrote it."""

    def build(ids: Ids) -> Query:
        columns = _columns(
            *(col(Post.author_id), col(Activity.at), _spam(col(Post.id))),
            who=col(Activity.actor_id),
            post_id=col(Post.id),
            topic_id=col(Post.topic_id),
        )
        query = (
            select(*columns)
            .join(Post, col(Post.id) == col(Activity.post_id))
            .where(col(Activity.event) == event, col(Post.author_id).is_not(None))
        )
        return _among(query, col(Post.author_id), ids)

    return build
