"""Trying a channel's secret, and what its server says of itself."""

from collections.abc import Mapping

from sqlalchemy import update
from sqlmodel import Session, col, select

from forum.core.db import transaction
from forum.models.channels import Channel, ChannelState
from forum.social.channels import secrets
from forum.social.channels.actions import CHECKING
from forum.social.channels.running import NotNow, through
from forum.social.connectors.base import Budget, Connector, Profile
from forum.social.connectors.errors import AuthFailed, ConnectorError


async def _connect(connector: Connector, _budget: Budget) -> tuple[Profile, Mapping[str, object]]:
    return await connector.connect()


def check(channel_id: int) -> None:
    with transaction() as session:
        waking = update(Channel).where(
            col(Channel.id) == channel_id, col(Channel.state) == ChannelState.paused, col(Channel.state_reason) == CHECKING
        )
        session.execute(waking.values(state=ChannelState.ok, state_reason=""))
    try:
        profile, limits = through(channel_id, _connect)
    except NotNow:
        return
    except ConnectorError as error:
        _refused(channel_id, error)
        return
    with transaction() as session:
        channel = session.get_one(Channel, channel_id)
        account = profile.account
        if not _another_has(session, channel, account.ext_id):
            channel.own_ext_id, channel.own_handle = account.ext_id, account.handle
        channel.limits = dict(limits)
        session.add(channel)


def _another_has(session: Session, channel: Channel, ext_id: str) -> bool:
    """Two rows for one account would read everything twice; the second one is switched off."""
    statement = select(Channel.id).where(
        Channel.platform == channel.platform,
        Channel.base_url == channel.base_url,
        Channel.own_ext_id == ext_id,
        col(Channel.id) != channel.id,
    )
    if session.exec(statement).first() is None:
        return False
    channel.state, channel.state_reason = ChannelState.disabled, "This account is connected already."
    return True


def _refused(channel_id: int, error: ConnectorError) -> None:
    with transaction() as session:
        channel = session.get_one(Channel, channel_id)
        if isinstance(error, AuthFailed):
            channel.state, channel.state_reason = ChannelState.needs_reauth, "The network does not accept this secret."
        elif not error.retry:
            channel.state, channel.state_reason = (
                ChannelState.paused,
                "The answer was not what this network sends. Is the address right?",
            )
        session.add(channel)


def reseal() -> None:
    with transaction() as session:
        secrets.reseal(session)
