"""Votes that do not look independent: worth nothing for now, looked at by people, given back line by line."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.accounts.events import SignedIn
from forum.accounts.traces import network_of, remember_network
from forum.core import clock
from forum.core.events import emit
from forum.models import (
    FraudCase,
    FraudMember,
    FraudState,
    Job,
    LedgerKind,
    Member,
    NetworkTrace,
    Notice,
    RepDay,
    RepEvent,
    SignInSession,
    Topic,
    Vote,
)
from forum.policy.actor import actor_of
from forum.recognition import privileges
from forum.recognition.actions import subject_of
from forum.recognition.choices import eligible
from forum.recognition.fairness import jobs
from forum.recognition.fairness.detectors import detect
from forum.recognition.fairness.events import VotesDoubted
from forum.recognition.fairness.weight import disposable_domains, mailbox
from forum.recognition.jobs import drift, rebuild
from forum.votes.actions import vote
from forum.votes.inputs import CastVote
from tests import make
from tests.fakes.client import fresh, words
from tests.recognition.evidence import NOW, Scene

UP = CastVote(value="1")


class Puppets:
    """An author with three accounts that exist for them, among people who vote for many."""

    def __init__(self, session):
        self.scene = scene = Scene(session)
        authors = [scene.other(number) for number in range(12)]
        self.author = authors[0]
        for day in range(30):
            for number, author in enumerate(authors):
                at = NOW - timedelta(days=60 - day, hours=number)
                scene.at = at - timedelta(hours=40)
                topic = scene.topic(scene.other(50), created_at=at)
                answer = scene.post(topic, author, created_at=at)
                for voter in {(day * 3 + number) % 30, (day + number * 7) % 30}:
                    if voter != number:
                        self.vote(author, answer, scene.other(100 + voter), at + timedelta(hours=3))
        self.puppets = [scene.other(200 + number) for number in range(3)]
        self.answers = [scene.post(scene.topic(scene.other(51)), self.author) for _ in range(6)]
        for hours, answer in enumerate(self.answers):
            for number, puppet in enumerate(self.puppets):
                self.vote(self.author, answer, puppet, NOW - timedelta(days=40) + timedelta(hours=20 * hours + number))
        session.commit()
        rebuild()
        privileges.refresh_all()

    def vote(self, author, answer, voter, at):
        session = self.scene.session
        giver = subject_of(session, voter.id)
        self.scene.line(
            LedgerKind.answer_helpful, author, topic_id=answer.topic_id, post_id=answer.id, actor_subject=giver, occurred_at=at
        )
        session.add(Vote(post_id=answer.id, member_id=voter.id, value=1, at=at))


@pytest.fixture
def ring(session):
    return Puppets(session)


def cases(session):
    session.rollback()
    return list(session.exec(select(FraudCase).order_by(FraudCase.id)))


def told(session, member):
    session.rollback()
    query = select(Notice).where(Notice.member_id == member.id, Notice.link.startswith("/me/votes/")).order_by(Notice.id)
    return [row.title for row in session.exec(query)]


def points(session, member):
    return fresh(session, member).reputation


def days(session):
    session.rollback()
    return {(row.subject, row.day): row.total for row in session.exec(select(RepDay))}


def test_puppets_stop_counting_and_everything_can_be_given_back(session, client, ring):
    before, totals = points(session, ring.author), days(session)
    jobs.look()
    (case,) = cases(session)
    assert (case.detector, case.state) == ("star", FraudState.voided)
    assert points(session, ring.author) == before - 180
    assert told(session, ring.author) == [
        "Some votes on your answers did not look independent, so 180 points do not count for now. If this is wrong, tell us."
    ]
    assert len(session.exec(select(Vote)).all()) > 500  # every vote is still there
    assert drift(session) == []
    jobs.look()
    assert len(cases(session)) == 1

    client.sign_in(ring.author)
    assert "this vote did not look independent" in words(client.get(f"/members/{ring.author.handle}/reputation"))
    assert "If this is wrong, tell us" in words(client.get(f"/me/votes/{case.id}"))
    assert client.post(f"/me/votes/{case.id}/appeals", {"text": "They are my three colleagues."}).status_code == 303
    again = client.post(f"/me/votes/{case.id}/appeals", {"text": "They really are, please."})
    assert again.status_code == 409

    client.sign_in(make.moderator(session))
    page = words(client.get(f"/desk/votes/{case.id}"))
    assert "They are my three colleagues." in page and "Expected" in page
    client.post(f"/desk/votes/{case.id}/decisions", {"decision": "dismiss", "note": "Three colleagues, verified by phone."})
    assert points(session, ring.author) == before
    assert days(session) == totals
    assert drift(session) == []
    client.sign_in(ring.author)
    assert "Three colleagues, verified" in words(client.get(f"/me/votes/{case.id}"))
    jobs.look()
    assert [one.state for one in cases(session)] == [FraudState.dismissed]


def test_nobody_is_on_boards_while_a_case_is_open_and_a_confirmed_one_stays_void(session, client, ring):
    jobs.look()
    (case,) = cases(session)
    waiting = set(session.exec(select(FraudMember.member_id)).all())
    assert waiting == {ring.author.id, *(one.id for one in ring.puppets)}
    assert not set(session.scalars(select(Member.id).where(eligible()))) & waiting
    client.sign_in(make.agent(session))
    assert "Accounts that vote for one person" in words(client.get("/desk/votes"))
    lines = len(session.exec(select(RepEvent)).all())
    client.post(f"/desk/votes/{case.id}/decisions", {"decision": "confirm", "note": "One person with four accounts."})
    session.rollback()
    assert len(session.exec(select(RepEvent)).all()) == lines  # nothing was left to void
    assert "Accounts that vote for one person" in words(client.get("/desk/votes?state=confirmed"))
    blank = client.post(f"/desk/votes/{case.id}/decisions", {"decision": "confirm", "note": ""})
    assert blank.status_code == 422


def test_a_stranger_sees_no_case(session, client, ring):
    jobs.look()
    (case,) = cases(session)
    client.sign_in(make.member(session))
    assert client.get(f"/me/votes/{case.id}").status_code == 404
    assert client.get(f"/desk/votes/{case.id}").status_code == 403


def test_the_sixth_vote_for_one_person_in_a_day_is_kept_and_worth_nothing(session):
    author, voter = make.member(session), make.member(session)
    answers = [make.answer(session, make.topic(session), author) for _ in range(7)]
    for answer in answers:
        vote(session, actor_of(voter), answer_topic(session, answer), answer, UP)
        session.commit()
    assert points(session, author) == 50
    assert [fresh(session, answer).helpful for answer in answers] == [1] * 7
    lines = session.exec(select(RepEvent).where(RepEvent.points == 0)).all()
    assert [line.reason for line in lines] == ["more than five votes for one person in a day; please spread them"] * 2


def answer_topic(session, answer):
    return session.get_one(Topic, answer.topic_id)


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("ana+1@example.org", "ana+2@example.org", True),
        ("a.n.a@gmail.com", "ana+x@gmail.com", True),
        ("a.na@example.org", "ana@example.org", False),
        ("ana@example.org", "ben@example.org", False),
    ],
)
def test_two_accounts_with_one_mailbox_wait_for_somebody_to_look(session, client, mine, theirs, same):
    author, voter = make.member(session, "Au Thor"), make.member(session, "Vo Ter")
    author.email_key, voter.email_key = theirs, mine
    session.add_all([author, voter])
    session.commit()
    answer = make.answer(session, make.topic(session), author)
    vote(session, actor_of(voter), answer_topic(session, answer), answer, UP)
    session.commit()
    assert points(session, author) == (0 if same else 10)
    assert [one.detector for one in cases(session)] == (["same_hand"] if same else [])
    if same:
        client.sign_in(make.moderator(session))
        client.post(f"/desk/votes/{cases(session)[0].id}/decisions", {"decision": "dismiss", "note": "Two sisters."})
        assert points(session, author) == 10


def test_one_network_within_a_day(session):
    author, voter, far = (make.member(session) for _ in range(3))
    for member, address in ((author, "81.2.69.142"), (voter, "81.2.69.7"), (far, "93.184.216.34")):
        row = SignInSession(
            token_hash=f"{member.id}", member_id=member.id, address=address, expires_at=clock.now() + timedelta(days=1)
        )
        session.add(row)
        session.flush()
        remember_network(session, SignedIn(member.id, row.id))
        remember_network(session, SignedIn(member.id, row.id))
    session.commit()
    assert all("81.2" not in row.prefix for row in session.exec(select(NetworkTrace)))
    answer = make.answer(session, make.topic(session), author)
    for member in (voter, far):
        vote(session, actor_of(member), answer_topic(session, answer), answer, UP)
        session.commit()
    assert points(session, author) == 10
    clock.use(lambda: NOW + timedelta(days=4000))
    jobs.look()
    session.rollback()
    assert session.exec(select(NetworkTrace)).all() == []


def test_passing_mail_addresses_earn_others_nothing(session):
    author, voter = make.member(session), make.member(session)
    fresh(session, voter).email_key = "x@mailinator.com"
    session.commit()
    answer = make.answer(session, make.topic(session), author)
    vote(session, actor_of(voter), answer_topic(session, answer), answer, UP)
    session.commit()
    assert "mailinator.com" in disposable_domains()
    assert (points(session, author), fresh(session, answer).helpful) == (0, 1)


def test_a_doubted_vote_is_not_cured_by_giving_it_again(session, ring):
    jobs.look()
    before = points(session, ring.author)
    puppet, answer = ring.puppets[0], ring.answers[0]
    fresh(session, puppet).confirmed_at = PAST
    session.commit()
    for value in ("0", "1"):
        vote(
            session,
            actor_of(fresh(session, puppet)),
            answer_topic(session, answer),
            fresh(session, answer),
            CastVote(value=value),
        )
        session.commit()
    assert points(session, ring.author) == before


PAST = NOW - timedelta(days=90)


def test_small_things():
    assert mailbox(None) == "" and network_of("10.0.0.7") == "" and network_of("nonsense") == ""
    assert network_of("2a00:1450:4001:80b::200e") == "2a00:1450:4001:800::/56"
    assert detect([]) == []


def test_a_burst_is_looked_at_before_the_night(session, drain):
    author, voter = make.member(session), make.member(session)
    for _ in range(5):
        answer = make.answer(session, make.topic(session), author)
        vote(session, actor_of(voter), answer_topic(session, answer), answer, UP)
        session.commit()
    assert session.exec(select(Job).where(Job.name == "recognition.detect")).one()


def test_a_doubt_about_solutions_speaks_of_solutions(session, client):
    member = make.member(session)
    case = FraudCase(fingerprint="x", detector="clique", state=FraudState.voided)
    session.add(case)
    session.flush()
    session.add(FraudMember(case_id=case.id, member_id=member.id))
    emit(session, VotesDoubted(case.id, member.id, 75, 3, 0))
    session.commit()
    said = "Some of your solutions did not look independent, so 75 points do not count for now. If this is wrong, tell us."
    assert told(session, member) == [said]
    client.sign_in(member)
    page = words(client.get(f"/me/votes/{case.id}"))
    assert "some solutions did not look independent" in page and "some votes" not in page
