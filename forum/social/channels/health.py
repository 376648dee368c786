"""How a channel fares: what one success or failure means for it. Pure but for the row it changes (SOCIAL 5.7)."""

from datetime import datetime, timedelta

from forum.models.channels import Channel, ChannelState
from forum.social.connectors.errors import AuthFailed, ConnectorError, RateLimited, SchemaDrift, Transient, UnknownOutcome

TROUBLE = timedelta(minutes=10)
OPENS_AFTER = 5
STRIKES = 2
LONGEST_PAUSE = timedelta(minutes=60)
BROKEN_AFTER = timedelta(hours=24)
RESERVE = 0.2
"""Reading stops while less than this share of a server's limit is left, so that replies always have some."""
COUNTED = (AuthFailed, RateLimited, Transient, SchemaDrift, UnknownOutcome)
"""What says something about the channel; everything else says something about one post."""


def succeeded(channel: Channel, at: datetime) -> None:
    channel.auth_failures = channel.failures = channel.breaker_step = 0
    channel.failing_since = channel.breaker_until = None
    channel.last_success_at = at
    if channel.state == ChannelState.broken:
        channel.state, channel.state_reason = ChannelState.ok, ""


def failed(channel: Channel, error: ConnectorError, at: datetime) -> None:
    channel.last_error, channel.last_error_at = str(error)[:300] or type(error).__name__, at
    if isinstance(error, AuthFailed):
        channel.auth_failures += 1
        if channel.auth_failures >= STRIKES and channel.state in (ChannelState.ok, ChannelState.broken):
            channel.state = ChannelState.needs_reauth
            channel.state_reason = "Its secret is not accepted any more. Sign in again: nothing is lost."
    elif isinstance(error, RateLimited):
        channel.breaker_until = max(error.reset_at or at + timedelta(minutes=5), at + timedelta(seconds=1))
    else:
        _count(channel, error, at)


def _count(channel: Channel, error: ConnectorError, at: datetime) -> None:
    """Five in a row within ten minutes open the breaker; each further one doubles the pause."""
    if channel.failing_since is None:
        channel.failing_since = at
    if channel.last_success_at and at - channel.last_success_at > BROKEN_AFTER and at - channel.failing_since > BROKEN_AFTER:
        channel.state, channel.state_reason = ChannelState.broken, "Its server has not answered for a day."
    channel.failures += 1
    asked = error.retry_after if isinstance(error, Transient) and error.retry_after else 0.0
    if channel.breaker_step or channel.failures >= OPENS_AFTER:
        pause = min(LONGEST_PAUSE, timedelta(minutes=2**channel.breaker_step))
        channel.breaker_step = min(channel.breaker_step + 1, 6)
        channel.breaker_until = at + max(pause, timedelta(seconds=asked))
        channel.failures = 0
    elif asked:
        channel.breaker_until = at + timedelta(seconds=asked)


def may_ask(channel: Channel, at: datetime) -> bool:
    """Whether anything may go out through it now. A breaker whose time is over lets one reading through."""
    if channel.state not in (ChannelState.ok, ChannelState.broken):
        return False
    return channel.breaker_until is None or channel.breaker_until <= at


def why_not(channel: Channel, at: datetime) -> str:
    """A sentence for staff; empty when nothing stands in the way."""
    if channel.state == ChannelState.needs_reauth:
        return channel.state_reason or "Sign in again: nothing is lost."
    if channel.state in (ChannelState.paused, ChannelState.disabled):
        return channel.state_reason or "This channel is switched off."
    if not may_ask(channel, at):
        return "Its server asked for a pause. We go on by ourselves."
    return ""
