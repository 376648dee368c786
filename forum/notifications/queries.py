"""The list of what a member was told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlmodel import Session, col

from forum.core import clock, paging
from forum.models import Member, Notice, NoticeKind, Topic
from forum.notifications.wording import WORDINGS
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.topics.rows import topic_url, visible_topics

PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticeView:
    url: str
    icon: str
    tone: str
    text: str
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class NoticeList:
    rows: list[NoticeView]
    more_url: str | None


def notice_list(session: Session, actor: Actor, after: str | None) -> NoticeList:
    """Only what the member may still read."""
    require(actor, Permission.account_own)
    key = paging.decode(after)
    query: Any = (
        select(
            col(Notice.id),
            col(Notice.kind),
            col(Notice.at),
            col(Notice.read_at),
            col(Notice.post_id),
            col(Notice.title).label("about"),
            col(Notice.link),
            col(Member.name).label("actor_name"),
            col(Topic.id).label("topic_id"),
            col(Topic.slug),
            col(Topic.title),
        )
        .outerjoin(Topic, col(Topic.id) == col(Notice.topic_id))
        .outerjoin(Member, col(Member.id) == col(Notice.actor_id))
        .where(col(Notice.member_id) == actor.id, col(Notice.topic_id).is_(None) | visible_topics(actor))
    )
    if key is not None:
        query = query.where(col(Notice.id) < key[1])
    rows = session.execute(query.order_by(col(Notice.id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(rows, PAGE, _view, lambda row: (row.at, row.id), first=key is None)
    return NoticeList(page.items, f"/notifications?after={page.after}" if page.after else None)


def _view(row: Row[Any]) -> NoticeView:
    wording = WORDINGS[NoticeKind(row.kind)]
    anchor = f"#a-{row.post_id}" if row.post_id else ""
    return NoticeView(
        url=row.link or topic_url(row.topic_id, row.slug) + anchor,
        icon=wording.icon,
        tone=wording.tone,
        text=wording.sentence.format(who=row.actor_name or "Somebody", title=row.about or row.title),
        at=row.at,
        unread=row.read_at is None,
    )


def read_all(session: Session, actor: Actor) -> None:
    require(actor, Permission.account_own)
    session.execute(
        update(Notice).where(col(Notice.member_id) == actor.id, col(Notice.read_at).is_(None)).values(read_at=clock.now())
    )
