"""What a channel can do, told without asking anybody: its connector with a way out that leads nowhere."""

from sqlmodel import Session

from forum.core import clock
from forum.core.outgoing import Outgoing
from forum.models.channels import Channel
from forum.models.social import Platform, ThreadLink
from forum.social.connectors.base import Access, Capabilities, Connector
from forum.social.connectors.registry import CONNECTORS, connector_for
from forum.social.lengths import Rule, rule


class _Nowhere(Outgoing):
    def __init__(self) -> None:
        pass


def idle(channel: Channel) -> Connector | None:
    """For its capabilities and its addresses; None for a network that only people write to."""
    platform = Platform(channel.platform)
    if platform not in CONNECTORS:
        return None
    access = Access(
        base_url=channel.base_url,
        own_ext_id=channel.own_ext_id,
        own_handle=channel.own_handle,
        secrets={},
        limits=dict(channel.limits),
        prices={name: int(price) for name, price in channel.prices.items()},
        outgoing=_Nowhere(),
        clock=clock.now,
    )
    return connector_for(platform, access)


def abilities(channel: Channel) -> Capabilities:
    connector = idle(channel)
    return connector.capabilities() if connector is not None else Capabilities()


def rule_of(session: Session, thread: ThreadLink) -> Rule:
    """How the server counts through which a thread is answered; without one, as most of its network do."""
    channel = session.get(Channel, thread.channel_id) if thread.channel_id is not None else None
    return rule_through(thread.platform, channel)


def rule_through(platform: str, channel: Channel | None) -> Rule:
    usual = rule(platform)
    if channel is None or not (able := abilities(channel)).reply:
        return usual
    return Rule(
        limit=able.text_limit,
        unit=able.text_unit if able.text_unit != "chars" else usual.unit,
        bytes=able.byte_limit,
        url_weight=able.url_weight,
        short_names=usual.short_names,
    )
