"""Two questions become one, and for a day two again: nothing is lost, and the ledger stays what a replay gives."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict
from forum.models import Follow, Member, MeToo, Post, ReviewItem, Tag, Topic, TopicMerge
from forum.policy.actor import actor_of
from forum.recognition import jobs
from forum.search import feed
from forum.topics.inputs import LinkDuplicate
from forum.topics.merging import merge_topics
from forum.topics.verdicts import accept_answer
from forum.upkeep import counters
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture(autouse=True)
def proved(database):
    yield
    with transaction(writes=False) as session:
        assert jobs.drift(session) == []
        assert counters.differences(session) == []


class Two:
    """A question that stays, and one that goes into it, with an accepted answer, a comment, a follower and me-toos."""

    def __init__(self, session):
        self.asker, self.other = make.member(session, "Asha Asker"), make.member(session, "Otto Other")
        self.helper, self.moderator = make.member(session, "Hal Helper"), make.moderator(session)
        self.both, self.one = make.member(session), make.member(session)
        self.stays = make.topic(session, self.asker, title="The light is amber every evening", tags="hub-3")
        self.goes = make.topic(session, self.other, title="Amber light after eight in the evening", tags="wifi")
        self.answer = make.answer(session, self.goes, self.helper, "Set the channel to 36.")
        make.comment(session, self.answer, self.other, "That worked.")
        question = session.exec(select(Post).where(Post.topic_id == self.goes.id, Post.kind == "question")).one()
        make.comment(session, question, self.one, "Which model?")
        accept_answer(session, actor_of(self.other), self.goes, self.answer)
        session.commit()


@pytest.fixture
def two(session):
    return Two(session)


@pytest.fixture
def browse(app):
    def of(member):
        browser = Browser(app)
        if member:
            browser.sign_in(member)
        return browser

    return of


def merge(browse, two):
    return browse(two.moderator).post(f"/topics/{two.goes.id}/merge", {"earlier": f"/topics/{two.stays.id}"})


def undo(browse, session, two):
    session.rollback()
    number = session.exec(select(TopicMerge.id).order_by(TopicMerge.id.desc())).first()
    return browse(two.moderator).post(f"/merges/{number}/removal")


def test_everything_moves_and_the_address_leads_there(browse, session, two, drain):
    for who, topic in ((two.both, two.goes), (two.both, two.stays), (two.one, two.goes), (two.asker, two.goes)):
        browse(who).post(f"/topics/{topic.id}/me-too", {"on": "1"})
    assert merge(browse, two).headers["location"].startswith(f"/topics/{two.stays.id}/")
    drain()
    old = browse(None).get(f"/topics/{two.goes.id}/{two.goes.slug}")
    assert (old.status_code, old.headers["location"]) == (302, f"/topics/{two.stays.id}/{two.stays.slug}")
    page = words(browse(None).get(old.headers["location"]))
    for said in (
        "Set the channel to 36.",
        "That worked.",
        "Which model?",
        "Also asked as “Amber light after eight",
        "merged into this one",
    ):
        assert said in page, said
    stays = fresh(session, session.get(Topic, two.stays.id))
    assert (stays.answers, stays.me_too, stays.state, stays.accepted) == (1, 2, "answered", 0), (
        "those with both once, the asker not"
    )
    followers = set(session.exec(select(Follow.member_id).where(Follow.topic_id == two.stays.id)))
    assert {two.asker.id, two.other.id, two.helper.id, two.one.id} <= followers
    assert fresh(session, session.get(Member, two.helper.id)).accepted == 1
    assert dict(session.exec(select(Tag.slug, Tag.topics)).all()) == {"hub-3": 1, "wifi": 0}
    assert "Amber light after eight" not in words(browse(None).get("/questions"))
    assert two.goes.slug not in browse(None).get("/sitemap.xml").text
    with transaction(writes=False) as reading:
        assert feed.index_differences(reading) == []
    assert "was merged into" in words(browse(two.other).get("/notifications"))
    late = browse(two.one).post(f"/topics/{two.goes.id}/answers", {"body": "Written on the old page."})
    assert late.headers["location"].startswith(f"/topics/{two.stays.id}/"), "a form of the old page loses nothing"


def test_points_stay_and_undo_gives_two_questions_again(browse, session, two):
    later = clock.now() + timedelta(hours=2)
    clock.use(lambda: later)
    jobs.settle()
    merge(browse, two)
    assert fresh(session, session.get(Member, two.helper.id)).reputation == 25
    moved_page = browse(two.asker).get(f"/posts/{two.answer.id}", follow_redirects=True)
    assert "It did not solve it after all" not in moved_page.text, "the tick is the other asker's"
    assert browse(two.asker).post(f"/topics/{two.stays.id}/acceptances/{two.answer.id}/removal").status_code == 404
    make.comment(session, session.get(Post, two.answer.id), two.one, "Said since the merge.")
    assert undo(browse, session, two).headers["location"].startswith(f"/topics/{two.goes.id}/")
    page = words(browse(None).get(f"/topics/{two.goes.id}/{two.goes.slug}"))
    for said in ("Set the channel to 36.", "That worked.", "Which model?", "Said since the merge."):
        assert said in page, said
    assert "Set the channel to 36." not in words(browse(None).get(f"/topics/{two.stays.id}/{two.stays.slug}"))
    goes = fresh(session, session.get(Topic, two.goes.id))
    assert (goes.answers, goes.accepted, goes.state, goes.audience) == (1, 1, "solved", "public")
    assert fresh(session, session.get(Topic, two.stays.id)).state == "new"
    assert fresh(session, session.get(Member, two.helper.id)).reputation == 25
    assert undo(browse, session, two).status_code == 409
    assert merge(browse, two).status_code == 303


def test_one_asker_gets_one_point_for_one_me_too(browse, session, two):
    third = make.topic(session, two.asker, title="Amber again, and later in the night")
    for topic in (two.stays, third):
        browse(two.both).post(f"/topics/{topic.id}/me-too", {"on": "1"})
    assert fresh(session, session.get(Member, two.asker.id)).reputation == 2
    browse(two.moderator).post(f"/topics/{third.id}/merge", {"earlier": str(two.stays.id)})
    assert fresh(session, session.get(Member, two.asker.id)).reputation == 1
    undo(browse, session, two)
    assert fresh(session, session.get(Member, two.asker.id)).reputation == 2
    browse(two.moderator).post(f"/topics/{third.id}/merge", {"earlier": str(two.stays.id)})
    browse(two.both).post(f"/topics/{two.stays.id}/me-too", {"on": "0"})
    assert fresh(session, session.get(Member, two.asker.id)).reputation == 0
    assert session.exec(select(MeToo).where(MeToo.topic_id == two.stays.id)).all() == []


def test_what_the_other_asker_ticked_meanwhile_goes_with_the_undo(browse, session, two):
    second = make.answer(session, two.goes, make.member(session), "Or move the hub.")
    merge(browse, two)
    browse(two.asker).post(f"/topics/{two.stays.id}/acceptances", {"post": second.id})
    assert fresh(session, session.get(Topic, two.stays.id)).state == "solved"
    undo(browse, session, two)
    assert fresh(session, session.get(Topic, two.stays.id)).accepted == 0
    assert session.get(Topic, two.goes.id).accepted == 1


def test_after_a_day_it_stays(browse, session, two):
    merge(browse, two)
    later = clock.now() + timedelta(hours=25)
    clock.use(lambda: later)
    jobs.settle()
    refused = undo(browse, session, two)
    assert refused.status_code == 409 and "that day is over" in words(refused)
    assert fresh(session, session.get(Topic, two.goes.id)).merged_into_id == two.stays.id


def test_what_cannot_be_merged(browse, session, two):
    browser = browse(two.moderator)
    for earlier in (str(two.goes.id), "999999"):
        assert browser.post(f"/topics/{two.goes.id}/merge", {"earlier": earlier}).status_code == 422
    browser.post(f"/topics/{two.stays.id}/duplicate", {"earlier": str(two.goes.id)})
    assert browser.post(f"/topics/{two.goes.id}/merge", {"earlier": str(two.stays.id)}).status_code == 409
    assert browse(two.asker).post(f"/topics/{two.stays.id}/merge", {"earlier": str(two.goes.id)}).status_code == 403


def test_the_question_that_went_away_can_be_flagged_and_taken_back(browse, session, two):
    merge(browse, two)
    session.rollback()
    asked = session.exec(select(Post.id).where(Post.topic_id == two.goes.id, Post.kind == "question")).one()
    page = f"/topics/{two.stays.id}/{two.stays.slug}"
    reader = browse(make.member(session))
    assert f"/posts/{asked}/flags/new" in reader.get(page).text
    assert reader.post(f"/posts/{asked}/flags", {"reason": "spam"}).headers["location"] == f"{page}#q-{asked}"
    session.rollback()
    assert session.exec(select(ReviewItem.state).where(ReviewItem.post_id == asked)).one() == "open"
    assert browse(two.asker).post(f"/posts/{asked}/withdrawal").status_code == 403
    author = browse(two.other)
    assert author.post(f"/posts/{asked}/withdrawal").status_code == 303
    assert "Amber light after eight" not in words(browse(None).get(page))
    assert "Taken back. Others do not see it." in words(author.get(page))
    undo(browse, session, two)
    assert browse(None).get(f"/topics/{two.goes.id}/{two.goes.slug}").status_code == 404
    assert author.post(f"/posts/{asked}/withdrawal/removal").status_code == 303
    assert "Amber light after eight" in words(browse(None).get(f"/topics/{two.goes.id}/{two.goes.slug}"))


def test_a_moderator_removes_the_question_that_went_away(browse, session, two):
    merge(browse, two)
    session.rollback()
    asked = session.exec(select(Post.id).where(Post.topic_id == two.goes.id, Post.kind == "question")).one()
    browse(make.member(session)).post(f"/posts/{asked}/flags", {"reason": "spam"})
    session.rollback()
    item = session.exec(select(ReviewItem.id).where(ReviewItem.post_id == asked)).one()
    desk = browse(two.moderator)
    assert "Amber light after eight" in words(desk.get("/desk/reviews"))
    assert desk.post(f"/desk/reviews/{item}/decisions", {"decision": "spam", "reason": "It sells lamps."}).status_code == 303
    page = f"/topics/{two.stays.id}/{two.stays.slug}"
    assert "Amber light after eight" not in words(browse(None).get(page))
    assert "Set the channel to 36." in words(browse(None).get(page))


def test_two_opposite_merges_at_once_follow_each_other(session, two):
    ids = (two.goes.id, two.stays.id)
    mod = actor_of(two.moderator)
    session.commit()
    start = Barrier(2)

    def go(pair):
        source, target = pair
        start.wait()
        try:
            with transaction() as writing:
                merge_topics(writing, mod, source, LinkDuplicate(earlier=str(target)))
        except Conflict as error:
            return error.sentence
        return "merged"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(go, (ids, ids[::-1])))
    assert said.count("merged") == 1
    assert any("merged into another question meanwhile" in one for one in said)
