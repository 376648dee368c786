"""Looking at what networks told us: mentions are read now, threads we hold are read again, deletions are asked for."""

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import transaction
from forum.jobs.queue import enqueue
from forum.models.channels import Channel, HookDelivery, HookKind
from forum.models.social import ExternalPost, ThreadLink
from forum.social.channels.abilities import abilities
from forum.social.hooks.receiving import REMEMBERED

AT_ONCE, BATCH = 100, 300


def look(channel_id: int) -> None:
    with transaction() as session:
        channel = session.get(Channel, channel_id)
        if channel is None:
            return
        waiting = session.exec(
            select(HookDelivery)
            .where(HookDelivery.channel_id == channel_id, col(HookDelivery.waiting))
            .order_by(col(HookDelivery.id))
            .limit(AT_ONCE)
        ).all()
        names = {name for one in waiting for name in one.names if one.kind != HookKind.numbers}
        for thread_id in _threads(session, channel, names):
            enqueue(session, "social.read_thread", dedup_key=f"read-thread:{thread_id}", thread_id=thread_id, trigger="hook")
        if any(one.kind == HookKind.posts for one in waiting) and abilities(channel).poll_mentions:
            enqueue(session, "social.poll", dedup_key=f"poll:{channel_id}", channel_id=channel_id)
        seen = update(HookDelivery).where(col(HookDelivery.id).in_([one.id for one in waiting]))
        session.execute(seen.values(waiting=False, names=[]))
        old = (col(HookDelivery.channel_id) == channel_id, col(HookDelivery.received_at) < clock.now() - REMEMBERED)
        session.execute(delete(HookDelivery).where(*old, ~col(HookDelivery.waiting)))
        if len(waiting) == AT_ONCE:
            enqueue(session, "social.hooks", dedup_key=f"hooks:{channel_id}:more", channel_id=channel_id)


def _threads(session: Session, channel: Channel, names: set[str]) -> list[int]:
    """Of the threads this channel reads, those that hold a named post."""
    wanted = sorted(names | {f"{channel.base_url}/p/{name}" for name in names if name.isdigit()})
    made: set[int] = set()
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        named = (col(column).in_(some) for column in (ExternalPost.ext_id, ExternalPost.native_id, ExternalPost.url))
        statement = select(ThreadLink.id).join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        made.update(session.exec(statement.where(ThreadLink.channel_id == channel.id, or_(*named))))
    return sorted(made)
