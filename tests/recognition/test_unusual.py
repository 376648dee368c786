"""Points and solutions that look unusual: they open a case for people, and nothing stops counting by itself."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from forum.accounts.traces import remember_browser, remember_joining
from forum.core import clock
from forum.models import (
    BrowserTrace,
    FraudCase,
    FraudState,
    FraudVote,
    LedgerKind,
    Member,
    NetworkTrace,
    PostKind,
    RepEvent,
    Topic,
)
from forum.policy.actor import actor_of
from forum.recognition.actions import subject_of
from forum.recognition.fairness import jobs
from forum.recognition.fairness.patterns import Solved, cliques, farms, few_givers, jumps
from forum.recognition.jobs import drift, rebuild
from forum.votes.actions import vote
from forum.votes.inputs import CastVote
from tests import make
from tests.fakes.client import fresh, words
from tests.recognition.evidence import NOW, Scene

QUIET = dict.fromkeys(range(0, 60, 4), 20)


@pytest.mark.parametrize(
    ("points", "known", "seen"),
    [
        (150, QUIET, True),  # 20 a day, and six times twenty above it is 140
        (140, QUIET, False),
        (150, dict(list(QUIET.items())[:9]), False),  # nine days say too little
        (150, {day + 200: 20 for day in QUIET}, False),  # nor does what comes after
        (600, {day: 100 + 50 * (day % 3) for day in QUIET}, True),
        (300, {day: 100 + 50 * (day % 3) for day in QUIET}, False),  # somebody whose days differ much
    ],
)
def test_a_day_far_above_ones_own(points, known, seen):
    assert bool(jumps({1: {**known, 80: points}}, [80])) == seen


def test_what_was_long_ago_is_no_baseline():
    assert jumps({1: {**QUIET, 300: 900}}, [300]) == []


def test_an_answer_that_many_liked_is_a_good_answer():
    assert few_givers(Counter({7: 50, 8: 40, 9: 10, 10: 10})) == [7, 8, 9]
    assert few_givers(Counter(dict.fromkeys(range(1, 20), 10))) == []
    assert few_givers(Counter({0: 100, 7: 10})) == []  # whoever has left says nothing


def solved(asker, solver, *also):
    return Solved(asker, frozenset({solver, *also}), solver, line=1)


CROWD = [solved(1000 + number, number % 12) for number in range(300)]


def test_the_same_few_askers_for_most_of_ones_solutions():
    ring = [solved(2001, 50) for _ in range(4)] + [solved(2002, 50) for _ in range(3)]
    (found,) = [one for one in cliques(CROWD + ring) if one.helper == 50]
    assert (found.askers, found.seen) == ((2001, 2002), 7)
    assert cliques(CROWD + ring[:5]) == []  # fewer than six solutions
    busy = [solved(2001, number % 12) for number in range(20)]  # somebody who asks much, and ticks many
    assert cliques(CROWD + ring[:4] + busy + [solved(3000 + number, 50) for number in range(3)]) == []


def test_accounts_that_ask_for_one_helper():
    farm = [solved(2001, 50) for _ in range(4)] + [solved(2002, 50) for _ in range(3)]
    found = farms([*CROWD, *(solved(one.asker + 5000, one.solver or 0, 60) for one in CROWD), *farm])
    assert [(one.helper, one.askers, one.seen) for one in found] == [(50, (2001, 2002), 7)]
    assert farms(CROWD + [solved(2001, 50, 51) for _ in range(4)] + [solved(2002, 50, 51) for _ in range(4)]) == []


def test_where_one_person_answers_everything_that_is_usual():
    alone = [solved(1000 + number, 1) for number in range(200)] + [solved(2000 + number % 5, 1) for number in range(40)]
    assert farms(alone) == []


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.booleans()), max_size=60))
def test_nobody_is_suspected_for_answers_of_others(rows):
    questions = [solved(asker, helper, *([99] if shared else [])) for asker, helper, shared in rows if asker != helper]
    for one in [*cliques(questions), *farms(questions)]:
        assert one.helper not in one.askers
        assert one.seen == sum(1 for row in questions if row.solver == one.helper and row.asker in one.askers) or (
            one.detector == "farm"
        )
    assert cliques(questions) == cliques(list(reversed(questions)))


@pytest.fixture
def scene(session):
    return Scene(session)


def cases(session, detector):
    session.rollback()
    return list(session.exec(select(FraudCase).where(FraudCase.detector == detector)))


def look(session):
    session.commit()
    rebuild()
    jobs.look()
    session.rollback()


def test_solutions_from_two_askers_wait_for_somebody_to_look(session, client, scene):
    for number in range(8):
        scene.at = NOW - timedelta(days=40 + number)
        scene.solution(number % 2)
    look(session)
    before = fresh(session, scene.helper).reputation
    (case,) = cases(session, "clique")
    assert case.state == FraudState.open and before > 0
    look(session)
    assert len(cases(session, "clique")) == 1
    client.sign_in(make.moderator(session))
    page = words(client.get(f"/desk/votes/{case.id}"))
    assert "Solutions from the same few people" in page and "Of all they ticked" in page
    assert fresh(session, scene.other(0)).name in page and "The light is amber" in page
    client.post(f"/desk/votes/{case.id}/decisions", {"decision": "confirm", "note": "Both are accounts of one shop."})
    assert fresh(session, scene.helper).reputation < before
    client.post(f"/desk/votes/{case.id}/decisions", {"decision": "dismiss", "note": "They are two neighbours after all."})
    assert fresh(session, scene.helper).reputation == before
    assert drift(session) == []


def test_a_day_of_one_friend(session, client, scene):
    friend = subject_of(session, scene.other(0).id)
    for number in range(14):
        answer = scene.post(scene.topic(scene.other(number + 1)), scene.helper)
        actor = subject_of(session, scene.other(20 + number).id)
        at = NOW - timedelta(days=3 + 5 * number)
        scene.line(LedgerKind.answer_helpful, topic_id=answer.topic_id, post_id=answer.id, actor_subject=actor, occurred_at=at)
    look(session)
    assert cases(session, "jump") == []
    for number in range(10):
        answer = scene.post(scene.topic(scene.other(number + 1)), scene.helper)
        kind = LedgerKind.solution_verified  # not a vote, so that no other detector speaks first
        scene.line(kind, topic_id=answer.topic_id, post_id=answer.id, actor_subject=friend, occurred_at=NOW - timedelta(hours=2))
    look(session)
    (case,) = cases(session, "jump")
    assert case.state == FraudState.open
    assert len(session.exec(select(FraudVote).where(FraudVote.case_id == case.id)).all()) == 10
    client.sign_in(make.agent(session))
    page = words(client.get(f"/desk/votes/{case.id}"))
    assert "A day far above somebody's usual ones" in page and "A usual day" in page and "100 % of 150" in page


@pytest.mark.parametrize(
    ("apart", "address", "seen"), [(40, "81.2.69.7", True), (80, "81.2.69.7", False), (40, "93.184.216.34", False)]
)
def test_two_accounts_made_together_where_one_answers_the_other(session, scene, apart, address, seen):
    asker = make.member(session, joined_at=NOW - timedelta(days=2))
    helper = make.member(session, joined_at=NOW - timedelta(days=2) + timedelta(minutes=apart))
    remember_joining(session, asker.id, "81.2.69.142")
    remember_joining(session, helper.id, address)
    topic = scene.topic(asker)
    scene.post(topic, asker, PostKind.question)
    answer = scene.post(topic, helper)
    line = scene.line(LedgerKind.solution_accepted, helper, topic_id=topic.id, post_id=answer.id, occurred_at=NOW)
    look(session)
    found = cases(session, "new_pair")
    assert bool(found) == seen
    if seen:
        assert session.exec(select(FraudVote.event_id).where(FraudVote.case_id == found[0].id)).all() == [line.id]
        assert found[0].state == FraudState.open


def test_joining_and_signing_in_leave_digests_that_go_after_thirty_days(client, session):
    data = {"name": "Nia New", "handle": "nia", "email": "nia@example.org", "password": "a long walk by the river"}
    client.post("/join", data)
    session.rollback()
    member = session.exec(select(Member).where(Member.handle == "nia")).one()
    session.commit()
    client.post("/sign-in", {"who": "nia", "password": "a long walk by the river"})
    cookie = client.cookies.get("browser")
    session.rollback()
    (trace,) = session.exec(select(BrowserTrace)).all()
    assert trace.member_id == member.id and cookie and cookie not in trace.browser
    client.post("/sign-out")
    assert client.cookies.get("browser") == cookie
    clock.use(lambda: NOW + timedelta(days=4000))
    jobs.look()
    session.rollback()
    assert session.exec(select(BrowserTrace)).all() == [] == session.exec(select(NetworkTrace)).all()


@pytest.mark.parametrize(("hours", "counts"), [(2, False), (30, True)])
def test_two_accounts_in_one_browser(session, hours, counts):
    author, voter = make.member(session), make.member(session)
    answer = make.answer(session, make.topic(session), author)
    moment = clock.now()
    clock.use(lambda: moment - timedelta(hours=hours))
    remember_browser(session, author.id, "b" * 43)
    clock.use(lambda: moment)
    remember_browser(session, voter.id, "b" * 43)
    session.commit()
    vote(session, actor_of(voter), session.get_one(Topic, answer.topic_id), answer, CastVote(value="1"))
    session.commit()
    assert fresh(session, author).reputation == (10 if counts else 0)
    assert [one.state for one in cases(session, "same_hand")] == ([] if counts else [FraudState.voided])
    assert session.exec(select(RepEvent).where(RepEvent.kind == LedgerKind.answer_helpful)).one()
