"""Changing what a post says, with every version kept; taking posts back; turning answers into comments."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.catalog.actions import tag_topic
from forum.catalog.counting import recount_tags
from forum.core import clock, markdown
from forum.core.db import bump
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.text import slug
from forum.models import (
    Acceptance,
    Audience,
    Member,
    Post,
    PostKind,
    PostState,
    Revision,
    Section,
    Topic,
    TopicState,
    TopicTag,
    Visibility,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics import pace
from forum.topics.access import question_of
from forum.topics.actions import check_links, check_tags, note_reply_of_asker, rendered
from forum.topics.events import PostConverted, PostEdited, PostReturned, PostWithdrawn, VersionRestored
from forum.topics.inputs import Convert, EditPost, Remove
from forum.topics.states import open_state
from forum.topics.verdicts import take_back_acceptance

GRACE = timedelta(minutes=5)
"""Its author may mend a fresh post without making a version of every typo."""


def edit_post(session: Session, actor: Actor, topic: Topic, post: Post, data: EditPost) -> None:
    require(actor, Permission.post_edit, About(topic, post))
    pace.check_editing(session, actor)
    check_official(actor, topic, post)
    if data.number and data.number != post.revisions:
        raise Conflict("Somebody else edited this meanwhile. Your text is below: compare, then save again.")
    check_question(session, actor, post, data)
    if _in_grace(session, actor, post):
        _mend_version(session, actor.member_id, post, data)
    else:
        add_version(session, actor.member_id, post, data)
    show_version(session, topic, post, data)
    check_links(actor, post.html)
    emit(session, PostEdited(actor.member_id, topic.id, post.id, post.revisions))
    note_reply_of_asker(session, actor, topic)


def check_official(actor: Actor, topic: Topic, post: Post) -> None:
    if topic.official_post_id == post.id and not may(actor, Permission.answer_verify, About(topic, post)):
        raise Conflict("Staff stand behind this answer as it is. Comment under it, and they can change or unmark it.")


def check_question(session: Session, actor: Actor, post: Post, data: EditPost) -> None:
    """What only a question has."""
    if post.kind != PostKind.question:
        return
    if len(data.title) < 15:
        raise Invalid({"title": "Write your question in one line, at least 15 characters."})
    check_tags(session, actor, data.tags)


def restore_version(session: Session, actor: Actor, topic: Topic, post: Post, number: int) -> None:
    """Going back is an edit like any other: nothing in between is lost."""
    require(actor, Permission.post_edit, About(topic, post))
    if topic.official_post_id == post.id:
        require(actor, Permission.answer_verify, About(topic, post))
    pace.check_editing(session, actor)
    version = session.scalars(select(Revision).where(col(Revision.post_id) == post.id, col(Revision.number) == number)).first()
    if version is None:
        raise NotFound
    data = EditPost.model_construct(
        body=version.body,
        title=version.title or topic.title,
        tags=[tag for tag in (version.tags or "").split(", ") if tag],
        reason=f"Back to version {number}",
        number=0,
    )
    add_version(session, actor.member_id, post, data, restored=number)
    show_version(session, topic, post, data)
    emit(session, VersionRestored(actor.member_id, topic.id, post.id, post.revisions))


def add_version(session: Session, author_id: int | None, post: Post, data: EditPost, *, restored: int | None = None) -> None:
    post.revisions += 1
    content = _content(author_id, post, data)
    session.add(Revision(post_id=post.id, number=post.revisions, restored=restored, **content))
    post.edited_at = content["at"]


def _mend_version(session: Session, author_id: int, post: Post, data: EditPost) -> None:
    newest = update(Revision).where(col(Revision.post_id) == post.id, col(Revision.number) == post.revisions)
    session.execute(newest.values(**_content(author_id, post, data)))


def _content(author_id: int | None, post: Post, data: EditPost) -> dict[str, Any]:
    question = post.kind == PostKind.question
    return {
        "title": data.title if question else None,
        "body": data.body,
        "tags": ", ".join(data.tags) if question else None,
        "author_id": author_id,
        "reason": data.reason,
        "at": clock.now(),
    }


def show_version(session: Session, topic: Topic, post: Post, data: EditPost) -> None:
    """Make the post, and a question's topic, say what the newest version says."""
    post.body = data.body
    post.html, _ = rendered(session, data.body)
    post.renderer = markdown.RENDERER
    if post.kind == PostKind.question:
        topic.title, topic.slug = data.title, slug(data.title)
        tag_topic(session, topic, data.tags)


def _in_grace(session: Session, actor: Actor, post: Post) -> bool:
    newest = session.execute(
        select(col(Revision.author_id), col(Revision.at)).where(
            col(Revision.post_id) == post.id, col(Revision.number) == post.revisions
        )
    ).first()
    if newest is None or newest.author_id != actor.id or clock.now() - newest.at >= GRACE:
        return False
    if post.helpful or post.not_helpful or post.works or session.get(Acceptance, post.id) is not None:
        return False
    replies = session.execute(
        select(func.count()).select_from(Post).where(col(Post.parent_id) == post.id, col(Post.created_at) > newest.at)
    ).scalar_one()
    return not replies


def withdraw_post(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    """By its author. An answered question stays: others' help hangs on it; one that was merged away has handed its answers on."""
    require(actor, Permission.post_withdraw, About(topic, post))
    if post.kind == PostKind.question and topic.id == post.topic_id and topic.answers:
        raise Conflict(
            "People have answered, and their help stays. You can edit the question, or ask a moderator to remove your name."
        )
    _take_down(session, actor, topic, post, PostState.withdrawn)


def remove_post(session: Session, actor: Actor, topic: Topic, post: Post, data: Remove) -> None:
    require(actor, Permission.post_remove, About(topic, post))
    _take_down(session, actor, topic, post, PostState.removed, data.reason, data.found)


def _take_down(
    session: Session, actor: Actor, topic: Topic, post: Post, state: PostState, reason: str = "", found: str = ""
) -> None:
    if post.state != PostState.visible:
        raise Conflict("This post is gone already.")
    if topic.official_post_id == post.id:
        raise Conflict("This is the official answer. Staff take the mark back first.")
    if post.kind == PostKind.answer:
        take_back_acceptance(session, actor, topic, post, tidied=found == "tidy")
    post.state = state
    post.removed_by_id = actor.id
    post.removed_reason = reason
    _count(session, topic, post, -1)
    emit(session, PostWithdrawn(actor.member_id, topic.id, post.id, post.author_id, bool(found), reason, found))


def return_post(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    """Undo, by whoever took it down (or a moderator)."""
    permission = Permission.post_withdraw if post.state == PostState.withdrawn else Permission.post_remove
    require(actor, permission, About(topic, post))
    if post.state == PostState.visible:
        raise Conflict("This post is visible already.")
    post.state = PostState.visible
    post.removed_by_id = None
    post.removed_reason = ""
    _count(session, topic, post, 1)
    emit(session, PostReturned(actor.member_id, topic.id, post.id, post.author_id))


def _count(session: Session, topic: Topic, post: Post, step: int) -> None:
    """Counters say what a reader sees."""
    author = session.get(Member, post.author_id) if post.author_id else None
    if post.kind == PostKind.answer:
        bump(topic, answers=step)
        if author:
            bump(author, answers=step)
    elif post.kind == PostKind.comment and post.parent_id:
        bump(session.get_one(Post, post.parent_id), comments=step)
    elif post.kind == PostKind.question:
        if topic.id == post.topic_id:
            _show_topic(session, topic, shown=step > 0)
        if author:
            bump(author, questions=step)
    session.flush()
    session.refresh(topic)
    if topic.state in (TopicState.new, TopicState.answered):
        topic.state = open_state(topic)


def _show_topic(session: Session, topic: Topic, *, shown: bool) -> None:
    """Without its question a topic stands in no list, search or feed."""
    section = session.get_one(Section, topic.section_id)
    if section.visibility == Visibility.staff:
        return  # staff's topics stay theirs; removed ones would open to volunteer moderators
    topic.audience = Audience(section.visibility) if shown else Audience.removed
    session.flush()
    recount_tags(session, set(session.scalars(select(col(TopicTag.tag_id)).where(col(TopicTag.topic_id) == topic.id))))


def convert(session: Session, actor: Actor, topic: Topic, post: Post, data: Convert) -> None:
    """Answer -> comment (under the question or another answer), comment -> answer."""
    require(actor, Permission.post_convert, About(topic, post))
    if post.kind == PostKind.answer:
        _to_comment(session, actor, topic, post, data.under)
    elif post.kind == PostKind.comment:
        _to_answer(session, topic, post)
    else:
        raise Conflict("Only answers and comments can be turned into each other.")
    emit(session, PostConverted(actor.member_id, topic.id, post.id, post.author_id, post.kind))


def _to_comment(session: Session, actor: Actor, topic: Topic, post: Post, under: int) -> None:
    if topic.official_post_id == post.id:
        raise Conflict("This is the official answer. Staff take the mark back first.")
    parent = session.get(Post, under) if under else question_of(session, topic)
    carries = parent is not None and parent.kind in (PostKind.question, PostKind.answer) and parent.state == PostState.visible
    if parent is None or not carries or parent.topic_id != topic.id or parent.id == post.id:
        raise Invalid({"under": "Choose the question or another answer of this topic."})
    take_back_acceptance(session, actor, topic, post)
    _count(session, topic, post, -1)
    moved = session.execute(
        update(Post).where(col(Post.parent_id) == post.id).values(parent_id=parent.id).returning(col(Post.state))
    ).all()
    post.kind, post.parent_id, post.comments = PostKind.comment, parent.id, 0
    bump(parent, comments=1 + sum(row.state == PostState.visible for row in moved))


def _to_answer(session: Session, topic: Topic, post: Post) -> None:
    if post.parent_id:
        bump(session.get_one(Post, post.parent_id), comments=-1)
    post.kind, post.parent_id = PostKind.answer, None
    session.flush()
    _count(session, topic, post, 1)
