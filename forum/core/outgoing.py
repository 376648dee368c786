"""The only way out to addresses that others choose: public hosts only, small answers, short waits.

Every name is resolved here, every address it has must be public, and the connection goes to the address that was
checked (SOCIAL 5.6). Tests put a transport in place of the network with `use`.
"""

import asyncio
import ipaddress
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

MAX_BYTES = 5_000_000
MAX_REDIRECTS = 3
TIMEOUT = httpx2.Timeout(10.0, pool=5.0)
PORTS = {"https": 443, "http": 80}
AGENT = "forum/1 (community support)"
REDIRECTS = (301, 302, 303, 307, 308)
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)
SECRET_HEADERS = ("authorization", "api-key", "cookie")
_DENIED = tuple(
    ipaddress.ip_network(one)
    for one in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"),
    )
)
"""What Python's `is_global` lets through or once did: shared, benchmark, translated, tunnelled, site-local networks."""


class Refused(Exception):
    """The address may not be asked. One sentence for all, so that nobody learns what stands inside."""

    def __init__(self) -> None:
        super().__init__("We cannot read that address.")


class Unreachable(Exception):
    """No usable answer. `sent`: the request may have been carried out all the same."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes
    url: str

    def json(self) -> Any:
        """Raises ValueError for anything that is not JSON."""
        return json.loads(self.content)


Route = Callable[[str], httpx2.AsyncBaseTransport | None]
_route: Route | None = None


def use(route: Route | None) -> None:
    """Answers for hosts from somewhere else than the network (tests, the simulated network); None ends it."""
    global _route
    _route = route


def public(address: str) -> bool:
    """Whether an IP address is one that anybody may ask."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not any(ip.version == net.version and ip in net for net in _DENIED)


async def resolve(host: str, port: int) -> list[str]:
    """Every address a name has."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("That host is not known.", sent=False) from error
    return [str(entry[4][0]) for entry in found]


def checked_url(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address that may be asked at all."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Refused from None
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise Refused
    if port is not None and port != PORTS[parts.scheme]:
        raise Refused
    return parts.scheme, host, port or PORTS[parts.scheme]


class _Guarded(httpx2.AsyncBaseTransport):
    """Resolves, checks, and connects to the address that was checked, keeping Host and SNI."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, retries=0)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        _, host, port = checked_url(str(request.url))
        replaced = _route(host) if _route is not None else None
        if replaced is not None:
            return await replaced.handle_async_request(request)
        addresses = await resolve(host, port)
        if not addresses or not all(public(one) for one in addresses):
            raise Refused
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Outgoing:
    """One client for one piece of work. Use it inside `opened()`."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int | list[str]] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """Raises Refused or Unreachable; any status is an answer. Redirects are followed for reading only."""
        checked_url(url)
        try:
            request = self._client.build_request(method, url, headers=headers, params=params, json=body, data=form)
        except httpx2.InvalidURL:
            raise Refused from None
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._one(request, max_bytes)
            place = answer.headers.get("location")
            if answer.status not in REDIRECTS or not place or method not in ("GET", "HEAD"):
                return answer
            request = self._redirected(request, place)
        raise Unreachable("Too many redirects.", sent=False)

    def _redirected(self, request: httpx2.Request, place: str) -> httpx2.Request:
        """Elsewhere, or in the clear, nobody is told our secrets."""
        try:
            target = request.url.join(place)
        except httpx2.InvalidURL:
            raise Refused from None
        same = (target.scheme, target.host) == (request.url.scheme, request.url.host)
        dropped = {"host"} if same else {"host", *SECRET_HEADERS}
        kept = {name: value for name, value in request.headers.items() if name.lower() not in dropped}
        return self._client.build_request(request.method, target, headers=kept)

    async def _one(self, request: httpx2.Request, max_bytes: int) -> Answer:
        checked_url(str(request.url))
        address = str(request.url)
        try:
            async with asyncio.timeout(30):
                response = await self._client.send(request, stream=True, follow_redirects=False)
                try:
                    content = await _read(response, max_bytes)
                finally:
                    await response.aclose()
        except NOT_SENT as error:
            raise Unreachable("The server does not answer.", sent=False) from error
        except (httpx2.HTTPError, httpx2.StreamError, TimeoutError) as error:
            raise Unreachable("The answer did not arrive.", sent=True) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, content, address)


async def _read(response: httpx2.Response, max_bytes: int) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > max_bytes:
            raise Unreachable("The answer is larger than we read.", sent=True)
        parts.append(part)
    return b"".join(parts)


@asynccontextmanager
async def opened() -> AsyncIterator[Outgoing]:
    async with httpx2.AsyncClient(
        transport=_Guarded(), timeout=TIMEOUT, trust_env=False, headers={"user-agent": AGENT}, follow_redirects=False
    ) as client:
        yield Outgoing(client)
