"""There and back in a real browser: asked on the practice network, solved here, told there, claimed by who asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from forum.models import ContactIdentity, ExternalAccount
from tests import make
from tests.browser import steps
from tests.browser.conftest import desk
from tests.fakes.live import Live, wait_until

ASKED = "@northwind My dimmer hums since Sunday, loud enough to hear it next door. Is that a known thing?"
TITLE = "The dimmer hums since the weekend"
REMEDY = "Set the minimum brightness to 12 in the app, under Lamp, Advanced: then mine was silent at once."
FIX = "Set the minimum brightness to 12 under Lamp, Advanced."


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Live]:
    """A server of its own: the others' has a practice network already."""
    server = Live(tmp_path, "social")
    yield server.start()
    server.close()


def test_there_and_back(chromium: Browser, alone: Live) -> None:
    live = alone
    with live.session() as session:
        admin, agent, moderator = make.admin(session), make.agent(session), make.moderator(session)
        helper, asker = make.member(session, "Hettie Helper"), make.member(session, "Maeve Kilbride")
        make.section(session, slug="help")
    with desk(chromium, live) as windows:
        staff = windows.window(agent)
        _connect(windows.window(admin))
        _speak(staff, "maeve_k", ASKED)
        topic = _make_topic(staff)
        volunteer = windows.window(helper)
        steps.answer(volunteer, topic, REMEDY)
        judge = windows.window(moderator)
        judge.goto(topic)
        judge.locator(".answer", has_text=REMEDY).get_by_role("button", name="This solved it").click()
        expect(judge.locator(".answer.is-accepted")).to_be_visible()
        steps.make_official(staff, topic, REMEDY)
        steps.resolve(staff, topic, "A dimmer that hums", FIX)
        _approve(staff)
        _is_there(staff, "Thanks to Hettie Helper")
        _stands_in_the_life(windows.window(), topic)
        _claim(windows.window(asker), staff)
        _one_timeline(staff, live)
        assert windows.trouble == []


def _until(page: Page, url: str, seen: Any) -> None:
    """Comes back until the worker has done its part."""

    def look() -> bool:
        page.goto(url)
        return bool(seen().count())

    wait_until(look, seconds=40)


def _connect(page: Page) -> None:
    page.goto("/desk/channels")
    page.get_by_role("link", name="Connect an account").first.click()
    page.get_by_role("link", name="Practice network").click()
    page.get_by_role("button", name="Connect").click()
    expect(page.locator("#flash")).to_contain_text("Connected.")
    _until(page, page.url, lambda: page.get_by_text("Working"))


def _speak(page: Page, who: str, text: str) -> None:
    page.goto("/desk/practice")
    page.get_by_label("As", exact=True).fill(who)
    page.get_by_label("Words").fill(text)
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#flash")).to_contain_text("Said.")


def _make_topic(page: Page) -> str:
    """What was shown is published; its address."""
    mention = page.locator("li.mention", has_text="My dimmer hums")
    _until(page, "/desk/social", lambda: mention)
    mention.get_by_role("link").first.click()
    page.wait_for_url("**/desk/social/*")
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Section").select_option("help")
    page.get_by_role("button", name="Publish as shown").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return page.url


def _approve(page: Page) -> None:
    page.goto("/desk/shares")
    page.locator("li.mention", has_text="Set the minimum brightness").get_by_role("link").first.click()
    expect(page.get_by_label("Reply for")).to_contain_text("@maeve_k")
    page.get_by_role("button", name="Approve").click()
    _until(page, page.url, lambda: page.get_by_text("Sent and visible"))


def _is_there(page: Page, credit: str) -> None:
    page.goto("/desk/practice")
    reply = page.locator("ol.thread li", has_text="Set the minimum brightness")
    expect(reply).to_have_count(1)
    expect(reply).to_contain_text(credit)
    expect(reply).to_contain_text("/resolutions/")


def _stands_in_the_life(page: Page, topic: str) -> None:
    page.goto(topic)
    expect(page.locator("ol.timeline")).to_contain_text("Resolution posted on the practice network")
    expect(page.get_by_role("main")).not_to_contain_text("maeve_k")


def _claim(page: Page, staff: Page) -> None:
    page.goto("/settings/accounts")
    page.get_by_label("Address of your profile there").fill("https://network.example/@maeve_k")
    page.get_by_role("button", name="Give me the word").click()
    word = page.locator("code").inner_text()
    staff.goto("/desk/practice")
    staff.get_by_label("@maeve_k").fill(f"Lamps and dogs. {word}")
    staff.locator("form", has=staff.get_by_label("@maeve_k")).get_by_role("button", name="Save").click()
    page.get_by_role("button", name="It is there, look now").click()
    _until(page, "/settings/accounts", lambda: page.get_by_text("Yours", exact=True))


def _one_timeline(page: Page, live: Live) -> None:
    """Here and there under one name."""
    with live.session() as session:
        account = session.exec(select(ExternalAccount).where(ExternalAccount.handle == "maeve_k")).one()
        contact = session.exec(select(ContactIdentity).where(ContactIdentity.external_account_id == account.id)).one()
    page.goto(f"/desk/contacts/{contact.contact_id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Maeve Kilbride")
    expect(page.get_by_role("main")).to_contain_text("@maeve_k")
    expect(page.get_by_role("main")).to_contain_text("proved")
    expect(page.locator("ol.timeline")).to_contain_text("My dimmer hums since Sunday")
