"""Edits that members suggest: the form, the difference, the decision, and what it earns."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.models import BadgeAward, Member, Post, Revision, SuggestedEdit, SuggestionState, Tag, Topic
from forum.policy.actor import actor_of
from forum.recognition import jobs
from forum.recognition.badges import awards
from forum.topics import inputs, suggesting
from forum.upkeep import counters
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture(autouse=True)
def proved(database):
    yield
    with transaction(writes=False) as session:
        assert jobs.drift(session) == []
        assert counters.differences(session) == []


@pytest.fixture
def author(session):
    return make.member(session, "Hal Helper")


@pytest.fixture
def suggester(session):
    return make.member(session, "Sue Gest", privileges="suggest_edit")


@pytest.fixture
def answer(session, author):
    return make.answer(session, author=author, body="Set the chanel to 36.")


@pytest.fixture
def browse(app):
    def of(member):
        browser = Browser(app)
        browser.sign_in(member)
        return browser

    return of


def suggest(browse, who, post, **form):
    values = {"body": "Set the channel to 36.", "reason": "Spelling"} | form
    return browse(who).post(f"/posts/{post.id}/suggestions", values)


def decide(browse, who, suggestion, decision="accept", number=1, answer="Thank you."):
    form = {"decision": decision, "number": str(number), "answer": answer}
    return browse(who).post(f"/suggestions/{suggestion}/decisions", form)


def newest(session):
    session.rollback()
    return session.exec(select(SuggestedEdit).order_by(SuggestedEdit.id.desc())).first()


def reputation(session, member):
    return fresh(session, session.get(Member, member.id)).reputation


def test_the_author_reads_the_difference_and_accepts(browse, session, author, suggester, answer):
    theirs = browse(suggester)
    page = theirs.get(f"/posts/{answer.id}", follow_redirects=True)
    assert f"/posts/{answer.id}/suggestions/new" in page.text
    assert "Send the suggestion" in words(theirs.get(f"/posts/{answer.id}/suggestions/new"))
    sent = suggest(browse, suggester, answer)
    row = newest(session)
    assert sent.headers["location"] == f"/suggestions/{row.id}"
    assert fresh(session, answer).body == "Set the chanel to 36.", "nothing changes before somebody decided"

    mine = browse(author)
    assert "Somebody suggests an edit" in words(mine.get(f"/posts/{answer.id}", follow_redirects=True))
    assert "Somebody suggests an edit to what you wrote" in words(mine.get("/notifications"))
    assert "For your posts" in words(mine.get("/me/edits"))
    shown = mine.get(f"/suggestions/{row.id}")
    assert "<del>chanel</del>" in shown.text and "<ins>channel</ins>" in shown.text and "Spelling" in shown.text
    assert decide(browse, author, row.id).status_code == 303

    session.rollback()
    version = session.exec(select(Revision).where(Revision.post_id == answer.id, Revision.number == 2)).one()
    assert (version.author_id, version.reason, fresh(session, answer).body) == (
        suggester.id,
        "Spelling",
        "Set the channel to 36.",
    )
    assert reputation(session, suggester) == 2
    assert "accepted: Thank you." in words(theirs.get("/notifications"))
    assert "Accepted" in words(theirs.get("/me/edits"))
    assert decide(browse, author, row.id).status_code == 409
    assert reputation(session, suggester) == 2


def test_declining_needs_a_sentence_and_loses_none(browse, session, author, suggester, answer):
    suggest(browse, suggester, answer)
    row = newest(session)
    refused = decide(browse, author, row.id, "decline", answer="")
    assert refused.status_code == 422 and "Say in a sentence why" in words(refused)
    assert decide(browse, author, row.id, "decline", answer="That was a quotation.").status_code == 303
    assert (newest(session).state, fresh(session, answer).revisions) == (SuggestionState.declined, 1)
    page = browse(suggester).get(f"/suggestions/{row.id}")
    assert "Declined by Hal Helper" in words(page) and "That was a quotation." in words(page)
    assert reputation(session, suggester) == 0
    assert suggest(browse, suggester, answer).status_code == 303, "another try is welcome"


def test_a_post_that_changed_since_is_never_overwritten_unseen(browse, session, author, suggester, answer):
    suggest(browse, suggester, answer)
    row = newest(session)
    browse(make.moderator(session)).post(f"/posts/{answer.id}", {"body": "Set the chanel to 36 and save."})
    late = decide(browse, author, row.id, number=1)
    assert late.status_code == 409 and "changed while you were reading" in words(late) and "Thank you." in late.text
    assert fresh(session, answer).body == "Set the chanel to 36 and save."
    shown = browse(author).get(f"/suggestions/{row.id}")
    assert "The post has changed since" in words(shown) and "<del> and save</del>" in shown.text
    assert decide(browse, author, row.id, number=2).status_code == 303
    assert fresh(session, answer).body == "Set the channel to 36."


def test_a_stale_suggestion_keeps_the_text(browse, session, suggester, answer):
    browse(make.moderator(session)).post(f"/posts/{answer.id}", {"body": "Set it to 36."})
    late = suggest(browse, suggester, answer, number="1", body="My careful words.")
    assert late.status_code == 409 and "My careful words." in late.text
    same = suggest(browse, suggester, answer, body="Set it to 36.")
    assert same.status_code == 422 and "Nothing is different yet" in words(same)
    preview = suggest(browse, suggester, answer, preview="1", body="Set **it**.")
    assert preview.status_code == 200 and "<strong>it</strong>" in preview.text
    assert newest(session) is None


def test_one_waits_for_each_post_and_ten_in_all(browse, session, suggester, answer):
    suggest(browse, suggester, answer)
    assert suggest(browse, suggester, answer, body="Again, other words.").status_code == 409
    for _ in range(9):
        assert suggest(browse, suggester, make.answer(session)).status_code == 303
    assert suggest(browse, suggester, make.answer(session)).status_code == 409
    first = session.exec(select(SuggestedEdit).where(SuggestedEdit.post_id == answer.id)).one()
    assert browse(suggester).post(f"/suggestions/{first.id}/withdrawal").headers["location"] == "/me/edits"
    assert suggest(browse, suggester, make.answer(session)).status_code == 303


def test_going_back_reverses_the_line_and_coming_back_restores_it(browse, session, author, suggester, answer):
    suggest(browse, suggester, answer)
    decide(browse, author, newest(session).id)
    mine = browse(author)
    points = []
    for number in ("1", "3", "2", "5", "1", "4"):
        mine.post(f"/posts/{answer.id}/restorations", {"number": number})
        points.append(reputation(session, suggester))
    assert points == [0, 0, 2, 2, 0, 0]


def test_what_earns_nothing(browse, session, author, suggester, answer):
    """Staff's edits, and one's own decision."""
    agent = make.agent(session)
    moderator = make.moderator(session)
    suggest(browse, agent, answer)
    decide(browse, author, newest(session).id)
    assert reputation(session, agent) == 0
    suggest(browse, moderator, answer, body="Set the channel to 36, please.")
    row = newest(session)
    assert decide(browse, moderator, row.id, number=2).status_code == 403
    assert browse(author).get(f"/posts/{answer.id}/suggestions/new").headers["location"] == f"/posts/{answer.id}/edit"
    assert browse(author).post(f"/posts/{answer.id}/suggestions", {"body": "x"}).status_code == 403
    assert decide(browse, author, row.id, number=2).status_code == 303
    assert reputation(session, moderator) == 2


def test_a_question_keeps_its_tags_and_title_with_it(browse, session, suggester):
    asker = make.member(session)
    topic = make.topic(session, asker, tags="wifi")
    question = session.exec(select(Post).where(Post.topic_id == topic.id)).one()
    form = {"body": question.body, "title": topic.title, "tags": "wifi, hub-9"}
    assert suggest(browse, suggester, question, **form).status_code == 303
    page = browse(asker).get(f"/suggestions/{newest(session).id}")
    assert "hub" in page.text
    decide(browse, asker, newest(session).id)
    session.rollback()
    assert dict(session.exec(select(Tag.slug, Tag.topics)).all()) == {"wifi": 1, "hub-9": 1}
    assert session.get(Topic, topic.id).title == topic.title


def test_others_see_neither_the_suggestion_nor_the_list(browse, client, session, suggester, answer):
    suggest(browse, suggester, answer)
    row = newest(session)
    stranger = browse(make.member(session))
    assert stranger.get(f"/suggestions/{row.id}").status_code == 404
    assert "Somebody suggests an edit" not in words(stranger.get(f"/posts/{answer.id}", follow_redirects=True))
    assert client.get(f"/suggestions/{row.id}").status_code == 404
    desk = browse(make.agent(session)).get("/desk/edits")
    assert "Sue Gest" in words(desk) and f"/suggestions/{row.id}" in desk.text


def test_staff_stand_behind_an_official_answer(browse, session, author, suggester, answer):
    agent = make.agent(session)
    review = (clock.now() + timedelta(days=30)).date().isoformat()
    browse(agent).post(f"/posts/{answer.id}/official-mark", {"scope": "Hub 3", "review_by": review})
    suggest(browse, suggester, answer)
    row = newest(session)
    assert decide(browse, author, row.id).status_code == 409
    assert decide(browse, agent, row.id).status_code == 303
    assert fresh(session, answer).body == "Set the channel to 36."


def test_twenty_make_an_editor(session, author, suggester):
    topic = make.topic(session, author)
    post = make.answer(session, topic, author)
    for number in range(20):
        data = inputs.EditPost(body=f"Words, better by {number}.")
        row = suggesting.suggest_edit(session, actor_of(suggester), topic, post, data)
        choice = inputs.DecideEdit(decision="accept", number=post.revisions)
        suggesting.decide(session, actor_of(author), topic, post, row, choice)
    session.commit()
    later = clock.now() + timedelta(days=3)
    clock.use(lambda: later)
    awards.settle_accounts()
    assert {"first-edit", "editor-bronze"} <= set(session.exec(select(BadgeAward.badge)))


def test_leaving_keeps_the_edit_without_a_name(browse, session, author, suggester, answer):
    suggest(browse, suggester, answer)
    row = newest(session)
    row.by_id = None
    session.commit()
    assert decide(browse, author, row.id).status_code == 303
    assert "Former member" in words(browse(author).get(f"/posts/{answer.id}/history"))
