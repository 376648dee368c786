"""Asking networks for what rules with a hashtag or words look for. Every job can stop anywhere and run again."""

from datetime import timedelta

from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import transaction
from forum.jobs.queue import enqueue
from forum.models import Channel, ChannelCursor, ChannelState, RuleKind, RuleState, ThreadOrigin, WatchRule
from forum.social.channels.running import Work, through
from forum.social.connectors.base import Budget, Connector, MentionBatch
from forum.social.connectors.errors import ConnectorError
from forum.social.connectors.registry import CONNECTORS
from forum.social.reading.applying import Source
from forum.social.reading.jobs import take_batch, touch
from forum.social.watching.matching import listed

EVERY = timedelta(minutes=10)
SEARCHED = (RuleKind.hashtag, RuleKind.keyword)


def tick() -> None:
    """What is due is put in the queue, once each."""
    with transaction() as session:
        for rule in session.exec(select(WatchRule).where(WatchRule.state == RuleState.active, col(WatchRule.kind).in_(SEARCHED))):
            for channel in session.exec(select(Channel).where(Channel.state == ChannelState.ok)):
                if (
                    channel.platform in CONNECTORS
                    and (not rule.channels or channel.id in rule.channels)
                    and _due(session, channel.id, rule.id)
                ):
                    key = f"search-rule:{rule.id}:{channel.id}"
                    enqueue(session, "social.search_rule", dedup_key=key, rule_id=rule.id, channel_id=channel.id)


def stream_of(rule_id: int) -> str:
    return f"rule:{rule_id}"


def _due(session: Session, channel_id: int, rule_id: int) -> bool:
    cursor = session.get(ChannelCursor, (channel_id, stream_of(rule_id)))
    return cursor is None or cursor.updated_at + EVERY <= clock.now()


def search_rule(rule_id: int, channel_id: int) -> None:
    stream = stream_of(rule_id)
    with transaction(writes=False) as session:
        rule, channel = session.get(WatchRule, rule_id), session.get(Channel, channel_id)
        if rule is None or channel is None or rule.state != RuleState.active:
            return
        cursor = session.get(ChannelCursor, (channel_id, stream))
        value, high_water = (cursor.value, cursor.high_water_at) if cursor else ("", None)
        words = [f"#{one.lstrip('#')}" if rule.kind == RuleKind.hashtag else one for one in listed(rule.expression)]
        source = Source(channel.platform, channel_id, ThreadOrigin.search, "public", own=channel.own_ext_id)
    for word in words:
        try:
            batch = through(channel_id, _search(word, value))
        except ConnectorError:
            touch(channel_id, stream)
            return
        take_batch(channel_id, stream, batch, source, since=high_water)


def _search(expression: str, cursor: str) -> Work[MentionBatch]:
    async def work(connector: Connector, budget: Budget) -> MentionBatch:
        if not connector.capabilities().search:
            return MentionBatch(cursor=cursor)
        return await connector.search(expression, cursor, budget)

    return work
