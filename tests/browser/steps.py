"""What people do, in their words; each step leaves them on the page they would be on."""

import re
from email import message_from_bytes
from email.policy import default
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

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


def press(button: Locator) -> None:
    """A button that stays, pressed."""
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def png() -> FilePayload:
    data = BytesIO()
    Image.new("RGB", (320, 180), "#2a6f97").save(data, "PNG")
    return {"name": "amber-light.png", "mimeType": "image/png", "buffer": data.getvalue()}
