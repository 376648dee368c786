from datetime import timedelta

from sqlmodel import select

from forum.accounts import jobs
from forum.core import clock
from forum.core.db import transaction
from forum.models import Attempt, MailLink, Member, SignInSession
from tests import make
from tests.accounts.steps import OTHER_PASSWORD, PASSWORD, cookie, joined, letters, sign_in, token_in_mail
from tests.fakes.client import Browser, words


def test_a_forgotten_password(client, drain):
    joined(client, drain)
    sign_in(client)
    for _ in range(5):
        sign_in(client, "wanda@example.org", "wrong")
    assert client.post("/forgot", {"email": "Wanda@example.org"}).headers["location"] == "/forgot/letter"
    drain()
    token = token_in_mail("Choose a new password")
    page = client.get(f"/reset?token={token}")
    assert page.headers["referrer-policy"] == "no-referrer"

    assert client.post("/reset", {"token": token, "password": "password1234"}).status_code == 422
    assert client.post("/reset", {"token": token, "password": OTHER_PASSWORD}).headers["location"] == "/sign-in"
    assert client.post("/reset", {"token": token, "password": PASSWORD}).status_code == 410
    assert client.get(f"/reset?token={token}").status_code == 410
    with transaction(writes=False) as session:
        assert session.exec(select(SignInSession)).all() == []
    assert sign_in(client).status_code == 422
    assert sign_in(client, password=OTHER_PASSWORD).status_code == 303
    drain()
    assert letters()[0][1] == "Your password was changed · Northwind Home"


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client, session, drain):
    make.member(session, handle="wanda")
    known = client.post("/forgot", {"email": "wanda@example.org"})
    unknown = client.post("/forgot", {"email": "nobody@example.org"})
    assert (known.status_code, known.text, known.headers["location"]) == (
        unknown.status_code,
        unknown.text,
        unknown.headers["location"],
    )
    assert drain() == 3
    assert [to for to, _, _ in letters()] == ["wanda@example.org"]


def test_two_letters_an_hour_for_one_address(client):
    assert [client.post("/forgot", {"email": "a@example.org"}).status_code for _ in range(3)] == [303, 303, 429]


def test_five_letters_a_day_for_one_caller(client):
    codes = [client.post("/forgot", {"email": f"a{number}@example.org"}).status_code for number in range(6)]
    assert codes == [303] * 5 + [429]


def test_the_reset_link_lasts_half_an_hour(client, session, drain):
    make.member(session, handle="wanda")
    client.post("/forgot", {"email": "wanda@example.org"})
    drain()
    clock.use(lambda start=clock.now(): start + timedelta(minutes=31))
    assert client.post("/reset", {"token": token_in_mail(), "password": PASSWORD}).status_code == 410


def test_a_reset_confirms_the_address(client, session, drain):
    member = make.member(session, handle="wanda", confirmed=False)
    client.post("/forgot", {"email": "wanda@example.org"})
    drain()
    client.post("/reset", {"token": token_in_mail(), "password": PASSWORD})
    with transaction(writes=False) as reading:
        assert reading.get(Member, member.id).confirmed_at is not None


def test_changing_the_password_ends_the_other_sessions(client, app, drain):
    joined(client, drain)
    sign_in(client)
    other = Browser(app)
    sign_in(other)
    answer = client.post("/settings/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    assert answer.status_code == 303 and cookie(answer)
    assert client.get("/settings/profile").status_code == 200
    assert other.get("/settings/profile").status_code == 303
    assert sign_in(other, password=OTHER_PASSWORD).status_code == 303


def test_changing_the_password_needs_the_one_of_today(client, drain):
    joined(client, drain)
    sign_in(client)
    page = client.post("/settings/password", {"current": "something else", "password": OTHER_PASSWORD})
    assert page.status_code == 422 and 'id="current-error"' in page.text
    for _ in range(4):
        client.post("/settings/password", {"current": "something else", "password": OTHER_PASSWORD})
    page = client.post("/settings/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    assert page.status_code == 429 and int(page.headers["retry-after"]) > 0
    assert sign_in(client).status_code == 303


def test_a_new_address_counts_once_its_link_is_used(client, drain):
    joined(client, drain)
    sign_in(client)
    assert client.post("/settings/email", {"email": "new@example.org", "current": PASSWORD}).status_code == 303
    drain()
    assert letters()[0][0] == "new@example.org"
    assert "wanda@example.org" in client.get("/settings/account").text
    token = token_in_mail("new e-mail")
    assert client.post("/confirm", {"token": token}).headers["location"] == "/settings/account"
    assert client.post("/confirm", {"token": token}).status_code == 410
    drain()
    assert letters()[0][:2] == ("wanda@example.org", "Your e-mail address was changed · Northwind Home")
    client.sign_out()
    assert sign_in(client, "new@example.org").status_code == 303


def test_an_address_in_use_is_not_given_away(client, session, drain):
    make.member(session, handle="owner")
    joined(client, drain)
    sign_in(client)
    answer = client.post("/settings/email", {"email": "owner@example.org", "current": PASSWORD})
    assert answer.status_code == 303
    drain()
    assert letters()[0][:2] == ("owner@example.org", "You already have an account · Northwind Home")


def test_the_confirmation_can_be_sent_again(client, session, drain):
    client.sign_in(make.member(session, handle="wanda", confirmed=False))
    assert "Confirm your e-mail address to post" in words(client.get("/settings/account"))
    for _ in range(3):
        assert client.post("/settings/confirmation").status_code == 303
    assert client.post("/settings/confirmation").status_code == 429
    drain()
    assert len(letters()) == 3
    assert client.post("/confirm", {"token": token_in_mail()}).status_code == 303
    assert client.post("/settings/confirmation").status_code == 409


def test_the_sweep_keeps_what_is_still_needed(client, drain):
    joined(client, drain)
    sign_in(client)
    sign_in(client, "nobody", "wrong")
    clock.use(lambda start=clock.now(): start + timedelta(days=1))
    jobs.sweep()
    with transaction(writes=False) as session:
        assert all(session.exec(select(table)).first() for table in (Attempt, MailLink, SignInSession))
    clock.use(lambda start=clock.now(): start + timedelta(days=14))
    jobs.sweep()
    with transaction(writes=False) as session:
        assert not any(session.exec(select(table)).first() for table in (Attempt, MailLink, SignInSession))
