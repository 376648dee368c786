"""The real `forum serve` in a process of its own, with a data folder and a database of its own, to browse, race and kill."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from httpx2 import Client
from sqlalchemy import create_engine, text
from sqlmodel import Session

from forum.accounts import sessions
from forum.core import db
from forum.models import Member

FORUM = [sys.executable, "-c", "from forum.cli import main; main()"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
UP_SECONDS = 90.0
BYTECODE = Path(tempfile.gettempdir()) / f"forum-tests-bytecode-{os.getuid()}"
"""Shared by all servers that tests start, so that only the first one compiles."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Live:
    """`more` are environment variables of the server, beside the ones every test has."""

    def __init__(self, home: Path, label: str, **more: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = home / "data"
        self.log = home / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._postgres = os.environ.get("FORUM_TEST_DATABASE", "")
        self._name = f"{self._postgres.rsplit('/', 1)[-1]}_{WORKER}_{label}"
        address = f"{self._postgres.rsplit('/', 1)[0]}/{self._name}" if self._postgres else ""
        self.environment = {
            **os.environ,
            "FORUM_DATA_DIR": str(self.data),
            "FORUM_DATABASE_URL": address,
            "FORUM_BASE_URL": self.url,
            "FORUM_THREADS": "8",
            "PYTHONPYCACHEPREFIX": str(BYTECODE),
            **more,
        }
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.address = address.replace("postgresql://", "postgresql+psycopg://") or f"sqlite:///{self.data / 'forum.sqlite3'}"
        self.data.mkdir(parents=True)
        if self._postgres:
            self._administer(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)', f'CREATE DATABASE "{self._name}"')

    def beside(self, **more: str) -> "Live":
        """A second server on the same data, set up otherwise."""
        second = copy(self)
        second.port, second.process = free_port(), None
        second.url = f"http://127.0.0.1:{second.port}"
        second.environment = {**self.environment, "FORUM_BASE_URL": second.url, **more}
        return second

    # The process ---------------------------------------------------------

    def start(self) -> "Live":
        with self.log.open("ab") as log:
            command = [*FORUM, "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + UP_SECONDS
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < until, f"no server: {self.log.read_text()[-2000:]}"
            time.sleep(0.05)
        return self

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def close(self) -> None:
        self.kill(signal.SIGTERM)
        if "engine" in self.__dict__:
            self.engine.dispose()
        if self._postgres:
            self._administer(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`forum doctor`, say, against the same data."""
        return subprocess.run([*FORUM, *words], env=self.environment, capture_output=True, text=True, timeout=60)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    # Its data ------------------------------------------------------------

    @cached_property
    def engine(self) -> db.Engine:
        return db.build_engine(self.address)

    @contextmanager
    def session(self, *, writes: bool = True) -> Iterator[Session]:
        """For `make`, and to look. On SQLite a writing one keeps the server's writers waiting, so leave it soon."""
        with Session(self.engine.execution_options(forum_writes=writes), expire_on_commit=False) as opened:
            yield opened

    def token(self, member: Member) -> str:
        """What the session cookie of a signed-in browser holds."""
        with self.session() as session:
            token = sessions.start(session, session.get_one(Member, member.id), user_agent="tests", address="127.0.0.1")
            session.commit()
            return token

    def client(self, member: Member | None = None) -> Client:
        headers = {"sec-fetch-site": "same-origin", "accept": "text/html"}
        client = Client(base_url=self.url, headers=headers, timeout=30, follow_redirects=False)
        if member is not None:
            client.cookies.set("session", self.token(member), domain="127.0.0.1")
        return client

    def _administer(self, *statements: str) -> None:
        server = self._postgres.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://")
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        admin.dispose()


def wait_until(condition: object, seconds: float = 10.0, every: float = 0.1) -> None:
    """Until `condition()` is true; what it last said is in the failure."""
    assert callable(condition)
    until = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < until, f"not in {seconds} s: {said!r}"
        time.sleep(every)
