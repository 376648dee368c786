"""Asking a network over HTTP: answers become values, failures become one of `errors.py`, limits are remembered."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypedDict, Unpack

from forum.core.outgoing import Answer, Refused, Unreachable
from forum.social.connectors.base import Access, Budget
from forum.social.connectors.errors import (
    AuthFailed,
    BadText,
    Denied,
    Forbidden,
    Gone,
    RateLimited,
    SchemaDrift,
    Transient,
    UnknownOutcome,
)

READS = ("GET", "HEAD")
LONGEST_PAUSE = timedelta(days=1)
"""Whatever a server says, it is asked again after a day."""
_LIMITS = ("x-ratelimit-limit", "ratelimit-limit", "x-rate-limit-limit")
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
_RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")


@dataclass(frozen=True, slots=True)
class Rate:
    """What a server said is left of its limit."""

    limit: int
    remaining: int
    reset_at: datetime | None


class Carried(TypedDict, total=False):
    """What a request carries beside its address."""

    headers: Mapping[str, str] | None
    params: Mapping[str, str | int | list[str]] | None
    body: Any
    form: Mapping[str, str] | None


class Asking:
    """One network's way of being asked. A platform overrides what its statuses mean."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.rates: dict[str, Rate] = {}
        """By endpoint class: `read`, `search`, `write`."""

    async def ask(self, method: str, url: str, budget: Budget, *, endpoint: str = "", **carried: Unpack[Carried]) -> Any:
        """The parsed body of a good answer; None for an empty one. `endpoint` is the limit it counts towards."""
        return self._parsed(method, await self.fetch(method, url, budget, endpoint=endpoint, **carried))

    async def fetch(self, method: str, url: str, budget: Budget, *, endpoint: str = "", **carried: Unpack[Carried]) -> Answer:
        """A good answer as it came."""
        budget.spend("request", now=time.monotonic())
        try:
            answer = await self.access.outgoing.request(method, url, **carried)
        except Refused as error:
            raise Denied(str(error)) from error
        except Unreachable as error:
            if error.sent and method not in READS:
                raise UnknownOutcome(str(error)) from error
            raise Transient(str(error)) from error
        self._remember(endpoint or ("read" if method in READS else "write"), answer)
        if answer.status >= 400:
            self.refuse(method, answer)
        return answer

    def _parsed(self, method: str, answer: Answer) -> Any:
        if not answer.content.strip():
            return None
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            if method in READS:
                raise Transient(f"The answer is not what this network sends: {shape(answer.content)}") from error
            raise UnknownOutcome("The answer to what we sent cannot be read.") from error

    def refuse(self, method: str, answer: Answer) -> None:
        """What a status of 400 and more means. Never returns."""
        said = said_in(answer)
        if answer.status == 429:
            raise RateLimited(pause_until(answer, self.access.clock()))
        if answer.status == 401:
            raise AuthFailed(said)
        if answer.status == 403:
            raise Forbidden(said)
        if answer.status in (404, 410):
            raise Gone(said)
        if answer.status in (400, 422) and method not in READS:
            raise BadText(said)
        if answer.status >= 500:
            raise Transient(said, _seconds(answer.headers.get("retry-after", ""), self.access.clock()))
        raise Denied(said)

    def _remember(self, endpoint: str, answer: Answer) -> None:
        limit, remaining = _first(answer, _LIMITS), _first(answer, _REMAINING)
        if _COUNT.fullmatch(limit) and _COUNT.fullmatch(remaining):
            reset = moment(_first(answer, _RESETS), self.access.clock())
            self.rates[endpoint] = Rate(int(limit), int(remaining), reset)


_COUNT = re.compile(r"[0-9]{1,9}")
_SECONDS = re.compile(r"[0-9]{1,10}")
"""Longer figures are no seconds: milliseconds, or nonsense."""
_KEPT = re.compile(r'"[\w$.:-]{1,40}"\s{0,4}:|[{}\[\],]')


def shape(content: bytes) -> str:
    """What an unreadable answer looked like, without any of its words: names of fields and brackets only."""
    start = content[:2_000].decode("utf-8", "replace").strip()
    if start.startswith("<"):
        return "a web page"
    return "".join(_KEPT.findall(start))[:120] or "no data"


def said_in(answer: Answer) -> str:
    """The server's own sentence, short and on one line, for the log and for staff."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return f"status {answer.status}"
    for name in ("error_description", "message", "detail", "title", "error"):
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return " ".join(str(found[name]).split())[:200]
    return f"status {answer.status}"


def error_code(answer: Answer) -> str:
    """The `error` word that some networks put in the body."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return ""
    return str(found.get("error", "")) if isinstance(found, dict) else ""


def pause_until(answer: Answer, now: datetime) -> datetime | None:
    """When to ask again, by whichever header the server uses."""
    seconds = _seconds(answer.headers.get("retry-after", ""), now)
    return now + timedelta(seconds=seconds) if seconds is not None else moment(_first(answer, _RESETS), now)


def moment(text: str, now: datetime) -> datetime | None:
    """A reset time: seconds from now, seconds since 1970, or an ISO date."""
    if _SECONDS.fullmatch(text):
        number = int(text)
        found = datetime.fromtimestamp(number, UTC) if number > 1_000_000_000 else now + timedelta(seconds=number)
    else:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
    return min(found if found.tzinfo else found.replace(tzinfo=UTC), now + LONGEST_PAUSE)


def _seconds(text: str, now: datetime) -> float | None:
    try:
        asked = float(text) if _SECONDS.fullmatch(text) else (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(0.0, asked), LONGEST_PAUSE.total_seconds())


def _first(answer: Answer, names: tuple[str, ...]) -> str:
    return next((answer.headers[name] for name in names if name in answer.headers), "")


def must(value: Any, kind: type, path: str) -> Any:
    """The value when it has the type we cannot do without, else SchemaDrift."""
    if not isinstance(value, kind) or value in ("", None):
        raise SchemaDrift(path)
    return value


def inside(value: Any, name: str) -> dict[str, Any]:
    """The object a field holds; an empty one when it holds none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def listed(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects of a list that must be there."""
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise SchemaDrift(name)
    return [one for one in found if isinstance(one, dict)]


def whole(value: Any, usual: int) -> int:
    return value if isinstance(value, int) and value >= 0 else usual
