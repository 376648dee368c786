"""What an attacker tried, and what a careless client sends by accident."""

from datetime import timedelta

import pytest

from forum.core import clock, markdown
from forum.topics.history import differences
from forum.web.cookies import session_cookie
from tests import make
from tests.fakes.client import fresh, words

STAFF_ONLY = "The budget of the helpline"


@pytest.fixture
def staff_page(client, session):
    """A staff-only section, and the session of somebody who may read it."""
    section = make.section(session, "staff-room", visibility="staff")
    agent = make.agent(session)
    make.topic(session, agent, title=f"{STAFF_ONLY} for next year", where=section)
    client.sign_in(agent)
    token = client.cookies.get(session_cookie())
    client.sign_out()
    return token


@pytest.mark.parametrize("before", ['p={"a":1}; ', "prefs=a b; ", "path=/; ", "a[]=1; ", 'x="a; '])
def test_cookies_of_other_programs_never_open_private_pages_to_visitors(client, staff_page, before):
    name = session_cookie()
    for url in ("/sections/staff-room", "/questions", "/"):
        client.get(url, headers={"cookie": f"{before}{name}={staff_page}"})
        assert STAFF_ONLY not in client.get(url).text
        assert "Sign out" not in words(client.get(url))


@pytest.mark.parametrize("cookie", ["a/b=1", "a,b=1", "{x}=1", "flash=\xe9.\xe9"])
def test_odd_cookies_are_no_reason_to_fail(client, session, cookie):
    assert client.get("/questions", headers={"cookie": cookie.encode("latin-1")}).status_code == 200


def test_a_kept_page_is_what_the_client_can_read(client, session):
    client.get("/questions", headers={"accept-encoding": "GZIP"})
    plain = client.get("/questions", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "<h1" in plain.text


@pytest.mark.parametrize("codec", ["punycode", "undefined", "unicode_escape", "utf-7"])
def test_forms_come_as_utf_8_only(client, session, codec):
    body = "a" * 1000 + "-" + "b" * 1000
    headers = {"content-type": f"application/x-www-form-urlencoded; charset={codec}"}
    assert client.request("POST", "/preview", content=f"text={body}", headers=headers).status_code == 415


@pytest.mark.parametrize("after", ["WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwxXQ", "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTIzOjU5IiwxXQ"])
def test_times_beyond_the_calendar_are_refused(client, session, after):
    assert client.get(f"/questions?after={after}").status_code == 422


def test_an_origin_that_is_no_address_is_foreign(client, session):
    del client.headers["sec-fetch-site"]
    assert client.post("/preview", {"text": "x"}, headers={"origin": "http://["}).status_code == 403


def test_code_is_highlighted_only_where_that_is_quick():
    assert "<span" not in markdown.render("```autohotkey\n" + "\n " * 2_000 + "\n```")
    assert "<span" not in markdown.render("```python\n" + "x = 1\n" * 2_000 + "\n```")
    assert '<span class="' in markdown.render("```python\nx = 1\n```")


def test_a_comparison_has_a_budget():
    assert differences("a b c", "a x c", whole=True) == [("gone", "a b c"), ("new", "a x c")]


def test_nobody_changes_the_words_under_an_official_mark(client, session):
    answer = make.answer(session)
    client.sign_in(make.agent(session))
    soon = (clock.now() + timedelta(days=90)).date().isoformat()
    client.post(f"/posts/{answer.id}/official-mark", {"scope": "", "review_by": soon})
    author = session.get(type(make.member(session)), answer.author_id)
    client.sign_in(author)
    refused = client.post(f"/posts/{answer.id}", {"body": "Call this number instead."})
    assert refused.status_code == 409
    assert "Staff stand behind this answer" in words(refused)
    assert fresh(session, answer).body == "Set the channel to 36 and save."


def test_answering_oneself_counts_for_nobody(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker)
    answer = make.answer(session, topic, asker)
    client.sign_in(asker)
    client.post(f"/topics/{topic.id}/acceptances", {"post": answer.id})
    assert (fresh(session, topic).state, fresh(session, asker).accepted) == ("solved", 0)
