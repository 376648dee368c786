"""Editing with every version kept; taking back, bringing back, removing, converting."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.models import Acceptance, Audience, Post, PostKind, Revision, Tag, Topic
from forum.topics.history import differences
from forum.upkeep import counters
from tests import make
from tests.fakes.client import fresh, words

LATER = timedelta(minutes=6)


@pytest.fixture
def author(session):
    return make.member(session, "Hal Helper")


@pytest.fixture
def answer(session, author):
    return make.answer(session, author=author, body="Set the chanel to 36.")


@pytest.fixture(autouse=True)
def counted(database):
    yield
    with transaction(writes=False) as session:
        assert counters.differences(session) == []


def pass_time(length):
    moment = clock.now() + length
    clock.use(lambda: moment)


def versions(session, post):
    session.rollback()
    return session.exec(select(Revision.body).where(Revision.post_id == post.id).order_by(Revision.number)).all()


def test_a_typo_mended_at_once_is_no_new_version(client, session, author, answer):
    client.sign_in(author)
    client.post(f"/posts/{answer.id}", {"body": "Set the channel to 36."})
    assert versions(session, answer) == ["Set the channel to 36."]
    assert (fresh(session, answer).body, answer.edited_at) == ("Set the channel to 36.", None)


def test_edits_have_a_pace_and_what_was_typed_comes_back(client, session):
    author = make.member(session, joined_at=clock.now())
    answer = make.answer(session, author=author)
    client.sign_in(author)
    texts = [f"Set the channel to {number}." for number in range(21)]
    answers = [client.post(f"/posts/{answer.id}", {"body": text, "reason": "Trying"}) for text in texts]
    assert [one.status_code for one in answers] == [303] * 20 + [429]
    page = words(answers[-1])
    assert "20 edits in an hour" in page and "Try again in 60 minutes." in page
    assert "Set the channel to 20." in answers[-1].text and 0 < int(answers[-1].headers["retry-after"]) <= 3600
    assert client.post(f"/posts/{answer.id}/restorations", {"number": "1"}).status_code == 429
    assert fresh(session, answer).body == "Set the channel to 19."
    pass_time(timedelta(minutes=61))
    assert client.post(f"/posts/{answer.id}", {"body": texts[-1]}).status_code == 303
    assert fresh(session, answer).body == "Set the channel to 20."


def test_after_five_minutes_it_is_a_version(client, session, author, answer):
    client.sign_in(author)
    pass_time(LATER)
    client.post(f"/posts/{answer.id}", {"body": "Set the channel to 36.", "reason": "Spelling"})
    assert versions(session, answer) == ["Set the chanel to 36.", "Set the channel to 36."]
    page = client.get(f"/posts/{answer.id}/history")
    assert "<del" in page.text and "<ins" in page.text
    assert "Spelling" in words(page)
    assert "Hal Helper" in words(page)


def test_a_reply_ends_the_grace(client, session, author, answer):
    make.comment(session, answer)
    client.sign_in(author)
    client.post(f"/posts/{answer.id}", {"body": "Set the channel to 36."})
    assert len(versions(session, answer)) == 2


def test_somebody_elses_edit_is_always_a_version(client, session, answer):
    client.sign_in(make.moderator(session))
    client.post(f"/posts/{answer.id}", {"body": "Set the channel to 36."})
    assert len(versions(session, answer)) == 2


def test_an_old_version_returns_as_a_new_one(client, session, author, answer):
    client.sign_in(author)
    pass_time(LATER)
    client.post(f"/posts/{answer.id}", {"body": "Something worse."})
    pass_time(LATER)
    client.post(f"/posts/{answer.id}/restorations", {"number": "1"})
    assert versions(session, answer) == ["Set the chanel to 36.", "Something worse.", "Set the chanel to 36."]
    assert fresh(session, answer).body == "Set the chanel to 36."
    assert client.post(f"/posts/{answer.id}/restorations", {"number": "9"}).status_code == 404


def test_a_stale_edit_keeps_the_text(client, session, author, answer):
    client.sign_in(make.moderator(session))
    client.post(f"/posts/{answer.id}", {"body": "A moderator's words.", "number": "1"})
    client.sign_in(author)
    late = client.post(f"/posts/{answer.id}", {"body": "My long and careful words.", "number": "1"})
    assert late.status_code == 409
    assert "My long and careful words." in late.text
    assert "Somebody else edited this meanwhile" in words(late)
    assert fresh(session, answer).body == "A moderator's words."
    again = client.post(f"/posts/{answer.id}", {"body": "My long and careful words.", "number": "2"})
    assert again.status_code == 303


def test_editing_a_question_changes_title_tags_and_address(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker, tags="hub-3, wifi")
    question = session.exec(select(Post).where(Post.topic_id == topic.id)).one()
    client.sign_in(asker)
    values = {"body": "New words.", "title": "Another title that is long enough", "tags": "wifi, zigbee"}
    done = client.post(f"/posts/{question.id}", values)
    assert done.headers["location"].startswith(f"/topics/{topic.id}/another-title-that-is-long-enough")
    assert client.get(f"/topics/{topic.id}/{topic.slug}").status_code == 301
    session.rollback()
    assert dict(session.exec(select(Tag.slug, Tag.topics)).all()) == {"hub-3": 0, "wifi": 1, "zigbee": 1}
    assert client.post(f"/posts/{question.id}", values | {"title": "Short"}).status_code == 422


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "a b"), ("a b", ""), ("one two three", "one 2 three"), ("a\n\nb", "a\n\nb c"), ("x " * 3000, "y " * 3000)],
)
def test_differences_give_both_texts(before, after):
    parts = differences(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after


def test_an_author_takes_an_answer_back_and_brings_it_back(client, session, author, answer):
    client.sign_in(author)
    topic = session.get(Topic, answer.topic_id)
    client.post(f"/posts/{answer.id}/withdrawal")
    assert (fresh(session, topic).answers, topic.state) == (0, "new")
    assert "Bring it back" in words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    client.sign_out()
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "Set the chanel" not in page
    assert "An answer was taken back by its author." in page
    client.sign_in(author)
    assert client.post(f"/posts/{answer.id}/withdrawal").status_code == 409
    client.post(f"/posts/{answer.id}/withdrawal/removal")
    assert (fresh(session, topic).answers, topic.state) == (1, "answered")


def test_what_a_moderator_removed_its_author_cannot_bring_back(client, session, author, answer):
    client.sign_in(make.moderator(session))
    assert client.post(f"/posts/{answer.id}/removal", {"reason": ""}).status_code == 422
    client.post(f"/posts/{answer.id}/removal", {"reason": "Not true, and harmful."})
    client.sign_in(author)
    assert client.post(f"/posts/{answer.id}/removal/removal").status_code == 403
    assert client.post(f"/posts/{answer.id}/withdrawal/removal").status_code == 403
    assert fresh(session, answer).state == "removed"
    client.sign_in(make.moderator(session))
    assert client.post(f"/posts/{answer.id}/removal/removal").status_code == 303
    assert fresh(session, answer).state == "visible"


def test_a_tick_goes_with_its_answer_and_the_official_answer_stays(client, session, author, answer):
    client.sign_in(make.admin(session))
    client.post(f"/topics/{answer.topic_id}/acceptances", {"post": answer.id})
    soon = (clock.now() + timedelta(days=9)).date().isoformat()
    client.post(f"/posts/{answer.id}/official-mark", {"review_by": soon})
    client.sign_in(author)
    assert client.post(f"/posts/{answer.id}/withdrawal").status_code == 409
    client.sign_in(make.admin(session))
    assert client.post(f"/posts/{answer.id}/conversion").status_code == 409
    client.post(f"/posts/{answer.id}/official-mark/removal")
    client.sign_in(author)
    client.post(f"/posts/{answer.id}/withdrawal")
    assert session.exec(select(Acceptance)).all() == []
    assert fresh(session, session.get(Topic, answer.topic_id)).state == "new"


def test_a_question_with_answers_stays(client, session, author, answer):
    asker_id = session.get(Topic, answer.topic_id).author_id
    question = session.exec(select(Post).where(Post.kind == PostKind.question)).one()
    asker = session.get(type(author), asker_id)
    client.sign_in(asker)
    kept = client.post(f"/posts/{question.id}/withdrawal")
    assert kept.status_code == 409
    assert "their help stays" in words(kept)


def test_a_question_taken_back_leaves_every_list(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker, title="Please forget that I ever asked", tags="hub-3")
    question = session.exec(select(Post).where(Post.kind == PostKind.question)).one()
    client.sign_in(asker)
    client.post(f"/posts/{question.id}/withdrawal")
    own = client.get(f"/topics/{topic.id}/{topic.slug}")
    assert "Bring it back" in words(own)
    client.sign_in(make.member(session))
    for path in ("/", "/questions", "/questions?tag=hub-3", f"/members/{asker.handle_key}", "/feed.xml", "/sitemap.xml"):
        assert "forget that I ever" not in client.get(path).text, path
        assert "forget-that-i-ever" not in client.get(path).text, path
    assert client.get(f"/topics/{topic.id}/{topic.slug}").status_code == 404
    assert session.exec(select(Tag.topics)).one() == 0
    client.sign_in(asker)
    client.post(f"/posts/{question.id}/withdrawal/removal")
    assert (fresh(session, topic).audience, topic.state) == (Audience.public, "new")
    client.sign_out()
    assert "forget that I ever" in client.get("/questions").text


def test_an_answer_becomes_a_comment_with_its_comments_and_returns(client, session, author, answer):
    topic = session.get(Topic, answer.topic_id)
    question = session.exec(select(Post).where(Post.kind == PostKind.question)).one()
    shown = make.comment(session, answer, author)
    hidden = make.comment(session, answer, author, body="Never mind.")
    client.sign_in(author)
    client.post(f"/posts/{hidden.id}/withdrawal")
    client.sign_in(make.moderator(session))
    client.post(f"/posts/{answer.id}/conversion")
    assert (fresh(session, answer).kind, answer.parent_id) == ("comment", question.id)
    assert fresh(session, shown).parent_id == question.id
    assert (fresh(session, topic).answers, topic.state, fresh(session, question).comments) == (0, "new", 2)
    client.post(f"/posts/{answer.id}/conversion")
    assert (fresh(session, answer).kind, fresh(session, topic).answers, fresh(session, question).comments) == ("answer", 1, 1)


def test_a_comment_hangs_under_nothing_hidden(client, session, author, answer):
    topic = session.get(Topic, answer.topic_id)
    other = make.answer(session, topic)
    elsewhere = make.answer(session, author=author)
    client.sign_in(make.admin(session))
    client.post(f"/topics/{topic.id}/notes", {"body": "For us alone."})
    session.rollback()
    note = session.exec(select(Post).where(Post.kind == PostKind.note)).one()
    client.post(f"/posts/{other.id}/removal", {"reason": "Wrong."})
    for under in (note.id, other.id, elsewhere.id, answer.id, 12345):
        assert client.post(f"/posts/{answer.id}/conversion", {"under": under}).status_code == 422
    assert fresh(session, answer).kind == "answer"
