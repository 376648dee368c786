"""`make bench`: what each page costs, beside a bare hello-world of the same server in the same run."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import community, load

COUNT = int(os.environ.get("BENCH_COUNT", "240"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = community.make(Path(folder))
        statements = _statements(places)
        hello_port, forum_port = _free_port(), _free_port()
        servers = [_serve("bench.hello:app", hello_port, []), _serve("forum.app:create_app", forum_port, ["--factory"])]
        try:
            _wait(hello_port, "/")
            _wait(forum_port, "/healthz")
            ceiling = load.measure(hello_port, servers[0].pid, _get("/"), COUNT * 4)
            rows = [("hello-world", ceiling, 0)]
            for name, request in _requests(places).items():
                rows.append((name, load.measure(forum_port, servers[1].pid, request, COUNT), statements.get(name, 0)))
        finally:
            for server in servers:
                server.terminate()
                server.wait(10)
    _print(rows)


def _requests(places: dict[str, str]) -> dict[str, bytes]:
    """Signed-out pages twice: as kept in memory, and as made anew (a cookie of one's own goes past the cache)."""
    made: dict[str, bytes] = {}
    for name, path in (("home", "/"), ("list", "/questions"), ("topic, 30 answers", places["topic"])):
        made[f"{name}, kept"] = _get(path)
        made[f"{name}, signed out"] = _get(path, "held=1")
        made[f"{name}, signed in"] = _get(path, places["cookie"])
    made["profile, signed in"] = _get(places["profile"], places["cookie"])
    made["search, two words"] = _get("/search?q=amber+radar", "held=1")
    made["post an answer"] = _post(places["answer"], places["cookie"], b"body=Set+the+channel+to+**36**+and+save.")
    return made


def _get(path: str, cookie: str = "") -> bytes:
    extra = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Encoding: gzip, zstd\r\n{extra}\r\n".encode()


def _post(path: str, cookie: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _statements(places: dict[str, str]) -> dict[str, int]:
    """SQL statements of each page, counted in this process."""
    from sqlalchemy import event
    from starlette.testclient import TestClient

    from forum.app import create_app
    from forum.core.db import engine

    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "SAVEPOINT", "RELEASE", "BEGIN")):
            seen.append(statement)

    event.listen(engine(), "before_cursor_execute", count)
    made: dict[str, int] = {}
    client = TestClient(create_app(), follow_redirects=False)
    for name, request in _requests(places).items():
        line, _, rest = request.decode().partition("\r\n")
        head, _, body = rest.partition("\r\n\r\n")
        headers = dict(item.split(": ", 1) for item in head.split("\r\n") if item)
        method, path, _ = line.split(" ")
        seen.clear()
        client.request(method, path, headers=headers, content=body)
        if name.endswith("kept"):
            seen.clear()
            client.request(method, path, headers=headers, content=body)
        made[name] = len(seen)
    engine().dispose()
    return made


def _serve(app: str, port: int, more: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "error", "--no-access-log", *more]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def _wait(port: int, path: str) -> None:
    for _ in range(150):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(_get(path))
                if connection.recv(15).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"nothing answers on port {port}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _print(rows: list[tuple[str, load.Figures, int]]) -> None:
    base = rows[0][1]
    print(
        f"{'page':<32}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'x hello':>8}{'M instr':>9}{'x hello':>8}{'SQL':>5}{'kB':>7}"
    )
    for name, figures, statements in rows:
        millions = f"{figures.instructions:9.2f}" if figures.instructions else f"{'-':>9}"
        ratio = f"{figures.instructions / base.instructions:8.1f}" if figures.instructions and base.instructions else f"{'-':>8}"
        print(
            f"{name:<32}{figures.rps:8.0f}{figures.p50:8.1f}{figures.p99:8.1f}{figures.cpu_ms:8.2f}{figures.cpu_ms / max(base.cpu_ms, 0.01):8.1f}"
            f"{millions}{ratio}{statements:5}{figures.bytes / 1000:7.1f}"
            + (f"  {figures.failures} FAILED" if figures.failures else "")
        )


if __name__ == "__main__":
    main()
