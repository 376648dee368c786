"""Every link that a reader can follow leads somewhere, and every form works by itself."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

from forum.core import ratelimit
from tests import make
from tests.fakes.client import Browser
from tests.test_permissions_matrix import routes_of

STARTS = (
    "/",
    "/questions",
    "/ask",
    "/search?q=hub",
    "/tags",
    "/sections",
    "/resolutions",
    "/recognition",
    "/badges",
    "/badges/first-answer",
    "/notifications",
    "/settings",
    "/desk",
)
UNFOLLOWED = re.compile(r"^/(dev|static|images)/|[?&](after|state|kind|title|tag|section)=.*[?&](after|state|kind|tag|section)=")
TEXT_FIELDS = {"text", "search", "email", "password", "url", "date", "number", "file", "checkbox", "radio"}


class Page(HTMLParser):
    """What a browser without JavaScript finds on a page."""

    VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.trouble, self.ids = [], [], [], []
        self.labelled, self.fields = set(), []
        self._form = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for name, value in attributes:
            if name.startswith(("on", "hx-on")) or name == "style" or (value or "").strip().lower().startswith("javascript:"):
                self.trouble.append(f"<{tag} {name}={value!r}>")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "script" and "src" not in values and values.get("type") != "application/ld+json":
            self.trouble.append("inline script")
        if tag == "style":
            self.trouble.append("inline style")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "form":
            self._form = values
            self.forms.append(values)
            self._check_form(values)
        if tag == "img" and "alt" not in values:
            self.trouble.append("picture without words")
        if tag == "label" and "for" in values:
            self.labelled.add(values["for"])
        if any(name in values for name in ("hx-post", "hx-put", "hx-delete", "hx-patch")) and tag != "form":
            self.trouble.append(f"hx-post on <{tag}>")
        if "hx-get" in values and tag not in ("a", "form") and "data-preview" not in values:
            self.links.append(values["hx-get"])

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None

    def _check_form(self, values):
        method = values.get("method", "get").lower()
        if method != "dialog" and not values.get("action", "").startswith("/"):
            self.trouble.append(f"form without an action: {values}")
        if method not in ("get", "post", "dialog"):
            self.trouble.append(f"form with method {method}")
        if "hx-post" in values and (values["hx-post"] != values.get("action") or method != "post"):
            self.trouble.append(f"form whose htmx goes elsewhere: {values}")


def crawl(browser):
    """Path -> page, from the starts on, every internal link once."""
    waiting, seen, found = list(STARTS), set(STARTS), {}
    while waiting:
        path = waiting.pop()
        ratelimit._limiter.cache_clear()
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code < 400 or (answer.status_code == 403 and path.startswith("/desk")), (answer.status_code, path)
        if "text/html" not in answer.headers["content-type"]:
            continue
        page = found[path] = Page(answer.text)
        for link in page.links:
            url = urlsplit(urldefrag(urljoin(f"http://testserver{path}", link))[0])
            if url.netloc != "testserver":
                continue
            target = url.path + (f"?{url.query}" if url.query else "")
            if target not in seen and not UNFOLLOWED.search(target):
                seen.add(target)
                waiting.append(target)
        assert len(found) < 1_000
    return found


@pytest.fixture
def people(session, drain):
    ids = make.community(session)
    drain()
    return {"visitor": None, "member": ids["asker"], "agent": ids["staff"], "admin": make.admin(session)}


@pytest.mark.parametrize("who", ["visitor", "member", "agent", "admin"])
def test_every_link_leads_somewhere_and_every_form_works(app, people, who):
    browser = Browser(app)
    if people[who]:
        browser.sign_in(people[who])
    pages = crawl(browser)
    assert len(pages) > 25
    assert {path: page.trouble for path, page in pages.items() if page.trouble} == {}
    double = {path: [one for one in set(page.ids) if page.ids.count(one) > 1] for path, page in pages.items()}
    assert {path: ids for path, ids in double.items() if ids} == {}


@pytest.mark.parametrize("who", ["visitor", "member", "agent", "admin"])
def test_every_form_posts_to_a_route_that_exists(app, people, who):
    patterns = [re.compile(f"{method} " + re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+\}", "[^/]+", path))) for method, path in
                (route.split(" ", 1) for route in routes_of(app))]  # fmt: skip
    browser = Browser(app)
    if people[who]:
        browser.sign_in(people[who])
    forms = {
        f"{form.get('method', 'get').upper()} {urlsplit(form['action']).path}"
        for page in crawl(browser).values()
        for form in page.forms
        if form.get("method", "get").lower() != "dialog"
    }
    assert len(forms) > 2
    assert {form for form in forms if not any(pattern.fullmatch(form) for pattern in patterns)} == set()


def test_anchors_of_answers_and_comments_are_there(app, people):
    pages = crawl(Browser(app))
    for path, page in pages.items():
        for link in page.links:
            target, fragment = urldefrag(urljoin(f"http://testserver{path}", link))
            target = target.removeprefix("http://testserver")
            if fragment and target in pages and re.fullmatch(r"[aqc]-\d+", fragment):
                assert fragment in pages[target].ids, (path, link)
