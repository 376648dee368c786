"""One press each, with undo, and never on one's own."""

import pytest
from sqlmodel import select

from forum.core import ratelimit
from forum.models import AnswerMark, Post, Vote
from forum.upkeep import counters, health
from tests import make
from tests.fakes.client import fresh, words


@pytest.fixture
def answer(session):
    return make.answer(session)


def counts(session, post):
    fresh(session, post)
    return post.helpful, post.not_helpful


def test_a_vote_changes_its_mind_and_goes(client, session, answer):
    client.sign_in(make.member(session))
    for value, expected in (("1", (1, 0)), ("1", (1, 0)), ("-1", (0, 1)), ("0", (0, 0)), ("0", (0, 0)), ("-1", (0, 1))):
        assert client.post(f"/posts/{answer.id}/vote", {"value": value}).status_code == 303
        assert counts(session, answer) == expected
    assert len(session.exec(select(Vote)).all()) == 1


@pytest.mark.parametrize("value", ["2", "", "x", "-0", "1.0"])
def test_other_values_are_refused(client, session, answer, value):
    client.sign_in(make.member(session))
    assert client.post(f"/posts/{answer.id}/vote", {"value": value}).status_code == 422
    assert counts(session, answer) == (0, 0)


def test_nobody_votes_for_themselves(client, session):
    me = make.member(session)
    answer = make.answer(session, author=me)
    client.sign_in(me)
    refused = client.post(f"/posts/{answer.id}/vote", {"value": "1"})
    assert refused.status_code == 403
    assert "on your own post" in words(refused)
    assert session.exec(select(Vote)).all() == []


def test_htmx_gets_the_new_numbers(client, session, answer):
    client.sign_in(make.member(session))
    part = client.post(f"/posts/{answer.id}/vote", {"value": "1"}, headers={"hx-request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'aria-pressed="true"' in part.text


def test_a_vote_on_a_question_ranks_its_topic(client, session):
    topic = make.topic(session)
    question = session.exec(select(Post)).one()
    client.sign_in(make.member(session))
    client.post(f"/posts/{question.id}/vote", {"value": "1"})
    assert fresh(session, topic).score == 1
    client.post(f"/posts/{question.id}/vote", {"value": "-1"})
    assert fresh(session, topic).score == -1
    assert counters.differences(session) == []


def test_sixty_votes_an_hour(client, session):
    topic = make.topic(session)
    session.add_all(Post(topic_id=topic.id, kind="answer", body="x", html="x") for _ in range(61))
    session.commit()
    client.sign_in(make.member(session))
    ids = session.exec(select(Post.id).where(Post.kind == "answer")).all()
    codes = []
    for number, post_id in enumerate(ids):
        if number % 40 == 0:
            ratelimit._limiter.cache_clear()
        codes.append(client.post(f"/posts/{post_id}/vote", {"value": "1"}).status_code)
    assert codes == [303] * 60 + [429]


def test_works_for_me_counts_and_goes(client, session, answer):
    client.sign_in(make.member(session))
    for on, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0), ("1", 1)):
        assert client.post(f"/posts/{answer.id}/marks", {"kind": "works", "on": on}).status_code == 303
        assert fresh(session, answer).works == count


def test_dangerous_needs_a_word_of_why(client, session, answer):
    client.sign_in(make.member(session))
    assert client.post(f"/posts/{answer.id}/marks", {"kind": "dangerous"}).status_code == 422
    assert (
        client.post(f"/posts/{answer.id}/marks", {"kind": "dangerous", "comment": "It opens the mains side."}).status_code == 303
    )
    assert session.exec(select(AnswerMark)).one().comment == "It opens the mains side."
    assert fresh(session, answer).dangerous == 1


def test_the_doctor_finds_nothing_wrong_afterwards(client, session, answer, drain):
    client.sign_in(make.member(session))
    client.post(f"/posts/{answer.id}/vote", {"value": "1"})
    client.post(f"/posts/{answer.id}/marks", {"kind": "works"})
    client.post(f"/topics/{answer.topic_id}/me-too", {"on": "1"})
    drain()
    assert health.examine() == []


def test_the_doctor_finds_what_is_wrong(session, answer, drain):
    drain()
    fresh(session, answer).works = 7
    session.commit()
    assert health.examine() == [f"Post.works of {answer.id}: stored 7, rows 0", *health.examine()[1:]]
