"""What every request passes: where a form comes from, which host, how large, how odd; and what every answer carries."""

import re

import pytest
from sqlmodel import select

from forum.app import create_app
from forum.core.settings import settings
from forum.models import Draft, Post, PostKind, Topic
from forum.routes import lists
from forum.web import guards
from tests import make
from tests.fakes.client import Browser, words

ASK = {"section": "help", "title": "A question with a long enough title", "body": "And a body."}
SENT = "application/x-www-form-urlencoded"


@pytest.fixture
def member(client, session):
    make.section(session)
    client.sign_in(make.member(session))
    return client


def bare(client):
    """The same person with a browser that says nothing of where a form comes from."""
    client.headers.pop("sec-fetch-site")
    return client


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_a_form_from_another_site_is_refused(member, session, site):
    assert member.post("/ask", ASK, headers={"sec-fetch-site": site}).status_code == 403
    assert session.exec(select(Topic)).all() == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_forms_are_taken(member, session, site):
    assert member.post("/ask", ASK, headers={"sec-fetch-site": site}).status_code == 303


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://testserver", 303),
        ("http://TESTSERVER", 303),
        ("https://evil.example", 403),
        ("http://testserver.evil.example", 403),
        ("http://evil.example/testserver", 403),
        ("http://testserver@evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_older_browsers_are_judged_by_origin(member, origin, status):
    assert bare(member).post("/ask", ASK, headers={"origin": origin}).status_code == status


def test_reading_changes_nothing_wherever_it_comes_from(member):
    assert member.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.fixture
def strict(monkeypatch, app):
    """Guards as in production."""
    monkeypatch.setattr(guards, "_allowed_hosts", lambda: {"community.example"})
    return Browser(create_app())


@pytest.mark.parametrize(
    "host", ["evil.example", "community.example.evil.example", "evil.example:443", "", "community.example@evil"]
)
def test_only_our_host_names_are_served(strict, host):
    assert strict.get("/healthz", headers={"host": host}).status_code == 400
    assert strict.get("/healthz", headers={"host": "community.example"}).status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-host", "forwarded", "x-original-url", "x-forwarded-prefix", "x-rewrite-url"])
def test_headers_of_proxies_are_not_echoed(client, session, header):
    page = client.get("/questions", headers={header: "host=evil.example"})
    assert page.status_code == 200
    assert "evil.example" not in page.text


def test_a_body_that_says_it_is_too_large(member, session):
    assert member.post("/ask", ASK | {"body": "x" * 1_000_001}).status_code == 413
    assert session.exec(select(Topic)).all() == []


def test_a_body_that_says_nothing_and_is(member, session):
    def drip():
        yield b"section=help&title=A+question+with+a+long+enough+title&body="
        for _ in range(30):
            yield b"x" * 50_000

    refused = member.request("POST", "/ask", content=drip(), headers={"content-type": SENT})
    assert refused.status_code == 413
    assert session.exec(select(Topic)).all() == []


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "1e9", "+5"])
def test_lengths_that_are_none(member, length):
    assert member.request(
        "POST", "/preview", content=b"", headers={"content-length": length, "content-type": SENT}
    ).status_code in (400, 413)


def test_too_many_fields_and_broken_forms(member):
    assert member.post("/ask", {f"f{n}": "x" for n in range(300)}).status_code in (400, 422)
    half = b"--x\r\nContent-Disposition: form-data\r\n\r\n"
    broken = member.request("POST", "/ask", content=half, headers={"content-type": "multipart/form-data; boundary=x"})
    assert broken.status_code in (400, 422)
    assert member.request("POST", "/ask", content=b"x", headers={"content-type": "multipart/form-data"}).status_code in (400, 422)
    assert member.request("POST", "/ask", content=b"{}", headers={"content-type": "application/json"}).status_code == 422


def raw(client, path, body):
    return client.request("POST", path, content=body, headers={"content-type": SENT})


def test_bytes_that_are_no_text_are_kept_harmless(member, session):
    made = raw(member, "/ask", b"section=help&title=A+question+with+a+long+enough+title&body=a%FF%FEb")
    assert made.status_code in (303, 422)
    for post in session.exec(select(Post)).all():
        assert "\x00" not in post.body


@pytest.mark.parametrize("piece", [b"%00", b"%ED%A0%80", b"%C0%80", b"%F4%90%80%80", b"%EF%BF%BF", b"%E2%80%AE"])
@pytest.mark.parametrize("field", ["title", "body", "tags", "section", "product", "form_key", "extra"])
def test_no_field_breaks_on_odd_bytes(member, field, piece):
    values = {name: value.encode() for name, value in ASK.items()} | {"tags": b"hub", "product": b"", "form_key": b"k"}
    values[field] = b"A long enough text of mine " + piece
    body = b"&".join(name.encode() + b"=" + value.replace(b" ", b"+") for name, value in values.items())
    assert raw(member, "/ask", body).status_code in (303, 422)


@pytest.mark.parametrize("place", ["x", "topic:0", "ask%00", "%00", "topic:9%27"])
def test_drafts_have_only_places_that_exist(member, place):
    assert raw(member, "/drafts/removal", f"place={place}".encode()).status_code == 422
    assert raw(member, "/drafts", f"place={place}&body=x".encode()).status_code == 422


def test_a_title_of_a_megabyte(member, session):
    refused = member.post("/ask", ASK | {"title": "x" * 900_000})
    assert refused.status_code == 422
    assert session.exec(select(Topic)).all() == []


@pytest.mark.parametrize(
    "form", [{"role": "admin"}, {"author_id": "1"}, {"created_at": "2020-01-01"}, {"audience": "staff"}, {"state": "solved"}]
)
def test_fields_that_are_not_on_the_form_do_nothing(member, session, form):
    member.post("/ask", ASK | form)
    for topic in session.exec(select(Topic)).all():
        assert (topic.state, topic.audience) == ("new", "public")
        assert topic.created_at.year > 2020


def test_a_members_role_and_points_are_not_on_any_form_of_theirs(client, session):
    me = client.sign_in(make.member(session))
    for extra in ("role", "reputation", "confirmed_at", "staff_since", "suspended_until", "handle", "email"):
        client.post("/settings/profile", {"name": "New Name", extra: "admin"})
    session.expire_all()
    session.rollback()
    session.refresh(me)
    assert (me.role, me.reputation, me.staff_since) == ("member", 0, None)


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999", "0", "-1", "1.5", "x", "1e3", "%31%00", "１２"])
@pytest.mark.parametrize("path", ["/topics/{}", "/posts/{}", "/posts/{}/history", "/resolutions/{}", "/topics/{}/x"])
def test_ids_nobody_has(client, database, path, number):
    assert client.get(path.format(number)).status_code in (400, 404)


@pytest.mark.parametrize(
    "path", ["/members/%00", "/tags/%00", "/sections/%00", "/from/%00/questions/1", "/pages/%00", "/images/%00.png"]
)
def test_addresses_with_a_nul(client, database, path):
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    "path", ["/questions?section=%00", "/questions?tag=%00", "/search?q=%00", "/ask?title=%00", "/questions?after=%00"]
)
def test_queries_with_a_nul(client, database, path):
    assert client.get(path).status_code in (400, 422)


@pytest.mark.parametrize(
    "path", ["/questions?state=nonsense", "/questions?section=none", "/questions?tag=none", "/members/nobody", "/nothing/here"]
)
def test_addresses_that_lead_nowhere(client, database, path):
    assert client.get(path).status_code in (404, 422)


def test_an_address_that_is_too_long(client, database):
    assert client.get("/questions?tag=" + "x" * 5_000).status_code == 414
    assert client.get("/members/" + "x" * 5_000).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "POST", "BREW"])
def test_other_methods(client, database, method):
    assert client.request(method, "/").status_code in (400, 405)


def test_head_is_get_without_a_body(client, database):
    for path in ("/", "/questions", "/healthz", "/recognition"):
        answer = client.head(path)
        assert answer.status_code in (200, 405), path


@pytest.mark.parametrize(
    "target",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/%09/evil.example\n",
        ),
        *(
            "javascript:alert(1)",
            "http:evil.example",
            " //evil.example",
            "/\x00/evil",
            "evil.example",
            "///evil.example",
            "x" * 3000,
        ),
    ],
)
def test_after_choosing_a_theme_one_stays_here(client, database, target):
    answer = client.post("/theme", {"theme": "dark", "next": target})
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        assert re.fullmatch(r"/([^/\\].*)?", answer.headers["location"]), answer.headers["location"]


def test_signed_in_people_are_not_sent_away_either(member):
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert member.get("/sign-in", params={"next": target}).headers["location"] == "/"
    assert member.get("/sign-in?next=/questions").headers["location"] == "/questions"


KINDS = {
    "/": 200,
    "/nothing": 404,
    "/questions?after=x": 422,
    "/settings": 303,
    "/static/css/app.css": 200,
    "/healthz": 200,
    "/robots.txt": 200,
    "/images/nothing.png": 404,
    "/feed.xml": 200,
    "/favicon.ico": 301,
    "/questions?x=%00": 400,
}


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_carries_its_shields(client, database, path):
    answer = client.get(path)
    assert answer.status_code == KINDS[path]
    headers = answer.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] in ("strict-origin-when-cross-origin", "no-referrer")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{20}", headers["x-request-id"])
    assert "server" not in headers and "x-powered-by" not in headers
    if not path.startswith("/static"):
        assert "Cookie" in headers["vary"]


def test_pages_of_people_are_never_shared(member):
    for path in ("/", "/questions", "/settings/profile", "/notifications"):
        assert "public" not in member.get(path).headers.get("cache-control", "")
        assert "no-" in member.get(path).headers["cache-control"]


def test_a_missing_page_names_its_request_and_no_secrets(client, database):
    page = client.get("/nothing/here")
    assert page.status_code == 404
    assert page.headers["x-request-id"]
    assert "Traceback" not in page.text


def test_a_fault_of_ours_names_its_request_and_no_secrets(client, session, monkeypatch):
    monkeypatch.setattr(lists, "list_page", lambda *_: {}["the secret name"])
    page = client.get("/questions")
    assert page.status_code == 500
    assert page.headers["x-request-id"] in page.text
    assert "Something broke on our side" in words(page)
    for leak in ("Traceback", "the secret name", "KeyError", "lists.py"):
        assert leak not in page.text
    assert page.headers["content-security-policy"]


def test_machines_get_their_errors_as_json(client, database):
    answer = client.get("/topics/999", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert set(answer.json()) == {"error"}


def test_htmx_gets_a_fragment(member, session):
    topic = make.topic(session)
    done = member.post(f"/topics/{topic.id}/follow", {"on": "1"}, headers={"hx-request": "true"})
    assert done.status_code == 200
    assert "<html" not in done.text
    refused = member.post(f"/topics/{topic.id}/details", {"text": "Which?"}, headers={"hx-request": "true"})
    assert refused.status_code == 403
    assert "<html" not in refused.text
    assert "Only moderators can" in words(refused)


def test_a_message_is_shown_once(member, session):
    topic = make.topic(session)
    member.post(f"/topics/{topic.id}/answers", {"body": "Half a clue."})
    assert "Posted." in words(member.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "Posted." not in words(member.get(f"/topics/{topic.id}/{topic.slug}"))


@pytest.mark.parametrize("value", ["x", "x.y", ".", "eyJ4IjoxfQ.abc", "%ff", "W10=."])
def test_a_forged_message_is_not_shown(client, database, value):
    client.cookies.set("flash", value)
    assert client.get("/").status_code == 200


def test_cookies_are_closed_to_scripts_and_other_sites(client, session):
    make.section(session)
    held = client.post("/ask", ASK)
    for line in held.headers.get_list("set-cookie"):
        assert "httponly" in line.lower()
        assert "samesite=lax" in line.lower()
    assert session.exec(select(Draft)).one().member_id is None


def test_a_flood_from_one_address_is_slowed(client, database):
    codes = {client.get("/healthz").status_code for _ in range(60)}
    assert codes == {200, 429}
    slowed = client.get("/healthz")
    assert int(slowed.headers["retry-after"]) >= 1


def test_a_forged_proxy_header_lifts_no_limit(client, database):
    codes = {client.get("/healthz", headers={"x-forwarded-for": f"203.0.113.{n}"}).status_code for n in range(60)}
    assert 429 in codes


def test_development_pages_are_closed_in_production(client, database, monkeypatch):
    monkeypatch.setattr(type(settings()), "development", property(lambda _self: False))
    assert client.get("/dev/mail").status_code == 404
    for path in ("/docs", "/redoc", "/openapi.json", "/metrics"):
        assert client.get(path).status_code == 404


def test_notes_never_leave_by_another_door(client, session, drain):
    staff = make.agent(session)
    topic = make.topic(session)
    client.sign_in(staff)
    client.post(f"/topics/{topic.id}/notes", {"body": "zanzibar internal"})
    note = session.exec(select(Post).where(Post.kind == PostKind.note)).one()
    client.sign_in(make.member(session))
    for path in (f"/posts/{note.id}", f"/posts/{note.id}/history", f"/posts/{note.id}/edit"):
        assert client.get(path).status_code == 404
    drain()
    assert "internal" not in client.get("/search?q=zanzibar").text
