"""Where a request comes from, believing forwarded headers only from proxies named in the settings."""

import ipaddress
from functools import cache

from starlette.requests import HTTPConnection

from forum.core.settings import settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@cache
def _proxies() -> tuple[Network, ...]:
    names = settings().trusted_proxies.replace(",", " ").split()
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def client_address(connection: HTTPConnection) -> str:
    """The rightmost address that is not one of our own proxies."""
    direct = connection.client.host if connection.client else ""
    if not _trusted(direct):
        return direct
    for hop in reversed(connection.headers.get("x-forwarded-for", "").split(",")):
        if hop.strip() and not _trusted(hop.strip()):
            return hop.strip()[:45]
    return direct


def _trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _proxies())


def bucket(address: str) -> str:
    """What limits count: the address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return address


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_remote(address: str) -> bool:
    """A real address of another machine."""
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
