"""Asking a question, as the person who asks sees it."""

from sqlmodel import select

from forum.models import Draft, Post, Topic
from tests import make
from tests.fakes.client import words

ASKED = {
    "section": "help",
    "title": "Wi-Fi upstairs drops every evening around eight",
    "body": "It goes at 20:00.\n\n- restarted **twice**",
    "tags": "Wi-Fi, hub 3",
}


def test_a_member_asks_and_reads_the_question(client, session):
    make.section(session)
    client.sign_in(make.member(session, "Joel Hartigan"))
    answer = client.post("/ask", ASKED)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Wi-Fi upstairs drops every evening around eight" in words(page)
    assert "<strong>twice</strong>" in page.text
    assert "hub-3" in words(page)
    assert "Joel Hartigan" in words(page)


def test_a_double_press_makes_one_topic(client, session):
    make.section(session)
    client.sign_in(make.member(session))
    first = client.post("/ask", ASKED | {"form_key": "k1"})
    second = client.post("/ask", ASKED | {"form_key": "k1"})
    assert first.headers["location"] == second.headers["location"]
    assert len(session.exec(select(Topic)).all()) == 1


def test_a_short_title_comes_back_with_everything_typed(client, session):
    make.section(session)
    client.sign_in(make.member(session))
    answer = client.post("/ask", ASKED | {"title": "Help"})
    assert answer.status_code == 422
    assert "at least 15 characters" in words(answer)
    assert "restarted **twice**" in answer.text
    assert session.exec(select(Topic)).all() == []


def test_a_visitor_writes_first_and_signs_in_to_post(client, session):
    make.section(session)
    held = client.post("/ask", ASKED)
    assert held.status_code == 303
    assert held.headers["location"] == "/sign-in?next=/ask/held"
    client.sign_in(make.member(session))
    assert "Your question is kept" in words(client.get("/ask/held"))
    assert client.post("/ask/held").headers["location"] == "/ask"
    form = client.get("/ask")
    assert "restarted **twice**" in form.text
    assert 'value="Wi-Fi upstairs drops every evening around eight"' in form.text


def test_the_preview_is_what_posting_shows(client, session):
    make.section(session)
    client.sign_in(make.member(session))
    preview = client.post("/preview", {"text": ASKED["body"]}).text
    client.post("/ask", ASKED)
    assert session.exec(select(Post)).one().html == preview


def test_a_draft_follows_its_member(client, session):
    member = make.member(session)
    client.sign_in(member)
    saved = client.post("/drafts?place=ask", {"place": "ask", "title": "Half a thought", "body": "It begins"})
    assert saved.status_code == 204
    assert session.exec(select(Draft)).one().body == "It begins"
    client.sign_out()
    client.sign_in(member)
    assert "It begins" in client.get("/ask").text


def test_an_unconfirmed_member_is_told_what_unlocks_asking(client, session):
    make.section(session)
    client.sign_in(make.member(session, confirmed=False))
    answer = client.post("/ask", ASKED)
    assert answer.status_code == 403
    assert "Confirm your e-mail address" in words(answer)
    assert "restarted **twice**" in answer.text
    assert session.exec(select(Topic)).all() == []
