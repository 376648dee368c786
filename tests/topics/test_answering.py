"""Answers, comments, notes, drafts, following and me-too."""

from datetime import timedelta

from sqlmodel import select

from forum.core import clock
from forum.models import Draft, Follow, MeToo, Post, PostKind, SectionKind, Topic
from tests import make
from tests.fakes.client import Browser, fresh, words

TEXT = "Set the channel to 36, save, and wait a minute."


def test_a_member_answers_and_is_read(client, session):
    topic = make.topic(session)
    client.sign_in(make.member(session, "Vera Volunteer"))
    done = client.post(f"/topics/{topic.id}/answers", {"body": TEXT})
    assert done.status_code == 303
    answer = session.exec(select(Post).where(Post.kind == PostKind.answer)).one()
    assert done.headers["location"] == f"/topics/{topic.id}/{topic.slug}#a-{answer.id}"
    page = client.get(f"/topics/{topic.id}/{topic.slug}")
    assert TEXT in words(page)
    assert "1 answer" in words(page)
    assert (fresh(session, topic).answers, topic.state) == (1, "answered")


def test_an_empty_answer_comes_back(client, session):
    topic = make.topic(session)
    client.sign_in(make.member(session))
    again = client.post(f"/topics/{topic.id}/answers", {"body": "   "})
    assert again.status_code == 422
    assert "Fill this in to go on." in words(again)
    assert fresh(session, topic).answers == 0


def test_a_closed_topic_takes_no_answer(client, session):
    topic = make.topic(session)
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/state", {"state": "closed", "reason": "Kept elsewhere."})
    client.sign_in(make.member(session))
    refused = client.post(f"/topics/{topic.id}/answers", {"body": TEXT})
    assert refused.status_code == 403
    assert "Ask a new question and link to it" in words(refused)
    assert TEXT in refused.text
    assert fresh(session, topic).answers == 0


def test_comments_stand_under_what_they_are_about(client, session):
    answer = make.answer(session)
    client.sign_in(make.member(session))
    done = client.post(f"/posts/{answer.id}/comments", {"body": "Worked on a Hub 2 as well."})
    comment = session.exec(select(Post).where(Post.kind == PostKind.comment)).one()
    assert done.headers["location"].endswith(f"#c-{comment.id}")
    assert comment.parent_id == answer.id
    assert "Worked on a Hub 2 as well." in words(client.get(f"/topics/{answer.topic_id}", follow_redirects=True))
    assert fresh(session, answer).comments == 1


def test_comments_do_not_nest(client, session):
    comment = make.comment(session, make.answer(session))
    client.sign_in(make.member(session))
    assert client.post(f"/posts/{comment.id}/comments", {"body": "And this?"}).status_code == 422


def test_a_moderator_removes_a_comment_with_a_reason(client, session):
    comment = make.comment(session, make.answer(session), body="Read my other site instead.")
    client.sign_in(make.moderator(session))
    page = client.get(f"/topics/{comment.topic_id}", follow_redirects=True)
    assert f'action="/posts/{comment.id}/removal"' in page.text
    assert client.post(f"/posts/{comment.id}/removal", {"reason": "Advertising."}).status_code == 303
    assert "Read my other site" not in words(client.get(f"/topics/{comment.topic_id}", follow_redirects=True))
    assert fresh(session, session.get(Post, comment.parent_id)).comments == 0


def test_notes_are_for_staff_alone(app, session):
    topic = make.topic(session)
    staff, member, moderator, visitor = Browser(app), Browser(app), Browser(app), Browser(app)
    staff.sign_in(make.agent(session))
    member.sign_in(make.member(session))
    moderator.sign_in(make.moderator(session))
    staff.post(f"/topics/{topic.id}/notes", {"body": "Firmware 4.2 fixes this on Tuesday."})
    assert "Firmware 4.2" in words(staff.get(f"/topics/{topic.id}/{topic.slug}"))
    for browser in (member, moderator, visitor):
        page = browser.get(f"/topics/{topic.id}/{topic.slug}")
        assert page.status_code == 200
        assert "Firmware 4.2" not in page.text
    assert (fresh(session, topic).answers, topic.state) == (0, "new")


def test_details_are_asked_for_and_the_askers_words_clear_it(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker)
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/details", {"text": "Which firmware does it show?"})
    assert fresh(session, topic).state == "needs_info"
    client.sign_in(make.member(session))
    client.post(f"/topics/{topic.id}/answers", {"body": TEXT})
    assert fresh(session, topic).state == "needs_info"
    client.sign_in(asker)
    assert "Which firmware does it show?" in words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    question = session.exec(select(Post).where(Post.kind == PostKind.question)).one()
    client.post(f"/posts/{question.id}/comments", {"body": "It shows 4.1.7."})
    assert fresh(session, topic).state == "answered"
    assert "Which firmware does it show?" not in words(client.get(f"/topics/{topic.id}/{topic.slug}"))


def test_an_edit_by_the_asker_clears_it_too(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker)
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/details", {"text": "Which firmware does it show?"})
    client.sign_in(asker)
    question = session.exec(select(Post).where(Post.kind == PostKind.question)).one()
    client.post(f"/posts/{question.id}", {"body": "It is 4.1.7.", "title": topic.title})
    assert fresh(session, topic).state == "new"


def test_close_needs_a_reason_that_everybody_reads_and_reopens(client, session):
    topic = make.topic(session)
    client.sign_in(make.moderator(session))
    assert client.post(f"/topics/{topic.id}/state", {"state": "closed"}).status_code == 422
    client.post(f"/topics/{topic.id}/state", {"state": "closed", "reason": "Wrong place, ask at the shop."})
    assert client.post(f"/topics/{topic.id}/state", {"state": "closed", "reason": "Twice."}).status_code == 409
    client.sign_out()
    assert "Wrong place, ask at the shop." in words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/state", {"state": "open"})
    assert (fresh(session, topic).state, topic.closed_reason) == ("new", "")
    assert client.post(f"/topics/{topic.id}/state", {"state": "open"}).status_code == 409


def test_a_duplicate_is_a_link_that_the_asker_may_undo(client, session):
    asker = make.member(session)
    earlier, topic = make.topic(session, title="The light goes amber at night"), make.topic(session, asker)
    client.sign_in(make.moderator(session))
    linked = client.post(f"/topics/{topic.id}/duplicate", {"earlier": f"https://x.example/topics/{earlier.id}/whatever"})
    assert linked.status_code == 303
    assert fresh(session, topic).state == "new"
    client.sign_in(asker)
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "Did this earlier question solve it?" in page
    assert "The light goes amber at night" in page
    assert client.post(f"/topics/{topic.id}/duplicate/removal").status_code == 303
    assert fresh(session, topic).duplicate_of_id is None
    assert client.post(f"/topics/{topic.id}/duplicate/removal").status_code == 404


def test_a_duplicate_cannot_be_itself_its_own_copy_or_unknown(client, session):
    earlier, topic = make.topic(session), make.topic(session)
    client.sign_in(make.moderator(session))
    client.post(f"/topics/{topic.id}/duplicate", {"earlier": str(earlier.id)})
    for number in (topic.id, 999, 9_999_999_999, "nothing"):
        assert client.post(f"/topics/{topic.id}/duplicate", {"earlier": str(number)}).status_code == 422
    assert client.post(f"/topics/{earlier.id}/duplicate", {"earlier": str(topic.id)}).status_code == 422
    assert fresh(session, topic).duplicate_of_id == earlier.id


def test_following_is_a_switch(client, session):
    topic = make.topic(session)
    me = client.sign_in(make.member(session))
    mine = select(Follow).where(Follow.member_id == me.id)
    for on, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        assert client.post(f"/topics/{topic.id}/follow", {"on": on}).status_code == 303
        session.rollback()
        assert len(session.exec(mine).all()) == count


def test_following_is_asked_for_on_the_form(client, session):
    make.section(session)
    me = client.sign_in(make.member(session))
    for extra, count in (({}, 0), ({"follow": "1"}, 1)):
        client.post("/ask", {"section": "help", "title": "A long enough title of mine", "body": "Words.", **extra})
        session.rollback()
        assert len(session.exec(select(Follow).where(Follow.member_id == me.id)).all()) == count


def test_members_and_visitors_have_it_too_and_undo_it(client, session):
    topic = make.topic(session)
    client.post(f"/topics/{topic.id}/me-too", {"on": "1"})
    client.post(f"/topics/{topic.id}/me-too", {"on": "1"})
    assert fresh(session, topic).me_too == 1
    me = client.sign_in(make.member(session))
    client.post(f"/topics/{topic.id}/me-too", {"on": "1"})
    assert fresh(session, topic).me_too == 2
    assert session.get(Follow, (topic.id, me.id)) is not None
    client.post(f"/topics/{topic.id}/me-too", {"on": "0"})
    client.sign_out()
    client.post(f"/topics/{topic.id}/me-too", {"on": "0"})
    client.post(f"/topics/{topic.id}/me-too", {"on": "0"})
    assert fresh(session, topic).me_too == 0
    assert session.exec(select(MeToo)).all() == []


def test_a_visitors_address_is_not_kept(client, session):
    topic, other = make.topic(session), make.topic(session)
    client.post(f"/topics/{topic.id}/me-too", {"on": "1"})
    client.post(f"/topics/{other.id}/me-too", {"on": "1"})
    keys = [row.visitor for row in session.exec(select(MeToo)).all()]
    assert len(set(keys)) == 2
    assert all("testclient" not in key for key in keys)


def test_visitors_from_one_address_are_limited(client, session):
    topics = [make.topic(session, make.member(session)) for _ in range(11)]
    codes = [client.post(f"/topics/{topic.id}/me-too", {"on": "1"}).status_code for topic in topics]
    assert codes == [303] * 10 + [429]
    assert sum(fresh(session, topic).me_too for topic in topics) == 10


def test_a_newcomer_asks_three_times_an_hour(client, session):
    make.section(session)
    client.sign_in(make.member(session, joined_at=clock.now()))
    ask = {"section": "help", "title": "A long enough title of mine", "body": "Words."}
    assert [client.post("/ask", ask).status_code for _ in range(4)] == [303, 303, 303, 429]
    last = client.post("/ask", ask)
    assert last.headers["retry-after"] == "600"
    assert "Words." in last.text
    later = clock.now() + timedelta(hours=2)
    clock.use(lambda: later)
    assert client.post("/ask", ask).status_code == 303


def test_drafts_of_answers_come_back_and_go_when_posted(client, session):
    topic = make.topic(session)
    me = client.sign_in(make.member(session))
    place = f"topic:{topic.id}"
    assert client.post(f"/drafts?place={place}", {"place": place, "body": "Half of it"}).status_code == 204
    client.post(f"/drafts?place={place}", {"place": place, "body": "Most of it"})
    assert "Most of it" in client.get(f"/topics/{topic.id}/{topic.slug}").text
    stranger = make.member(session)
    client.sign_in(stranger)
    assert "Most of it" not in client.get(f"/topics/{topic.id}/{topic.slug}").text
    client.sign_in(me)
    client.post(f"/topics/{topic.id}/answers", {"body": "All of it"})
    assert session.exec(select(Draft)).all() == []


def test_a_discarded_answer_leads_back_to_its_topic(client, session):
    topic = make.topic(session)
    client.sign_in(make.member(session))
    client.post("/drafts", {"place": f"topic:{topic.id}", "body": "Half of it"})
    gone = client.post("/drafts/removal", {"place": f"topic:{topic.id}"})
    assert gone.headers["location"] == f"/topics/{topic.id}"
    assert session.exec(select(Draft)).all() == []


def test_a_double_press_makes_one_answer(client, session):
    topic = make.topic(session)
    client.sign_in(make.member(session))
    first = client.post(f"/topics/{topic.id}/answers", {"body": TEXT, "form_key": "k"})
    second = client.post(f"/topics/{topic.id}/answers", {"body": TEXT, "form_key": "k"})
    assert first.headers["location"] == second.headers["location"]
    assert fresh(session, topic).answers == 1


def test_a_title_that_reads_like_a_page_is_still_reached(client, session):
    topic = make.topic(session, title="Resolution?????????????")
    page = client.get(f"/topics/{topic.id}", follow_redirects=True)
    assert page.status_code == 200
    assert session.get(Topic, topic.id).slug == "resolution"


def test_whoever_asked_is_spoken_to_as_such(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker)
    place = f"/topics/{topic.id}/{topic.slug}"
    client.sign_in(make.member(session))
    client.post(f"/topics/{topic.id}/me-too")
    others = words(client.get(place))
    assert "Half a clue is welcome" in others
    assert "Can you help?" in others
    assert "Add yourself below the question" in others
    client.sign_in(asker)
    own = words(client.get(place))
    assert "We tell you when somebody does." in own
    assert "Found it yourself?" in own
    assert "Add yourself" not in own


def test_an_announcement_waits_for_no_answer(client, session):
    place = make.section(session, "news", kind=SectionKind.announcements)
    topic = make.topic(session, make.agent(session), where=place)
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "Waiting for an answer" not in page
    assert "wrote this" in page
    assert "No reply yet" in page
    listed = client.get("/questions?section=news").text
    assert '<span class="sr">Announcement.</span>' in listed
    assert "No reply yet" in listed and "No answer yet" not in listed
