"""The topic page and the fragments of it, in at most four queries of its own."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock, paging, templating, text
from forum.core.errors import NotFound
from forum.core.proportions import rank
from forum.models import (
    ArticleProposal,
    ArticleState,
    Audience,
    Draft,
    DuplicateSaid,
    Follow,
    Member,
    MeToo,
    Post,
    PostKind,
    Product,
    Resolution,
    ResolutionState,
    RoutingInvite,
    Section,
    StateVote,
    Tag,
    ThreadLink,
    Topic,
    TopicState,
    TopicTag,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require, why_not
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.embargoes import embargo_on
from forum.topics.life import life
from forum.topics.merged import merged_views
from forum.topics.post_views import Mine, Outside, OwnSolution, comment_view, load_comments, load_mine, post_view, select_posts
from forum.topics.reviews.closing import LAPSES, live_votes
from forum.topics.rows import SEPARATOR, state_label, tag_views, topic_url
from forum.topics.views import (
    ArticleChoice,
    AskedView,
    CommentView,
    EarlierView,
    LinkView,
    Moment,
    OriginView,
    PostView,
    PrivateView,
    ServiceNotice,
    TopicPage,
)

ANSWERS = 30
Earlier, Away = aliased(Topic), aliased(Topic)
certainty = rank(col(Post.helpful), col(Post.not_helpful))
"""Who wrote an answer plays no part in its place."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a topic page before they become a view: what other floors need to add their part."""

    topic: Row[Any]
    posts: list[Row[Any]]
    comments: list[Row[Any]]
    more: str | None

    @property
    def foreign_posts(self) -> list[int]:
        """Posts without a member: their authors may be from elsewhere."""
        return [row.id for row in (*self.posts, *self.comments) if row.author_id is None]


@dataclass(frozen=True, slots=True)
class Guests:
    """What floors above know of the topic: threads and authors elsewhere, and topics like it."""

    origins: list[OriginView]
    outside: Outside
    similar: list[LinkView]
    asked: list[AskedView]
    private: PrivateView | None
    shared: list[Moment]
    """Where the outcome was told."""
    notices: list[ServiceNotice]


def load(session: Session, actor: Actor, topic_id: int, after: str | None = None) -> Loaded:
    """Raises NotFound for what the reader may not see; a topic that was merged away gives the one that has its answers."""
    topic = _topic_row(session, actor, topic_id)
    if topic.merged_into_id is not None:
        return load(session, actor, topic.merged_into_id)
    require(actor, Permission.topic_read, About(topic))
    posts, more = _posts(session, topic, after)
    comments = load_comments(session, actor, topic_id, [row.id for row in posts])
    return Loaded(topic, posts, comments, more)


def topic_page(session: Session, actor: Actor, loaded: Loaded, guests: Guests) -> TopicPage:
    topic, about, url = loaded.topic, About(loaded.topic), topic_url(loaded.topic.id, loaded.topic.slug)
    my_state = _my_state(session, actor, topic.id)
    posts = _post_views(actor, loaded, load_mine(session, actor, [row.id for row in loaded.posts]), guests.outside)
    return TopicPage(
        id=topic.id,
        url=url,
        title=topic.title,
        description=text.excerpt(topic.question_body, 155),
        kind=topic.kind,
        state=topic.state,
        state_label=state_label(topic.kind, topic.state),
        audience=topic.audience,
        section_name=topic.section_name,
        section_url=f"/sections/{topic.section_slug}",
        product=_product(topic),
        asked_at=topic.created_at,
        closed_reason=topic.closed_reason,
        needs_info_text=topic.needs_info_text if topic.state == TopicState.needs_info else "",
        tags=tag_views(topic.tags),
        question=next(post for post in posts if post.kind == PostKind.question),
        official=next((post for post in posts if post.official is not None), None),
        answers=[post for post in posts if post.kind == PostKind.answer and post.official is None],
        answer_count=topic.answers,
        more_url=f"{url}?after={loaded.more}" if loaded.more else None,
        speed=_speed(topic),
        me_too=topic.me_too,
        my_me_too="me_too" in my_state,
        following="follow" in my_state,
        duplicate_of=_earlier(actor, topic, my_state),
        merged=merged_views(session, actor, topic) if topic.merged else [],
        origins=guests.origins,
        timeline=life(topic, posts, guests.origins, guests.shared),
        similar=guests.similar,
        looking=topic.looking or "",
        asked=guests.asked,
        private=guests.private,
        notices=guests.notices,
        notes=[comment_view(actor, topic, row, {}) for row in loaded.comments if row.kind == PostKind.note],
        embargo_until=topic.embargo_until,
        draft_body=my_state.get("draft", ""),
        resolution_url=_resolution_url(topic),
        may_answer=may(actor, Permission.answer_post, about),
        why_not_answer=why_not(actor, Permission.answer_post, about),
        may_me_too=may(actor, Permission.topic_me_too, about) and (not actor.signed_in or topic.author_id != actor.id),
        may_follow=may(actor, Permission.topic_follow, about),
        may_note=may(actor, Permission.note_post, about),
        may_ask_details=may(actor, Permission.topic_needs_info, about) and topic.state != TopicState.solved,
        may_close=may(actor, _next_state(topic), about),
        state_votes=_state_votes(actor, topic),
        may_link_duplicate=may(actor, Permission.topic_link_duplicate, about),
        may_invite=may(actor, Permission.volunteer_invite, about) and topic.state != TopicState.solved,
        may_merge=may(actor, Permission.topic_merge, about),
        may_write_resolution=may(actor, Permission.resolution_write, about) and bool(topic.accepted or topic.official_post_id),
        article=_article(actor, topic),
        asks_whose=any(post.may_credit for post in posts) and topic.credited_post_id is None,
        wrote_here=actor.signed_in and any(row.author_id == actor.id for row in loaded.posts),
        is_mine=actor.signed_in and topic.author_id == actor.id,
        indexable=topic.audience == Audience.public and topic.answers > 0,
    )


def _product(topic: Row[Any]) -> str:
    return ", ".join(filter(None, [topic.product_name, topic.product_detail]))


def _next_state(topic: Row[Any]) -> Permission:
    """An open topic may be closed; a closed one reopened, which is for moderators."""
    return Permission.topic_reopen if topic.state in (TopicState.closed, TopicState.archived) else Permission.topic_close


def _state_votes(actor: Actor, topic: Row[Any]) -> int | None:
    """Those who may decide alone have no use for votes."""
    votes = may(actor, Permission.topic_vote_state, About(topic)) and not may(actor, _next_state(topic), About(topic))
    return topic.state_votes if votes else None


def single_post(session: Session, actor: Actor, topic: Topic, post_id: int) -> PostView:
    """One post as the page shows it, for the fragment after a vote or a mark."""
    session.flush()
    row = session.execute(select_posts().where(col(Post.id) == post_id)).first()
    if row is None:
        raise NotFound
    return post_view(actor, topic, row, [], load_mine(session, actor, [post_id]), {})


def _topic_row(session: Session, actor: Actor, topic_id: int) -> Row[Any]:
    now = clock.now()
    values = {"topic_id": topic_id, "now": now, "votes_since": now - LAPSES, "reader": actor.id or 0}
    row = session.execute(_select_topic(), values).first()
    if row is None:
        raise NotFound
    return row


@cache
def _select_topic() -> Any:
    """Built once: putting a statement together costs more than running it."""
    wanted = bindparam("topic_id", type_=Integer)
    tags = (
        select(func.aggregate_strings(col(Tag.slug), SEPARATOR))
        .join(TopicTag, col(TopicTag.tag_id) == col(Tag.id))
        .where(col(TopicTag.topic_id) == wanted)
        .scalar_subquery()
    )
    linked = select(col(ThreadLink.id)).where(col(ThreadLink.topic_id) == wanted).exists()
    merged = select(col(Away.id)).where(col(Away.merged_into_id) == wanted).exists()
    question = select(func.substr(Post.body, 1, 600)).where(col(Post.topic_id) == wanted, col(Post.kind) == PostKind.question)
    return (
        select(
            *(column for column in Topic.__table__.columns),  # type: ignore[attr-defined]
            col(Section.name).label("section_name"),
            col(Section.slug).label("section_slug"),
            col(Product.name).label("product_name"),
            col(Resolution.id).label("resolution_id"),
            col(Resolution.slug).label("resolution_slug"),
            col(Resolution.state).label("resolution_state"),
            col(Resolution.published_at).label("published_at"),
            col(ArticleProposal.id).label("article_id"),
            col(ArticleProposal.by_id).label("article_by_id"),
            col(Earlier.id).label("earlier_id"),
            col(Earlier.title).label("earlier_title"),
            col(Earlier.slug).label("earlier_slug"),
            col(Earlier.state).label("earlier_state"),
            col(Earlier.audience).label("earlier_audience"),
            tags.label("tags"),
            linked.label("linked"),
            merged.label("merged"),
            question.scalar_subquery().label("question_body"),
            _looking(wanted).label("looking"),
            embargo_on(wanted, bindparam("reader", type_=Integer)).label("embargo_until"),
            live_votes(wanted, bindparam("votes_since", type_=StateVote.__table__.c.at.type)).label("state_votes"),  # type: ignore[attr-defined]
        )
        .join(Section, col(Section.id) == col(Topic.section_id))
        .outerjoin(Product, col(Product.id) == col(Topic.product_id))
        .outerjoin(Resolution, col(Resolution.topic_id) == col(Topic.id))
        .outerjoin(
            ArticleProposal,
            (col(ArticleProposal.topic_id) == col(Topic.id)) & (col(ArticleProposal.state) == ArticleState.open),
        )
        .outerjoin(Earlier, col(Earlier.id) == col(Topic.duplicate_of_id))
        .where(col(Topic.id) == wanted)
    )


def _looking(topic_id: Any) -> Any:
    """Who took an invitation and has it on their table for two hours."""
    return (
        select(func.max(col(Member.name)))
        .join(RoutingInvite, col(RoutingInvite.member_id) == col(Member.id))
        .where(
            col(RoutingInvite.topic_id) == topic_id,
            col(RoutingInvite.held_until) > bindparam("now", type_=RoutingInvite.__table__.c.held_until.type),  # type: ignore[attr-defined]
        )
        .scalar_subquery()
    )


def _posts(session: Session, topic: Row[Any], after: str | None) -> tuple[list[Row[Any]], str | None]:
    """The question, the official and accepted answers (first page), then answers by how surely they helped, newest first."""
    key = paging.decode(after, int)
    values = {"topic_id": topic.id, "official": topic.official_post_id or 0}
    if key is not None:
        values |= {"score": key[0], "last_id": key[1]}
    rows = session.execute(_select_answers(later=key is not None), values).all()
    if len(rows) < ANSWERS + 2:
        return list(rows), None
    last = rows[-2]
    return list(rows[:-1]), paging.encode(last.rank, last.id)


@cache
def _select_answers(*, later: bool) -> Any:
    ticked = select_posts().selected_columns.accepted_at.is_not(None)
    is_question = col(Post.kind) == PostKind.question
    official = col(Post.id) == bindparam("official")
    wanted = col(Post.kind) == PostKind.answer
    if later:
        equal = and_(certainty == bindparam("score"), col(Post.id) < bindparam("last_id"))
        beyond = or_(certainty < bindparam("score"), equal)
        wanted = and_(wanted, ~ticked, ~official, beyond)
    return (
        select_posts()
        .add_columns(certainty.label("rank"))
        .where(col(Post.topic_id) == bindparam("topic_id"), or_(is_question, wanted))
        .order_by(is_question.desc(), official.desc(), ticked.desc(), certainty.desc(), col(Post.id).desc())
        .limit(ANSWERS + 2)
    )


def _post_views(actor: Actor, loaded: Loaded, mine: Mine, outside: Outside) -> list[PostView]:
    under: dict[int, list[CommentView]] = {}
    for row in loaded.comments:
        if row.kind == PostKind.comment:
            under.setdefault(row.parent_id, []).append(comment_view(actor, loaded.topic, row, outside))
    own = _own_solution(loaded)
    return [post_view(actor, loaded.topic, row, under.get(row.id, []), mine, outside, own) for row in loaded.posts]


def _own_solution(loaded: Loaded) -> OwnSolution | None:
    asker = loaded.topic.author_id
    ticked = [row.created_at for row in loaded.posts if row.accepted_at and asker is not None and row.author_id == asker]
    return OwnSolution(max(ticked), loaded.topic.credited_post_id) if ticked else None


def _my_state(session: Session, actor: Actor, topic_id: int) -> dict[str, str]:
    """Me-too, following, that it was asked before, and the kept draft of an answer: one query."""
    if not actor.signed_in:
        return {}
    values = {"reader": actor.id, "topic_id": topic_id, "place": f"topic:{topic_id}"}
    return {row.what: row.body or "" for row in session.execute(_select_my_state(), values) if row[0]}


@cache
def _select_my_state() -> Any:
    reader: Any = bindparam("reader")
    wanted: Any = bindparam("topic_id")
    me_too = select(func.count(), func.max("me_too").label("what"), func.max("").label("body")).where(
        col(MeToo.topic_id) == wanted, col(MeToo.member_id) == reader
    )
    follow = select(func.count(), func.max("follow"), func.max("")).where(
        col(Follow.topic_id) == wanted, col(Follow.member_id) == reader
    )
    draft = select(func.count(), func.max("draft"), func.max(Draft.body)).where(
        col(Draft.member_id) == reader, col(Draft.place) == bindparam("place")
    )
    same = select(func.count(), func.max("same"), func.max("")).where(
        col(DuplicateSaid.topic_id) == wanted, col(DuplicateSaid.member_id) == reader
    )
    return union_all(me_too, follow, draft, same)


def _earlier(actor: Actor, topic: Row[Any], my_state: dict[str, str]) -> EarlierView | None:
    visible = {Audience.public} | ({Audience.members} if actor.signed_in else set())
    if topic.earlier_id is None or (topic.earlier_audience not in visible and not actor.is_staff):
        return None
    return EarlierView(
        url=topic_url(topic.earlier_id, topic.earlier_slug),
        title=topic.earlier_title,
        solved=topic.earlier_state == TopicState.solved,
        confirmed=topic.duplicate_confirmed_at is not None,
        said="same" in my_state,
        may_confirm=may(actor, Permission.duplicate_confirm, About(topic, owner_id=topic.duplicate_by_id)),
    )


def _resolution_url(topic: Row[Any]) -> str | None:
    if topic.resolution_state != ResolutionState.public:
        return None
    return f"/resolutions/{topic.resolution_id}/{topic.resolution_slug}"


def _article(actor: Actor, topic: Row[Any]) -> ArticleChoice | None:
    """For members, where the outcome of a solved question is not written down yet."""
    wanting = topic.resolution_id is None and topic.audience == Audience.public and bool(topic.accepted or topic.official_post_id)
    if not actor.signed_in or not wanting:
        return None
    if topic.article_id is not None:
        mine = topic.article_by_id == actor.id
        said = "Your article waits for staff to read it." if mine else "Somebody has proposed an article. Staff read it."
        return ArticleChoice(f"/articles/{topic.article_id}" if mine or actor.is_staff else "", said, proposed=True)
    if actor.is_staff:
        return None
    refused = why_not(actor, Permission.article_propose, About(topic))
    return ArticleChoice("" if refused else f"/topics/{topic.id}/articles/new", refused, proposed=False)


def _speed(topic: Row[Any]) -> str:
    parts = []
    if topic.first_answer_at and topic.first_answer_at > topic.created_at:
        parts.append(f"First answer in {templating.span(topic.first_answer_at - topic.created_at)}")
    if topic.solved_at and topic.solved_at > topic.created_at:
        parts.append(f"{'solved' if parts else 'Solved'} in {templating.span(topic.solved_at - topic.created_at)}")
    return ", ".join(parts)
