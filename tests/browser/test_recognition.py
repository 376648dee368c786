"""A volunteer in a real browser: answers, is accepted, has a badge, sees why the number changed, is invited, waits, gets the seat."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete
from sqlmodel import SQLModel, select

from forum.core import clock
from forum.models import BadgeAward, Member, RepSubject, Tier, VipOffer, VipPlace
from forum.policy.actor import actor_of
from forum.topics.verdicts import accept_answer
from tests import make
from tests.browser import steps
from tests.browser.conftest import Desk, desk
from tests.fakes.live import Live, wait_until

REMEDY = "Turn the hub by a quarter. The light goes white at once."


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def windows(request: pytest.FixtureRequest, chromium: Browser, live: Live) -> Iterator[Desk]:
    with desk(chromium, live, script=request.param) as opened:
        yield opened


def test_from_an_answer_to_a_seat(windows: Desk, live: Live) -> None:
    label = "script" if windows.script else "plain"
    with live.session() as session:
        volunteer, fellow = make.member(session, f"Vera Volunteer {label}"), make.member(session, f"Fay Fellow {label}")
        asker = make.member(session)
        topic = make.topic(session, asker, title=f"Amber light behind the sofa, {label}")
        _solved_some_days_ago(session, volunteer)
    window, url = windows.window(volunteer), f"{live.url}/topics/{topic.id}/{topic.slug}"
    steps.answer(window, url, REMEDY)
    _accept(windows.window(asker), url)
    _see_why(window, volunteer)
    _has_the_badge(window, live, volunteer)
    first, second = _invited(live, volunteer, fellow, label)
    _join_the_waiting_list(window, first)
    _say_no(windows.window(fellow), first)
    _get_the_seat(window, first, live.url)
    _say_no(window, second)
    assert _rows_about(live, volunteer, second) == []
    assert windows.trouble == []


def _solved_some_days_ago(session, volunteer: Member) -> None:
    """Long enough that the badge has settled: what is in it can be undone for two days."""
    moment = clock.now() - timedelta(days=3)
    clock.use(lambda: moment)
    try:
        asker = make.member(session)
        earlier = make.topic(session, asker, title="Which way round does the hub go on the wall")
        answer = make.answer(session, earlier, volunteer)
        accept_answer(session, actor_of(asker), earlier, answer)
        session.commit()
    finally:
        clock.use(None)


def _accept(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("button", name="This solved it").click()
    expect(page.locator(".answer.is-accepted")).to_contain_text("says this solved it")


def _see_why(page: Page, volunteer: Member) -> None:
    page.goto(f"/members/{volunteer.handle}/reputation")
    lines = page.get_by_role("table").first
    expect(lines).to_contain_text("Amber light behind the sofa")
    expect(lines).to_contain_text("Counts from")
    expect(lines).to_contain_text("Marked as the solution")


def _has_the_badge(page: Page, live: Live, volunteer: Member) -> None:
    """The worker of the running server looks at it; nobody pressed anything."""

    def given() -> bool:
        with live.session(writes=False) as session:
            query = select(BadgeAward.badge).join(RepSubject, RepSubject.subject == BadgeAward.subject)  # type: ignore[arg-type]
            return "first-solution" in session.exec(query.where(RepSubject.member_id == volunteer.id)).all()

    wait_until(given, seconds=30)
    page.goto(f"/members/{volunteer.handle}")
    expect(page.get_by_role("complementary", name="Standing")).to_contain_text("First solution")


def _invited(live: Live, volunteer: Member, fellow: Member, label: str) -> tuple[VipOffer, VipOffer]:
    """One place for two, which goes to the Fellow; and room for everybody at another one. Nobody else is in the draw."""
    with live.session() as session:
        session.execute(delete(VipPlace))
        make.vip(session, member=session.get_one(Member, volunteer.id))
        make.vip(session, member=session.get_one(Member, fellow.id), tier=Tier.fellow)
        first = make.offer(session, title=f"An evening in the lab, {label}", capacity="1")
        second = make.offer(session, title=f"A morning in the lab, {label}", capacity="50")
        session.commit()
        return first, second


def _join_the_waiting_list(page: Page, offer: VipOffer) -> None:
    page.goto("/notifications")
    page.get_by_role("link", name=re.compile(f"a waiting list if you like: {offer.title}")).click()
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_role("main")).to_contain_text("Nobody is before you.")


def _say_no(page: Page, offer: VipOffer) -> None:
    page.goto("/perks")
    page.get_by_role("link", name=offer.title).click()
    page.get_by_role("button", name="No, thank you").click()
    expect(page.locator("#flash")).to_contain_text("Nothing is kept about it.")


def _get_the_seat(page: Page, offer: VipOffer, url: str) -> None:
    page.goto("/notifications")
    page.get_by_role("link", name=re.compile(f"A seat came free for you: {offer.title}")).click()
    page.get_by_role("button", name="Yes, I come").click()
    expect(page.get_by_role("main")).to_contain_text("You have a seat")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Into my calendar").click()
    event = Calendar.from_ical(downloading.value.path().read_bytes()).walk("VEVENT")[0]
    assert (str(event["summary"]), str(event["status"])) == (offer.title, "CONFIRMED")


def _rows_about(live: Live, volunteer: Member, offer: VipOffer) -> list[str]:
    """Rows of any table that name both."""
    found = []
    with live.session(writes=False) as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.execute(table.select()):
                values = json.dumps([value if isinstance(value, int | dict | list) else str(value) for value in row])
                named = any(value == volunteer.id for name, value in row._mapping.items() if name.endswith("_id"))
                about = offer.title in values or f"/perks/{offer.id}" in values
                about = about or row._mapping.get("offer_id") == offer.id
                if about and (named or volunteer.handle in values):
                    found.append(f"{table.name}: {values}")
    return found
