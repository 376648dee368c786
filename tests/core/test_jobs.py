"""Jobs run at least once, wait longer after each failure, and rest where staff see them when they fail for good."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.accounts.jobs import sweep
from forum.core import clock
from forum.core.db import transaction
from forum.jobs.queue import enqueue
from forum.jobs.worker import FIRST_RETRY_SECONDS, LEASE, MAX_ATTEMPTS, Periodic, Worker
from forum.models import Job
from tests import make
from tests.fakes.client import words


class Doings:
    """What jobs did."""

    def __init__(self):
        self.done = []
        self.fails = 0

    def note(self, what=""):
        if self.fails:
            self.fails -= 1
            raise RuntimeError("no luck")
        self.done.append(what)


@pytest.fixture
def doings():
    return Doings()


@pytest.fixture
def worker(database, doings):
    return Worker({"note": doings.note}, [])


def put(name="note", **more):
    with transaction() as session:
        return enqueue(session, name, **more)


def jobs():
    with transaction(writes=False) as session:
        return session.exec(select(Job)).all()


def pass_time(**length):
    moment = clock.now() + timedelta(**length)
    clock.use(lambda: moment)


def test_a_job_runs_and_leaves_no_row(worker, doings):
    put(what="a")
    assert worker.drain() == 1
    assert (doings.done, jobs()) == (["a"], [])


def test_what_is_rolled_back_was_never_put(worker):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        enqueue(session, "note")
        raise ZeroDivisionError
    assert jobs() == []


def test_a_later_job_waits(worker, doings):
    put(delay=timedelta(hours=1))
    assert worker.drain() == 0
    pass_time(hours=1, seconds=1)
    assert worker.drain() == 1


def test_the_same_key_waits_once_and_a_running_job_stands_in_nobodys_way(worker, doings):
    assert put(dedup_key="k", what="a") is True
    assert put(dedup_key="k", what="b") is False
    claimed = worker._claim()
    assert put(dedup_key="k", what="c") is True
    assert (claimed.payload, len(jobs())) == ({"what": "a"}, 2)


def test_each_failure_waits_longer_and_the_sixth_rests(worker, doings):
    doings.fails = 99
    put()
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        assert worker.drain() == 1
        (job,) = jobs()
        pauses.append((job.run_at - clock.now()).total_seconds())
        moment = job.run_at + timedelta(seconds=1)
        clock.use(lambda moment=moment: moment)
    assert [round(pause / FIRST_RETRY_SECONDS) for pause in pauses] == [1, 4, 16, 64, 256, 1024]
    assert (jobs()[0].state, jobs()[0].attempts) == ("dead", 6)
    assert "RuntimeError: no luck" in jobs()[0].last_error
    assert worker.drain() == 0


def test_a_failure_that_passes_is_forgotten(worker, doings):
    doings.fails = 1
    put(what="a")
    worker.drain()
    pass_time(seconds=FIRST_RETRY_SECONDS + 1)
    worker.drain()
    assert (doings.done, jobs()) == (["a"], [])


def test_an_unknown_job_does_not_stop_the_others(worker, doings):
    put("no.such.job")
    put(what="a")
    worker.drain()
    assert doings.done == ["a"]
    assert "KeyError" in jobs()[0].last_error


def test_a_lease_is_taken_over_when_its_worker_is_gone(worker, doings):
    put(what="a")
    assert worker._claim() is not None
    other = Worker({"note": doings.note}, [])
    assert other.drain() == 0
    pass_time(seconds=LEASE.total_seconds() + 1)
    assert other.drain() == 1
    assert doings.done == ["a"]


def test_two_workers_never_hold_one_job(worker, doings):
    for number in range(6):
        put(what=str(number))
    other = Worker({"note": doings.note}, [])
    held = [(worker if turn % 2 else other)._claim().id for turn in range(6)]
    assert len(set(held)) == 6
    assert worker._claim() is None


def test_the_clock_puts_each_task_once(database, doings):
    schedule = [Periodic("note", timedelta(hours=1))]
    one, two = Worker({"note": doings.note}, schedule), Worker({"note": doings.note}, schedule)
    for each in (one, two, one):
        each._enqueue_due()
    assert len(jobs()) == 1
    one.drain()
    pass_time(hours=1, seconds=1)
    one._enqueue_due()
    assert len(jobs()) == 1


def test_administrators_see_the_dead_without_their_letters_and_try_again(client, session, doings):
    worker = Worker({"note": doings.note}, [])
    doings.fails = MAX_ATTEMPTS
    put(what="secret link")
    for _ in range(MAX_ATTEMPTS):
        worker.drain()
        pass_time(days=2)
    clock.use(None)
    client.sign_in(make.admin(session))
    page = client.get("/admin/jobs")
    assert "RuntimeError: no luck" in words(page)
    assert "secret link" not in page.text
    (job,) = jobs()
    assert client.post(f"/admin/jobs/{job.id}/retrial").status_code == 303
    assert client.post(f"/admin/jobs/{job.id}/retrial").status_code == 404
    worker.drain()
    assert doings.done == ["secret link"]
    assert client.post(f"/admin/jobs/{job.id}/removal").status_code == 404


def test_a_letter_that_could_not_be_sent_is_not_kept_for_long(database):
    """It holds somebody's address, in its reason too."""

    def refused(to, **_):
        raise OSError(f"no mailbox {to}")

    worker = Worker({"mail.send": refused, "note": refused}, [])
    put("mail.send", to="wanda@example.org", subject="Hello", text="a working link", key="1")
    put("note", to="nobody")
    for _ in range(MAX_ATTEMPTS):
        worker.drain()
        pass_time(hours=9)
    sweep()
    assert {job.name for job in jobs()} == {"mail.send", "note"}, "it can still be tried again"
    pass_time(days=8)
    sweep()
    assert [job.name for job in jobs()] == ["note"]
