"""Articles that members propose: who may, who reads them, what becomes of them, and what they earn."""

import pytest
from sqlalchemy import func
from sqlmodel import select

from forum.core.db import transaction
from forum.models import ArticleProposal, LedgerKind, Member, RepEvent, RepSubject, Resolution
from forum.policy.actor import actor_of
from forum.policy.privileges import PRESETS, Privilege
from forum.recognition import jobs
from forum.recognition.standing import live
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import Browser, fresh, words

SAID = {
    "question": "Amber light every evening",
    "answer": "Set the channel of the hub to 36.",
    "body": "1. Open the settings.\n2. Choose *36*.",
    "scope": "Hub 3",
}


@pytest.fixture(autouse=True)
def proved(database):
    yield
    with transaction(writes=False) as session:
        assert jobs.drift(session) == []


class Scene:
    """A solved question, who solved it, somebody who writes well, and staff."""

    def __init__(self, app, session, client):
        self.app, self.session, self.kim = app, session, client
        self.helper, self.writer, self.staff = (
            make.member(session, "Hal Helper"),
            make.member(session, "Kim Knows"),
            make.agent(session),
        )
        self.topic = self.solved("The hall light turns amber every evening")
        self.trust(self.writer)
        client.sign_in(self.writer)
        self.desk = self.browser(self.staff)

    def solved(self, title):
        asker = make.member(self.session)
        topic = make.topic(self.session, asker, title=title)
        accept_answer(self.session, actor_of(asker), topic, make.answer(self.session, topic, self.helper))
        self.session.commit()
        return topic

    def trust(self, member):
        fresh(self.session, member).privileges = "propose_article"
        self.session.commit()

    def browser(self, member=None):
        made = Browser(self.app)
        if member is not None:
            made.sign_in(member)
        return made

    def propose(self, topic=None, **more):
        return self.kim.post(f"/topics/{(topic or self.topic).id}/articles", SAID | more)

    def proposed(self):
        sent = self.propose()
        assert sent.status_code == 303, words(sent)
        self.session.rollback()
        return self.session.exec(select(ArticleProposal.id)).one()

    def editor(self):
        return f"/topics/{self.topic.id}/resolution"

    def page(self, browser):
        return browser.get(f"/topics/{self.topic.id}/{self.topic.slug}")

    def lines(self, kind):
        self.session.rollback()
        query = (
            select(Member.name, func.count())
            .join(RepSubject, RepSubject.member_id == Member.id)
            .join(RepEvent, RepEvent.subject == RepSubject.subject)
            .where(RepEvent.kind == kind, live())
            .group_by(Member.name)
        )
        return dict(self.session.exec(query).all())

    def earned(self):
        return self.lines(LedgerKind.article_published)


@pytest.fixture
def scene(app, session, client):
    return Scene(app, session, client)


def test_it_is_offered_where_it_is_wanted_and_says_what_would_open_it(scene, session):
    assert "Propose an article" in words(scene.page(scene.kim))
    newcomer = scene.browser(make.member(session))
    shown = words(scene.page(newcomer))
    assert "You can propose an article from 50 points; you have 0." in shown and "Propose an article" not in shown
    assert newcomer.get(f"/topics/{scene.topic.id}/articles/new").status_code == 403
    for other in (scene.browser(), scene.desk):
        assert "ropose an article" not in words(scene.page(other))
    moved = scene.desk.get(f"/topics/{scene.topic.id}/articles/new")
    assert (moved.status_code, moved.headers["location"]) == (303, scene.editor())
    unsolved = make.topic(session, title="Nobody has answered this one yet")
    session.commit()
    assert "There is nothing to write down yet" in words(scene.propose(unsolved))
    assert "ropose an article" not in words(scene.kim.get(f"/topics/{unsolved.id}/{unsolved.slug}"))


def test_every_preset_has_a_threshold():
    assert [PRESETS[name][Privilege.propose_article] for name in ("young", "standard", "large")] == [50, 250, 500]


def test_bad_input_comes_back_with_a_sentence(scene, session):
    refused = scene.propose(answer="36")
    assert refused.status_code == 422 and "Choose *36*" in refused.text
    shown = scene.propose(preview="1")
    assert shown.status_code == 200 and "<em>36</em>" in shown.text
    assert session.exec(select(ArticleProposal)).all() == []


def test_nobody_reads_it_before_it_is_published(scene, session):
    number = scene.proposed()
    assert "Your article waits for staff" in words(scene.page(scene.kim))
    other = make.member(session, "Ole Other")
    scene.trust(other)
    stranger = scene.browser(other)
    assert "Somebody has proposed an article" in words(scene.page(stranger))
    for who in (scene.browser(), stranger, scene.browser(make.moderator(session))):
        assert who.get(f"/articles/{number}").status_code == 404
        for path in ("/resolutions", "/search?q=channel+36", "/feeds/resolutions.xml", "/feed.xml", "/"):
            assert "Set the channel of the hub" not in who.get(path).text, path
    assert scene.kim.get(f"/articles/{number}").status_code == 200
    assert "Amber light every evening" in words(scene.desk.get("/desk/articles"))
    assert session.exec(select(Resolution)).all() == []


def test_published_in_clearer_words_it_is_worth_an_article_to_both(scene, session):
    number = scene.proposed()
    form = scene.desk.get(scene.editor())
    assert "Kim Knows proposes this article" in words(form) and "Set the channel of the hub to 36." in form.text
    credited = [scene.helper.id, scene.writer.id]
    clearer = SAID | {"answer": "Choose channel 36.", "act": "publish", "proposal": str(number), "credit": credited}
    published = scene.desk.post(scene.editor(), clearer)
    assert published.status_code == 303
    page = words(scene.browser().get(published.headers["location"]))
    assert "Choose channel 36." in page and "Kim Knows wrote it down, as a volunteer" in page
    assert scene.earned() == {"Hal Helper": 1, "Kim Knows": 1}
    told = words(scene.kim.get("/notifications"))
    assert told.count("Your article “Amber light every evening” is published") == 1
    assert "resolution" not in told.split("is published")[0].casefold().split("notifications")[-1]
    assert "Published" in words(scene.kim.get("/me/edits"))
    assert "Nothing waits" in words(scene.desk.get("/desk/articles"))
    row = session.exec(select(Resolution)).one()
    reader = scene.browser(make.member(session))
    assert reader.post(f"/resolutions/{row.id}/helped", {"helped": "yes"}).status_code == 303
    assert scene.lines(LedgerKind.article_helpful) == {"Hal Helper": 1, "Kim Knows": 1}
    scene.desk.post(f"/resolutions/{row.id}/withdrawal", {"reason": "It is no longer true."})
    assert scene.earned() == {}
    scene.desk.post(scene.editor(), SAID | {"act": "publish"})
    assert scene.earned() == {"Hal Helper": 1, "Kim Knows": 1}


def test_one_who_solved_it_and_wrote_it_earns_one_line(scene, session):
    scene.trust(scene.helper)
    scene.kim.sign_in(scene.helper)
    number = scene.proposed()
    scene.desk.post(scene.editor(), SAID | {"act": "publish", "proposal": str(number)})
    assert scene.earned() == {"Hal Helper": 1}


def test_what_staff_wrote_themselves_accepts_nothing(scene, session):
    number = scene.proposed()
    scene.desk.post(scene.editor(), SAID | {"act": "publish"})
    assert scene.earned() == {"Hal Helper": 1}
    form = words(scene.desk.get(scene.editor()))
    assert "What Kim Knows would write" in form
    scene.desk.post(scene.editor(), SAID | {"act": "publish", "proposal": str(number)})
    assert scene.earned() == {"Hal Helper": 1, "Kim Knows": 1}
    assert scene.desk.post(scene.editor(), SAID | {"act": "publish", "proposal": str(number)}).status_code == 409


def test_declined_with_a_reason_that_is_read(scene, session):
    number = scene.proposed()
    refused = scene.desk.post(f"/articles/{number}/refusals", {"said": ""})
    assert refused.status_code == 422 and "Decline Kim Knows's article" in words(refused)
    assert scene.desk.post(f"/articles/{number}/refusals", {"said": "It says what to do, but not when."}).status_code == 303
    assert "It says what to do, but not when." in words(scene.kim.get("/notifications"))
    assert "It says what to do, but not when." in words(scene.kim.get(f"/articles/{number}"))
    assert scene.earned() == {}
    assert scene.desk.post(f"/articles/{number}/refusals", {"said": "Once more, to be sure."}).status_code == 409
    assert scene.propose().status_code == 303


def test_withdrawn_by_whoever_wrote_it(scene, session):
    number = scene.proposed()
    assert scene.desk.post(f"/articles/{number}/withdrawal").status_code == 403
    assert scene.kim.post(f"/articles/{number}/withdrawal").status_code == 303
    assert "Nothing waits" in words(scene.desk.get("/desk/articles"))
    assert "Propose an article" in words(scene.page(scene.kim))


def test_one_waits_for_each_question_and_three_for_each_member(scene, session):
    scene.proposed()
    again = scene.propose()
    assert again.status_code == 409 and "Somebody has proposed an article" in words(again)
    topics = [scene.solved(f"Another light turns amber, number {number}") for number in range(3)]
    assert [scene.propose(topic).status_code for topic in topics] == [303, 303, 409]
    assert "3 of your articles wait already" in words(scene.propose(topics[2]))


def test_a_question_with_an_article_that_waits_is_not_merged_away(scene, session):
    scene.proposed()
    other = scene.solved("The attic light turns amber at noon")
    refused = scene.desk.post(f"/topics/{scene.topic.id}/merge", {"earlier": str(other.id)})
    assert refused.status_code == 409 and "Somebody proposed an article" in words(refused)
