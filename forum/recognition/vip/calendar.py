"""The date as a file for one's calendar. The only file that imports icalendar."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from forum.core import clock
from forum.core.settings import settings
from forum.models import VipOffer

UNKNOWN_LENGTH = timedelta(hours=1)


def seat_file(offer: VipOffer, ticket: str) -> bytes:
    return _file(offer, ticket, cancelled=offer.state == "withdrawn", edition=offer.edition)


def cancellation_file(offer: VipOffer, ticket: str) -> bytes:
    """For a seat that was given back. It is made from the ticket alone, since nothing is kept."""
    return _file(offer, ticket, cancelled=True, edition=offer.edition + 1)


def _file(offer: VipOffer, ticket: str, *, cancelled: bool, edition: int) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings().site_name}//Community//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"perk-{offer.id}-{ticket}@{urlsplit(settings().base_url).hostname or 'localhost'}")
    event.add("dtstamp", clock.now())
    event.add("sequence", edition)
    event.add("summary", offer.title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("url", f"{settings().base_url}/perks/{offer.id}")
    start = offer.event_at or offer.closes_at
    zone = ZoneInfo(offer.tz)
    event.add("dtstart", _local(start, zone))
    event.add("dtend", _local(offer.ends_at or start + UNKNOWN_LENGTH, zone))
    if offer.place or offer.online_url:
        event.add("location", offer.place or offer.online_url)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)
