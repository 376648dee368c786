"""Edits that members suggest to others' posts: sent, decided with a sentence, withdrawn."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.models import Post, PostKind, SuggestedEdit, SuggestionState, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.access import access_post
from forum.topics.actions import check_links, rendered
from forum.topics.edits import add_version, check_official, check_question, show_version
from forum.topics.events import EditSuggested, SuggestionAccepted, SuggestionDeclined, SuggestionWithdrawn
from forum.topics.history import tags_of
from forum.topics.inputs import DecideEdit, EditPost

MOST_OPEN = 10
"""Suggestions of one member that may wait at a time."""


def access_suggestion(session: Session, actor: Actor, suggestion_id: int) -> tuple[Topic, Post, SuggestedEdit]:
    """For whoever made it and those who may decide; the topic is locked."""
    row = session.get(SuggestedEdit, suggestion_id)
    if row is None:
        raise NotFound
    topic, post = access_post(session, actor, row.post_id)
    session.refresh(row)
    about = About(topic, post, row.by_id)
    if not may(actor, Permission.edit_withdraw, about) and not may(actor, Permission.edit_decide, about):
        raise NotFound
    return topic, post, row


def suggest_edit(session: Session, actor: Actor, topic: Topic, post: Post, data: EditPost) -> SuggestedEdit:
    require(actor, Permission.edit_suggest, About(topic, post))
    if data.number and data.number != post.revisions:
        raise Conflict("Somebody edited this meanwhile. Your text is below: compare, then send it again.")
    check_question(session, actor, post, data)
    check_links(actor, rendered(session, data.body)[0])
    question = post.kind == PostKind.question
    tags = ", ".join(data.tags)
    if data.body == post.body and not (question and (data.title, tags) != (topic.title, tags_of(session, post))):
        raise Invalid({"body": "Nothing is different yet. Change what should be better, then send it."})
    mine = select(func.count()).select_from(SuggestedEdit).where(col(SuggestedEdit.by_id) == actor.id)
    if (session.scalar(mine.where(col(SuggestedEdit.state) == SuggestionState.open)) or 0) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} of your suggestions wait already. Come back when some of them are decided.")
    values = {
        "post_id": post.id,
        "by_id": actor.id,
        "base": post.revisions,
        "title": data.title if question else None,
        "body": data.body,
        "tags": tags if question else None,
        "reason": data.reason,
        "state": SuggestionState.open,
        "at": clock.now(),
        "answer": "",
    }
    if not insert_ignoring(session, SuggestedEdit, values):
        raise Conflict("A suggestion of yours for this post waits already. Withdraw it first, or wait for the answer.")
    row = session.scalars(
        select(SuggestedEdit).where(
            col(SuggestedEdit.post_id) == post.id,
            col(SuggestedEdit.by_id) == actor.id,
            col(SuggestedEdit.state) == SuggestionState.open,
        )
    ).one()
    emit(session, EditSuggested(actor.member_id, topic.id, post.id, row.id, post.author_id))
    return row


def decide(session: Session, actor: Actor, topic: Topic, post: Post, row: SuggestedEdit, data: DecideEdit) -> None:
    require(actor, Permission.edit_decide, About(topic, post, row.by_id))
    _still_open(row)
    if data.decision == "accept":
        _accept(session, actor, topic, post, row, data)
    elif not data.answer:
        raise Invalid({"answer": "Say in a sentence why, so that the next one fits better."})
    else:
        _close(row, SuggestionState.declined, actor.member_id, data.answer)
        emit(session, SuggestionDeclined(actor.member_id, topic.id, post.id, row.id, row.by_id))


def _accept(session: Session, actor: Actor, topic: Topic, post: Post, row: SuggestedEdit, data: DecideEdit) -> None:
    """It becomes a version by whoever suggested it."""
    check_official(actor, topic, post)
    if data.number != post.revisions:
        raise Conflict(
            "This post changed while you were reading. Below is the difference to how it is now: look again, then decide."
        )
    tags = [tag for tag in (row.tags or "").split(", ") if tag]
    content = EditPost.model_construct(body=row.body, title=row.title or "", tags=tags, reason=row.reason, number=post.revisions)
    add_version(session, row.by_id, post, content)
    show_version(session, topic, post, content)
    _close(row, SuggestionState.accepted, actor.member_id, data.answer)
    row.revision = post.revisions
    session.flush()
    emit(session, SuggestionAccepted(actor.member_id, topic.id, post.id, row.id, row.by_id, post.revisions))


def withdraw_suggestion(session: Session, actor: Actor, topic: Topic, post: Post, row: SuggestedEdit) -> None:
    require(actor, Permission.edit_withdraw, About(topic, post, row.by_id))
    _still_open(row)
    _close(row, SuggestionState.withdrawn, actor.member_id, "")
    emit(session, SuggestionWithdrawn(actor.member_id, topic.id, post.id, row.id))


def _still_open(row: SuggestedEdit) -> None:
    if row.state != SuggestionState.open:
        raise Conflict(f"This suggestion was {row.state} already. Reload the page to see how it stands.")


def _close(row: SuggestedEdit, state: SuggestionState, by_id: int, answer: str) -> None:
    row.state, row.decided_by_id, row.decided_at, row.answer = state, by_id, clock.now(), answer
