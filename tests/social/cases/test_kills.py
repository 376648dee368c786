"""Kill -9 at any point of reading a thread, start again: nothing is lost and nothing is doubled (SOCIAL 6)."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import Session, col, select

from forum import wiring
from forum.core import clock
from forum.jobs.queue import enqueue
from forum.jobs.worker import LEASE
from forum.models import (
    Channel,
    ExternalAccount,
    ExternalPost,
    ExternalPostRevision,
    Job,
    Post,
    PostMap,
    ReadingRequest,
    ReadingState,
    ThreadLink,
    TriageState,
)
from forum.social import importing
from forum.social.reading import applying, jobs
from forum.social.reading.erasing import erased_list
from forum.social.simulated.network import Network, address
from tests.fakes.database import Snapshot
from tests.make import channels

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POINTS: dict[str, tuple[Any, str]] = {
    "the network is asked": (Network, "thread"),
    "what it said is applied": (jobs, "apply"),
    "posts are written": (applying, "write_batch"),
    "their threads are counted": (importing._Writer, "_recount"),
    "deleted words are erased": (applying, "erase"),
    "the topic follows": (applying, "follow"),
    "the missing are asked for": (jobs, "_look_up"),
    "the missing are settled": (jobs, "settle_missing"),
    "the next reading is planned": (jobs, "_plan"),
    "the request is answered": (jobs, "_answer"),
    "the reading is closed": (jobs, "_end"),
}


class Killed(BaseException):
    """Nobody catches it, as nobody catches kill -9: what was not committed is gone."""


class Deaths:
    """Dies right before or right after the next passes of some points."""

    def __init__(self, patch: pytest.MonkeyPatch, deaths: list[tuple[str, bool]]) -> None:
        self.waiting = list(deaths)
        self.died = 0
        for point in {name for name, _ in deaths}:
            holder, name = POINTS[point]
            patch.setattr(holder, name, self._deadly(point, getattr(holder, name)))

    def _deadly(self, point: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            self._perhaps(point, after=False)
            made = real(*args, **named)
            self._perhaps(point, after=True)
            return made

        return run

    def _perhaps(self, point: str, *, after: bool) -> None:
        if self.waiting and self.waiting[0] == (point, after):
            self.waiting.pop(0)
            self.died += 1
            raise Killed


@pytest.fixture
def start(session: Session) -> Snapshot:
    channels.channel(session)
    return Snapshot()


def _work() -> None:
    """The worker, started again each time it died; a new one waits for the lease of the dead."""
    for _ in range(20):
        try:
            wiring.worker().drain()
        except Killed:
            _later(LEASE + timedelta(seconds=1))
        else:
            break
    else:
        raise AssertionError("It never came to an end.")


def _later(pause: timedelta) -> None:
    moment = clock.now() + pause
    clock.use(lambda: moment)


def _story(session: Session) -> dict[str, Any]:
    """A thread is read and published, then much happens to it at once. What stands here in the end."""
    clock.use(lambda: NOW)
    net = channels.network()
    net.path.unlink()
    net = channels.network()
    said = channels.outage(net)
    request = ReadingRequest(url=address(said["root"]), channel_id=session.exec(select(Channel.id)).one())
    session.add(request)
    session.flush()
    enqueue(session, "social.read_address", dedup_key="the-request", request_id=request.id)
    session.commit()
    _work()
    session.expire_all()
    session.rollback()
    assert session.get_one(ReadingRequest, request.id).state == ReadingState.done
    thread = session.exec(select(ThreadLink)).one()
    session.rollback()
    channels.publish(session, thread)
    _happen(net, said)
    for _ in range(3):
        _later(timedelta(hours=1))
        with_job = {"thread_id": thread.id, "trigger": "clock"}
        enqueue(session, "social.read_thread", dedup_key="again", **with_job)
        session.commit()
        _work()
    return _standing(session)


def _happen(net: Network, said: dict[str, int]) -> None:
    net.edit(said["answer"], "Set the channel to 6 by hand: that ended it for me, and for my neighbours as well.", at=NOW)
    net.delete(said["thanks"])
    net.hide(said["same"])
    net.write("acct-rhod", "Thank you all, channel 6 is quiet here too since last night.", parent=said["answer"], at=NOW)


def _standing(session: Session) -> dict[str, Any]:
    """Everything that a reader or staff can see of it, without ids of runs and without times of reading."""
    session.expire_all()
    session.rollback()
    post, account, thread = ExternalPost, ExternalAccount, ThreadLink
    posts = select(post.ext_id, post.text, post.text_hash, post.state, post.parent_ext_id, post.orphan, post.thread_id)
    made = {
        "posts": session.exec(posts.order_by(post.ext_id)).all(),
        "accounts": session.exec(select(account.ext_id, account.handle).order_by(account.ext_id)).all(),
        "wordings": session.exec(select(ExternalPostRevision.text).order_by(ExternalPostRevision.text)).all(),
        "threads": session.exec(select(thread.root_ext_id, thread.posts, thread.people, thread.state, thread.complete)).all(),
        "places": session.exec(
            select(post.ext_id, PostMap.role, PostMap.position, PostMap.text_hash, Post.body)
            .join(PostMap, col(PostMap.external_post_id) == post.id)
            .outerjoin(Post, col(Post.id) == PostMap.post_id)
            .order_by(post.ext_id)
        ).all(),
        "topic": session.exec(select(Post.kind, Post.state, Post.body).order_by(Post.body)).all(),
        "left to do": session.exec(select(Job.name).where(col(Job.name).startswith("social.read"))).all(),
        "erased": sorted(set(erased_list().read_text().split("\n"))),
    }
    session.rollback()
    return made


@pytest.fixture
def undisturbed(session: Session, start: Snapshot) -> dict[str, Any]:
    made = _story(session)
    assert made["threads"] == [(address(1), 6, 4, TriageState.published, True)]
    assert len(made["posts"]) == 6 and not made["left to do"] and len(made["wordings"]) == 1
    _begin_again(session, start)
    return made


def _begin_again(session: Session, start: Snapshot) -> None:
    session.rollback()
    session.expunge_all()
    start.restore()
    erased_list().unlink(missing_ok=True)


def test_wherever_reading_dies_it_ends_the_same(
    session: Session, start: Snapshot, undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after each step, then several deaths in a row as dice have it."""
    dice = Random(5)
    every = [(point, after) for point in POINTS for after in (False, True)]
    plans = [[death] for death in every] + [dice.choices(every, k=3) for _ in range(6)]
    died = 0
    for plan in plans:
        with monkeypatch.context() as patch:
            deaths = Deaths(patch, plan)
            assert _story(session) == undisturbed, plan
            died += deaths.died
        _begin_again(session, start)
    assert died >= len(every)


DEATHS = {
    "before it asks": "Network.thread = lambda *_: os.kill(os.getpid(), 9)",
    "between reading and writing": "jobs.apply = lambda *_: os.kill(os.getpid(), 9)",
    "in the middle of writing": "importing._Writer._recount = lambda *_: os.kill(os.getpid(), 9)",
    "right after writing": "apply = jobs.apply; jobs.apply = lambda *a: (apply(*a), os.kill(os.getpid(), 9))",
}
WORKER = """
import os
from forum import wiring
from forum.social import importing
from forum.social.reading import jobs
from forum.social.simulated.network import Network
{death}
wiring.worker().run()
"""


@pytest.mark.faults
@pytest.mark.parametrize("moment", DEATHS)
def test_a_worker_that_is_really_killed_reads_on_after_its_start(session: Session, moment: str) -> None:
    channel = channels.channel(session)
    said = channels.outage(channels.network())
    request = ReadingRequest(url=address(said["root"]), channel_id=channel.id)
    session.add(request)
    session.flush()
    enqueue(session, "social.read_address", dedup_key="the-request", request_id=request.id)
    session.commit()
    script = WORKER.format(death=DEATHS[moment])
    died = subprocess.run([sys.executable, "-c", script], timeout=120, capture_output=True)
    assert died.returncode == -9, died.stderr[-2000:]
    _later(LEASE + timedelta(seconds=1))
    wiring.worker().drain()
    session.expire_all()
    session.rollback()
    assert session.get_one(ReadingRequest, request.id).state == ReadingState.done
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.posts, thread.people) == (5, 4)
    assert len(session.exec(select(ExternalPost.ext_id)).all()) == 5
