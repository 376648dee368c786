"""Whether a resolution helped: one word of each member, what it earns, and that others earn nothing."""

import pytest
from sqlmodel import select

from forum.core.db import transaction
from forum.models import ArticleSaid, HelpSaid, LedgerKind, Member, RepEvent, Resolution
from forum.policy.actor import actor_of
from forum.recognition import jobs
from forum.recognition.standing import live
from forum.resolutions.actions import write_resolution
from forum.resolutions.inputs import WriteResolution
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import Browser, words


@pytest.fixture(autouse=True)
def proved(database):
    yield
    with transaction(writes=False) as session:
        assert jobs.drift(session) == []


class Scene:
    def __init__(self, app, session):
        self.app, self.session = app, session
        self.asker, self.helper, self.staff = make.member(session), make.member(session, "Hal Helper"), make.agent(session)
        self.topic = make.topic(session, self.asker)
        answer = make.answer(session, self.topic, self.helper)
        accept_answer(session, actor_of(self.asker), self.topic, answer)
        self.write()
        self.url = f"/resolutions/{session.exec(select(Resolution.id)).one()}"

    def write(self):
        words = {"question": "Amber light every evening", "answer": "Set the channel to 36.", "body": "Set it."}
        write_resolution(self.session, actor_of(self.staff), self.topic, WriteResolution(**words, act="publish"))
        self.session.commit()

    def say(self, who, helped="yes"):
        browser = Browser(self.app)
        if who:
            browser.sign_in(who)
        return browser.post(f"{self.url}/helped", {"helped": helped})

    def lines(self):
        self.session.rollback()
        kinds = RepEvent.kind == LedgerKind.article_helpful
        return len(self.session.scalars(select(RepEvent).where(kinds, live())).all())


@pytest.fixture
def scene(app, session):
    return Scene(app, session)


def test_yes_is_two_points_once_and_taken_back_none(scene, session):
    reader = make.member(session)
    found = []
    for helped in ("yes", "yes", "no", "yes", "", "yes"):
        assert scene.say(reader, helped).status_code == 303
        found.append(scene.lines())
    assert found == [1, 1, 0, 1, 0, 1]
    session.expire_all()
    assert session.get(Member, scene.helper.id).reputation == 20 + 2
    assert len(session.exec(select(ArticleSaid)).all()) == 1


def test_the_writer_staff_and_visitors_give_nothing(scene, session):
    for who in (scene.helper, scene.staff, make.agent(session), None):
        assert scene.say(who).status_code == 303
    assert scene.lines() == 0
    assert len(session.exec(select(HelpSaid)).all()) == 1, "a visitor's word counts for the question's readers alone"


def test_the_share_is_shown_with_its_interval(scene, session):
    for helped in (*["yes"] * 9, "no"):
        reader = make.member(session)
        scene.say(reader, helped)
    browser = Browser(scene.app)
    browser.sign_in(reader)
    page = browser.get(scene.url, follow_redirects=True)
    assert "10 readers answered “did this help?”; 90 % said yes (60 to 98 %)." in words(page)
    assert 'value="" aria-pressed="true"' in page.text


def test_withdrawn_it_counts_nothing_until_it_is_published_again(scene, session):
    for _ in range(2):
        scene.say(make.member(session))
    browser = Browser(scene.app)
    browser.sign_in(scene.staff)
    browser.post(f"{scene.url}/withdrawal", {"reason": "No longer true."})
    assert scene.lines() == 0
    assert scene.say(make.member(session)).status_code == 409
    session.rollback()
    scene.write()
    assert scene.lines() == 2
