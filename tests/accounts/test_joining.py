from sqlmodel import select

from forum.core.db import transaction
from forum.models import MailLink, Member
from tests import make
from tests.accounts.steps import PASSWORD, join, joined, letters, sign_in, token_in_mail
from tests.fakes.client import words


def test_somebody_joins_confirms_and_signs_in(client, drain):
    answer = join(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/join/letter")
    assert "Look in your mail" in words(client.get("/join/letter"))
    drain()
    to, subject, text = letters()[0]
    assert (to, subject) == ("wanda@example.org", "Confirm your e-mail address · Northwind Home")
    assert "http://testserver/confirm?token=" in text and "&amp;" not in text

    page = client.get(f"/confirm?token={token_in_mail()}")
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    with transaction(writes=False) as session:
        assert session.exec(select(Member)).one().confirmed_at is None, "opening the page is not yet a yes"
    answer = client.post("/confirm", {"token": token_in_mail()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")

    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Wanda Petrossian" in client.get("/settings/profile").text
    with transaction(writes=False) as session:
        member = session.exec(select(Member)).one()
        assert member.confirmed_at is not None
        assert member.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_link_works_once_and_is_not_kept(client, drain):
    join(client)
    drain()
    token = token_in_mail()
    assert client.post("/confirm", {"token": token}).status_code == 303
    assert client.post("/confirm", {"token": token}).status_code == 410
    assert client.get(f"/confirm?token={token}").status_code == 410
    assert client.get("/confirm?token=made-up").status_code == 410
    with transaction(writes=False) as session:
        assert token not in session.exec(select(MailLink)).one().token_hash


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(client, session, drain):
    new = join(client)
    known = join(client, handle="somebody-else", name="Stranger")
    assert (new.status_code, new.text, dict(new.headers.items() - known.headers.items()).keys()) == (
        known.status_code,
        known.text,
        {"x-request-id"},
    )
    drain()
    assert letters()[0][1] == "You already have an account · Northwind Home"
    assert "http://testserver/sign-in" in letters()[0][2]
    with transaction(writes=False) as reading:
        assert [member.handle for member in reading.exec(select(Member))] == ["wanda"]


def test_what_was_typed_comes_back_but_not_the_password(client):
    page = join(client, handle="admin")
    assert page.status_code == 422
    assert 'value="Wanda Petrossian"' in page.text and 'value="admin"' in page.text
    assert PASSWORD not in page.text
    assert "kept for the people who run this place" in words(page)


def test_handles_that_are_refused(client, session):
    make.member(session, handle="Taken")
    for handle in (
        ".dot",
        "a",
        "x" * 41,
        "two words",
        "staff",
        "northwind-home",
        "NorthwindHome",
        "taken",
        "ŁUKASZ",
        "a/b",
        "-a",
    ):
        page = join(client, handle=handle)
        assert (handle, page.status_code) == (handle, 422)
        assert 'id="handle-error"' in page.text, handle


def test_passwords_that_are_refused(client):
    for password in ("short", "password1234", "iloveyou1234", "wanda.petrossian", "Northwind1234", "a" * 257, "qwertyuiop12"):
        page = join(client, password=password)
        assert (password, page.status_code) == (password, 422)
        assert 'id="password-error"' in page.text, password


def test_addresses_that_are_refused(client):
    for email in (
        "no-at",
        "a@b",
        "a b@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "<a@example.org>",
        "a@-x.org",
        "@example.org",
    ):
        assert (email, join(client, email=email).status_code) == (email, 422)


def test_strange_names(client):
    assert join(client, name="W\x00anda").status_code == 422
    assert join(client, name="x" * 61).status_code == 422
    assert join(client, name="x" * 1_000_001).status_code == 413
    assert join(client, name="").status_code == 422


def test_the_fourth_account_from_one_address_within_an_hour_waits(client):
    for number in range(3):
        assert join(client, handle=f"wanda{number}", email=f"wanda{number}@example.org").status_code == 303
    page = join(client, handle="wanda4", email="wanda4@example.org")
    assert page.status_code == 429
    assert 3500 < int(page.headers["retry-after"]) <= 3600
    assert 'value="wanda4@example.org"' in page.text


def test_a_second_account_with_a_handle_in_other_letters_is_refused(client, drain):
    joined(client, drain)
    assert join(client, handle="WANDA", email="other@example.org").status_code == 422
