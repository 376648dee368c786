"""Two different words on an answer: the asker's tick and staff's official mark."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import Acceptance, Member, OfficialMark, Topic
from tests import make
from tests.fakes.client import fresh, words

SOON = {"scope": "Hub 3, 4.1", "review_by": (clock.now() + timedelta(days=30)).date().isoformat()}


def accept(client, answer):
    return client.post(f"/topics/{answer.topic_id}/acceptances", {"post": answer.id})


def ticks(session):
    session.rollback()
    return {row.post_id for row in session.exec(select(Acceptance)).all()}


@pytest.fixture
def asker(session):
    return make.member(session, "Asha Asker")


@pytest.fixture
def answer(session, asker):
    return make.answer(session, make.topic(session, asker), make.member(session, "Hal Helper"))


def test_the_asker_ticks_what_solved_it(client, session, asker, answer):
    client.sign_in(asker)
    assert accept(client, answer).status_code == 303
    topic = session.get(Topic, answer.topic_id)
    assert (fresh(session, topic).state, topic.accepted) == ("solved", 1)
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "Asha Asker says this solved it" in page
    assert fresh(session, session.get(Member, answer.author_id)).accepted == 1


def test_ticking_twice_is_ticking_once(client, session, asker, answer):
    client.sign_in(asker)
    accept(client, answer)
    assert accept(client, answer).status_code == 303
    assert fresh(session, session.get(Topic, answer.topic_id)).accepted == 1


def test_a_stranger_cannot_accept(client, session, answer):
    client.sign_in(make.member(session))
    refused = accept(client, answer)
    assert refused.status_code == 403
    assert "Only the person who asked can" in words(refused)
    assert ticks(session) == set()


def test_a_moderator_may_at_once(client, session, answer):
    client.sign_in(make.moderator(session, name="Mod Erator"))
    assert accept(client, answer).status_code == 303
    page = words(client.get(f"/topics/{answer.topic_id}", follow_redirects=True))
    assert "Mod Erator marked this as the solution" in page


def test_an_agent_waits_seven_days(client, session, answer):
    agent = make.agent(session)
    client.sign_in(agent)
    refused = accept(client, answer)
    assert refused.status_code == 403
    assert "seven days after it was asked" in words(refused)
    assert ticks(session) == set()
    later = clock.now() + timedelta(days=7, minutes=1)
    clock.use(lambda: later)
    client.sign_in(agent)
    assert accept(client, answer).status_code == 303
    assert ticks(session) == {answer.id}


def test_a_second_answer_may_be_ticked_and_stays_when_the_first_goes(client, session, asker, answer):
    other = make.answer(session, session.get(Topic, answer.topic_id), body="Or replace the cable.")
    client.sign_in(asker)
    accept(client, answer)
    accept(client, other)
    assert ticks(session) == {answer.id, other.id}
    client.post(f"/topics/{answer.topic_id}/acceptances/{answer.id}/removal")
    topic = session.get(Topic, answer.topic_id)
    assert (ticks(session), fresh(session, topic).state, topic.accepted) == ({other.id}, "solved", 1)
    client.post(f"/topics/{answer.topic_id}/acceptances/{other.id}/removal")
    client.post(f"/topics/{answer.topic_id}/acceptances/{other.id}/removal")
    assert (ticks(session), fresh(session, topic).state, topic.accepted, topic.solved_at) == (set(), "answered", 0, None)


def test_a_tick_does_not_open_a_closed_topic(client, session, asker, answer):
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{answer.topic_id}/state", {"state": "closed", "reason": "Heated enough."})
    client.sign_in(asker)
    accept(client, answer)
    topic = session.get(Topic, answer.topic_id)
    assert (fresh(session, topic).state, topic.accepted) == ("closed", 1)
    assert client.post(f"/topics/{topic.id}/state", {"state": "open"}).status_code == 403  # a moderator closed it
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/state", {"state": "open"})
    assert fresh(session, topic).state == "solved"


def test_only_an_answer_of_this_topic_solves_it(client, session, asker, answer):
    elsewhere = make.answer(session, make.topic(session, asker))
    client.sign_in(asker)
    assert client.post(f"/topics/{answer.topic_id}/acceptances", {"post": elsewhere.id}).status_code == 409
    comment = make.comment(session, answer)
    assert client.post(f"/topics/{answer.topic_id}/acceptances", {"post": comment.id}).status_code == 403
    assert ticks(session) == set()


def test_staff_mark_an_answer_official_with_scope_and_date(client, session, answer):
    client.sign_in(make.agent(session, name="Ada Agent"))
    assert client.get(f"/posts/{answer.id}/official-mark/new").status_code == 200
    done = client.post(f"/posts/{answer.id}/official-mark", SOON)
    assert done.headers["location"].endswith("#official")
    client.sign_out()
    page = words(client.get(f"/topics/{answer.topic_id}", follow_redirects=True))
    assert "Official answer" in page
    assert "Hub 3, 4.1" in page
    assert "Confirmed by Ada Agent" in page


@pytest.mark.parametrize("days", [0, -3, 3 * 366])
def test_the_day_of_the_next_check_lies_ahead(client, session, answer, days):
    client.sign_in(make.agent(session))
    when = (clock.now() + timedelta(days=days)).date().isoformat()
    assert client.post(f"/posts/{answer.id}/official-mark", {"review_by": when}).status_code == 422
    assert session.exec(select(OfficialMark)).all() == []


def test_a_second_mark_says_who_was_first_and_when(client, session, answer):
    other = make.answer(session, session.get(Topic, answer.topic_id))
    client.sign_in(make.agent(session, name="Ada Agent"))
    client.post(f"/posts/{answer.id}/official-mark", SOON)
    client.sign_in(make.admin(session))
    late = client.post(f"/posts/{other.id}/official-mark", SOON | {"scope": "All hubs"})
    assert late.status_code == 409
    assert "Ada Agent marked an official answer here on" in words(late)
    assert str(clock.now().year) in words(late)
    assert 'value="All hubs"' in late.text
    assert [row.post_id for row in session.exec(select(OfficialMark)).all()] == [answer.id]


def test_tick_and_mark_on_two_answers_are_both_shown(client, session, asker, answer):
    other = make.answer(session, session.get(Topic, answer.topic_id), body="The official way is another one.")
    client.sign_in(asker)
    accept(client, answer)
    client.sign_in(make.agent(session))
    client.post(f"/posts/{other.id}/official-mark", SOON)
    page = words(client.get(f"/topics/{answer.topic_id}", follow_redirects=True))
    assert "says this solved it" in page
    assert "Official answer" in page
    assert page.index("The official way is another one.") < page.index("Set the channel to 36")
    client.post(f"/posts/{other.id}/official-mark/removal")
    assert client.post(f"/posts/{other.id}/official-mark/removal").status_code == 409
    assert fresh(session, session.get(Topic, answer.topic_id)).official_post_id is None


def test_a_solved_question_takes_no_request_for_details(client, session, asker, answer):
    client.sign_in(asker)
    accept(client, answer)
    client.sign_in(make.moderator(session))
    assert client.post(f"/topics/{answer.topic_id}/details", {"text": "Which model?"}).status_code == 409
