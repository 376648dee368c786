"""Mail about notices, written when it is sent so that it says what is true then."""

from sqlalchemy import select
from sqlmodel import col

from forum.core import templating
from forum.core.db import transaction
from forum.core.mail import Letter, deliver
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import Member, Notice, NoticeKind, Post, Topic
from forum.notifications.wording import WORDINGS
from forum.policy.actor import actor_of
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.rows import topic_url


def post(members: list[int], cause: str) -> None:
    """Break one piece of news up into one letter for each reader, so that each is tried again alone."""
    with transaction() as session:
        for member_id in members:
            enqueue(session, "notifications.mail", dedup_key=f"notice:{member_id}:{cause}", member_id=member_id, cause=cause)


def mail(member_id: int, cause: str) -> None:
    """One letter for one notice; silently nothing when it was read, switched off, or is no longer theirs to read."""
    with transaction(writes=False) as session:
        notice = session.scalars(select(Notice).where(col(Notice.member_id) == member_id, col(Notice.cause) == cause)).first()
        member = session.get(Member, member_id)
        if notice is None or member is None or notice.read_at is not None:
            return
        topic = session.get(Topic, notice.topic_id) if notice.topic_id else None
        post = session.get(Post, notice.post_id) if notice.post_id else None
        wording = WORDINGS[NoticeKind(notice.kind)]
        if not (wording.switch and getattr(member, wording.switch) and member.email and member.confirmed_at):
            return
        if topic is not None and not may(actor_of(member), Permission.topic_read, About(topic, post)):
            return
        actor = session.get(Member, notice.actor_id) if notice.actor_id else None
        sentence = wording.sentence.format(
            who=actor.name if actor else "Somebody", title=notice.title or (topic.title if topic else "")
        )
        text = templating.render(
            "email/notice.txt",
            name=member.name,
            sentence=sentence,
            body=post.body if post else "",
            url=settings().base_url + _place(notice, topic),
            settings_url=f"{settings().base_url}/settings/notifications",
            site=settings().site_name,
        )
        letter = Letter(to=member.email, subject=" ".join(sentence.split())[:150], text=text, key=f"notice-{notice.id}")
    deliver(letter)


def _place(notice: Notice, topic: Topic | None) -> str:
    if notice.link or topic is None:
        return notice.link or "/notifications"
    return topic_url(topic.id, topic.slug) + (f"#a-{notice.post_id}" if notice.post_id else "")
