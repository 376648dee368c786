import pytest

from forum.core import errors, templating
from forum.web.pages import Site, Viewer
from tests import make
from tests.accounts.steps import join
from tests.fakes.client import words

SITE = Site("S", "T", None, "http://testserver", "en-GB", "ltr", "system", "/c", "/j", "/h", True)
VISITOR = Viewer(False, "", "", "?", 1, False, False, False, False, False, 0)


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/join",
        "/join/letter",
        "/forgot",
        "/forgot/letter",
        "/pages/guidelines",
        "/pages/privacy",
        "/pages/accessibility",
    ],
)
def test_pages_anybody_can_open(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1


def test_unknown_pages(client):
    page = client.get("/pages/passwords")
    assert page.status_code == 404
    assert 'action="/search"' in page.text and "Error 404" in words(page)


def test_letters_in_development(client, drain):
    assert "No letters yet" in words(client.get("/dev/mail"))
    join(client)
    drain()
    page = client.get("/dev/mail")
    assert "wanda@example.org" in page.text and 'href="http://testserver/confirm?token=' in page.text


@pytest.mark.parametrize(
    ("error", "way_on"),
    [
        (errors.Forbidden("Only staff can do that."), 'href="/sign-in"'),
        (errors.NotFound(), 'action="/search"'),
        (errors.Conflict("It is closed already."), 'href="/"'),
        (errors.Gone(), 'href="/forgot"'),
        (errors.TooLarge(), 'href="/"'),
        (errors.Invalid({"a": "Write a whole number."}), 'href="/"'),
        (errors.TooMany("Try again in a minute.", 60), 'href="/"'),
        (errors.ForumError(), "ref-1"),
        (errors.Unavailable("Back soon."), "ref-1"),
    ],
)
def test_every_error_says_the_next_step(error, way_on):
    html = templating.render(
        "errors/error.html", site=SITE, viewer=VISITOR, path="/x", request_id="ref-1", flashes=[], error=error
    )
    main = html.split('<main id="main"')[1].split("</main>")[0]
    assert way_on in main and f"Error {error.status}" in main


def test_a_member_is_not_told_to_sign_in(client, session):
    client.sign_in(make.member(session))
    page = client.get("/admin/members")
    main = page.text.split('<main id="main"')[1].split("</main>")[0]
    assert page.status_code == 403 and "/sign-in" not in main and "Only administrators can" in main
