"""A running server and a real browser. Without Chromium these tests are skipped and say so; where CI=true they fail."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from forum.models import Member
from tests.fakes.live import Live

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]
HERE = str(Path(__file__).parent)
WAIT_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Gone when the last test here is over: while it is there, this thread has a running loop that others stumble over."""
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is required here and missing")
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    server = Live(tmp_path_factory.mktemp("browser"), "browser")
    yield server.start()
    server.close()


class Desk:
    """Opens windows, each with cookies of its own, and writes down what went wrong in any of them."""

    def __init__(self, browser: Browser, live: Live, *, script: bool = True) -> None:
        self.browser = browser
        self.live = live
        self.script = script
        self.trouble: list[str] = []
        self.contexts: list[BrowserContext] = []

    def window(self, member: Member | None = None, *, width: int = 1280, url: str = "", **more: Any) -> Page:
        context = self.browser.new_context(
            base_url=url or self.live.url,
            java_script_enabled=self.script,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(WAIT_MS)
        if member is not None:
            context.add_cookies([{"name": "session", "value": self.live.token(member), "url": url or self.live.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url}: {error}"))
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        """A broken content security policy is told here too."""
        if message.type in ("error", "warning"):
            self.trouble.append(f"{message.page.url if message.page else ''}: {message.text}")


@contextmanager
def desk(browser: Browser, live: Live, *, script: bool = True) -> Iterator[Desk]:
    opened = Desk(browser, live, script=script)
    yield opened
    opened.close()
