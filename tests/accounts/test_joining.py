import re
from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.models import MailLink, Member
from tests import make
from tests.accounts.steps import OTHER_PASSWORD, PASSWORD, join, joined, letters, sign_in, token_in_mail
from tests.fakes.client import Browser, words

STRANGE = "not the words of anybody else"


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
        owned = select(Member.handle).where(Member.email_key == "wanda@example.org")
        assert list(reading.exec(owned)) == ["wanda"], "the address stays with who had it"


@pytest.mark.parametrize("change", ["address", "nothing"])
def test_joining_tells_nobody_whose_address_it_is_also_later(app, client, drain, change):
    """Whatever a stranger tries with what they joined with, both addresses answer alike."""
    joined(client, drain)
    seen = []
    for email, handle in (("wanda@example.org", "curious-one"), ("nobody@example.org", "curious-two")):
        with Browser(app) as stranger:
            answers = [join(stranger, handle=handle, name="Curious", email=email, password=STRANGE)]
            drain()
            answers += [stranger.get(f"/members/{handle}"), join(stranger, handle=handle, email=f"x{email}")]
            answers += [sign_in(stranger, email, STRANGE), sign_in(stranger, handle, STRANGE)]
            answers += [stranger.get("/settings/account"), stranger.post("/settings/confirmation")]
            answers += [stranger.post("/settings/email", {"email": email, "current": STRANGE})]
            if change == "address":
                answers += [stranger.post("/settings/email", {"email": f"y{email}", "current": STRANGE})]
            answers += [stranger.post("/settings/password", {"current": STRANGE, "password": OTHER_PASSWORD})]
            answers += [stranger.post("/settings/deletion", {"current": OTHER_PASSWORD, "sure": "1"})]
            answers += [stranger.get(f"/members/{handle}")]
        seen.append([(one.status_code, plain(one.text, email, handle), one.headers.get("location")) for one in answers])
        clock.use(lambda moment=clock.now() + timedelta(hours=2): moment)
    assert seen[0] == seen[1]
    assert [status for status, *_ in seen[0]][:7] == [303, 200, 422, 422, 303, 200, 303]


def plain(page: str, email: str, handle: str) -> str:
    """Without what the stranger typed, and without keys, numbers and hours, which differ on any two pages."""
    return re.sub(r"[\w-]{20,}|\d+", "", page.replace(email, "E").replace(handle, "H"))


def test_who_joined_again_goes_on_with_the_account_they_had(client, drain):
    joined(client, drain)
    join(client, handle="wanda2", password=OTHER_PASSWORD)
    drain()
    assert sign_in(client, password=OTHER_PASSWORD).status_code == 422
    assert sign_in(client, "wanda2", OTHER_PASSWORD).status_code == 303
    client.post("/settings/confirmation")
    drain()
    assert [title.partition(" ·")[0] for _, title, _ in letters()[:2]] == ["You already have an account"] * 2
    client.sign_out()
    assert sign_in(client).status_code == 303
    assert "Wanda Petrossian" in client.get("/settings/profile").text


def test_an_address_that_became_free_can_be_confirmed(client, drain):
    joined(client, drain)
    join(client, handle="wanda2", password=OTHER_PASSWORD)
    sign_in(client)
    client.post("/settings/deletion", {"current": PASSWORD, "sure": "1"})
    sign_in(client, "wanda2", OTHER_PASSWORD)
    client.post("/settings/confirmation")
    drain()
    assert client.post("/confirm", {"token": token_in_mail("Confirm")}).status_code == 303
    client.sign_out()
    assert sign_in(client, password=OTHER_PASSWORD).status_code == 303


def test_by_mail_signs_in_who_confirmed_it(client, drain):
    join(client)
    early = sign_in(client)
    assert early.status_code == 422 and "open the link in our letter first" in words(early)
    assert sign_in(client, "wanda").status_code == 303


@pytest.mark.parametrize(
    "name",
    ["evil.com", "Win at https://x.y", "www.foo", "bit.ly/abc", "t.co", "Visit EVIL．COM", "foo。com", "пример.рф", "a@b.org"],
)
def test_a_name_holds_no_web_address(client, session, name):
    """It would stand in a letter to somebody who may never have heard of us."""
    page = join(client, name=name)
    assert page.status_code == 422 and "Write a name without a web address." in words(page)
    client.sign_in(make.member(session, "Hal Helper"))
    page = client.post("/settings/profile", {"name": name})
    assert page.status_code == 422 and "put a space after the dot" in words(page)


@pytest.mark.parametrize(
    "name", ["A.B. Smith", "J.R.R.Tolkien", "Jean-Luc", "St.John Smythe", "Dr.Who", "O'Brien", "Jr.", "李.明", "Ph.D. Ana"]
)
def test_a_name_with_dots_is_a_name(client, name):
    assert join(client, name=name).status_code == 303


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
