from datetime import timedelta

import pytest
from passlib.hash import pbkdf2_sha256
from sqlmodel import select

from forum.accounts import throttle
from forum.core import clock
from forum.core.db import transaction
from forum.models import Attempt, Member, SignInSession
from tests import make
from tests.accounts.steps import OTHER_PASSWORD, PASSWORD, cookie, joined, sign_in
from tests.fakes.client import words


def test_by_address_or_handle(client, drain):
    joined(client, drain)
    for who in ("wanda@example.org", "WANDA@Example.ORG", "wanda", "@Wanda"):
        assert sign_in(client, who).status_code == 303
        client.sign_out()


def test_a_wrong_password_and_an_unknown_name_look_the_same(client, drain):
    joined(client, drain)
    client.get("/sign-in")
    wrong = sign_in(client, "wanda", "not the right one")
    unknown = sign_in(client, "vanda", "not the right one")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("wanda", "vanda") == unknown.text
    assert "not the right one" not in wrong.text
    assert "That password does not match" in words(wrong)
    assert not cookie(wrong)


def test_five_wrong_tries_then_a_pause(client, drain):
    joined(client, drain)
    for _ in range(5):
        assert sign_in(client, "wanda", "wrong").status_code == 422
    page = sign_in(client, "wanda")
    assert page.status_code == 429
    assert 1700 < int(page.headers["retry-after"]) <= 1800
    assert 'value="wanda"' in page.text and "Send me a link" in words(page)
    clock.use(lambda start=clock.now(): start + timedelta(minutes=31))
    assert sign_in(client, "wanda").status_code == 303


def test_a_name_nobody_has_is_slowed_alike(client):
    assert [sign_in(client, "nobody-here", "wrong").status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_pause_does_not_show_whose_address_it_is(client, drain):
    joined(client, drain)
    tried = [sign_in(client, "wanda@example.org", "wrong").status_code for _ in range(6)]
    assert tried == [422] * 5 + [429]
    assert sign_in(client, "wanda", "wrong").status_code == 422


def test_success_forgets_the_failures(client, drain):
    joined(client, drain)
    for _ in range(2):
        for _ in range(4):
            sign_in(client, "wanda", "wrong")
        assert sign_in(client, "wanda").status_code == 303
    with transaction(writes=False) as session:
        names = session.exec(select(Attempt).where(Attempt.bucket.startswith("sign-in-name"))).all()
        everybody = session.exec(select(Attempt).where(Attempt.bucket == "sign-in-all:all")).all()
    assert (len(names), len(everybody)) == (0, 8)


def test_twenty_failures_from_one_address_then_a_pause(client, database):
    throttle.record(*[(throttle.SIGN_IN_ADDRESS, "testclient")] * 20)
    assert sign_in(client, "somebody").status_code == 429


def test_the_cookie_and_the_row(client, drain):
    joined(client, drain)
    client.cookies.set("session", "chosen-by-somebody-else")
    line = cookie(sign_in(client))
    assert "HttpOnly" in line and "SameSite=lax" in line and "Max-Age=7776000" in line
    token = line.split(";")[0].removeprefix("session=")
    assert len(token) == 43
    with transaction(writes=False) as session:
        row = session.exec(select(SignInSession)).one()
        assert row.token_hash != token and row.address == "testclient"


def test_signing_in_again_gives_a_new_id_and_ends_the_old_one(client, drain):
    joined(client, drain)
    first = cookie(sign_in(client))
    assert cookie(sign_in(client)) != first
    with transaction(writes=False) as session:
        assert len(session.exec(select(SignInSession)).all()) == 1


def test_an_old_hash_is_renewed(client, session):
    member = make.member(session, handle="imported", password_hash=pbkdf2_sha256.hash(PASSWORD))
    assert sign_in(client, "imported").status_code == 303
    with transaction(writes=False) as reading:
        assert reading.get(Member, member.id).password_hash.startswith("$argon2id$")
    client.sign_out()
    assert sign_in(client, "imported").status_code == 303


def test_members_without_a_password_cannot_sign_in(client, session):
    make.member(session, handle="imported")
    assert sign_in(client, "imported", OTHER_PASSWORD).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/topics/7/slow-evenings?sort=new", "/topics/7/slow-evenings?sort=new"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/%0d%0aSet-Cookie:x", "/%0d%0aSet-Cookie:x"),
        ("/a\r\nLocation: //evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("/settings\\..\\x", "/"),
    ],
)
def test_the_way_on_stays_on_this_site(client, session, wanted, given):
    make.member(session, handle="wanda", password_hash=pbkdf2_sha256.hash(PASSWORD))
    assert sign_in(client, "wanda", next=wanted).headers["location"] == given
    assert client.get("/sign-in", params={"next": wanted}).headers["location"] == given


def test_signing_out(client, session):
    client.sign_in(make.member(session))
    answer = client.post("/sign-out")
    assert answer.status_code == 303
    assert client.get("/settings/account").headers["location"] == "/sign-in?next=/settings/account"
    with transaction(writes=False) as reading:
        assert reading.exec(select(SignInSession)).all() == []


def test_sessions_last_two_weeks_unused_and_half_a_day_for_staff(client, session):
    start = clock.now()
    for person, lasts in ((make.member(session), timedelta(days=14)), (make.agent(session), timedelta(hours=12))):
        clock.use(lambda: start)
        client.sign_in(person)
        clock.use(lambda lasts=lasts: start + lasts - timedelta(minutes=1))
        before = client.get("/settings/profile").status_code
        client.sign_in(person)
        clock.use(lambda lasts=lasts: start + 2 * lasts)
        assert (before, client.get("/settings/profile").status_code) == (200, 303)


def test_a_session_that_is_used_lasts_to_its_end_and_not_beyond(client, session):
    start = clock.now()
    clock.use(lambda: start)
    client.sign_in(make.member(session))
    for day in range(10, 90, 10):
        clock.use(lambda day=day: start + timedelta(days=day))
        assert client.get("/settings/profile").status_code == 200, day
    clock.use(lambda: start + timedelta(days=90))
    assert client.get("/settings/profile").status_code == 303


def test_a_former_member_is_nobody(client, session):
    member = client.sign_in(make.member(session))
    member.deleted_at = clock.now()
    session.add(member)
    session.commit()
    assert client.get("/settings/profile").status_code == 303
