"""Connecting an account elsewhere, pausing it, and signing in again without losing anything."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, select

from forum.core import clock
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.outgoing import Refused, checked_url
from forum.jobs.queue import enqueue
from forum.models.channels import Channel, ChannelGap, ChannelState
from forum.models.social import Platform
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.channels import secrets
from forum.social.channels.events import ChannelChanged, ChannelConnected
from forum.social.channels.inputs import ChangeChannel, ConnectChannel, Secrets
from forum.social.channels.kinds import KINDS, Kind
from forum.social.simulated.network import OWN

CHECKING = "We are trying the secret."
MILLION = 1_000_000


def connect(session: Session, actor: Actor, data: ConnectChannel) -> Channel:
    require(actor, Permission.channel_manage)
    kind = KINDS.get(data.platform)
    if kind is None:
        raise Invalid({"platform": "Choose one of the networks."})
    base_url = _server(kind, data.base_url)
    _complete(kind, data, data.handle)
    own = OWN if data.platform == Platform.simulated else data.handle.lstrip("@")
    known = select(Channel).where(Channel.platform == data.platform, Channel.base_url == base_url, Channel.own_ext_id == own)
    if session.exec(known).first() is not None:
        raise Invalid({"name": "This account is connected already. Open its page to sign in again."})
    channel = Channel(
        platform=data.platform,
        base_url=base_url,
        name=data.name,
        own_ext_id=own,
        own_handle=data.handle.lstrip("@"),
        state=ChannelState.paused,
        state_reason=CHECKING,
        monthly_budget=data.budget * MILLION,
        created_by_id=actor.id,
    )
    session.add(channel)
    session.flush()
    _keep(session, channel, data)
    emit(session, ChannelConnected(actor.member_id, channel.id))
    return channel


def sign_in_again(session: Session, actor: Actor, channel: Channel, data: Secrets) -> None:
    """New secrets for the same channel: its threads, drafts and cursors stay, and so does a secret whose field is left empty."""
    require(actor, Permission.channel_manage)
    _complete(KINDS[Platform(channel.platform)], data, channel.own_handle, secrets.opened(session, channel.id))
    _keep(session, channel, data)
    emit(session, ChannelChanged(actor.member_id, channel.id, "signed in again"))


def _keep(session: Session, channel: Channel, data: Secrets) -> None:
    for name, value in data.given().items():
        secrets.keep(session, channel.id, name, value)
    channel.state, channel.state_reason = ChannelState.paused, CHECKING
    channel.auth_failures = channel.failures = channel.breaker_step = 0
    channel.breaker_until = channel.failing_since = None
    session.add(channel)
    enqueue(session, "social.check_channel", dedup_key=f"check-channel:{channel.id}", channel_id=channel.id)


def _server(kind: Kind, typed: str) -> str:
    if not kind.server:
        return ""
    address = typed if "://" in typed else f"https://{typed}"
    try:
        scheme, _, _ = checked_url(address)
    except Refused:
        raise Invalid({"base_url": "Write the server's address, such as https://social.example."}) from None
    if scheme != "https":
        raise Invalid({"base_url": "The address must begin with https://, so that the secret stays one."})
    return address.rstrip("/") if kind.platform != Platform.feed else address


def _complete(kind: Kind, data: Secrets, handle: str, kept: Collection[str] = ()) -> None:
    there = {*data.given(), *kept}
    missing = {one.kind: "Fill this in to go on." for one in kind.secrets if one.required and one.kind not in there}
    if kind.handle and not handle:
        missing["handle"] = "Write the name of your account there."
    if missing:
        raise Invalid(missing)


def change(session: Session, actor: Actor, channel: Channel, data: ChangeChannel) -> None:
    require(actor, Permission.channel_manage)
    channel.name, channel.monthly_budget = data.name, data.budget * MILLION
    chosen: dict[str, Any] = data.model_dump(include={"hourly_limit", "by_hand", "four_eyes", "show_private"})
    channel.options = {**channel.options, **chosen}
    session.add(channel)
    emit(session, ChannelChanged(actor.member_id, channel.id, "changed"))


def pause(session: Session, actor: Actor, channel: Channel) -> None:
    """Nothing is read or sent; drafts and history stay."""
    require(actor, Permission.channel_manage)
    if channel.state in (ChannelState.paused, ChannelState.disabled):
        raise Conflict("It rests already.")
    channel.state, channel.state_reason = ChannelState.paused, "Paused by hand."
    session.add(channel)
    emit(session, ChannelChanged(actor.member_id, channel.id, "paused"))


def resume(session: Session, actor: Actor, channel: Channel) -> None:
    """Goes on where it stopped, after trying the secret."""
    require(actor, Permission.channel_manage)
    channel.state, channel.state_reason = ChannelState.paused, CHECKING
    channel.breaker_until = None
    session.add(channel)
    enqueue(session, "social.check_channel", dedup_key=f"check-channel:{channel.id}", channel_id=channel.id)
    emit(session, ChannelChanged(actor.member_id, channel.id, "taken up again"))


def close_gap(session: Session, actor: Actor, channel: Channel, gap_id: int) -> None:
    """A person has looked by hand at what may be missing."""
    require(actor, Permission.triage)
    gap = session.get(ChannelGap, gap_id)
    if gap is None or gap.channel_id != channel.id:
        raise NotFound
    gap.closed_at = clock.now()
    session.add(gap)


def access_channel(session: Session, actor: Actor, channel_id: int) -> Channel:
    require(actor, Permission.triage)
    channel = session.get(Channel, channel_id)
    if channel is None:
        raise NotFound
    return channel
