"""A stranger answers the invitation, or the letters go to a wrong address: the page ends, and the right person is let in anew."""

import re
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from forum.core import mail
from forum.models import Member, PrivateCase, Share, ShareState
from forum.social.simulated.network import address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels


@pytest.fixture
def marta(session: Session, client: Browser) -> Member:
    member = make.agent(session)
    client.sign_in(member)
    return member


@pytest.fixture
def thread(session: Session, client: Browser, marta: Member) -> str:
    """Of somebody who was charged twice, taken private."""
    net = channels.network()
    channels.channel(session)
    read = channels.read(session, address(net.write(net.join("maeve", "Maeve"), "@northwind you charged me twice")))
    client.post(f"/desk/social/{read.id}/case")
    return f"/desk/social/{read.id}"


@pytest.fixture
def customer(app: object) -> Iterator[Browser]:
    with Browser(app) as browser:
        yield browser


def replies(session: Session) -> list[Share]:
    session.rollback()
    return list(session.exec(select(Share).order_by(Share.id)))


def newest_case(session: Session) -> str:
    session.rollback()
    return f"/desk/cases/{session.exec(select(PrivateCase).order_by(PrivateCase.id.desc())).first().id}"


def link_in(text: str) -> str:
    return re.search(r"http://testserver(/private/\S+)", text)[1]


def letters_to(someone: str) -> list[str]:
    return [one.get_content() for one in mail.delivered() if one["To"] == someone]


def test_the_page_of_a_stranger_ends_and_the_customer_is_invited_anew(session, app, client, customer, thread) -> None:
    first, case = link_in(replies(session)[0].text), newest_case(session)
    with Browser(app) as stranger:
        page = stranger.post(first, {"text": "It is me. Where does it go?"}).headers["location"]
        client.post(f"{case}/messages", {"text": "To the card ending in 4711."})
        assert "4711" in words(stranger.get(page))
        assert "Not the customer" in words(client.get(case))
        assert client.post(f"{case}/withdrawal").status_code == 303
        ended = words(stranger.get(page))
        assert "This page has ended" in ended
        assert "4711" not in ended and "charged me twice" not in ended
        assert stranger.post(f"{page}/messages", {"text": "Hello?"}).status_code == 409
        assert "was taken back" in words(stranger.get(first))
        assert stranger.post(first, {"text": "Hello?"}).status_code == 409
    assert "4711" in words(client.get(case)), "staff keep what was said"
    assert "Invite anew in private" in words(client.get(thread))
    assert client.post(f"{thread}/case").headers["location"] == newest_case(session) != case
    dropped, draft = replies(session)
    assert (dropped.state, draft.state) == (ShareState.dropped, ShareState.draft), "the old words never go out"
    page = customer.post(link_in(draft.text), {"text": "I am Maeve."}).headers["location"]
    assert "4711" not in words(customer.get(page))
    assert "I am Maeve." in words(client.get(newest_case(session)))
    assert client.post(f"{thread}/case").status_code == 409


def test_an_invitation_that_nobody_answered_can_be_taken_back_once(session, client, customer, thread) -> None:
    first, case = link_in(replies(session)[0].text), newest_case(session)
    assert "Take the invitation back" in words(client.get(case))
    assert [client.post(f"{case}/withdrawal").status_code for _ in range(2)] == [303, 409]
    assert customer.post(first, {"text": "I am Maeve."}).status_code == 409
    assert client.post(f"{case}/messages", {"text": "Hello"}).status_code == 409
    assert client.post(f"{case}/closing", {"no_outcome": "Nobody came."}).status_code == 409


def confirmed(customer: Browser, page: str, someone: str, drain) -> None:
    customer.post(f"{page}/address", {"address": someone})
    drain()
    assert f"come to {someone}" in words(customer.post(link_in(letters_to(someone)[0])))


def test_a_wrong_address_is_taken_back_and_its_letters_open_nothing(session, app, client, customer, thread, drain) -> None:
    case = newest_case(session)
    page = customer.post(link_in(replies(session)[0].text), {"text": "I am Maeve."}).headers["location"]
    confirmed(customer, page, "meave@example.org", drain)
    asked = link_in(letters_to("meave@example.org")[0])
    client.post(f"{case}/messages", {"text": "Which card was it?"})
    drain()
    astray = link_in(letters_to("meave@example.org")[0])
    client.post(f"{case}/messages", {"text": "The card ending in 4711?"})
    moved = customer.post(f"{page}/address/removal").headers["location"]
    drain()
    assert len(letters_to("meave@example.org")) == 2, "what was still waiting stays here"
    with Browser(app) as neighbour:
        assert [neighbour.get(astray).status_code, neighbour.post(asked).status_code] == [404, 404]
    here = words(customer.get(moved))
    assert "4711" in here and "meave@example.org" not in here
    confirmed(customer, moved, "maeve@example.org", drain)
    client.post(f"{case}/messages", {"text": "It is paid back."})
    drain()
    assert "It is paid back." in letters_to("maeve@example.org")[0]
    assert link_in(letters_to("maeve@example.org")[0]) == moved
    assert len(letters_to("meave@example.org")) == 2
