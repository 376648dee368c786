"""Asking, answering, commenting: new posts. What happens to them later has files of its own."""

import re

from sqlalchemy import select
from sqlmodel import Session, col

from forum.catalog import queries as catalog
from forum.catalog.actions import tag_topic, unknown_tags
from forum.core import clock, markdown
from forum.core.db import bump, insert_ignoring
from forum.core.errors import Invalid, NotFound
from forum.core.events import emit
from forum.core.text import slug
from forum.models import Audience, Follow, Member, Post, PostKind, Revision, Section, SectionKind, Topic, TopicKind, TopicState
from forum.policy.actor import Actor
from forum.policy.check import may, require, why_not
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics import drafts, pace
from forum.topics.events import AnswerPosted, CommentPosted, DetailsGiven, NotePosted, QuestionDeflected, TopicAsked
from forum.topics.inputs import Ask, WriteAnswer, WriteComment, WriteNote

KIND_OF_SECTION = {
    SectionKind.support: TopicKind.question,
    SectionKind.ideas: TopicKind.idea,
    SectionKind.announcements: TopicKind.announcement,
    SectionKind.talk: TopicKind.talk,
}
FEW_LINKS = 2


def ask(session: Session, actor: Actor, data: Ask) -> Topic:
    require(actor, Permission.topic_ask)
    pace.check_asking(session, actor)
    section = _section_for(session, actor, data.section)
    check_tags(session, actor, data.tags)
    product = catalog.product_named(session, data.product)
    topic = Topic(
        kind=KIND_OF_SECTION[SectionKind(section.kind)],
        audience=Audience(section.visibility),
        section_id=section.id,
        product_id=product.id if product else None,
        product_detail=data.product_detail,
        title=data.title,
        slug=slug(data.title),
        author_id=actor.id,
    )
    session.add(topic)
    session.flush()
    post, mentioned = write_post(session, actor, topic, PostKind.question, data.body)
    session.add(
        Revision(post_id=post.id, number=1, title=data.title, body=data.body, tags=", ".join(data.tags), author_id=actor.id)
    )
    tag_topic(session, topic, data.tags)
    bump(session.get_one(Member, actor.member_id), questions=1)
    if data.follow:
        follow_quietly(session, topic, actor.member_id)
    drafts.discard(session, actor, "ask")
    emit(session, TopicAsked(actor.member_id, topic.id, post.id, mentioned))
    return topic


def post_answer(session: Session, actor: Actor, topic: Topic, data: WriteAnswer) -> Post:
    require(actor, Permission.answer_post, About(topic))
    pace.check_writing(session, actor)
    post, mentioned = write_post(session, actor, topic, PostKind.answer, data.body)
    session.add(Revision(post_id=post.id, number=1, body=data.body, author_id=actor.id))
    bump(topic, answers=1)
    topic.active_at = post.created_at
    topic.first_answer_at = topic.first_answer_at or post.created_at
    if topic.state == TopicState.new:
        topic.state = TopicState.answered
    bump(session.get_one(Member, actor.member_id), answers=1)
    follow_quietly(session, topic, actor.member_id)
    drafts.discard(session, actor, f"topic:{topic.id}")
    emit(session, AnswerPosted(actor.member_id, topic.id, post.id, mentioned))
    note_reply_of_asker(session, actor, topic)
    return post


def post_comment(session: Session, actor: Actor, parent: Post, data: WriteComment) -> Post:
    topic = session.get_one(Topic, parent.topic_id)
    require(actor, Permission.comment_post, About(topic, parent))
    if parent.kind not in (PostKind.question, PostKind.answer):
        raise Invalid({"body": "Comments belong under the question or an answer."})
    pace.check_writing(session, actor)
    post, mentioned = write_post(session, actor, topic, PostKind.comment, data.body, parent_id=parent.id)
    session.add(Revision(post_id=post.id, number=1, body=data.body, author_id=actor.id))
    bump(parent, comments=1)
    topic.active_at = post.created_at
    emit(session, CommentPosted(actor.member_id, topic.id, post.id, parent.id, mentioned))
    note_reply_of_asker(session, actor, topic)
    return post


def post_note(session: Session, actor: Actor, topic: Topic, data: WriteNote) -> Post:
    """A note is seen by staff only, so it moves nothing that others see."""
    require(actor, Permission.note_post, About(topic))
    post, _ = write_post(session, actor, topic, PostKind.note, data.body)
    session.add(Revision(post_id=post.id, number=1, body=data.body, author_id=actor.id))
    emit(session, NotePosted(actor.member_id, topic.id, post.id))
    return post


def write_post(
    session: Session, actor: Actor, topic: Topic, kind: PostKind, body: str, *, parent_id: int | None = None
) -> tuple[Post, tuple[int, ...]]:
    """The row with its HTML, and the members it mentions."""
    html, mentioned = rendered(session, body)
    check_links(actor, html)
    post = Post(
        topic_id=topic.id,
        parent_id=parent_id,
        kind=kind,
        author_id=actor.id,
        body=body,
        html=html,
        renderer=markdown.RENDERER,
        created_at=clock.now(),
    )
    session.add(post)
    session.flush()
    return post, tuple(member_id for member_id in mentioned if member_id != actor.id)


def rendered(session: Session, body: str) -> tuple[str, list[int]]:
    named = markdown.mentions(body)
    if not named:
        return markdown.render(body), []
    rows = session.execute(select(col(Member.handle_key), col(Member.id)).where(col(Member.handle_key).in_(named))).all()
    return markdown.render(body, [row.handle_key for row in rows]), [row.id for row in rows]


def check_tags(session: Session, actor: Actor, slugs: list[str]) -> None:
    """New tags are made by those who know the old ones."""
    if may(actor, Permission.tag_make):
        return
    unknown = unknown_tags(session, slugs)
    if unknown:
        raise Invalid({"tags": f"There is no tag “{unknown[0]}” yet. {why_not(actor, Permission.tag_make)}"})


def check_links(actor: Actor, html: str) -> None:
    if html.count('<a href="http') > FEW_LINKS and not may(actor, Permission.link_freely):
        raise Invalid({"body": why_not(actor, Permission.link_freely)})


def follow_quietly(session: Session, topic: Topic, member_id: int) -> None:
    insert_ignoring(session, Follow, {"topic_id": topic.id, "member_id": member_id, "at": clock.now()})


def note_reply_of_asker(session: Session, actor: Actor, topic: Topic) -> None:
    """Whatever the asker adds answers the question for details."""
    if topic.state != TopicState.needs_info or topic.author_id != actor.id:
        return
    session.flush()
    topic.state = TopicState.answered if topic.answers else TopicState.new
    topic.needs_info_text = ""
    emit(session, DetailsGiven(actor.member_id, topic.id))


def _section_for(session: Session, actor: Actor, name: str) -> Section:
    section = catalog.section_named(session, actor, name)
    if section is None:
        raise Invalid({"section": "Choose what it is about."})
    if section.kind == SectionKind.announcements:
        require(actor, Permission.note_post)
    return section


def deflect(session: Session, actor: Actor, address: str) -> Topic:
    """Somebody was about to ask and found it solved."""
    found = re.search(r"/topics/([1-9]\d{0,8})(?:/|$)", address)
    topic = session.get(Topic, int(found.group(1))) if found else None
    if topic is None:
        raise NotFound
    require(actor, Permission.topic_read, About(topic))
    emit(session, QuestionDeflected(actor.id, topic.id))
    return topic
