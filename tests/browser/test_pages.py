"""Every main page at the narrowest and a wide width, both ways of reading, light and dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import Session

from forum.core import clock
from forum.models import ExternalAccount, ExternalPost, Member, Platform, ThreadLink
from tests import make
from tests.browser.conftest import Desk, desk
from tests.fakes.live import Live

AXE = Path.home() / ".check-tools/node_modules/axe-core/axe.min.js"
NARROW, WIDE = 320, 1440
STOPS = 15

PAGES: dict[str, tuple[str, str]] = {
    "home": ("visitor", "/"),
    "list": ("visitor", "/questions"),
    "tags": ("visitor", "/tags"),
    "sections": ("visitor", "/sections"),
    "topic": ("asker", "/topics/{open}"),
    "solved topic": ("visitor", "/topics/{solved}"),
    "solved topic for staff": ("staff", "/topics/{solved}"),
    "ask": ("asker", "/ask"),
    "edit": ("helper", "/posts/{answer}/edit"),
    "history": ("helper", "/posts/{answer}/history"),
    "official mark": ("staff", "/posts/{answer}/official-mark/new"),
    "profile": ("visitor", "/members/{helper_handle}"),
    "reputation": ("helper", "/members/{helper_handle}/reputation"),
    "recognition": ("visitor", "/recognition"),
    "standing in the programme": ("asker", "/me/vip"),
    "invitations to perks": ("asker", "/perks"),
    "invitation to a perk": ("asker", "/perks/{offer}"),
    "perk with terms to sign": ("asker", "/perks/{seat_offer}"),
    "nominations": ("asker", "/nominations"),
    "offers": ("staff", "/desk/perks"),
    "new offer": ("staff", "/desk/perks/new"),
    "offer": ("staff", "/desk/perks/{seat_offer}"),
    "season": ("admin", "/desk/season"),
    "appeals": ("staff", "/desk/appeals"),
    "own credentials": ("asker", "/me/credentials"),
    "credential": ("asker", "/credentials/{credential}"),
    "check a credential": ("visitor", "/verify"),
    "search": ("visitor", "/search?q=hub+light"),
    "search that finds nothing": ("visitor", "/search?q=zebra+xylophone"),
    "empty search": ("visitor", "/search"),
    "sign in": ("visitor", "/sign-in"),
    "join": ("visitor", "/join"),
    "forgotten": ("visitor", "/forgot"),
    "own profile": ("asker", "/settings/profile"),
    "account": ("asker", "/settings/account"),
    "browsers": ("helper", "/settings/sessions"),
    "mail settings": ("asker", "/settings/notifications"),
    "notifications": ("helper", "/notifications"),
    "desk": ("staff", "/desk/social"),
    "thread": ("staff", "/desk/social/{thread}"),
    "thread with replies": ("staff", "/desk/social/{long_thread}"),
    "replies to share": ("staff", "/desk/shares"),
    "reply to share": ("staff", "/desk/shares/{share}"),
    "incidents": ("staff", "/desk/incidents"),
    "incident": ("staff", "/desk/incidents/{open_incident}"),
    "private invitation": ("visitor", "/private/invitations/{private_case_invitation}"),
    "private page": ("visitor", "/private/{private_case_token}"),
    "private case": ("staff", "/desk/cases/{private_case}"),
    "watch rules": ("staff", "/desk/rules"),
    "new watch rule": ("staff", "/desk/rules/new"),
    "channels": ("staff", "/desk/channels"),
    "practice network": ("staff", "/desk/practice"),
    "delegation": ("admin", "/desk/delegation"),
    "own replies": ("helper", "/me/replies"),
    "archives": ("admin", "/desk/archives"),
    "contacts": ("staff", "/desk/contacts"),
    "contact": ("staff", "/desk/contacts/{contact}"),
    "resolutions": ("visitor", "/resolutions"),
    "resolution": ("visitor", "/resolutions/{resolution_slug}"),
    "edit resolution": ("staff", "/topics/{solved}/resolution"),
    "propose an article": ("moderator", "/topics/{unwritten}/articles/new"),
    "proposed article": ("staff", "/articles/{article}"),
    "proposed article in the editor": ("staff", "/topics/{article_topic}/resolution"),
    "proposed articles": ("staff", "/desk/articles"),
    "solved topic without an article": ("moderator", "/topics/{unwritten}"),
    "members": ("admin", "/admin/members"),
    "badges": ("visitor", "/badges"),
    "badge": ("asker", "/badges/solver-gold"),
    "badge numbers": ("admin", "/admin/badges/first-answer"),
    "jobs": ("admin", "/admin/jobs"),
    "guidelines": ("visitor", "/pages/guidelines"),
    "not allowed": ("asker", "/admin/members"),
    "not found": ("visitor", "/nowhere"),
}

OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth
  const clipped = (element) => {
    for (let up = element.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true
    }
    return false
  }
  const out = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && (box.right > wide + 1 || box.left < -1) && !clipped(element) && !element.closest(".sr, .skip, svg")
  })
  const sideways = document.documentElement.scrollWidth > wide
  return sideways ? out.slice(0, 5).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40)) : []
}"""

FOCUS = """() => {
  const here = document.activeElement
  if (!here || here === document.body) return null
  const shown = here.matches("input.sr, .sr input") ? here.closest("label") : here
  const box = shown.getBoundingClientRect()
  const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
  const inside = here.matches("input[type=date]:not(:focus-visible)") // its own calendar button, ringed by the browser
  const ring = inside || outlined(getComputedStyle(shown)) || outlined(getComputedStyle(shown, "::after"))
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
  return { what: here.outerHTML.slice(0, 90), ring, seen }
}"""

AXE_RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .map((found) => `${found.id}: ${found.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`)"""


@dataclass(frozen=True)
class Place:
    """A community with one of everything, and who may look at it."""

    ids: dict[str, Any]
    people: dict[str, Member | None]

    def open(self, windows: Desk, name: str, width: int, **more: Any) -> Page:
        who, path = PAGES[name]
        page = windows.window(self.people[who], width=width, **more)
        page.goto(path.format(**{key: value for key, value in self.ids.items() if isinstance(value, (int, str))}))
        return page


@pytest.fixture(scope="module")
def place(live: Live) -> Place:
    with live.session() as session:
        ids = make.community(session)
        people = {
            "visitor": None,
            "asker": ids["asker"],
            "helper": ids["helper"],
            "staff": ids["staff"],
            "admin": make.admin(session),
            "moderator": make.moderator(session),
        }
        ids["long_thread"] = _talked_about(session)
        ids |= make.recognition(session, ids)
        for member in filter(None, people.values()):
            session.refresh(member)
    ids |= {"helper_handle": ids["helper"].handle}
    return Place(ids, people)


def _talked_about(session: Session) -> int:
    """A thread with replies, a picture that is blurred, personal data to hide, and words that have no spaces."""
    where = {"platform": Platform.mastodon, "host": "toot.example"}
    now = clock.now()
    begun = {"first_post_at": now, "last_post_at": now}
    thread = ThreadLink(**where, root_ext_id="long", url="https://toot.example/long", posts=4, people=4, **begun)
    session.add(thread)
    session.flush()
    said = ("My hub is red since noon.", "Same here, call me on 07700 900123", "الجهاز لا يعمل منذ الصباح", "A" * 200)
    for number, text in enumerate(said):
        account = ExternalAccount(
            **where, ext_id=f"long-{number}", handle=f"somebody-with-a-long-name-{number}", followers=12_000
        )
        session.add(account)
        session.flush()
        media = [
            {"type": "image", "url": "", "alt": "A red light", "size": [640, 360]},
            {"type": "video", "url": "", "alt": "Blinks"},
        ]
        session.add(
            ExternalPost(
                **where,
                ext_id=f"long-{number}" if number else "long",
                parent_ext_id="long" if number else None,
                thread_id=thread.id,
                account_id=account.id,
                url=f"https://toot.example/long-{number}",
                text=text,
                text_hash=str(number),
                created_at=now + timedelta(minutes=number),
                media=media if number < 2 else [],
                sensitive=number == 1,
                metrics={"favourites": 12},
            )
        )
    session.commit()
    return thread.id


@pytest.fixture(scope="module")
def backwards(live: Live) -> Iterator[Live]:
    """The same community, read from right to left."""
    second = live.beside(FORUM_DIRECTION="rtl")
    yield second.start()
    second.kill()


@pytest.fixture(scope="module")
def windows(chromium: Browser, live: Live) -> Iterator[Desk]:
    with desk(chromium, live) as opened:
        yield opened


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_has_one_heading_and_shows_where_one_is(windows: Desk, backwards: Live, place: Place, name: str) -> None:
    for width in (NARROW, WIDE):
        page = place.open(windows, name, width)
        assert page.locator("h1").count() == 1
        assert page.evaluate(OVERFLOW) == [], f"{width} px"
        assert _lost_focus(page) == [], f"{width} px"
        page.goto(page.url.replace(windows.live.url, backwards.url))
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate(OVERFLOW) == [], f"{width} px, right to left"
        page.context.close()


def _lost_focus(page: Page) -> list[str]:
    lost = []
    page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0) }")
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here is not None and not (here["ring"] and here["seen"]):
            lost.append(here["what"])
    return lost


@pytest.mark.skipif(not AXE.exists(), reason=f"axe-core is not at {AXE}")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_light_and_dark(windows: Desk, place: Place, name: str) -> None:
    page = place.open(windows, name, WIDE, bypass_csp=True)
    page.add_script_tag(path=AXE)
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found[scheme] = page.evaluate(AXE_RUN)
    page.context.close()
    assert found == {"light": [], "dark": []}
