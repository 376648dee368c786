"""A mail server, a search index or a data folder that is away or broken: reading and posting go on, and it heals by itself."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from time import sleep

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from PIL import Image as Picture
from sqlmodel import Session, select, update

from forum.core import clock
from forum.core.db import transaction
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.jobs.worker import MAX_ATTEMPTS
from forum.models import Image, Job, JobState
from forum.search import feed
from forum.search.index import close as close_index
from tests import make
from tests.fakes.client import Browser, words
from tests.fakes.live import Live, wait_until

RESTING = "Search is resting"
TITLE = "Violet light after the thunderstorm last night"


# Search ------------------------------------------------------------------


def _folder() -> Path:
    return next(path for path in (settings().data_dir / "index").iterdir() if path.is_dir())


def _every_file(change: Callable[[bytes], bytes]) -> None:
    for path in _folder().iterdir():
        if path.is_file() and "LOCK" not in path.name:
            path.write_bytes(change(path.read_bytes()))


def _flip(dice: Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(max(1, len(data) // 50)):
        spoilt[dice.randrange(len(spoilt))] ^= 0xFF
    return bytes(spoilt)


DAMAGE: dict[str, Callable[[], object]] = {
    "the folder is gone": lambda: shutil.rmtree(settings().data_dir / "index"),
    "its files are gone": lambda: shutil.rmtree(_folder()),
    "the pointer is rubbish": lambda: (settings().data_dir / "index" / "current.json").write_text("[1]"),
    "cut in half": lambda: _every_file(lambda data: data[: len(data) // 2]),
    "emptied": lambda: _every_file(lambda _: b""),
    **{f"bytes flipped, {seed}": partial(lambda seed: _every_file(partial(_flip, Random(seed))), seed) for seed in range(6)},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_rests_and_heals(client: Browser, session: Session, damage: str) -> None:
    topic = make.topic(session, title=TITLE)
    make.answer(session, topic)
    feed.follow()
    session.rollback()
    close_index()
    DAMAGE[damage]()

    assert client.get(f"/topics/{topic.id}/{topic.slug}").status_code == 200
    assert client.get("/ask/similar", params={"title": TITLE}).status_code == 200
    found = client.get("/search", params={"q": "violet thunderstorm"})
    assert found.status_code == 200
    assert RESTING in words(found) or TITLE in words(found)

    _age_the_index()
    feed.follow()  # the worker does that every minute
    sleep(0.3)  # other threads look for a new index four times a second
    found = client.get("/search", params={"q": "violet thunderstorm"})
    assert RESTING not in words(found)
    assert TITLE in words(found)
    assert feed.index_differences(session) == []


def _age_the_index() -> None:
    """A suspicion is not followed up on an index that was built just now."""
    pointer = settings().data_dir / "index" / "current.json"
    if pointer.exists():
        os.utime(pointer, (1, 1))


# Mail --------------------------------------------------------------------


class Inbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.to: list[str] = []

    def handle_message(self, message: object) -> None:
        self.to.append(message["To"])  # type: ignore[index]


@contextmanager
def mail_server(port: int) -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def test_posting_does_not_wait_for_mail_and_mail_comes_once(live: Live, smtp_port: int) -> None:
    with live.session() as session:
        asker, helper = make.member(session), make.member(session)
        topic = make.topic(session, asker)
    answer = live.client(helper).post(f"/topics/{topic.id}/answers", data={"body": "Set the channel to 36 and save."})
    assert answer.status_code == 303
    wait_until(lambda: _failed_letters(live))
    with mail_server(smtp_port) as inbox:
        with live.session() as session:
            session.execute(update(Job).values(run_at=clock.now()))  # instead of half a minute
            session.commit()
        wait_until(lambda: asker.email in inbox.to)
        sleep(1.5)
        assert inbox.to.count(asker.email) == 1
    assert not _failed_letters(live)


def _failed_letters(live: Live) -> list[str]:
    with live.session(writes=False) as session:
        return list(session.exec(select(Job.last_error).where(Job.name == "notifications.mail", Job.last_error != "")))


# Jobs --------------------------------------------------------------------


def test_a_job_that_always_fails_rests_where_administrators_see_it(
    client: Browser, session: Session, drain: Callable[[], int]
) -> None:
    enqueue(
        session, "mail.send", to="somebody@example.org\nBcc: everybody@example.org", subject="Hello", text="Hello", key="poison"
    )
    session.commit()
    moment = clock.now()
    tries = 0
    while session.exec(select(Job.state)).one() == JobState.waiting:
        session.rollback()
        clock.use(partial(_same, moment))
        tries += drain()
        moment += timedelta(days=2)
        session.rollback()
        assert tries <= MAX_ATTEMPTS
    assert tries == MAX_ATTEMPTS
    session.rollback()
    clock.use(None)
    client.sign_in(make.admin(session))
    page = client.get("/admin/jobs")
    assert page.status_code == 200
    assert "mail.send" in words(page)
    assert "a mail header cannot hold a line break" in words(page)


def _same(moment: datetime) -> datetime:
    return moment


# Files -------------------------------------------------------------------


def _picture() -> dict[str, object]:
    data = BytesIO()
    Picture.new("RGB", (40, 30), "#2a6f97").save(data, "PNG")
    return {"file": ("light.png", data.getvalue(), "image/png")}


def _no_folder(_patch: pytest.MonkeyPatch) -> None:
    """As a read-only disk is: nothing can be made below it."""
    (settings().data_dir / "files").write_text("not a folder")


def _full_disk(patch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr("os.fsync", refuse)


@pytest.mark.parametrize("fault", [_no_folder, _full_disk])
def test_a_disk_that_takes_no_files_is_said_and_leaves_nothing(
    client: Browser, session: Session, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    client.sign_in(make.member(session))
    with monkeypatch.context() as patch:
        fault(patch)
        refused = client.post("/images", files=_picture(), headers={"accept": "application/json"})
    assert refused.status_code == 503
    assert "We cannot keep files right now" in refused.json()["error"]
    with transaction(writes=False) as reading:
        assert reading.exec(select(Image)).all() == []
    files = settings().data_dir / "files"
    assert [path for path in files.rglob("*") if path.is_file()] == []
    if files.is_file():
        files.unlink()
    assert client.post("/images", files=_picture(), headers={"accept": "application/json"}).status_code == 201
