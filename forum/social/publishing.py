"""Writes a thread from elsewhere as a topic, once a person has read it twice. Nobody here gets credit for it."""

from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col

from forum.core import clock, markdown
from forum.core.errors import Conflict, Invalid
from forum.core.text import slug
from forum.models.catalog import Section
from forum.models.social import MapRole, PostMap, ThreadLink, TriageState
from forum.models.topics import Audience, Post, PostKind, Revision, Topic, TopicKind, TopicState
from forum.social.escaping import escape, plain_to_markdown
from forum.social.inbox.turning import OPEN
from forum.social.projection import FIRST_MISSING, PlacedPost, Projection

ROLES = {MapRole.answer: PostKind.answer, MapRole.comment: PostKind.comment}


def claim(session: Session, thread: ThreadLink, actor_id: int) -> None:
    """One person publishes a thread. The second of two who press at once is told."""
    claimed = (
        update(ThreadLink)
        .where(col(ThreadLink.id) == thread.id, col(ThreadLink.state).in_(OPEN))
        .values(state=TriageState.published, watch_until=None, decided_by_id=actor_id, decided_at=clock.now())
    )
    if not session.execute(claimed).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict("Somebody has decided about this thread already.")


def write_topic(session: Session, thread: ThreadLink, projection: Projection, title: str, section: Section) -> Topic:
    opening = [one for one in projection.posts if one.placement.role in (MapRole.question, MapRole.segment)]
    if not opening or section.id is None:
        raise Invalid({"thread": "Nothing of this thread is left to publish."})
    topic = _topic(session, projection, opening[0], title, section)
    assert topic.id is not None
    question = _post(session, topic, opening[0], question_body(opening, projection), PostKind.question, None)
    session.add(Revision(post_id=question.id, number=1, title=title, body=question.body, tags="", at=question.created_at))
    placed: dict[int | None, Post] = {opening[0].post.id: question}
    for one in projection.posts:
        if one.placement.role in ROLES:
            comment = one.placement.role == MapRole.comment
            parent = placed.get(one.placement.under, question) if comment else None
            placed[one.post.id] = add_reply(session, topic, one, parent)
            if parent is not None:
                parent.comments += 1
                session.add(parent)
        elif one.placement.role == MapRole.segment:
            placed[one.post.id] = question
    _map(session, topic.id, projection, placed)
    link = update(ThreadLink).where(col(ThreadLink.id) == thread.id).values(topic_id=topic.id)
    session.execute(link)
    session.refresh(thread)
    return topic


def question_body(opening: list[PlacedPost], projection: Projection) -> str:
    """The first post and how its author went on, as one text."""
    parts = [body_of(one) for one in opening]
    if projection.first_missing:
        parts.insert(0, f"*{escape(FIRST_MISSING)}*")
    return "\n\n".join(parts)


def body_of(one: PlacedPost) -> str:
    """Markdown whose words are all inert; addresses stay links."""
    if one.wording.withheld:
        where = f"[See it on {escape(one.author.network)}](<{one.post.url}>)" if one.post.url else ""
        return f"*{escape(one.wording.text)}* {where}".strip()
    return plain_to_markdown(one.wording.text)


def _topic(session: Session, projection: Projection, first: PlacedPost, title: str, section: Section) -> Topic:
    answers = [one.post.created_at for one in projection.posts if one.placement.role == MapRole.answer]
    shown = [one.post.created_at for one in projection.posts if one.placement.role in (MapRole.question, *ROLES)]
    topic = Topic(
        kind=TopicKind.question,
        state=TopicState.answered if answers else TopicState.new,
        audience=Audience(section.visibility),
        section_id=section.id,
        title=title,
        slug=slug(title),
        created_at=first.post.created_at,
        active_at=max(shown),
        first_answer_at=min(answers) if answers else None,
        answers=len(answers),
        me_too=projection.me_too,
    )
    session.add(topic)
    session.flush()
    return topic


def _post(session: Session, topic: Topic, one: PlacedPost, body: str, kind: PostKind, parent_id: int | None) -> Post:
    post = Post(
        topic_id=topic.id,
        parent_id=parent_id,
        kind=kind,
        body=body,
        html=markdown.render(body),
        renderer=markdown.RENDERER,
        created_at=one.post.created_at,
        edited_at=one.post.edited_at,
    )
    session.add(post)
    session.flush()
    return post


def add_reply(session: Session, topic: Topic, one: PlacedPost, parent: Post | None) -> Post:
    """An answer, or a comment under `parent`. Counters are the caller's."""
    post = _post(session, topic, one, body_of(one), ROLES[MapRole(one.placement.role)], parent.id if parent else None)
    session.add(Revision(post_id=post.id, number=1, body=post.body, at=post.created_at))
    return post


def _map(session: Session, topic_id: int, projection: Projection, placed: dict[int | None, Post]) -> None:
    session.flush()
    rows = [
        map_row(one, topic_id, placed[one.post.id].id if one.post.id in placed else None, MapRole(one.placement.role))
        for one in projection.posts
    ]
    session.execute(insert(PostMap), rows)


def map_row(one: PlacedPost, topic_id: int, post_id: int | None, role: MapRole) -> dict[str, Any]:
    """Where an outside post landed, and which of its wordings stands there."""
    return {
        "external_post_id": one.post.id,
        "post_id": post_id,
        "topic_id": topic_id,
        "role": role,
        "position": one.placement.position,
        "text_hash": one.post.text_hash,
        "locked": False,
    }
