"""What people do, in their words; each step leaves them on the page they would be on."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from forum.core import clock
from tests.fakes.live import Live, wait_until

LINK = re.compile(r"https?://\S+")
PASSWORD = "three unrelated wet words"


def join(page: Page, live: Live, name: str, handle: str) -> None:
    page.goto("/join")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Handle").fill(handle)
    page.locator("#email").fill(f"{handle}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    page.goto(link_in_letter(live, f"{handle}@example.org"))
    page.get_by_role("button", name="Yes, this is my address").click()
    page.get_by_label("E‑mail or handle").fill(handle)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{live.url}/")


def link_in_letter(live: Live, address: str) -> str:
    found: list[str] = []

    def arrived() -> bool:
        letters = [message_from_bytes(path.read_bytes(), policy=default) for path in (live.data / "mail").glob("*.eml")]
        found[:] = [LINK.findall(letter.get_content())[0] for letter in letters if letter["To"] == address]
        return bool(found)

    wait_until(arrived)
    return found[0]


def choose_section(page: Page, name: str) -> None:
    page.locator("label.btn", has_text=name).click()


def answer(page: Page, url: str, text: str) -> None:
    page.goto(url)
    page.get_by_label("Your answer").fill(text)
    page.get_by_role("button", name="Post answer").click()
    expect(page.locator(".answer", has_text=text)).to_be_visible()


def make_official(page: Page, url: str, words: str) -> None:
    page.goto(url)
    answer = page.locator(".answer", has_text=words)
    answer.locator("summary[aria-label='More actions']").click()
    answer.get_by_role("link", name="Mark as official").click()
    page.get_by_label("What does it apply to?").fill("Hub 3, firmware 4.1")
    page.get_by_label("When do we check it again?").fill((clock.now() + timedelta(days=100)).date().isoformat())
    page.get_by_role("button", name="Mark as official").click()
    official = page.locator("article.official")
    expect(official).to_contain_text("Hub 3, firmware 4.1")
    expect(official).to_contain_text("We check this again on")


def resolve(page: Page, url: str, problem: str, fix: str) -> str:
    """Where publishing leads."""
    page.goto(url)
    page.get_by_role("link", name="Write a resolution").click()
    page.get_by_label("The problem in one line").fill(problem)
    page.get_by_label("The fix in one or two sentences").fill(fix)
    page.get_by_label("The steps").fill("1. Open the hub's page.\n2. Set the channel to **36**.")
    for box in page.get_by_role("group", name="Credit").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#flash")).to_contain_text("Published.")
    return page.url


def press(button: Locator) -> None:
    """A button that stays, pressed."""
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def png() -> FilePayload:
    data = BytesIO()
    Image.new("RGB", (320, 180), "#2a6f97").save(data, "PNG")
    return {"name": "amber-light.png", "mimeType": "image/png", "buffer": data.getvalue()}
