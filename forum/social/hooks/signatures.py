"""Whether a message that claims to come from a network does. Pure; compares in constant time (SOCIAL 5.7)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.models.social import Platform

WINDOW = timedelta(minutes=5)
"""How far a signed time may lie from ours."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one network signs what it sends."""

    signature: str
    """Name of the header; its value begins with `sha256=`."""
    in_base64: bool = False
    delivery: str = ""
    """Header that numbers deliveries; without one, the body names itself."""
    time: str = ""
    """Header with seconds since 1970 that is signed together with the body."""
    kind: str = ""
    """Header that says what happened."""
    asks: bool = False
    """Whether it has us sign a token of its own now and then."""


SCHEMES: dict[Platform, Scheme] = {
    Platform.x: Scheme("x-twitter-webhooks-signature", in_base64=True, asks=True),
    Platform.mastodon: Scheme("x-hub-signature"),
    Platform.discourse: Scheme("x-discourse-event-signature", delivery="x-discourse-event-id", kind="x-discourse-event"),
    Platform.simulated: Scheme("x-hook-signature", delivery="x-hook-id", time="x-hook-time", kind="x-hook-event"),
}


def sign(scheme: Scheme, secret: str, body: bytes, moment: str = "") -> str:
    """What the header must say."""
    message = f"{moment}.".encode() + body if scheme.time else body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return "sha256=" + (base64.b64encode(digest).decode() if scheme.in_base64 else digest.hex())


def genuine(scheme: Scheme, secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    moment = headers.get(scheme.time, "") if scheme.time else ""
    given = headers.get(scheme.signature, "")
    right = hmac.compare_digest(sign(scheme, secret, body, moment).encode(), given.encode())
    return right and (not scheme.time or _near(moment, now))


def _near(moment: str, now: datetime) -> bool:
    return (
        moment.isascii()
        and moment.isdigit()
        and len(moment) <= 11
        and abs(now.timestamp() - int(moment)) <= WINDOW.total_seconds()
    )


def delivery_id(scheme: Scheme, body: bytes, headers: Mapping[str, str]) -> str:
    """The same message twice has the same name."""
    given = headers.get(scheme.delivery, "") if scheme.delivery else ""
    return given[:80] or hashlib.sha256(body).hexdigest()


def challenge(secret: str, token: str) -> str:
    """What X asks now and then, to see that we hold the secret."""
    digest = hmac.new(secret.encode(), token.encode(), hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()
