"""Messages that networks send us: checked, kept once, answered at once; a job looks at them afterwards.

They only shorten the wait. What they say is never taken over: the posts they name are read from the network.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import NotFound
from forum.jobs.queue import enqueue
from forum.models.channels import Channel, HookDelivery, HookKind
from forum.models.social import Platform
from forum.social.channels import secrets
from forum.social.hooks.signatures import SCHEMES, Scheme, challenge, delivery_id, genuine

SECRET = "hook_secret"  # noqa: S105  # the kind, not the secret
LONGEST = 64 * 1024
MOST_WAITING = 1_000
"""Of one channel. Beyond it, the oldest that only carry numbers go first; what names posts is never dropped."""
REMEMBERED = timedelta(days=7)
"""How long a delivery is known again."""
MOST_NAMES = 200
_NUMBERS = re.compile(r"like|favou?rite|follow|view|reaction|repost|boost|score", re.I)
_DELETIONS = re.compile(r"delet|destroy|remove", re.I)
_TOKEN = re.compile(r"[A-Za-z0-9_=+/-]{1,200}")
"""What X asks us to sign. Nothing like it is taken for a message, or whoever asks could have any message signed."""
_ID = re.compile(r"[A-Za-z0-9_:/.@#?=~%+-]{1,300}")


def hooked(session: Session, platform: str, channel_id: int) -> tuple[Channel, Scheme, str]:
    """The channel and its secret. One answer for what does not exist and for what takes no messages."""
    channel = session.get(Channel, channel_id)
    if channel is None or channel.platform != platform or Platform(channel.platform) not in SCHEMES:
        raise NotFound
    secret = secrets.opened(session, channel_id).get(SECRET, "")
    if not secret:
        raise NotFound
    return channel, SCHEMES[Platform(channel.platform)], secret


def answer_challenge(session: Session, platform: str, channel_id: int, token: str) -> str:
    _, scheme, secret = hooked(session, platform, channel_id)
    if not scheme.asks or not _TOKEN.fullmatch(token):
        raise NotFound
    return challenge(secret, token)


def receive(session: Session, platform: str, channel_id: int, body: bytes, headers: Mapping[str, str]) -> bool:
    """False for a message that is not genuine. One that came before, or that says nothing, is taken for received."""
    channel, scheme, secret = hooked(session, platform, channel_id)
    now = clock.now()
    if not genuine(scheme, secret, body, headers, now):
        return False
    payload = _object(body)
    if payload is None:
        return True
    kind, names = _kind(payload, headers.get(scheme.kind, "") if scheme.kind else ""), sorted(_names(payload))
    values = {
        "provider": channel.platform,
        "delivery_id": f"{channel.id}:{delivery_id(scheme, body, headers)}",
        "channel_id": channel.id,
        "kind": kind,
        "names": names[:MOST_NAMES],
        "waiting": True,
        "received_at": now,
    }
    if kind == HookKind.numbers and _waiting(session, channel.id) >= MOST_WAITING:
        return True
    if insert_ignoring(session, HookDelivery, values):
        _make_room(session, channel.id)
        enqueue(session, "social.hooks", dedup_key=f"hooks:{channel.id}", channel_id=channel.id)
    return True


def _waiting(session: Session, channel_id: int) -> int:
    statement = select(func.count()).where(HookDelivery.channel_id == channel_id, col(HookDelivery.waiting))
    return int(session.exec(statement).one())


def _make_room(session: Session, channel_id: int) -> None:
    over = _waiting(session, channel_id) - MOST_WAITING
    if over > 0:
        oldest = (
            select(HookDelivery.id)
            .where(HookDelivery.channel_id == channel_id, col(HookDelivery.waiting), HookDelivery.kind == HookKind.numbers)
            .order_by(col(HookDelivery.id))
            .limit(over)
        )
        session.execute(delete(HookDelivery).where(col(HookDelivery.id).in_(oldest)))


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _kind(payload: Mapping[str, Any], said: str) -> HookKind:
    """By the header, else by the names of the parts, such as `tweet_create_events` or `post.delete`."""
    words = said or str(payload.get("event") or payload.get("event_type") or " ".join(payload)[:400])
    if isinstance(data := payload.get("data"), dict) and not said:
        words += f" {data.get('event_type', '')}"
    if _DELETIONS.search(words):
        return HookKind.deletion
    if _NUMBERS.search(words) and not re.search(r"create|mention|reply", words, re.I):
        return HookKind.numbers
    return HookKind.posts


def _names(payload: Mapping[str, Any]) -> set[str]:
    """Whatever could be the id of a post; only what we hold already will be looked up."""
    return {name for name in _ids(payload) if _ID.fullmatch(name)}


def _ids(payload: Mapping[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [payload]
    for _ in range(5_000):
        if not waiting:
            return
        current = waiting.pop()
        if isinstance(current, dict):
            for name, value in current.items():
                if name in ("id", "id_str", "uri", "url", "ext_id", "conversation_id", "post_id") and isinstance(
                    value, str | int
                ):
                    yield str(value)
            waiting += [one for one in current.values() if isinstance(one, dict | list)]
        elif isinstance(current, list):
            waiting += [one for one in current if isinstance(one, dict | list)]
