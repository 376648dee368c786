"""Work with a connector: opens it outside any transaction, and writes down how it went and what it cost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import NotFound
from forum.core.events import emit
from forum.core.logs import log
from forum.core.outgoing import Outgoing, opened
from forum.models.channels import Channel, ChannelRate, ChannelState
from forum.models.social import Platform
from forum.social.channels import health, money, secrets
from forum.social.channels.events import ChannelNeedsSigningIn
from forum.social.connectors.asking import Asking
from forum.social.connectors.base import Access, Budget, Closing, Connector
from forum.social.connectors.errors import ConnectorError
from forum.social.connectors.registry import connector_for

T = TypeVar("T")
Work = Callable[[Connector, Budget], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What of a channel is needed while no transaction is open."""

    platform: Platform
    base_url: str
    own_ext_id: str
    own_handle: str
    secrets: dict[str, str]
    limits: dict[str, Any]
    prices: dict[str, int]
    money: int | None


class NotNow(ConnectorError):
    """The channel rests: paused, breaker open, out of money, or to be signed in again."""

    retry = True

    def __init__(self, why: str, until: datetime | None = None) -> None:
        super().__init__(why)
        self.until = until


def through(channel_id: int, work: Work[T], *, sending: bool = False, budget: Budget | None = None) -> T:
    """The result of `work`, or the ConnectorError it raised, with the channel's books brought up to date.

    Never called inside a transaction: another network is slow.
    """
    budget = budget or Budget()
    with transaction(writes=False) as session:
        standing = _standing(session, channel_id, sending)
    if standing.money is not None:
        budget.money = min(budget.money, standing.money)
    connector: list[Connector] = []
    try:
        result = asyncio.run(_run(standing, work, budget, connector))
    except ConnectorError as error:
        _settle(channel_id, budget, connector, error)
        raise
    _settle(channel_id, budget, connector, None)
    return result


async def _run(standing: _Standing, work: Work[T], budget: Budget, made: list[Connector]) -> T:
    async with opened() as outgoing:
        connector = connector_for(standing.platform, _access(standing, outgoing))
        made.append(connector)
        try:
            return await work(connector, budget)
        finally:
            if isinstance(connector, Closing):
                await connector.close()


def _access(standing: _Standing, outgoing: Outgoing) -> Access:
    return Access(
        base_url=standing.base_url,
        own_ext_id=standing.own_ext_id,
        own_handle=standing.own_handle,
        secrets=standing.secrets,
        limits=standing.limits,
        prices=standing.prices,
        outgoing=outgoing,
        clock=clock.now,
    )


def _standing(session: Session, channel_id: int, sending: bool) -> _Standing:
    channel = session.get(Channel, channel_id)
    if channel is None:
        raise NotFound
    if why := health.why_not(channel, clock.now()):
        raise NotNow(why, channel.breaker_until)
    left = money.left(session, channel, sending=sending)
    if left is not None and left <= 0:
        raise NotNow("The month's budget of this channel is used up.")
    if not sending and _nearly_out(session, channel_id):
        raise NotNow("Little of the server's limit is left; it is kept for replies.")
    return _Standing(
        platform=channel.platform,
        base_url=channel.base_url,
        own_ext_id=channel.own_ext_id,
        own_handle=channel.own_handle,
        secrets=secrets.opened(session, channel_id),
        limits=dict(channel.limits),
        prices={name: int(price) for name, price in channel.prices.items()},
        money=left,
    )


def _nearly_out(session: Session, channel_id: int) -> bool:
    rate = session.get(ChannelRate, (channel_id, "read"))
    if rate is None or rate.limit <= 0 or rate.reset_at is None or rate.reset_at <= clock.now():
        return False
    return rate.remaining < rate.limit * health.RESERVE


def _settle(channel_id: int, budget: Budget, made: list[Connector], error: ConnectorError | None) -> None:
    now = clock.now()
    with transaction() as session:
        channel = session.get(Channel, channel_id, with_for_update=True)
        if channel is None:
            return
        money.note(session, channel_id, budget.spent, now)
        for connector in made:
            if isinstance(connector, Asking):
                for endpoint, rate in connector.rates.items():
                    session.merge(ChannelRate(channel_id=channel_id, endpoint=endpoint, **_values(rate)))
        before = channel.state
        if isinstance(error, health.COUNTED):
            health.failed(channel, error, now)
            log().warning("channel.failed", channel=channel_id, kind=type(error).__name__)
        else:
            health.succeeded(channel, now)
        session.add(channel)
        if channel.state == ChannelState.needs_reauth and before != ChannelState.needs_reauth:
            emit(session, ChannelNeedsSigningIn(channel_id))


def _values(rate: Any) -> dict[str, Any]:
    return {"limit": rate.limit, "remaining": rate.remaining, "reset_at": rate.reset_at}
