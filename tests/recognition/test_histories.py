"""Random histories through the real acts: what is stored is what a replay of the ledger gives, at every point (REC-1, REC-2)."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session

from forum.core import clock, db
from forum.core.db import transaction
from forum.models import LedgerKind, Member, RepEvent, RepSubject
from forum.policy.actor import actor_of
from forum.recognition.actions import ENTRY_COLUMNS
from forum.recognition.explain import Wanted, reputation_page
from forum.recognition.jobs import drift, rebuild
from forum.recognition.ledger import Entry, replay, void_ids
from forum.upkeep import counters
from tests.fakes.database import Snapshot
from tests.recognition.world import PAUSES, STEPS, World

ACT = st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.integers(0, 7))
PAUSE = st.tuples(st.just("wait"), st.sampled_from(PAUSES), st.just(0))


def test_incremental_equals_replay(session):
    world = World(session)
    session.close()
    start = Snapshot()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(ACT, ACT, ACT, PAUSE), min_size=10, max_size=45))
    def run(history):
        start.restore()
        world.moment = world.moment.__class__(2026, 3, 4, 22, 30, tzinfo=world.moment.tzinfo)
        for step, who, what in history:
            if step == "wait":
                world.wait(who)
            else:
                world.do(step, who, what)
        with transaction(writes=False) as reading:
            _check(reading)
            before = dict(reading.execute(select(Member.id, Member.reputation)).all())
        rebuild()
        with transaction(writes=False) as reading:
            assert dict(reading.execute(select(Member.id, Member.reputation)).all()) == before

    run()
    db.engine().dispose()


def _check(session: Session) -> None:
    assert drift(session) == []
    assert counters.differences(session) == []
    entries = [Entry(*row) for row in session.execute(select(*ENTRY_COLUMNS))]
    totals = Counter()
    for (subject, _), day in replay(entries, clock.now()).items():
        totals[subject] += day.total
    owners = dict(session.execute(select(RepSubject.member_id, RepSubject.subject)).all())
    for member in session.scalars(select(Member)):
        assert member.reputation == max(0, totals[owners.get(member.id, "")])
        page = reputation_page(session, actor_of(member), member.handle_key, Wanted(), None)
        assert page.headline == member.reputation
        assert sum(line.counted for line in page.lines) == page.headline or page.more_url
        assert sum(total.points for total in page.totals) == page.headline
        if member.staff_since is not None:
            assert owners.get(member.id) not in {entry.subject for entry in entries}
    _one_solution_a_question(session, entries)
    _nobody_pays_themselves(session)


def _one_solution_a_question(session: Session, entries: list[Entry]) -> None:
    void = void_ids(entries)
    live = select(RepEvent.id, RepEvent.topic_id).where(RepEvent.kind == LedgerKind.solution_accepted)
    held = Counter(row.topic_id for row in session.execute(live) if row.id not in void)
    assert all(count == 1 for count in held.values()), held


def _nobody_pays_themselves(session: Session) -> None:
    assert session.execute(select(RepEvent.id).where(RepEvent.subject == RepEvent.actor_subject)).all() == []
