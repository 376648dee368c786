import pytest
from sqlalchemy import event
from sqlmodel import select

from forum.accounts import queries, sessions
from forum.core.db import transaction
from forum.models import Member, Notice, NoticeKind, SignInSession
from tests import make
from tests.accounts.steps import cookie
from tests.fakes.client import Browser, words

PAGES = ("profile", "account", "sessions", "notifications")


@pytest.mark.parametrize("name", PAGES)
def test_settings_are_for_their_owner(client, session, name):
    answer = client.get(f"/settings/{name}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=/settings/{name}")
    client.sign_in(make.member(session))
    page = client.get(f"/settings/{name}")
    assert page.status_code == 200
    assert page.text.count('aria-current="page"') >= 1
    assert client.get("/settings").headers["location"] == "/settings/profile"


def test_a_profile_is_kept(client, session):
    member = client.sign_in(make.member(session, handle="wanda"))
    form = {
        "name": " Wanda P. ",
        "bio": "**Hubs** and @wanda <script>",
        "languages": "English",
        "title": "Chief",
        "shows_last_seen": "1",
    }
    assert client.post("/settings/profile", form).status_code == 303
    with transaction(writes=False) as reading:
        row = reading.get(Member, member.id)
        assert (row.name, row.languages, row.title) == ("Wanda P.", "English", "")
        assert (row.shows_impact, row.shows_last_seen) == (False, True)
        assert (
            "<strong>Hubs</strong>" in row.bio_html and 'href="/members/wanda"' in row.bio_html and "<script" not in row.bio_html
        )
    assert "Saved." in words(client.get("/settings/profile"))


def test_staff_may_say_what_they_do(client, session):
    member = client.sign_in(make.agent(session))
    client.post("/settings/profile", {"name": "Priya", "title": "Network Care"})
    with transaction(writes=False) as reading:
        assert reading.get(Member, member.id).title == "Network Care"


def test_a_profile_with_faults_comes_back_as_typed(client, session):
    client.sign_in(make.member(session))
    page = client.post("/settings/profile", {"name": "", "bio": "x" * 2001, "languages": "Polish"})
    assert page.status_code == 422
    assert 'value="Polish"' in page.text and "x" * 2001 in page.text
    assert 'href="#name"' in page.text and 'href="#bio"' in page.text
    assert client.post("/settings/profile", {"name": "W\x00"}).status_code == 422


def test_what_comes_by_mail(client, session):
    member = client.sign_in(make.member(session))
    client.post("/settings/notifications", {"mail_solved": "1"})
    with transaction(writes=False) as reading:
        row = reading.get(Member, member.id)
        assert (row.mail_answers, row.mail_solved, row.mail_mentions) == (False, True, False)


def test_browsers_are_listed_and_can_be_signed_out(client, app, session):
    member = client.sign_in(make.member(session))
    others = [Browser(app) for _ in range(3)]
    for other in others:
        other.sign_in(member)
    page = client.get("/settings/sessions")
    assert page.text.count("this one") == 1 and page.text.count('/removal"') == 3
    with transaction(writes=False) as reading:
        ids = sorted(row.id for row in reading.exec(select(SignInSession)))
    assert client.post(f"/settings/sessions/{ids[1]}/removal").status_code == 303
    assert [other.get("/settings").headers["location"] for other in others] == ["/sign-in?next=/settings"] + [
        "/settings/profile"
    ] * 2
    assert client.post("/settings/sessions/removals").status_code == 303
    assert others[2].get("/settings").headers["location"] == "/sign-in?next=/settings"
    assert client.get("/settings").headers["location"] == "/settings/profile"


def test_nobody_signs_out_somebody_else(client, app, session):
    Browser(app).sign_in(make.member(session))
    client.sign_in(make.member(session))
    with transaction(writes=False) as reading:
        foreign = reading.exec(select(SignInSession).order_by(SignInSession.id)).first().id
    assert client.post(f"/settings/sessions/{foreign}/removal").status_code == 404
    with transaction(writes=False) as reading:
        assert reading.get(SignInSession, foreign) is not None


def test_a_theme_for_members_and_visitors(client, session):
    answer = client.post("/theme", {"theme": "dark", "next": "/pages/privacy"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/pages/privacy")
    assert "Max-Age=31536000" in cookie(answer, "theme")
    assert 'value="dark" id="theme-dark" checked' in client.get("/pages/privacy").text
    member = client.sign_in(make.member(session))
    assert not cookie(client.post("/theme", {"theme": "light"}), "theme")
    with transaction(writes=False) as reading:
        assert reading.get(Member, member.id).theme == "light"
    assert 'value="light" id="theme-light" checked' in client.get("/pages/privacy").text
    assert client.post("/theme", {"theme": "pink"}).status_code == 422
    assert client.post("/theme", {"theme": "dark", "next": "//evil.example"}).headers["location"] == "/"


def test_the_actor_has_an_unread_count_in_one_query(session):
    member = make.member(session)
    session.add_all(Notice(member_id=member.id, kind=NoticeKind.answer, cause=f"answer:{n}") for n in range(3))
    session.commit()
    with transaction() as writing:
        token = sessions.start(writing, writing.get(Member, member.id), "tests", "127.0.0.1")
    statements = []
    with transaction(writes=False) as reading:
        event.listen(reading.connection(), "before_cursor_execute", lambda *a: statements.append(a[2]))
        actor = sessions.find(reading, token, "127.0.0.1").actor
    assert (actor.id, actor.unread, actor.confirmed, len(statements)) == (member.id, 3, True, 1)


def test_which_handles_exist(session):
    make.member(session, handle="Wanda")
    assert queries.existing_handles(session, ["WANDA", "vanda"]) == {"wanda"}
    assert queries.existing_handles(session, []) == set()
    assert queries.access_member_by_handle(session, "wanda").handle == "Wanda"
