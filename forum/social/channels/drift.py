"""Fields that a network began to name differently: told once a day for each channel, since reading goes on."""

from datetime import date, datetime

from forum.core.logs import log

_told: dict[tuple[int, str], date] = {}
"""By channel and field, the day it was last told. Of this process alone: once more after a restart harms nobody."""


def note(channel_id: int, fields: list[str], now: datetime) -> list[str]:
    """The fields that were not told yet today."""
    fresh = [one for one in fields if _told.get((channel_id, one)) != now.date()]
    for one in fresh:
        _told[channel_id, one] = now.date()
        log().warning("channel.drift", channel=channel_id, field=one)
    return fresh


def forget() -> None:
    _told.clear()
