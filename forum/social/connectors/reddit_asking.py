"""Speaking to Reddit through the optional `asyncpraw`: signing in and waiting are its work, understanding answers is ours."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from forum.social.connectors.base import Access
from forum.social.connectors.errors import (
    AuthFailed,
    BadText,
    ConnectorError,
    Denied,
    Forbidden,
    Gone,
    RateLimited,
    Transient,
    UnknownOutcome,
)

INSTALLED = find_spec("asyncpraw") is not None
_WAIT = re.compile(r"(\d{1,4}) (millisecond|second|minute|hour)", re.I)
_SECONDS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}
_CLOSED = ("THREAD_LOCKED", "TOO_OLD", "COMMENT_UNREPLIABLE", "USER_BLOCKED", "SUBREDDIT_NOTALLOWED", "SOMETHING_IS_BROKEN")
_MISSING = ("DELETED_COMMENT", "DELETED_LINK", "PARENT_DELETED")


class Client(Protocol):
    """As much of `asyncpraw.Reddit` as we use."""

    async def request(
        self, *, method: str, path: str, params: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None
    ) -> Any: ...

    async def close(self) -> None: ...


def new_client(access: Access) -> Client:
    """Raises ImportError where the extra is not installed; the registry leaves Reddit out then."""
    secrets = access.secrets
    made: Client = import_module("asyncpraw").Reddit(
        client_id=secrets.get("client_id", ""),
        client_secret=secrets.get("client_secret", ""),
        refresh_token=secrets.get("refresh_token", ""),
        user_agent=f"server:forum:1 (by /u/{access.own_handle})",
        ratelimit_seconds=0,
        check_for_updates=False,
        check_for_async=False,
    )
    return made


@asynccontextmanager
async def in_our_words(access: Access, *, writing: bool = False) -> AsyncIterator[None]:
    """Whatever the client raises, as one of our errors."""
    try:
        yield
    except ConnectorError:
        raise
    except Exception as error:
        raise understood(error, access.clock(), writing=writing) from error


def understood(error: Exception, now: datetime, *, writing: bool) -> ConnectorError:
    """By the names of its classes, so that knowing them needs no import."""
    names = {one.__name__ for one in type(error).__mro__}
    if "RedditAPIException" in names:
        return complaint(
            [[getattr(one, "error_type", ""), getattr(one, "message", "")] for one in getattr(error, "items", [])], now
        )
    if names & {"OAuthException", "InvalidToken", "InvalidInvocation", "InsufficientScope", "InvalidGrant"}:
        return AuthFailed("Reddit does not accept this channel's keys.")
    if "TooManyRequests" in names:
        wait = getattr(error, "retry_after", None)
        return RateLimited(now + timedelta(seconds=float(wait)) if isinstance(wait, int | float) else None)
    if names & {"NotFound", "Redirect"}:
        return Gone("There is no such post.")
    if names & {"Forbidden", "UnavailableForLegalReasons"}:
        return Forbidden("own_object") if writing else Denied("That community is not open to us.")
    if "TooLarge" in names or "SpecialError" in names:
        return BadText("Reddit does not take that text.")
    if writing and names & {"RequestException", "BadJSON", "ServerError", "TimeoutError"}:
        return UnknownOutcome("The answer did not arrive.")
    return Transient("Reddit does not answer as it should.")


def complaint(errors: list[Any], now: datetime) -> ConnectorError:
    """A good status whose body says no: `[[code, sentence, field], …]`."""
    first = errors[0] if errors and isinstance(errors[0], list) else []
    code, said = (str(first[0]) if first else ""), (str(first[1])[:200] if len(first) > 1 else "")
    if code == "RATELIMIT":
        return RateLimited(now + timedelta(seconds=pause_in(said)))
    if code == "TOO_LONG":
        limit = re.search(r"(\d{2,6})", said)
        return BadText(said, int(limit[1]) if limit else None)
    if code in _MISSING:
        return Gone(said or "The post was deleted.")
    if code in _CLOSED:
        return Forbidden("locked" if code in ("THREAD_LOCKED", "TOO_OLD") else "own_object")
    if code == "USER_REQUIRED":
        return AuthFailed(said)
    return BadText(said or "Reddit does not take that.")


def pause_in(sentence: str) -> float:
    """Seconds out of "try again in 9 minutes", one unit more than it says, since it rounds down."""
    found = _WAIT.search(sentence)
    return (int(found[1]) + 1) * _SECONDS[found[2].lower()] if found else 600.0
