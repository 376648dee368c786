"""Many at the same instant: one effect, and everybody learns how it stands."""

from datetime import date, timedelta
from functools import partial
from random import Random
from socket import create_connection
from time import sleep

from sqlmodel import func, select

from forum.models import OfficialMark, Post, Topic, Vote
from tests import make
from tests.fakes.live import Live
from tests.faults.conftest import at_once, troubles, warm

NEXT_YEAR = (date.today() + timedelta(days=200)).isoformat()


def test_twenty_presses_of_one_form_ask_one_question(live: Live) -> None:
    with live.session() as session:
        make.section(session)
        member = make.member(session)
    title = "Twenty presses in the very same instant"
    form = {"form_key": "one-form", "section": "help", "title": title, "body": "It happens whenever I press twenty times."}
    clients = warm([live.client(member) for _ in range(20)])
    answers = at_once([partial(client.post, "/ask", data=form) for client in clients])
    assert [answer.status_code for answer in answers] == [303] * 20
    assert len({answer.headers["location"] for answer in answers}) == 1
    with live.session(writes=False) as session:
        assert len(session.exec(select(Topic.id).where(Topic.title == title)).all()) == 1


def test_two_agents_mark_two_answers_official(live: Live) -> None:
    for _ in range(3):
        with live.session() as session:
            topic = make.topic(session)
            answers = [make.answer(session, topic), make.answer(session, topic)]
            agents = [make.agent(session, name=name) for name in ("Ada First", "Ben Second")]
        clients = warm([live.client(agent) for agent in agents])
        replies = at_once(
            [
                partial(client.post, f"/posts/{answer.id}/official-mark", data={"scope": "Hub 3", "review_by": NEXT_YEAR})
                for client, answer in zip(clients, answers, strict=True)
            ]
        )
        assert sorted(reply.status_code for reply in replies) == [303, 409]
        winner = agents[0] if replies[0].status_code == 303 else agents[1]
        loser = next(reply for reply in replies if reply.status_code == 409)
        assert f"{winner.name} marked an official answer here" in loser.text
        with live.session(writes=False) as session:
            marks = session.exec(select(OfficialMark).where(OfficialMark.topic_id == topic.id)).all()
            assert [mark.by_id for mark in marks] == [winner.id]
            assert session.get_one(Topic, topic.id).official_post_id == marks[0].post_id


def test_twenty_votes_of_one_member_are_one(live: Live) -> None:
    with live.session() as session:
        answer, member = make.answer(session), make.member(session)
    clients = warm([live.client(member) for _ in range(20)])
    replies = at_once([partial(client.post, f"/posts/{answer.id}/vote", data={"value": "1"}) for client in clients])
    assert [reply.status_code for reply in replies] == [303] * 20
    with live.session(writes=False) as session:
        assert session.exec(select(func.count()).select_from(Vote).where(Vote.post_id == answer.id)).one() == 1
        assert session.get_one(Post, answer.id).helpful == 1


def test_a_body_that_comes_slowly_keeps_nobody_waiting(live: Live) -> None:
    """A sender who stops half-way must not hold the lock that every writer needs."""
    with live.session() as session:
        answer, slow, quick = make.answer(session), make.member(session), make.member(session)
    head = (
        f"POST /posts/{answer.id}/vote HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={live.token(slow)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nval"
    )
    with create_connection(("127.0.0.1", live.port)) as half_way:
        half_way.sendall(head.encode())
        sleep(0.3)
        assert live.client(quick).post(f"/posts/{answer.id}/vote", data={"value": "1"}).status_code == 303
        half_way.sendall(b"ue=1")
        assert half_way.recv(20).startswith(b"HTTP/1.1 303")


def test_a_storm_of_ticks_leaves_state_and_ledger_true(live: Live) -> None:
    """The asker in eight windows ticks and unticks two answers, votes and takes back, as fast as it goes."""
    with live.session() as session:
        asker = make.member(session)
        topic = make.topic(session, asker)
        answers = [make.answer(session, topic), make.answer(session, topic)]
    dice = Random(7)
    clients = warm([live.client(asker) for _ in range(8)])
    for _ in range(8):
        acts = [_any_act(dice, topic.id, dice.choice(answers).id) for _ in clients]
        replies = at_once([partial(client.post, url, data=form) for client, (url, form) in zip(clients, acts, strict=True)])
        assert {reply.status_code for reply in replies} == {303}
    assert troubles(live) == []


def _any_act(dice: Random, topic_id: int, answer_id: int) -> tuple[str, dict[str, str]]:
    return dice.choice(
        [
            (f"/topics/{topic_id}/acceptances", {"post": str(answer_id)}),
            (f"/topics/{topic_id}/acceptances/{answer_id}/removal", {}),
            (f"/posts/{answer_id}/vote", {"value": dice.choice(["1", "-1", "0"])}),
            (f"/posts/{answer_id}/marks", {"kind": "works", "on": dice.choice(["1", "0"])}),
        ]
    )
