"""kill -9 in mid-write. Writers keep their own ledger of what was acknowledged, and the judge believes only rows."""

import subprocess
import sys
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread
from time import sleep

import pytest
from httpx2 import Client, HTTPError
from sqlmodel import Session, func, select

from forum.models import Post, SearchOutbox
from forum.search import feed
from forum.search.index import close as close_index
from forum.search.index import index
from forum.search.operators import parse
from tests import make
from tests.fakes.live import Live, wait_until
from tests.faults.conftest import troubles

ROUNDS = 10
WRITERS = 4


@dataclass
class Ledger:
    """Texts by fate. What was on its way when the server died may be there or not, but never twice."""

    acknowledged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def write(self, client: Client, path: str, text: str) -> bool:
        """The text is its own form key, so that a second try is recognised."""
        try:
            answer = client.post(path, data={"body": f"I tried {text} and it helped a lot.", "form_key": text})
        except HTTPError:
            self.unknown.append(text)
            return False
        assert answer.status_code == 303, answer.text
        self.acknowledged.append(text)
        return True


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(doomed: Live) -> None:
    doomed.start()
    with doomed.session() as session:
        topic = make.topic(session)
        members = [make.member(session) for _ in range(WRITERS)]
    clients = [doomed.client(member) for member in members]
    ledgers = [Ledger() for _ in members]
    path = f"/topics/{topic.id}/answers"
    dice = Random(3)
    for number in range(ROUNDS):
        stop = Event()
        writers = [
            Thread(target=_write_on, args=(ledger, client, path, f"remedy-{number}-{place}", stop))
            for place, (ledger, client) in enumerate(zip(ledgers, clients, strict=True))
        ]
        for writer in writers:
            writer.start()
        sleep(0.2 + dice.random() * 0.4)
        doomed.kill()
        stop.set()
        for writer in writers:
            writer.join()
        doomed.start()
        for ledger, client in zip(ledgers, clients, strict=True):
            _try_again(ledger, client, path)
    _judge(doomed, ledgers)


def _write_on(ledger: Ledger, client: Client, path: str, label: str, stop: Event) -> None:
    number = 0
    while not stop.is_set() and ledger.write(client, path, f"{label}-{number}"):
        number += 1


def _try_again(ledger: Ledger, client: Client, path: str) -> None:
    texts, ledger.unknown = ledger.unknown, []
    for text in texts:
        assert ledger.write(client, path, text)


def _judge(live: Live, ledgers: list[Ledger]) -> None:
    with live.session(writes=False) as session:
        bodies = list(session.exec(select(Post.body).where(Post.kind == "answer")))
    stored = sorted(body.split()[2] for body in bodies)
    promised = sorted(text for ledger in ledgers for text in ledger.acknowledged)
    assert len(promised) > ROUNDS * WRITERS
    assert stored == promised
    wait_until(lambda: _waiting(live) == 0, 30)
    assert troubles(live) == []


def _waiting(live: Live) -> int:
    with live.session(writes=False) as session:
        return session.exec(select(func.count()).select_from(SearchOutbox)).one()


DEATHS = {
    "before it writes": "Index.write = lambda *_: os.kill(os.getpid(), 9)",
    "half-way": "SegmentWriter.commit = lambda *_, **__: os.kill(os.getpid(), 9)",
    "after it wrote": "write = Index.write; Index.write = lambda *a: (write(*a), os.kill(os.getpid(), 9))",
}
WORKER = """
import os
from whoosh.writing import SegmentWriter
from forum.search.whoosh_index import Index
{death}
from forum import wiring
wiring.worker().run()
"""


@pytest.mark.parametrize("moment", DEATHS)
def test_a_worker_killed_while_indexing_repeats_and_loses_nothing(session: Session, moment: str) -> None:
    make.topic(session, title="The amber light comes back at eight")
    feed.follow()
    later = make.topic(session, title="Violet light after the thunderstorm last night")
    close_index()
    script = WORKER.format(death=DEATHS[moment])
    died = subprocess.run([sys.executable, "-c", script], timeout=60, capture_output=True)
    assert died.returncode == -9, died.stderr[-2000:]
    session.rollback()
    assert later.id in session.exec(select(SearchOutbox.topic_id)).all()
    session.rollback()
    feed.follow()
    assert feed.index_differences(session) == []
    assert [hit.topic_id for hit in index().search(parse("violet thunderstorm"), 5) or []] == [later.id]
