"""Servers to be raced and killed."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from httpx2 import Client, Response

from tests.fakes.live import Live, free_port

HERE = str(Path(__file__).parent)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def smtp_port() -> int:
    """Nobody listens there until a test starts a mail server."""
    return free_port()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, smtp_port: int) -> Iterator[Live]:
    """One server for all that do not kill it."""
    more = {"FORUM_RATE_LIMITS": "false", "FORUM_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}"}
    server = Live(tmp_path_factory.mktemp("faults"), "faults", **more)
    yield server.start()
    server.close()


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Live]:
    """A server of one's own."""
    server = Live(tmp_path, "doomed", FORUM_RATE_LIMITS="false")
    yield server
    server.close()


def at_once(requests: list[Callable[[], Response]]) -> list[Response]:
    """All of them in the same instant."""
    gate = Barrier(len(requests), timeout=20)

    def run(request: Callable[[], Response]) -> Response:
        gate.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def warm(clients: list[Client]) -> list[Client]:
    """Connected already, so that only the request itself is raced."""
    for client in clients:
        client.get("/healthz")
    return clients


def troubles(live: Live) -> list[str]:
    """What `forum doctor` says."""
    said: dict[str, Any] = json.loads(live.command("doctor", "--json").stdout.splitlines()[-1])
    found: list[str] = said["trouble"]
    return found
