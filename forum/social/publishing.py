"""Writes a thread from elsewhere as a topic, once a person has read it twice. Nobody here gets credit for it."""

from sqlalchemy import insert, update
from sqlmodel import Session, col

from forum.core import clock, markdown
from forum.core.errors import Conflict, Invalid
from forum.core.text import slug
from forum.models.catalog import Section
from forum.models.social import MapRole, PostMap, ThreadLink, TriageState
from forum.models.topics import Audience, Post, PostKind, Revision, Topic, TopicKind, TopicState
from forum.social.escaping import escape, plain_to_markdown
from forum.social.projection import FIRST_MISSING, PlacedPost, Projection

ROLES = {MapRole.answer: PostKind.answer, MapRole.comment: PostKind.comment}


def claim(session: Session, thread: ThreadLink, actor_id: int) -> None:
    """One person publishes a thread. The second of two who press at once is told."""
    claimed = (
        update(ThreadLink)
        .where(col(ThreadLink.id) == thread.id, col(ThreadLink.state) == TriageState.new)
        .values(state=TriageState.published, decided_by_id=actor_id, decided_at=clock.now())
    )
    if not session.execute(claimed).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict("Somebody has decided about this thread already.")


def write_topic(session: Session, thread: ThreadLink, projection: Projection, title: str, section: Section) -> Topic:
    opening = [one for one in projection.posts if one.placement.role in (MapRole.question, MapRole.segment)]
    if not opening or section.id is None:
        raise Invalid({"thread": "Nothing of this thread is left to publish."})
    topic = _topic(session, projection, opening[0], title, section)
    assert topic.id is not None
    parts = [body_of(one) for one in opening]
    if projection.first_missing:
        parts.insert(0, f"*{escape(FIRST_MISSING)}*")
    question = _post(session, topic, opening[0], "\n\n".join(parts), PostKind.question, None)
    session.add(Revision(post_id=question.id, number=1, title=title, body=question.body, tags="", at=question.created_at))
    placed: dict[int | None, Post] = {opening[0].post.id: question}
    for one in projection.posts:
        if one.placement.role in ROLES:
            placed[one.post.id] = _reply(session, topic, one, placed, question)
        elif one.placement.role == MapRole.segment:
            placed[one.post.id] = question
    _map(session, topic.id, projection, placed)
    link = update(ThreadLink).where(col(ThreadLink.id) == thread.id).values(topic_id=topic.id)
    session.execute(link)
    session.refresh(thread)
    return topic


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


def _reply(session: Session, topic: Topic, one: PlacedPost, placed: dict[int | None, Post], question: Post) -> Post:
    kind = ROLES[MapRole(one.placement.role)]
    parent = placed.get(one.placement.under, question) if kind == PostKind.comment else None
    post = _post(session, topic, one, body_of(one), kind, parent.id if parent else None)
    session.add(Revision(post_id=post.id, number=1, body=post.body, at=post.created_at))
    if parent is not None:
        parent.comments += 1
        session.add(parent)
    return post


def _map(session: Session, topic_id: int, projection: Projection, placed: dict[int | None, Post]) -> None:
    session.flush()
    rows = [
        {
            "external_post_id": one.post.id,
            "post_id": placed[one.post.id].id if one.post.id in placed else None,
            "topic_id": topic_id,
            "role": one.placement.role,
            "position": one.placement.position,
        }
        for one in projection.posts
    ]
    session.execute(insert(PostMap), rows)
