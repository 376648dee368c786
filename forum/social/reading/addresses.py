"""From an address that somebody pasted to the post it names and the channel that can read it. Asks nobody."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from forum.models.channels import Channel, ChannelState
from forum.models.social import ExternalPost, Platform, ThreadLink
from forum.social.channels.abilities import idle
from forum.social.connectors.base import Target

_TRACKING = re.compile(r"[?#].*\Z")


@dataclass(frozen=True, slots=True)
class Found:
    channel_id: int
    target: Target


def find(session: Session, url: str) -> Found | None:
    """The first working channel whose network knows such addresses; one on the very server comes first."""
    host = (urlsplit(url).hostname or "").lower()
    usable = (ChannelState.ok, ChannelState.broken)
    channels = session.exec(select(Channel).where(col(Channel.state).in_(usable)).order_by(col(Channel.id))).all()
    for channel in sorted(channels, key=lambda one: (urlsplit(one.base_url).hostname or "").lower() != host):
        connector = idle(channel)
        target = connector.resolve_url(url) if connector is not None else None
        if target is not None:
            return Found(channel.id, target)
    return None


def known_thread(session: Session, found: Found, url: str) -> ThreadLink | None:
    """The thread this address leads to, when we have it already, whichever form of the address was pasted."""
    plain = _TRACKING.sub("", url)
    target = found.target
    names = [one for one in (target.ext_id, target.url, plain) if one]
    statement = (
        select(ThreadLink)
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .where(
            ExternalPost.platform == target.platform,
            col(ExternalPost.ext_id).in_(names) | col(ExternalPost.url).in_(names),
        )
    )
    return session.exec(statement.limit(1)).first()


def thread_of(session: Session, platform: Platform, ext_id: str) -> ThreadLink | None:
    statement = (
        select(ThreadLink)
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .where(ExternalPost.platform == platform, ExternalPost.ext_id == ext_id)
    )
    return session.exec(statement.limit(1)).first()
