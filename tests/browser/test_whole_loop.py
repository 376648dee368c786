"""The whole loop in a real browser, with and without JavaScript: joined, asked, answered, accepted, official, resolved, credited."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import make
from tests.browser import steps
from tests.browser.conftest import Desk, desk
from tests.fakes.live import Live

TITLE = "Amber light on the hub after the update"
WORDS = "The light turns **amber** at eight in the evening, every day."
REMEDY = "Set the channel to 36 and save. The light goes white within a minute."


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def windows(request: pytest.FixtureRequest, chromium: Browser, live: Live) -> Iterator[Desk]:
    with desk(chromium, live, script=request.param) as opened:
        yield opened


def test_from_joining_to_credit(windows: Desk, live: Live) -> None:
    label = "script" if windows.script else "plain"
    with live.session() as session:
        earlier = make.topic(session, title="Amber light on the hub since Tuesday evening")
        helper, third = make.member(session, f"Hal Helper {label}"), make.member(session)
        agent = make.agent(session, name="Stef Staff")
    asker = windows.window()
    steps.join(asker, live, f"Asha Asker {label}", f"asha-{label}")

    url = _ask(asker, windows, earlier.title)
    steps.answer(windows.window(helper), url, REMEDY)
    waiting = windows.window(third)
    waiting.goto(url)
    steps.press(waiting.get_by_role("button", name="I have this too"))
    _thank_and_accept(asker, url, windows)
    staff = windows.window(agent)
    steps.make_official(staff, url, "channel to 36")
    resolution = steps.resolve(staff, url, "Amber light every evening", "Set the channel to 36.")
    _read_as_visitor(windows.window(), url, resolution, helper.name)
    _see_the_credit(windows.window(helper), helper.handle)
    _see_the_news(asker, helper.name)
    assert windows.trouble == []


def _ask(page: Page, windows: Desk, earlier: str) -> str:
    page.goto("/ask")
    steps.choose_section(page, "Help")
    if windows.script:
        page.get_by_label("Your question in one line").press_sequentially(TITLE, delay=5)
        expect(page.get_by_role("complementary", name="Already answered?")).to_contain_text(earlier)
        page.get_by_label("What happens, and what have you tried?").fill(WORDS + "\n\n")
        _draft_survives(page)
        _add_picture(page)
    else:
        page.get_by_label("Your question in one line").fill(TITLE)
        page.get_by_label("What happens, and what have you tried?").fill(WORDS)
    _preview(page, windows)
    steps.choose_section(page, "Help")
    page.get_by_role("button", name="Post question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator("#flash")).to_contain_text("Your question is posted.")
    if windows.script:
        picture = page.locator(".question .prose img")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("naturalWidth", 320)
    return page.url


def _draft_survives(page: Page) -> None:
    expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Your question in one line")).to_have_value(TITLE)
    expect(page.get_by_label("What happens, and what have you tried?")).to_have_value(re.compile("amber"))


def _add_picture(page: Page) -> None:
    page.get_by_label("What happens, and what have you tried?").press("Control+End")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Image", exact=True).click()
    choosing.value.set_files(steps.png())
    expect(page.get_by_text("amber-light.png is in your text")).to_be_visible()
    expect(page.get_by_label("What happens, and what have you tried?")).to_have_value(
        re.compile(r"!\[\]\(/images/[0-9a-f]{20}\.")
    )


def _preview(page: Page, windows: Desk) -> None:
    page.get_by_role("button", name="Preview").click()
    if windows.script:
        expect(page.locator(".editor > .prose strong")).to_have_text("amber")
        page.get_by_role("button", name="Write").click()
        expect(page.get_by_label("What happens, and what have you tried?")).to_be_focused()
    else:
        expect(page.get_by_role("region", name="Preview").locator("strong")).to_have_text("amber")


def _thank_and_accept(page: Page, url: str, windows: Desk) -> None:
    page.goto(url)
    helpful = page.get_by_role("button", name=re.compile("^Helpful"))
    if windows.script:
        page.evaluate("window.sameDocument = true")
    steps.press(helpful)
    expect(helpful).to_have_attribute("aria-pressed", "true")  # the number is hidden while the answer is young
    if windows.script:
        expect(helpful).to_be_focused()
        assert page.evaluate("window.sameDocument") is True
    steps.press(page.get_by_role("button", name="Works for me"))
    page.get_by_role("button", name="This solved it").click()
    expect(page.locator(".answer.is-accepted")).to_contain_text("says this solved it")


def _read_as_visitor(page: Page, topic: str, resolution: str, helper: str) -> None:
    page.goto(topic)
    page.get_by_role("link", name="Read the resolution").first.click()
    expect(page).to_have_url(resolution)
    expect(page.get_by_role("region", name="Credit")).to_contain_text(helper)
    expect(page.locator(".answer-line")).to_have_text("Set the channel to 36.")


def _see_the_credit(page: Page, handle: str) -> None:
    page.goto(f"/members/{handle}/reputation")
    lines = page.get_by_role("table").first
    expect(lines).to_contain_text(TITLE)
    expect(page.get_by_role("main")).to_contain_text("wait to be counted")
    page.goto("/notifications")
    expect(page.locator("ul.notices")).to_contain_text(TITLE)


def _see_the_news(page: Page, helper: str) -> None:
    page.goto("/notifications")
    expect(page.locator("ul.notices")).to_contain_text(helper)


def test_keys_and_menus(chromium: Browser, live: Live) -> None:
    with live.session() as session:
        topic, member = make.topic(session), make.member(session)
        make.answer(session, topic)
    with desk(chromium, live) as windows:
        page = windows.window(member)
        page.goto(f"/topics/{topic.id}")
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox").first).to_be_focused()
        page.locator("h1").click()
        summary = page.locator("summary[aria-label='More actions']").first
        summary.click()
        expect(page.locator("details.menu[open]")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator("details.menu[open]")).to_have_count(0)
        expect(summary).to_be_focused()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_role("button", name="Account:").click()
        expect(page.locator("#me")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#me")).to_be_hidden()
        assert windows.trouble == []


def test_a_draft_of_an_answer_is_kept_and_a_second_press_sends_nothing_twice(chromium: Browser, live: Live) -> None:
    with live.session() as session:
        topic, member = make.topic(session), make.member(session)
    with desk(chromium, live) as windows:
        page = windows.window(member)
        page.goto(f"/topics/{topic.id}")
        page.get_by_label("Your answer").fill("Try another cable first, then tell us.")
        expect(page.get_by_text("Draft saved", exact=True)).to_be_visible()
        page.reload()
        expect(page.get_by_label("Your answer")).to_have_value(re.compile("another cable"))
        page.get_by_role("button", name="Post answer").dblclick()
        expect(page.locator("#flash")).to_contain_text("Posted.")
        expect(page.locator(".answer", has_text="another cable")).to_have_count(1)
        expect(page.get_by_label("Your answer")).to_have_value("")
        assert windows.trouble == []
