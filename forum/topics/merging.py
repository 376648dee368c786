"""One question merged into another: what hangs on it moves there, its address leads there, and for a day it can be undone.

The ledger is not touched by it: lines name the question they were earned on, which stays as a row of its own.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from forum.catalog.counting import recount_tags
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.text import MAX_ID
from forum.models import (
    Acceptance,
    ArticleProposal,
    ArticleState,
    Audience,
    Follow,
    HelpSaid,
    MapRole,
    MeToo,
    OfficialMark,
    Post,
    PostKind,
    PostMap,
    PostState,
    Resolution,
    ThreadLink,
    Topic,
    TopicMerge,
    TopicState,
    TopicTag,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.access import question_of
from forum.topics.events import TopicsMerged, TopicsUnmerged
from forum.topics.inputs import LinkDuplicate
from forum.topics.states import open_state
from forum.topics.verdicts import take_back_acceptance, uncredit

UNDO_WITHIN = timedelta(hours=24)
Moved = dict[str, Any]


def merge_topics(session: Session, actor: Actor, source_id: int, data: LinkDuplicate) -> Topic:
    """The target, which has everything afterwards."""
    source, target = _both(session, actor, source_id, min(int(data.earlier), MAX_ID))
    require(actor, Permission.topic_merge, About(source))
    _check(session, source, target)
    moved = _posts(session, source, target) | _people(session, source, target) | _elsewhere(session, source, target)
    moved["twice"] = _pressed_twice(session, source, target)
    source.merged_into_id, source.audience = target.id, Audience.removed
    session.add(TopicMerge(source_id=source.id, target_id=target.id, by_id=actor.id, moved=moved))
    target.active_at = max(target.active_at, source.active_at)
    _settle(session, source, target)
    emit(session, TopicsMerged(actor.member_id, source.id, target.id, source.author_id, tuple(moved["twice"])))
    return target


def _both(session: Session, actor: Actor, source_id: int, target_id: int) -> tuple[Topic, Topic]:
    """Locked by number, so that two opposite merges follow each other; the second finds what the first has done."""
    query = select(Topic).where(col(Topic.id).in_((source_id, target_id))).order_by(col(Topic.id)).with_for_update()
    both = {topic.id: topic for topic in session.scalars(query.execution_options(populate_existing=True))}
    source, target = both.get(source_id), both.get(target_id)
    if source is None:
        raise NotFound
    if source.merged_into_id is None:
        require(actor, Permission.topic_read, About(source))
    require(actor, Permission.topic_merge)
    if source.merged_into_id is not None or (target is not None and target.merged_into_id is not None):
        raise Conflict("One of the two was merged into another question meanwhile. Reload the page to see how it stands.")
    if target is None or not may(actor, Permission.topic_read, About(target)):
        raise Invalid({"earlier": "We cannot find a question with that number."})
    return source, target


def _check(session: Session, source: Topic, target: Topic) -> None:
    if source.id == target.id or source.kind != target.kind:
        raise Invalid({"earlier": "Choose another question than this one."})
    if target.audience != source.audience or source.audience not in (Audience.public, Audience.members):
        raise Invalid({"earlier": "Both questions must have the same readers, so that nothing shows up where it should not."})
    if target.duplicate_of_id == source.id:
        raise Conflict("That question is linked to this one as asked before. Merge it into this one instead.")
    if session.scalar(select(col(Resolution.id)).where(col(Resolution.topic_id) == source.id)) is not None:
        raise Conflict("This question has a resolution. Merge the other question into this one instead.")
    waits = (col(ArticleProposal.topic_id) == source.id) & (col(ArticleProposal.state) == ArticleState.open)
    if session.scalar(select(col(ArticleProposal.id)).where(waits)) is not None:
        raise Conflict("Somebody proposed an article for this question. Staff decide about it first.")
    if source.official_post_id and target.official_post_id:
        raise Conflict("Both have an official answer. Take one of the marks back first.")


def _posts(session: Session, source: Topic, target: Topic) -> Moved:
    """All but the question; comments under it hang under the other one."""
    asked, into = question_of(session, source), question_of(session, target)
    ids = list(session.scalars(select(col(Post.id)).where(col(Post.topic_id) == source.id, col(Post.id) != asked.id)))
    session.execute(update(Post).where(col(Post.id).in_(ids)).values(topic_id=target.id))
    session.execute(update(Post).where(col(Post.parent_id) == asked.id).values(parent_id=into.id))
    if source.official_post_id:
        _move_mark(session, source, target)
    return {"posts": ids}


def _move_mark(session: Session, source: Topic, target: Topic) -> None:
    session.execute(update(OfficialMark).where(col(OfficialMark.topic_id) == source.id).values(topic_id=target.id))
    target.official_post_id, source.official_post_id = source.official_post_id, None


def _people(session: Session, source: Topic, target: Topic) -> Moved:
    """Followers, me-toos and what readers said, each person once."""
    followers = session.scalars(select(col(Follow.member_id)).where(col(Follow.topic_id) == source.id)).all()
    follows = [
        one for one in followers if insert_ignoring(session, Follow, {"topic_id": target.id, "member_id": one, "at": clock.now()})
    ]
    there = select(col(MeToo.member_id)).where(col(MeToo.topic_id) == target.id, col(MeToo.member_id).is_not(None))
    own = col(MeToo.member_id).is_(None) | (
        col(MeToo.member_id).not_in(there) & (col(MeToo.member_id) != (target.author_id or 0))
    )
    me_too = list(session.scalars(select(col(MeToo.id)).where(col(MeToo.topic_id) == source.id, own)))
    said_there = select(col(HelpSaid.member_id)).where(col(HelpSaid.topic_id) == target.id, col(HelpSaid.member_id).is_not(None))
    fresh = col(HelpSaid.member_id).is_(None) | col(HelpSaid.member_id).not_in(said_there)
    said = list(session.scalars(select(col(HelpSaid.id)).where(col(HelpSaid.topic_id) == source.id, fresh)))
    _point(session, MeToo, me_too, target.id)
    _point(session, HelpSaid, said, target.id)
    return {"follows": follows, "me_too": me_too, "said": said}


def _elsewhere(session: Session, source: Topic, target: Topic) -> Moved:
    """Threads that came from other networks, and questions that were linked to this one."""
    threads = list(session.scalars(select(col(ThreadLink.id)).where(col(ThreadLink.topic_id) == source.id)))
    maps = list(
        session.scalars(
            select(col(PostMap.external_post_id)).where(col(PostMap.topic_id) == source.id, col(PostMap.role) != MapRole.question)
        )
    )
    linked = list(session.scalars(select(col(Topic.id)).where(col(Topic.duplicate_of_id) == source.id)))
    _point(session, ThreadLink, threads, target.id)
    session.execute(update(PostMap).where(col(PostMap.external_post_id).in_(maps)).values(topic_id=target.id))
    session.execute(update(Topic).where(col(Topic.id).in_(linked)).values(duplicate_of_id=target.id))
    return {"threads": threads, "maps": maps, "linked": linked}


def _point(session: Session, table: Any, ids: list[int], topic_id: int) -> None:
    session.execute(update(table).where(col(table.id).in_(ids)).values(topic_id=topic_id))


def _pressed_twice(session: Session, source: Topic, target: Topic) -> list[int]:
    """Where one person asked both, a me-too on each says the same thing once."""
    if source.author_id is None or source.author_id != target.author_id:
        return []
    there = select(col(MeToo.member_id)).where(col(MeToo.topic_id) == target.id)
    left = select(col(MeToo.member_id)).where(
        col(MeToo.topic_id) == source.id, col(MeToo.member_id).is_not(None), col(MeToo.member_id).in_(there)
    )
    return list(session.scalars(left))


def undo_merge(session: Session, actor: Actor, merge_id: int) -> Topic:
    """The source, as it was, with what was said under its answers since."""
    merge = session.get(TopicMerge, merge_id)
    if merge is None:
        raise NotFound
    query = select(Topic).where(col(Topic.id).in_((merge.source_id, merge.target_id))).order_by(col(Topic.id)).with_for_update()
    both = {topic.id: topic for topic in session.scalars(query)}
    source, target = both[merge.source_id], both[merge.target_id]
    require(actor, Permission.topic_merge, About(target))
    session.refresh(merge)
    if merge.undone_at is not None or source.merged_into_id != target.id or target.merged_into_id is not None:
        raise Conflict("This cannot be undone any more. Reload the page to see how it stands.")
    if clock.now() - merge.at > UNDO_WITHIN:
        raise Conflict("A merge can be undone for a day, and that day is over. Link the questions instead.")
    moved = merge.moved
    _take_back(session, actor, source, target, moved["posts"])
    _posts_back(session, source, target, moved["posts"])
    session.execute(delete(Follow).where(col(Follow.topic_id) == target.id, col(Follow.member_id).in_(moved["follows"])))
    for table, name in ((MeToo, "me_too"), (HelpSaid, "said"), (ThreadLink, "threads")):
        _point(session, table, moved[name], source.id)
    session.execute(update(PostMap).where(col(PostMap.external_post_id).in_(moved["maps"])).values(topic_id=source.id))
    again = (col(Topic.id).in_(moved["linked"])) & (col(Topic.duplicate_of_id) == target.id)
    session.execute(update(Topic).where(again).values(duplicate_of_id=source.id))
    merge.undone_at = clock.now()
    asked = question_of(session, source)
    source.merged_into_id = None
    source.audience = target.audience if asked.state == PostState.visible else Audience.removed
    _settle(session, source, target)
    emit(session, TopicsUnmerged(actor.member_id, source.id, target.id))
    return source


def _take_back(session: Session, actor: Actor, source: Topic, target: Topic, posts: list[int]) -> None:
    """What the other question's asker or staff said of these answers meanwhile was about the other question."""
    since = select(Post).join(Acceptance, col(Acceptance.post_id) == col(Post.id))
    for post in session.scalars(since.where(col(Acceptance.topic_id) == target.id, col(Post.id).in_(posts))).all():
        take_back_acceptance(session, actor, target, post)
    if target.credited_post_id in posts:
        uncredit(session, actor, target)
    if target.official_post_id in posts:
        _move_mark(session, target, source)


def _posts_back(session: Session, source: Topic, target: Topic, posts: list[int]) -> None:
    asked = question_of(session, source)
    home = col(Post.id).in_(posts) | col(Post.parent_id).in_(posts)
    session.execute(update(Post).where(home, col(Post.topic_id) == target.id).values(topic_id=source.id))
    stray = col(Post.id).in_(posts) & col(Post.parent_id).is_not(None) & col(Post.parent_id).not_in(posts)
    parents = set(session.scalars(select(col(Post.parent_id)).where(stray)))
    session.execute(update(Post).where(stray).values(parent_id=asked.id))
    for parent_id in parents:
        recount_comments(session, parent_id)


def recount_comments(session: Session, post_id: int | None) -> None:
    said = (
        select(func.count())
        .select_from(Post)
        .where(col(Post.parent_id) == post_id, col(Post.kind) == PostKind.comment, col(Post.state) == PostState.visible)
    )
    session.execute(update(Post).where(col(Post.id) == post_id).values(comments=session.scalar(said) or 0))


def _settle(session: Session, source: Topic, target: Topic) -> None:
    """Counters and states say what a reader sees."""
    session.flush()
    for topic in (source, target):
        answers = (col(Post.topic_id) == topic.id) & (col(Post.kind) == PostKind.answer)
        shown = select(func.count()).select_from(Post).where(answers, col(Post.state) == PostState.visible)
        me_too = select(func.count()).select_from(MeToo).where(col(MeToo.topic_id) == topic.id)
        same_here = (
            select(func.count())
            .select_from(PostMap)
            .where(col(PostMap.topic_id) == topic.id, col(PostMap.role) == MapRole.me_too)
        )
        topic.answers = session.scalar(shown) or 0
        topic.me_too = (session.scalar(me_too) or 0) + (session.scalar(same_here) or 0)
        topic.first_answer_at = session.scalar(select(func.min(col(Post.created_at))).where(answers))
        recount_comments(session, question_of(session, topic).id)
        if topic.state in (TopicState.new, TopicState.answered):
            topic.state = open_state(topic)
    session.flush()
    recount_tags(session, set(session.scalars(select(col(TopicTag.tag_id)).where(col(TopicTag.topic_id) == source.id))))
    session.expire_all()
