"""Badges from the press of a button to the message, the nightly check, and the pages about them (REC-7, REC-8; how long a
large community takes: bench/badges.py)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from forum.core import clock
from forum.models import BadgeAward, Job, LedgerKind, Notice, NoticeKind, RecognitionChoices, Tag
from forum.policy.actor import actor_of
from forum.recognition.badges import awards
from forum.recognition.badges.actions import give_by_hand
from forum.recognition.badges.awards import settle_accounts
from forum.recognition.badges.definitions import badges, read
from forum.recognition.badges.jobs import look_at
from forum.topics.verdicts import accept_answer
from forum.wiring import JOBS, SCHEDULE, wired
from tests import make
from tests.fakes.client import fresh, words
from tests.recognition.evidence import NOW, Scene

K = LedgerKind
GOOD = {
    "key": "test-badge",
    "name": "Test badge",
    "text": "Solved {0} questions.",
    "family": "solving",
    "tier": "gold",
    "triggers": ["AnswerAccepted"],
    "rule": {"all": [{"metric": "solutions", "at_least": 3}]},
    "since": "2026-11-22",
}


def awards_of(session):
    session.rollback()
    return {(row.badge, row.subject, row.scope, row.ordinal) for row in session.exec(select(BadgeAward)) if not row.voided_at}


def notices(session, member):
    session.rollback()
    query = select(Notice).where(Notice.member_id == member.id, Notice.kind == NoticeKind.badge).order_by(Notice.id)
    return [row.title for row in session.exec(query)]


def at(moment):
    clock.use(lambda: moment)


# Definitions


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rule": {"all": [{"metric": "logins", "at_least": 3}]}}, "no such metric: logins"),
        ({"rule": {"all": [{"metric": "solutions", "at_least": 3, "at_most": 0.5}]}}, "either at_least or at_most"),
        ({"rule": {"all": [{"metric": "solutions"}]}}, "either at_least or at_most"),
        ({"rule": {"all": []}}, "either all or any"),
        ({"rule": {"all": [{"metric": "helpful_votes", "measure": "wilson", "at_least": 0.5}]}}, "against belongs to"),
        (
            {"rule": {"all": [{"metric": "edits", "measure": "share", "against": "flags", "at_least": 0.5}]}},
            "one condition that counts",
        ),
        ({"triggers": []}, "needs triggers"),
        ({"tier": "platinum"}, "tier"),
        ({"scope": "post"}, "per_post goes with"),
        ({"repeat": "per_n", "rule": {"all": [{"metric": "solutions", "measure": "distinct", "at_least": 3}]}}, "per_n needs"),
        ({"text": "Solved {1} of them."}, "list index"),
        ({"sql": "select 1"}, "sql"),
    ],
)
def test_a_mistake_in_the_file_is_named(change, said):
    with pytest.raises(ValueError, match="badge test-badge") as caught:
        read([GOOD | change])
    assert said in str(caught.value)


def test_the_same_key_twice_is_named():
    with pytest.raises(ValueError, match="there are two of them"):
        read([GOOD, GOOD])


def test_triggers_are_events_that_happen():
    known = {kind.__name__ for kind in wired()}
    assert {name for badge in badges().values() for name in badge.triggers} - known == set()
    assert {task.name for task in SCHEDULE if task.at} <= set(JOBS)


def test_texts_read_as_sentences():
    for badge in badges().values():
        assert badge.said().endswith(".") and "{" not in badge.said() and "!" not in badge.said(), badge.key


# From an event to a message


def test_a_solution_becomes_a_badge_when_it_has_settled(session, drain):
    asker, helper = make.member(session), make.member(session)
    topic = make.topic(session, asker)
    answer = make.answer(session, topic, helper)
    accept_answer(session, actor_of(asker), topic, answer)
    session.commit()
    start = clock.now()
    at(start + timedelta(hours=47))
    drain()
    assert awards_of(session) == set()
    at(start + timedelta(hours=48, seconds=5))
    drain()
    assert {key for key, *_ in awards_of(session)} == {"first-answer", "loop-closer"}
    at(start + timedelta(hours=49, seconds=10))  # a tick counts an hour after it was set, and settles from then
    drain()
    assert {key for key, *_ in awards_of(session)} == {"first-answer", "first-solution", "loop-closer"}
    assert notices(session, helper) == []
    awards.digest()
    assert notices(session, helper) == ["You earned 2 badges: First answer and First solution"]
    assert notices(session, asker) == ["You earned the badge “Loop closer”"]
    awards.digest()
    assert len(notices(session, helper)) == 1


def test_one_job_a_member_however_much_happens(session):
    asker, helper = make.member(session), make.member(session)
    topic = make.topic(session, asker)
    for number in range(4):
        make.answer(session, topic, helper, f"Answer number {number}, of a good length.")
    jobs = [job.payload for job in session.exec(select(Job).where(Job.name == "recognition.badges"))]
    assert jobs.count({"member_id": helper.id}) == 1


def test_silver_is_told_at_once_and_only_once(session):
    scene = Scene(session)
    scene.at = NOW - timedelta(days=5)
    for number in range(50):
        scene.solution(number)
    session.commit()
    look_at(scene.helper.id)
    look_at(scene.helper.id)
    assert notices(session, scene.helper) == ["You earned the badge “Seasoned solver”"]


def test_what_was_earned_long_ago_comes_in_one_message(session):
    scene = Scene(session)
    for number in range(60):
        scene.solution(number)
    session.commit()
    settle_accounts()
    assert notices(session, scene.helper) == [
        "You earned 6 badges: First answer, First solution, Solver and 3 more",
    ]


def test_withdrawing_within_the_settling_time_gives_nothing(session):
    scene = Scene(session)
    scene.at = NOW - timedelta(days=3)
    scene.solution(1)
    scene.flip(scene.last, reason="no longer marked as the solution")
    session.commit()
    assert settle_accounts().given == 0


def test_an_honest_reversal_takes_no_badge_away_but_fraud_does_and_gives_it_back(session):
    scene = Scene(session)
    scene.solution(1)
    event = scene.last
    session.commit()
    settle_accounts()
    scene.flip(event, reason="no longer marked as the solution")
    session.commit()
    assert settle_accounts().changed == 0
    scene.flip(event, K.restore, reason="no longer marked as the solution")
    scene.flip(event)
    session.commit()
    assert settle_accounts().voided == 1
    assert settle_accounts().changed == 0
    scene.flip(event, K.restore)
    session.commit()
    assert settle_accounts().returned == 1
    assert "first-solution" in {key for key, *_ in awards_of(session)}


def test_staff_and_suspended_members_are_never_looked_at(session):
    scene = Scene(session)
    scene.solution(1)
    scene.helper.suspended_until = NOW + timedelta(days=3)
    session.commit()
    settle_accounts()
    assert awards_of(session) == set()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["solution", "helpful", "verified", "void", "back", "answer"]),
        st.integers(0, 3),
        st.integers(1, 9),
    ),
    min_size=5,
    max_size=60,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_looking_at_one_member_gives_what_the_night_gives(session, acts):
    scene = Scene.__new__(Scene)
    Scene.__init__(scene, session) if not session.exec(select(Tag)).first() else _again(scene, session)
    helpers = [scene.helper, *(scene.other(500 + number) for number in range(3))]
    session.commit()
    events = []
    for number, (act, who, times) in enumerate(acts):
        scene.helper = helpers[who]
        for n in range(times):
            if act == "solution":
                scene.solution(n)
            elif act == "helpful":
                scene.helpful(scene.post(scene.topic(scene.other(n)), scene.helper), n)
            elif act == "verified":
                scene.line(K.solution_verified)
            elif act == "answer":
                scene.post(scene.topic(scene.other(n)), scene.helper)
            elif events:
                scene.flip(events[number * n % len(events)], K.reversal if act == "void" else K.restore)
        events += [scene.last] if act in ("solution", "helpful", "verified") else []
        session.commit()
        look_at(scene.helper.id)
    for helper in helpers:
        look_at(helper.id)
    assert settle_accounts().changed == 0
    assert settle_accounts().changed == 0


def _again(scene: Scene, session) -> None:
    """Another round in the same database, with other people."""
    scene.session, scene.crowd, scene.last = session, [], None
    scene.tag = session.exec(select(Tag)).first()
    scene.section = make.section(session)
    scene.at = NOW - timedelta(days=100)
    scene.helper = make.member(session, joined_at=NOW - timedelta(days=800))


# Given by people


def test_an_expert_gives_one_star_a_month_with_a_sentence(session, client):
    helper = make.member(session, "Hal Helper")
    other = make.member(session, "Olu Other")
    expert = client.sign_in(make.member(session, "Eva Expert", reputation=2_000))
    note = "You stayed until the old hub worked again."
    assert "Give your star" in words(client.get(f"/members/{helper.handle}"))
    assert client.post(f"/members/{helper.handle}/stars", {"note": note}).status_code == 303
    assert note in words(client.get("/badges/peer-star"))
    assert notices(session, helper) == ["You earned the badge “Peer star”"]

    again = client.post(f"/members/{other.handle}/stars", {"note": "And you were very kind to everybody."})
    assert (again.status_code, "another one next month" in words(again)) == (409, True)
    assert "And you were very kind" in again.text  # the sentence is kept

    fresh(session, helper).reputation = 2_000
    session.commit()
    client.sign_in(helper)
    back = client.post(f"/members/{expert.handle}/stars", {"note": "Thank you, the same to you."})
    assert (back.status_code, "within the last year" in words(back)) == (409, True)
    assert "Give your star" not in words(client.get(f"/members/{helper.handle}"))
    assert len(awards_of(session)) == 1


def test_a_season_is_given_once(session):
    member = make.member(session)
    assert give_by_hand(session, member.id, "vip", scope="2026")
    assert not give_by_hand(session, member.id, "vip", scope="2026")
    session.commit()
    assert notices(session, member) == ["You earned the badge “VIP 2026”"]


# Pages


@pytest.fixture
def decorated(session):
    scene = Scene(session)
    for number in range(8):
        scene.solution(number, tag=True)
    session.commit()
    settle_accounts()
    return scene


def test_the_pages_say_who_has_what_and_how_to_get_it(session, client, decorated):
    page = words(client.get("/badges"))
    assert "First solution An answer of yours solved it for the person who asked. Bronze · 1 person has it" in page
    assert "Hal Helper" in words(client.get("/badges/first-solution"))
    assert "First solution" in words(client.get(f"/members/{decorated.helper.handle}"))
    client.sign_in(decorated.helper)
    assert "yours" in words(client.get("/badges"))
    assert "8 of 10 questions solved 8 of 8 different people" in words(client.get("/badges/solver-bronze"))
    assert "Where you are" not in words(client.get("/badges/peer-star"))


def test_who_does_not_show_badges_is_not_named(session, client, decorated):
    session.add(RecognitionChoices(member_id=decorated.helper.id, shows_level=False))
    session.commit()
    assert "Hal Helper" not in words(client.get("/badges/first-solution"))
    assert "First solution" not in words(client.get(f"/members/{decorated.helper.handle}"))
    client.sign_in(decorated.helper)
    assert "First solution" in words(client.get(f"/members/{decorated.helper.handle}"))


def test_an_administrator_tries_numbers_before_changing_them(session, client, decorated, drain):
    client.sign_in(make.admin(session))
    assert "Nobody yet" in words(client.get("/admin/badges/solver-bronze"))
    tried = words(client.get("/admin/badges/solver-bronze?enabled=1&t0=5&t1=4"))
    assert "People 1" in tried and "Solved 5 questions for at least 4 people." in tried and "March 2026" in tried
    assert client.post("/admin/badges/solver-bronze", {"enabled": "1", "t0": "5", "t1": "4"}).status_code == 303
    drain()
    assert "solver-bronze" in {key for key, *_ in awards_of(session)}
    assert "Solved 5 questions for at least 4 people" in words(client.get("/badges/solver-bronze"))
    wrong = client.post("/admin/badges/reviewer-bronze", {"enabled": "1", "t0": "50", "t1": "85"})
    assert (wrong.status_code, "a number below 1" in words(wrong)) == (422, True)


def test_a_badge_that_rests_is_kept_and_not_given(session, client, decorated, drain):
    client.sign_in(make.admin(session))
    client.post("/admin/badges/first-solution", {"enabled": ""})
    drain()
    assert "This badge is resting" in words(client.get("/badges/first-solution"))
    other = make.member(session, joined_at=NOW - timedelta(days=300))
    decorated.helper = other
    decorated.solution(3)
    session.commit()
    settle_accounts()
    assert sum(key == "first-solution" for key, *_ in awards_of(session)) == 1
    client.post("/admin/badges/first-solution", {"enabled": "1"})
    drain()
    assert sum(key == "first-solution" for key, *_ in awards_of(session)) == 2
