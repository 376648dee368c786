"""Asked before: a link, a question to whoever asked, and what finding it earns."""

import pytest
from sqlmodel import select

from forum.core.db import transaction
from forum.models import LedgerKind, Member, RepEvent, Topic
from forum.recognition import jobs
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture(autouse=True)
def proved(database):
    yield
    with transaction(writes=False) as session:
        assert jobs.drift(session) == []


@pytest.fixture
def asker(session):
    return make.member(session, "Asha Asker")


@pytest.fixture
def linker(session):
    return make.member(session, "Lin Ker", privileges="link_duplicate,confirm_duplicates")


@pytest.fixture
def topics(session, asker):
    return make.topic(session, title="The light is amber in the evening"), make.topic(session, asker)


@pytest.fixture
def press(app):
    def of(member, topic, what, **form):
        browser = Browser(app)
        browser.sign_in(member)
        return browser.post(f"/topics/{topic.id}/duplicate{what}", form).status_code

    return of


def page_of(app, member, topic):
    browser = Browser(app)
    browser.sign_in(member)
    return words(browser.get(f"/topics/{topic.id}", follow_redirects=True))


def reputation(session, member):
    return fresh(session, session.get(Member, member.id)).reputation


def test_the_asker_says_that_it_solved_it(app, session, press, asker, linker, topics):
    earlier, topic = topics
    assert press(linker, topic, "", earlier=str(earlier.id)) == 303
    assert "Did this earlier question solve it?" in page_of(app, asker, topic)
    assert reputation(session, linker) == 0
    for _ in range(2):
        assert press(asker, topic, "/confirmation") == 303
        assert reputation(session, linker) == 3
    assert "asked before, and it is the same" in page_of(app, make.member(session), topic)
    assert "Take back" in page_of(app, asker, topic)
    press(asker, topic, "/confirmation/removal")
    assert reputation(session, linker) == 0
    press(asker, topic, "/confirmation")
    assert reputation(session, linker) == 3
    assert fresh(session, session.get(Topic, topic.id)).state == "new", "a link closes nothing"


def test_no_removes_the_link_and_its_points(app, session, press, asker, linker, topics):
    earlier, topic = topics
    press(linker, topic, "", earlier=str(earlier.id))
    press(asker, topic, "/confirmation")
    assert press(asker, topic, "/removal") == 303
    row = fresh(session, session.get(Topic, topic.id))
    assert (row.duplicate_of_id, row.duplicate_confirmed_at, reputation(session, linker)) == (None, None, 0)
    assert press(asker, topic, "/confirmation") == 409
    assert press(asker, topic, "/removal") == 404


def test_two_others_may_say_it_but_not_who_linked_it(app, session, press, linker, topics):
    earlier, topic = topics
    press(linker, topic, "", earlier=str(earlier.id))
    first, second = (make.member(session, privileges="confirm_duplicates") for _ in range(2))
    assert press(linker, topic, "/confirmation") == 403
    assert press(make.member(session), topic, "/confirmation") == 403
    assert press(first, topic, "/confirmation") == 303
    assert press(first, topic, "/confirmation") == 303
    assert reputation(session, linker) == 0
    assert "It is the same" in page_of(app, second, topic)
    press(second, topic, "/confirmation")
    assert reputation(session, linker) == 3
    press(first, topic, "/confirmation/removal")
    assert reputation(session, linker) == 0


def test_another_link_starts_anew(session, press, asker, linker, topics):
    earlier, topic = topics
    press(linker, topic, "", earlier=str(earlier.id))
    press(asker, topic, "/confirmation")
    other = make.member(session, privileges="link_duplicate")
    assert press(other, topic, "", earlier=str(earlier.id)) == 303
    assert reputation(session, linker) == 3, "the same link again changes nothing"
    third = make.topic(session, title="Amber since the last update of the hub")
    press(other, topic, "", earlier=str(third.id))
    assert (reputation(session, linker), reputation(session, other)) == (0, 0)
    press(asker, topic, "/confirmation")
    assert (reputation(session, linker), reputation(session, other)) == (0, 3)


def test_ones_own_question_and_staff_earn_nothing(session, press, asker, topics):
    earlier, topic = topics
    for who in (asker, make.moderator(session), make.agent(session)):
        press(who, topic, "", earlier=str(earlier.id))
        assert press(asker, topic, "/confirmation") == 303
        press(asker, topic, "/removal")
    session.rollback()
    lines = session.exec(select(RepEvent).where(RepEvent.kind == LedgerKind.duplicate_confirmed)).all()
    assert len(lines) == 1, "the moderator's"
    assert reputation(session, asker) == 0
