"""Who is told what. A notice is a row with a cause, so the same cause tells nobody twice; mail follows as a job."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session, col

from forum.accounts import blocks
from forum.core import clock, text
from forum.core.db import insert_all_ignoring
from forum.jobs.queue import enqueue
from forum.models import Credit, Follow, MeToo, Notice, NoticeKind, Post
from forum.notifications.wording import WORDINGS
from forum.recognition.badges.definitions import Tier
from forum.recognition.badges.events import BadgeEarned, BadgesSummed
from forum.resolutions.events import ResolutionPublished
from forum.topics.events import (
    AnswerAccepted,
    AnswerMadeOfficial,
    AnswerPosted,
    CommentPosted,
    DetailsAsked,
    DuplicateLinked,
    TopicAsked,
)

NAMED = 3
"""Badges that a message about several calls by name."""


def tell(
    session: Session,
    members: Iterable[int | None],
    kind: NoticeKind,
    cause: str,
    *,
    actor_id: int | None,
    topic_id: int | None = None,
    post_id: int | None = None,
    title: str = "",
    link: str = "",
    mail: bool = True,
) -> list[int]:
    """Tell each member once; never the person who did it, nor whoever blocked them. News about no topic has a title and a link.

    Returns who had not been told before.
    """
    common = {
        "kind": kind,
        "cause": cause,
        "actor_id": actor_id,
        "topic_id": topic_id,
        "post_id": post_id,
        "title": title,
        "link": link,
        "at": clock.now(),
    }
    wanted = sorted({member for member in members if member is not None and member != actor_id})
    if actor_id is not None and wanted:
        unwilling = blocks.who_blocked(session, actor_id, wanted)
        wanted = [member for member in wanted if member not in unwilling]
    told = insert_all_ignoring(session, Notice, [{"member_id": member, **common} for member in wanted], "member_id")
    if told and mail and WORDINGS[kind].switch:
        enqueue(session, "notifications.post", dedup_key=f"notices:{kind}:{cause}", members=told, cause=cause)
    return told


def tell_mentioned(session: Session, event: TopicAsked | AnswerPosted | CommentPosted) -> None:
    cause = f"post:{event.post_id}"
    tell(
        session,
        event.mentioned,
        NoticeKind.mention,
        cause,
        actor_id=event.actor_id,
        topic_id=event.topic_id,
        post_id=event.post_id,
    )


def tell_followers(session: Session, event: AnswerPosted) -> None:
    cause = f"post:{event.post_id}"
    followers = _followers(session, event.topic_id)
    tell(session, followers, NoticeKind.answer, cause, actor_id=event.actor_id, topic_id=event.topic_id, post_id=event.post_id)


def tell_author_of_parent(session: Session, event: CommentPosted) -> None:
    """The author of what was commented on, and those who commented there before."""
    parent = session.get_one(Post, event.parent_id)
    earlier = session.scalars(select(col(Post.author_id)).where(col(Post.parent_id) == event.parent_id)).all()
    cause = f"post:{event.post_id}"
    people = {parent.author_id, *earlier}
    tell(session, people, NoticeKind.comment, cause, actor_id=event.actor_id, topic_id=event.topic_id, post_id=event.post_id)


def tell_solver(session: Session, event: AnswerAccepted) -> None:
    cause = f"accepted:{event.post_id}"
    tell(
        session,
        [event.author_id],
        NoticeKind.accepted,
        cause,
        actor_id=event.actor_id,
        topic_id=event.topic_id,
        post_id=event.post_id,
    )


def tell_waiting(session: Session, event: AnswerAccepted) -> None:
    """Everybody who follows it or has it too hears that it is solved, once per topic."""
    waiting = {*_followers(session, event.topic_id), *_with_the_same(session, event.topic_id)} - {event.author_id}
    cause = f"solved:{event.topic_id}"
    tell(session, waiting, NoticeKind.solved, cause, actor_id=event.actor_id, topic_id=event.topic_id, post_id=event.post_id)


def tell_author_and_asker(session: Session, event: AnswerMadeOfficial) -> None:
    cause = f"official:{event.post_id}"
    people = {event.author_id, *_followers(session, event.topic_id)}
    tell(session, people, NoticeKind.official, cause, actor_id=event.actor_id, topic_id=event.topic_id, post_id=event.post_id)


def tell_asker_details(session: Session, event: DetailsAsked) -> None:
    cause = f"details:{event.topic_id}:{clock.now():%Y%m%d%H}"
    tell(session, [event.asker_id], NoticeKind.needs_info, cause, actor_id=event.actor_id, topic_id=event.topic_id)


def tell_asker_duplicate(session: Session, event: DuplicateLinked) -> None:
    cause = f"duplicate:{event.topic_id}:{event.earlier_id}"
    tell(session, [event.asker_id], NoticeKind.duplicate, cause, actor_id=event.actor_id, topic_id=event.topic_id)


def tell_credited(session: Session, event: ResolutionPublished) -> None:
    credited = session.scalars(select(col(Credit.member_id)).where(col(Credit.resolution_id) == event.resolution_id)).all()
    cause = f"resolution:{event.resolution_id}"
    tell(session, credited, NoticeKind.resolution, cause, actor_id=event.actor_id, topic_id=event.topic_id)


def tell_badge(session: Session, event: BadgeEarned) -> None:
    """Silver and gold at once; bronze comes with the digest of the day."""
    if event.tier != Tier.bronze:
        tell(
            session,
            [event.actor_id],
            NoticeKind.badge,
            f"badge:{event.award_id}",
            actor_id=None,
            title=f"You earned the badge “{event.name}”",
            link=f"/badges/{event.badge}",
        )


def tell_badges(session: Session, event: BadgesSummed) -> None:
    count, named = len(event.names), event.names[:NAMED]
    rest = [f"{count - NAMED} more"] if count > NAMED else []
    said = f"the badge “{named[0]}”" if count == 1 else f"{count} badges: {text.listed([*named, *rest])}"
    tell(
        session,
        [event.actor_id],
        NoticeKind.badge,
        f"badges:{event.award_id}",
        actor_id=None,
        title=f"You earned {said}"[:200],
        link="/badges",
    )


def _followers(session: Session, topic_id: int) -> list[int]:
    return list(session.scalars(select(col(Follow.member_id)).where(col(Follow.topic_id) == topic_id)))


def _with_the_same(session: Session, topic_id: int) -> list[int | None]:
    return list(session.scalars(select(col(MeToo.member_id)).where(col(MeToo.topic_id) == topic_id)))
