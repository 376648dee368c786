"""Asking networks for what rules with a hashtag or words look for. Every job can stop anywhere and run again."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete
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
from forum.social.reading.jobs import PAGES, take_batch, touch
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
                    and _due(session, rule, channel.id)
                ):
                    key = f"search-rule:{rule.id}:{channel.id}"
                    enqueue(session, "social.search_rule", dedup_key=key, rule_id=rule.id, channel_id=channel.id)


def stream_of(rule_id: int, word: str) -> str:
    """Each word is a search of its own and has come as far as it has: one cursor for all would skip what the others found."""
    return f"rule:{rule_id}:{sha256(word.encode()).hexdigest()[:16]}"


def _words(rule: WatchRule) -> list[str]:
    return [f"#{one.lstrip('#')}" if rule.kind == RuleKind.hashtag else one for one in listed(rule.expression)]


def _due(session: Session, rule: WatchRule, channel_id: int) -> list[tuple[str, ChannelCursor | None]]:
    """Words whose search is ten minutes old, each with how far it came."""
    found = [(word, session.get(ChannelCursor, (channel_id, stream_of(rule.id, word)))) for word in _words(rule)]
    return [(word, cursor) for word, cursor in found if cursor is None or cursor.updated_at + EVERY <= clock.now()]


def search_rule(rule_id: int, channel_id: int) -> None:
    with transaction() as session:
        rule, channel = session.get(WatchRule, rule_id), session.get(Channel, channel_id)
        if rule is None or channel is None or rule.state != RuleState.active:
            return
        _forget_others(session, rule, channel_id)
        due = [
            (word, cursor.value, cursor.high_water_at) if cursor else (word, "", None)
            for word, cursor in _due(session, rule, channel_id)
        ]
        source = Source(channel.platform, channel_id, ThreadOrigin.search, "public", own=channel.own_ext_id)
    for number, (word, value, high_water) in enumerate(due):
        try:
            _search_word(source, stream_of(rule_id, word), word, value, high_water)
        except ConnectorError:
            for left, _, _ in due[number:]:
                touch(channel_id, stream_of(rule_id, left))
            return


def _forget_others(session: Session, rule: WatchRule, channel_id: int) -> None:
    """A word taken out of the rule; when it comes back, it starts anew."""
    mine = col(ChannelCursor.stream).startswith(f"rule:{rule.id}:") | (col(ChannelCursor.stream) == f"rule:{rule.id}")
    kept = [stream_of(rule.id, word) for word in _words(rule)]
    session.execute(
        delete(ChannelCursor).where(col(ChannelCursor.channel_id) == channel_id, mine, col(ChannelCursor.stream).not_in(kept))
    )


def _search_word(source: Source, stream: str, word: str, value: str, high_water: datetime | None) -> None:
    """Page by page; each page and its cursor are one step."""
    assert source.channel_id is not None
    for _ in range(PAGES):
        batch = through(source.channel_id, _search(word, value))
        moved = batch.cursor != value
        value = take_batch(source.channel_id, stream, batch, source, since=high_water)
        if not batch.more or not moved:
            return


def _search(expression: str, cursor: str) -> Work[MentionBatch]:
    async def work(connector: Connector, budget: Budget) -> MentionBatch:
        if not connector.capabilities().search:
            return MentionBatch(cursor=cursor)
        return await connector.search(expression, cursor, budget)

    return work
