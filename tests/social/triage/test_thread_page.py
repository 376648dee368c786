"""The page of one thread: the reply beside what is to look at, who it is, and words in any direction."""

import re

import pytest
from sqlmodel import Session, select

from forum.models import AccountKind, ExternalAccount, Member, Share, ThreadLink, ThreadWeight
from forum.social.inbox import weighing
from tests import make
from tests.fakes.client import Browser, fresh, words
from tests.make import channels


@pytest.fixture
def marta(session: Session, client: Browser) -> Member:
    member = make.agent(session)
    client.sign_in(member)
    return member


@pytest.fixture
def thread(session: Session) -> ThreadLink:
    net = channels.network()
    channels.channel(session)
    made = channels.read(session, f"https://network.example/posts/{channels.outage(net)['root']}")
    session.rollback()
    weighing.weigh(made.id, lambda *_: [])
    return fresh(session, made)


def key_of(page: str) -> str:
    return re.search(r'name="form_key" value="([\w-]+-reply)"', page)[1]


def test_a_reply_is_looked_over_where_it_is_written(client: Browser, session: Session, thread: ThreadLink, marta: Member) -> None:
    text = "We will refund you £20. Call me on 07700 900123!!"
    page = client.post(f"/desk/social/{thread.id}/replies", {"text": text, "purpose": "ask", "preview": "1"})
    assert page.status_code == 200
    assert text in words(page)
    assert '<option value="ask" selected>' in page.text
    assert 'aria-label="Before it goes out"' in page.text
    assert session.exec(select(Share)).all() == [], "nothing is kept yet"


def test_a_reply_that_cannot_be_kept_comes_back(client: Browser, session: Session, thread: ThreadLink, marta: Member) -> None:
    place = f"/desk/social/{thread.id}/replies"
    assert client.post(place, {"text": "", "purpose": "reply"}).status_code == 422
    assert client.post(place, {"text": "Which model is it?", "purpose": "ask"}).status_code == 303
    again = client.post(place, {"text": "Which model is it?", "purpose": "ask"})
    assert again.status_code == 409
    assert "This very reply is there already." in words(again)
    assert "Which model is it?" in again.text


def test_pressing_twice_writes_one_reply(client: Browser, session: Session, thread: ThreadLink, marta: Member) -> None:
    key = key_of(client.get(f"/desk/social/{thread.id}").text)
    form = {"text": "Which model is it?", "purpose": "ask", "form_key": key}
    first, second = (client.post(f"/desk/social/{thread.id}/replies", form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    session.rollback()
    assert len(session.exec(select(Share)).all()) == 1


def test_staff_say_who_is_press_and_the_weight_follows(
    client: Browser, session: Session, thread: ThreadLink, marta: Member, drain
) -> None:
    drain()
    session.rollback()
    before = session.get_one(ThreadWeight, thread.id).influence
    account = session.exec(select(ExternalAccount).where(ExternalAccount.handle == "maeve")).one()
    session.rollback()
    place = f"/desk/accounts/{account.id}/mark"
    assert client.post(place, {"kind": "brand"}).status_code == 422
    marked = client.post(place, {"kind": "vip", "thread": str(thread.id)})
    assert marked.headers["location"] == f"/desk/social/{thread.id}"
    drain()
    account = fresh(session, account)
    assert (account.kind, account.marked_by_id) == (AccountKind.vip, marta.id)
    assert account.marked_at is not None
    page = client.get(f"/desk/social/{thread.id}")
    assert session.get_one(ThreadWeight, thread.id).influence == before + 15
    assert f"Marked by {marta.name}" in words(page)
    assert "The public reads: Customer" in words(page), "a VIP is not named"
    session.rollback()
    client.post(place, {"kind": "press"})
    assert "The public reads: @maeve" in words(client.get(f"/desk/social/{thread.id}"))
    contact = client.post(f"/desk/accounts/{account.id}/contact").headers["location"]
    assert f"Marked by {marta.name}" in words(client.get(contact))


def test_our_own_account_is_not_marked(client: Browser, session: Session, thread: ThreadLink, marta: Member) -> None:
    ours = session.exec(select(ExternalAccount).where(ExternalAccount.kind == AccountKind.brand)).one()
    session.rollback()
    assert client.post(f"/desk/accounts/{ours.id}/mark", {"kind": "private"}).status_code == 409
    assert fresh(session, ours).kind == AccountKind.brand


def test_words_from_elsewhere_run_their_own_way(client: Browser, session: Session, marta: Member) -> None:
    net = channels.network()
    channels.channel(session)
    account = net.join("layla", "ليلى")
    root = net.write(account, "الجهاز لا يعمل منذ الصباح، هل يعرف أحد السبب؟")
    made = channels.read(session, f"https://network.example/posts/{root}")
    desk = client.get(f"/desk/social/{made.id}").text
    assert '<b dir="auto">ليلى</b>' in desk
    assert '<p dir="auto">الجهاز' in desk
    topic = channels.publish(session, made)
    shown = client.get(f"/topics/{topic.id}/{topic.slug}").text
    assert '<div class="prose" dir="auto"><p>الجهاز' in shown


def test_who_opens_a_thread_sees_what_a_colleague_has_written(
    client: Browser, session: Session, thread: ThreadLink, marta: Member
) -> None:
    client.post(f"/desk/social/{thread.id}/replies", {"text": "@maeve Which #hub_3 is it?", "purpose": "ask"})
    client.sign_in(make.agent(session))
    page = client.get(f"/desk/social/{thread.id}")
    assert "Written so far" in words(page)
    assert "@maeve Which #hub_3 is it?" in words(page), "words of a network are no Markdown"
    assert '<li aria-current="step">Approve</li>' in page.text
    assert "A reply waits" in words(client.get("/desk/social"))
    share = session.exec(select(Share)).one()
    session.rollback()
    client.post(f"/shares/{share.id}/dropping")
    assert "Written so far" not in words(client.get(f"/desk/social/{thread.id}"))


def test_a_published_thread_warns_of_nothing_that_is_decided(client: Browser, session: Session, marta: Member) -> None:
    net = channels.network()
    channels.channel(session)
    root = net.write(net.join("maeve", "Maeve"), "Our hub is dark since the morning, mail me at maeve@example.org")
    made = channels.read(session, f"https://network.example/posts/{root}")
    warning = "By publishing you agree with them."
    assert warning in words(client.get(f"/desk/social/{made.id}"))
    channels.publish(session, made)
    page = client.get(f"/desk/social/{made.id}")
    assert warning not in words(page)
    assert '<li aria-current="step">Answer</li>' in page.text


def test_lists_and_topics_call_every_network_by_its_name(client: Browser, session: Session, thread: ThreadLink) -> None:
    topic = channels.publish(session, thread)
    assert "asked on the practice network" in words(client.get("/questions"))
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "on the practice network" in page
    assert "simulated" not in page
