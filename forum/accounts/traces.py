"""Which accounts came from one network or one browser lately: keyed digests, never an address or a token, for thirty days.

The browser is a random cookie that is set when somebody signs in. Nothing about the device itself is looked at.
"""

import ipaddress
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from forum.accounts.events import SignedIn
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.ids import keyed
from forum.models.accounts import SignInSession
from forum.models.fairness import BrowserTrace, NetworkTrace

KEPT = timedelta(days=30)


def remember_network(session: Session, event: SignedIn) -> None:
    found = session.get(SignInSession, event.session_id)
    if found is not None:
        _note_network(session, event.actor_id, found.address, joined=False)


def remember_joining(session: Session, member_id: int, address: str) -> None:
    """Where an account was made."""
    _note_network(session, member_id, address, joined=True)


def remember_browser(session: Session, member_id: int, token: str) -> None:
    """When somebody signs in or out: from then on until the next one it may be anybody's."""
    if not token:
        return
    values = {"member_id": member_id, "browser": keyed(token, "browser"), "seen_at": clock.now()}
    if not insert_ignoring(session, BrowserTrace, values):
        session.get_one(BrowserTrace, (member_id, values["browser"])).seen_at = clock.now()


def sweep(session: Session) -> None:
    for table in (NetworkTrace, BrowserTrace):
        session.execute(delete(table).where(col(table.seen_at) < clock.now() - KEPT))


def network_of(address: str) -> str:
    """The /24 of an address, or the /56; nothing for addresses that many share or that are no network's."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if not parsed.is_global:
        return ""
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 56}", strict=False))


def _note_network(session: Session, member_id: int, address: str, *, joined: bool) -> None:
    prefix = network_of(address)
    if not prefix:
        return
    values = {"member_id": member_id, "prefix": keyed(prefix, "network"), "seen_at": clock.now(), "joined": joined}
    if not insert_ignoring(session, NetworkTrace, values):
        session.get_one(NetworkTrace, (member_id, values["prefix"])).seen_at = clock.now()
