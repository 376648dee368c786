"""A published thread goes on elsewhere: its topic follows. What would show personal data waits for a person."""

from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import Session, col, select

from forum.core import clock, markdown
from forum.core.db import bump
from forum.core.events import emit
from forum.models.social import ExternalPost, ExternalPostState, MapRole, PostMap, ThreadLink
from forum.models.topics import Post, PostKind, PostState, Revision, Topic
from forum.social.projection import PlacedPost, Projection, project
from forum.social.publishing import ROLES, add_reply, body_of, map_row, question_body
from forum.social.reading.erasing import empty, neutral_title
from forum.social.reading.events import OutsidePostsChanged
from forum.social.threading import title_for
from forum.topics.events import PostEdited

HIDDEN = (ExternalPostState.denied, ExternalPostState.withheld)
OPENING = (MapRole.question, MapRole.segment)
NOT_SHOWN = "Whoever asked this does not show the question any more. The answers stay, because they help others."


def follow(session: Session, thread: ThreadLink, *, approved: bool = False) -> int:
    """How many posts were added. `approved`: a person has read what waits."""
    topic = session.get(Topic, thread.topic_id) if thread.topic_id else None
    if topic is None:
        return 0
    places = _places(session, thread)
    edited = _hide_and_show(session, topic, places.values())
    projection = project(session, thread)
    edited += _hide_or_show_question(session, projection, places)
    edited += _follow_wordings(session, projection, places)
    added = _add(session, topic, projection, places, approved=approved)
    if added or edited:
        emit(session, OutsidePostsChanged(topic.id, thread.id, added, edited))
    return added


Places = dict[int, tuple[PostMap, str, ExternalPostState]]


def _places(session: Session, thread: ThreadLink) -> Places:
    """Where the posts of this thread stand, with the newest wording and state of each."""
    statement = (
        select(PostMap, ExternalPost.text_hash, ExternalPost.state)
        .join(ExternalPost, col(ExternalPost.id) == col(PostMap.external_post_id))
        .where(col(ExternalPost.thread_id) == thread.id)
    )
    return {
        place.external_post_id: (place, wording, ExternalPostState(state)) for place, wording, state in session.exec(statement)
    }


def _hide_and_show(session: Session, topic: Topic, places: Iterable[tuple[PostMap, str, ExternalPostState]]) -> int:
    """Unreadable there is hidden here, and comes back with it."""
    changed = 0
    for place, _, state in places:
        if place.post_id is None or place.role not in ROLES:
            continue
        post = session.get_one(Post, place.post_id)
        wanted = PostState.withdrawn if state in HIDDEN else PostState.visible
        if post.state != wanted and post.state in (PostState.visible, PostState.withdrawn):
            step = 1 if wanted == PostState.visible else -1
            post.state = wanted
            session.add(post)
            _count(session, topic, post, step)
            changed += 1
    return changed


def _hide_or_show_question(session: Session, projection: Projection, places: Places) -> int:
    """A question nobody may read there has no words here either, whoever edited them; its answers stay. It comes back alike."""
    opening = [(place, state) for place, _, state in places.values() if place.role in OPENING]
    first = next((place for place, _ in opening if place.role == MapRole.question and place.post_id is not None), None)
    if first is None:
        return 0
    post = session.get_one(Post, first.post_id)
    concealed = post.body == f"*{NOT_SHOWN}*"
    if not concealed and any(state in HIDDEN for _, state in opening):
        asked = session.get_one(ExternalPost, first.external_post_id)
        neutral_title(session, first.topic_id, title_for(asked.text), asked)
        empty(session, post, NOT_SHOWN)
        return 1
    if concealed and all(state == ExternalPostState.live for _, state in opening):
        again = [one for one in projection.posts if one.placement.role in OPENING]
        return _reword(session, post.id, question_body(again, projection))
    return 0


def _count(session: Session, topic: Topic, post: Post, step: int) -> None:
    if post.kind == PostKind.answer:
        bump(topic, answers=step)
        session.add(topic)
    elif post.parent_id is not None:
        parent = session.get_one(Post, post.parent_id)
        bump(parent, comments=step)
        session.add(parent)


def _follow_wordings(session: Session, projection: Projection, places: Places) -> int:
    """An edit there is an edit here, unless a person has edited the post here meanwhile: then staff see both."""
    changed = 0
    opening = [one for one in projection.posts if one.placement.role in OPENING]
    stale = {
        post_id for post_id, (place, wording, _) in places.items() if place.text_hash and wording and place.text_hash != wording
    }
    for one in projection.posts:
        place = places[one.post.id][0] if one.post.id in places else None
        if place is None or one.post.id not in stale or place.locked or place.post_id is None:
            continue
        if one.wording.findings and not one.wording.withheld and place.role in ROLES:
            continue
        if place.role in OPENING and one.post.state in HIDDEN:
            continue
        body = question_body(opening, projection) if place.role in OPENING else body_of(one)
        changed += _reword(session, place.post_id, body)
        place.text_hash = one.post.text_hash
        session.add(place)
    return changed


def _reword(session: Session, post_id: int, body: str) -> int:
    post = session.get_one(Post, post_id)
    if post.body == body:
        return 0
    post.body, post.html, post.renderer = body, markdown.render(body), markdown.RENDERER
    post.revisions += 1
    post.edited_at = clock.now()
    session.add(Revision(post_id=post.id, number=post.revisions, body=body, reason="Edited where it stands", at=post.edited_at))
    session.add(post)
    return 1


def _add(session: Session, topic: Topic, projection: Projection, places: Places, *, approved: bool) -> int:
    at = {post_id: place.post_id for post_id, (place, _, _) in places.items()}
    question = _question(session, topic, places)
    if question is None:
        return 0
    added = 0
    for one in projection.posts:
        if one.post.id in places or (waits(one) and not approved):
            continue
        role = MapRole(one.placement.role)
        if role in ROLES:
            parent = session.get(Post, at.get(one.placement.under or 0) or question) if role == MapRole.comment else None
            post = add_reply(session, topic, one, parent)
            at[one.post.id] = post.id
            _count(session, topic, post, 1)
            topic.active_at = max(topic.active_at, one.post.created_at)
            added += 1
        elif role == MapRole.me_too:
            bump(topic, me_too=1)
        else:
            role = MapRole.comment if role == MapRole.question else role
        session.add(PostMap(**map_row(one, topic.id, at.get(one.post.id), role)))
    session.add(topic)
    session.flush()
    return added


def _question(session: Session, topic: Topic, places: Places) -> int | None:
    """What replies stand under; None where a person chose to take no replies over."""
    roles = {place.role: place.post_id for place, _, _ in places.values()}
    if MapRole.question in roles:
        return roles[MapRole.question]
    if not places or MapRole.mention_only in roles:
        return None
    statement = select(Post.id).where(Post.topic_id == topic.id, Post.kind == PostKind.question)
    return session.exec(statement).first()


def waits(one: PlacedPost) -> bool:
    """Personal data was found in it, so a person looks first."""
    return one.wording.findings > 0


def lock_edited(session: Session, event: PostEdited) -> None:
    """Handler: what a person edits here is never overwritten from elsewhere."""
    session.execute(update(PostMap).where(col(PostMap.post_id) == event.post_id).values(locked=True))
