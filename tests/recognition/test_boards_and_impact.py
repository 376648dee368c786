"""Boards count people, not posts; readers are counted without being known; the yearly report is honest about small numbers."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from forum.core import clock
from forum.core.proportions import interval
from forum.core.sketches import Sketch, join
from forum.models import BoardRow, LedgerKind, Notice, NoticeKind, Post, Readership, RecognitionChoices
from forum.recognition import boards, readers, rest, yearly
from forum.recognition.actions import Cause, credit, subject_of
from forum.recognition.boards import A_WEEK, Signal, ranked, scores
from tests import make
from tests.fakes.client import Browser, words

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_week_of_marathon_adds_no_more_than_twenty_people():
    marathon = [Signal(1, asker, MONDAY + timedelta(hours=asker), asker) for asker in range(100)]
    steady = [Signal(2, asker, MONDAY + timedelta(days=7 * (asker % 3)), asker) for asker in range(30)]
    again = [Signal(3, asker % 3, MONDAY + timedelta(hours=asker), asker) for asker in range(50)]
    few = [Signal(4, asker, MONDAY, asker) for asker in range(2)]
    assert scores([*marathon, *steady, *again, *few]) == {1: A_WEEK, 2: 30, 3: 3}


def test_equals_share_a_place_and_the_next_place_follows():
    assert list(ranked({1: 5, 2: 9, 3: 5, 4: 3})) == [(1, 2, 9), (2, 1, 5), (2, 3, 5), (3, 4, 3)]


@pytest.fixture
def helped(session):
    """Somebody who helped five people, a moderator who is a volunteer too, staff, and somebody who would rather not be listed."""
    people = {
        "hal": make.member(session, "Hal Helper"),
        "mo": make.moderator(session, name="Mo Moderator"),
        "stef": make.agent(session, name="Stef Staff"),
        "shy": make.member(session, "Shy Helper"),
    }
    for _ in range(5):
        topic = make.topic(session, make.member(session), tags="hub-3")
        for member in people.values():
            answer = make.answer(session, topic, member)
            if member is not people["stef"]:
                cause = Cause("mark", answer.id, topic.id, answer.id)
                credit(session, subject_of(session, member.id), LedgerKind.answer_fixed_me_too, cause)
    session.add(RecognitionChoices(member_id=people["shy"].id, on_boards=False))
    session.commit()
    return people


def test_the_board_is_made_on_mondays_and_leaves_out_who_opted_out(app, session, helped):
    boards.make()
    with Browser(app) as browser:
        for url in ("/boards", "/boards/7", "/boards/30?scope=tag:hub-3"):
            page = words(browser.get(url))
            assert "Hal Helper" in page and "Mo Moderator" in page, url
            assert "Shy Helper" not in page and "Stef Staff" not in page, url
        assert "Nobody here yet" in words(browser.get("/boards/rescues"))
        browser.sign_in(helped["hal"])
        browser.post("/settings/recognition", {"shows_level": "1"})
        assert "Hal Helper" not in words(browser.get("/boards")), "gone at once, not next Monday"
    made = session.scalars(select(BoardRow.made_at)).first()
    boards.make()
    assert session.scalars(select(BoardRow.made_at)).first() == made


def test_who_comes_back_is_there_at_once(app, session, helped, drain):
    boards.make()
    with Browser(app) as browser:
        browser.sign_in(helped["shy"])
        browser.post("/settings/recognition", {"shows_level": "1"})
        drain()
        assert "Shy Helper" not in words(browser.get("/boards"))
        browser.post("/settings/recognition", {"on_boards": "1"})
        drain()
        assert "Shy Helper" in words(browser.get("/boards"))


def test_a_site_can_do_without_boards(app, session, helped):
    boards.make()
    with Browser(app) as browser:
        browser.sign_in(make.admin(session))
        browser.post("/admin/boards", {"on": "0"})
        assert "There are no boards here" in words(browser.get("/boards"))


@pytest.mark.parametrize(
    ("days", "tired"),
    [
        ({0: 25}, True),
        ({1: 25}, True),
        ({0: 24}, False),
        (dict.fromkeys(range(1, 15), 1), True),
        (dict.fromkeys(range(1, 14), 1), False),
    ],
)
def test_who_needs_rest(days, tired):
    today = date(2026, 3, 20)
    assert rest.needs_rest({today - timedelta(days=back): count for back, count in days.items()}, today) == tired


def test_the_quiet_word_comes_once_a_month_and_only_to_them(session):
    helper = make.member(session)
    topic = make.topic(session)
    session.add_all(
        Post(topic_id=topic.id, kind="answer", author_id=helper.id, body="x", html="x", created_at=clock.now()) for _ in range(25)
    )
    session.commit()
    rest.look()
    rest.look()
    session.commit()
    quiet = session.scalars(select(Notice).where(Notice.kind == NoticeKind.quiet)).all()
    assert [notice.member_id for notice in quiet] == [helper.id]
    assert "the queue will be fine" in quiet[0].title


def test_sketches_count_within_two_percent_and_join_without_counting_twice():
    dice = Random(7)
    for size in (500, 5_000, 50_000):
        one, two = Sketch(), Sketch()
        names = [str(dice.random()) for _ in range(size)]
        for name in names:
            one.add(name)
        for name in names[: size // 2]:
            two.add(name)
        kept = Sketch(one.stored())
        assert abs(kept.count - size) <= 0.02 * size, size
        assert abs(join([kept, Sketch(two.stored())]).count - kept.count) <= 0.02 * size


def read(app, topic, address, agent="Mozilla/5.0 Firefox"):
    with Browser(app) as browser:
        browser.headers["user-agent"] = agent
        return browser.get(f"/topics/{topic.id}/{topic.slug}", headers={"x-forwarded-for": address})


def test_readers_are_people_once_a_day_and_never_the_author_or_staff(app, session):
    readers.write()
    asker, helper = make.member(session), make.member(session)
    topic = make.topic(session, asker)
    make.answer(session, topic, helper)
    for agent in ("Mozilla/5.0 Firefox", "Mozilla/5.0 Firefox", "Mozilla/5.0 Safari", "Googlebot/2.1", "curl/8"):
        read(app, topic, "203.0.113.1", agent)
    for member in (asker, helper, make.agent(session), make.member(session)):
        with Browser(app) as browser:
            browser.headers["user-agent"] = "Mozilla/5.0 Firefox"
            browser.sign_in(member)
            assert browser.get(f"/topics/{topic.id}/{topic.slug}").status_code == 200
    readers.write()
    month = clock.now().date().replace(day=1)
    kept = session.scalars(select(Readership.sketch).where(Readership.topic_id == topic.id, Readership.month == month)).one()
    assert Sketch(kept).count == 3, "two visitors and one member"


def test_the_report_says_little_where_little_is_known(app, session):
    asker, helper = make.member(session), make.member(session, "Hal Helper")
    topic = make.topic(session, asker)
    answer = make.answer(session, topic, helper)
    with Browser(app) as browser:
        browser.sign_in(helper)
        assert "Nothing to tell yet" in words(browser.get("/me/impact"))
        browser.sign_in(asker)
        browser.post(f"/topics/{topic.id}/acceptances", {"post": answer.id})
    for number in range(1_234):
        readers.note(topic.id, f"reader {number}")
    readers.write()
    for value in ("yes", "yes", "no"):
        with Browser(app) as browser:
            browser.sign_in(make.member(session))
            assert browser.post(f"/topics/{topic.id}/helped", {"helped": value}).status_code == 303
            browser.post(f"/topics/{topic.id}/helped", {"helped": value})
    yearly.make()
    with Browser(app) as browser:
        browser.sign_in(helper)
        assert browser.post(f"/topics/{topic.id}/helped", {"helped": "yes"}).status_code == 422
        page = words(browser.get("/me/impact"))
        assert "A few readers answered" in page and "were read by about 1,2" in page
        card = browser.get(f"/me/impact/{clock.now().year}/card.png")
        assert card.headers["content-type"] == "image/png" and card.content.startswith(b"\x89PNG")


def test_no_more_digits_than_the_estimate_carries():
    assert [yearly.about(number) for number in (3, 9, 10, 999, 12_345, 1_234_567)] == [
        *("a few", "a few", "about 10", "about 999", "about 12,300", "about 1,230,000"),
    ]
    low, high = interval(165, 46)
    assert (round(low, 2), round(high, 2)) == (0.72, 0.83)
    assert yearly.said_helped(165, 46) == "211 readers answered “did this help?”; 78 % said yes (72 to 83 %)."
