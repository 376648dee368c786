"""Small servers that speak as other networks do, in this process. `served` puts them in place of the real ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from forum.core import outgoing


@contextmanager
def served(hosts: dict[str, Any]) -> Iterator[None]:
    """By host, an ASGI application, or a function from request to response."""
    ready = {host: _transport(one) for host, one in hosts.items()}
    outgoing.use(ready.get)
    try:
        yield
    finally:
        outgoing.use(None)


def _transport(one: Any) -> httpx2.AsyncBaseTransport:
    if isinstance(one, httpx2.AsyncBaseTransport):
        return one
    return httpx2.ASGITransport(app=one, raise_app_exceptions=False) if hasattr(one, "routes") else httpx2.MockTransport(one)
