"""Every page that a link leads to, as plain HTML: it answers, its forms work by themselves, nothing is inline."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from forum.core import ratelimit
from forum.core.settings import settings
from tests import make
from tests.make.community import community

INLINE = re.compile(r"<[^>]+\s(?:on[a-z]+|style)=", re.I)
SCRIPT = re.compile(r"<script(?![^>]*(?:\ssrc=|application/ld\+json))", re.I)
FORM = re.compile(r"<form\b[^>]*>", re.I)
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]+)"', re.I)
HTMX = re.compile(r'<(form|a|input)\b[^>]*\sdata-hx-(?:get|post)="([^"]+)"[^>]*>', re.I)
MOST = 80


def crawl(client) -> dict[str, str]:
    """Pages by path, following every internal link that does not act."""
    found: dict[str, str] = {}
    waiting = ["/"]
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        if path in found:
            continue
        ratelimit._limiter.cache_clear()  # a crawl is faster than people
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
        if "text/html" not in answer.headers["content-type"]:
            continue
        found[path] = answer.text
        for href in LINK.findall(answer.text):
            target = urlsplit(urljoin(f"{settings().base_url}{path}", unescape(href)))
            if target.netloc == urlsplit(settings().base_url).netloc and not target.path.startswith("/static/"):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return found


@pytest.mark.parametrize("who", ["visitor", "member", "agent", "admin"])
def test_every_linked_page_works_as_plain_html(client, session, who):
    ids = community(session)
    session.rollback()
    if who != "visitor":
        client.sign_in({"member": ids["asker"], "agent": ids["staff"]}.get(who) or make.admin(session))
    pages = crawl(client)
    assert len(pages) > 15
    for path, page in pages.items():
        assert not INLINE.search(page), f"{path} has inline script or style: {INLINE.search(page)[0][:80]}"
        assert not SCRIPT.search(page), f"{path} has an inline script"
        for form in FORM.findall(page):
            assert ' action="' in form or 'method="dialog"' in form, f"{path} has a form without an action: {form}"
        assert len(re.findall(r"<h1\b", page)) == 1, f"{path} has not exactly one h1"


def test_what_htmx_does_a_plain_form_does_too(client, session):
    ids = community(session)
    session.rollback()
    client.sign_in(ids["helper"])
    for path, page in crawl(client).items():
        for tag, url in HTMX.findall(page):
            whole = next(match[0] for match in HTMX.finditer(page) if match[2] == url)
            if tag == "form":
                assert f'action="{url}"' in whole and 'method="post"' in whole, f"{path}: {whole[:120]}"
            elif tag == "a":
                assert f'href="{url}"' in whole, f"{path}: {whole[:120]}"
