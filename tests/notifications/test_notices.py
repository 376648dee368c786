"""Who is told what, once, here and by mail."""

from sqlmodel import select

from forum.core import mail
from forum.models import Notice, Visibility
from tests import make
from tests.fakes.client import fresh, words


def told(session, member):
    session.rollback()
    return sorted(session.exec(select(Notice.kind).where(Notice.member_id == member.id)).all())


def letters():
    return [(str(letter["To"]), str(letter["Subject"])) for letter in mail.delivered()]


def test_an_answer_reaches_who_follows_and_never_its_author(session, drain):
    asker, helper = make.member(session, "Asha Asker"), make.member(session, "Hal Helper")
    topic = make.topic(session, asker)
    make.answer(session, topic, helper)
    assert (told(session, asker), told(session, helper)) == (["answer"], [])
    drain()
    assert letters() == [(asker.email, "Hal Helper answered “The light on my hub is amber every evening”")]


def test_a_mention_reaches_the_member_once(client, session, drain):
    hal = make.member(session, handle="hal")
    topic = make.topic(session)
    client.sign_in(make.member(session, "Vera Volunteer"))
    client.post(f"/topics/{topic.id}/answers", {"body": "Ask @hal, yes @Hal, or @nobody."})
    assert told(session, hal) == ["mention"]
    drain()
    assert [to for to, _ in letters()].count("hal@example.org") == 1
    client.sign_in(hal)
    page = client.get("/notifications")
    assert "Vera Volunteer mentioned you" in words(page)


def test_nobody_is_told_of_what_they_may_not_read(session, drain):
    hal = make.member(session, handle="hal")
    room = make.section(session, "backroom", visibility=Visibility.staff)
    make.topic(session, make.agent(session), body="@hal must not know of this.", where=room)
    drain()
    assert [to for to, _ in letters() if to == hal.email] == []


def test_hidden_topics_do_not_show_in_the_list(client, session):
    hal = make.member(session, handle="hal")
    room = make.section(session, "backroom", visibility=Visibility.staff)
    make.topic(session, make.agent(session), title="Internal: not for everybody", body="@hal", where=room)
    client.sign_in(hal)
    page = client.get("/notifications")
    assert "Internal: not for everybody" not in page.text


def test_a_solution_reaches_solver_followers_and_those_who_have_it_too(client, session, drain):
    asker, helper, waiting = make.member(session), make.member(session), make.member(session)
    topic = make.topic(session, asker)
    answer = make.answer(session, topic, helper)
    client.sign_in(waiting)
    client.post(f"/topics/{topic.id}/me-too", {"on": "1"})
    client.sign_in(asker)
    for _ in range(2):
        client.post(f"/topics/{topic.id}/acceptances", {"post": answer.id})
        client.post(f"/topics/{topic.id}/acceptances/{answer.id}/removal")
    assert (told(session, helper), told(session, waiting)) == (["accepted"], ["solved"])


def test_reading_empties_the_count(client, session):
    asker = make.member(session)
    make.answer(session, make.topic(session, asker))
    client.sign_in(asker)
    client.post("/notifications/reading")
    assert all(notice.read_at is not None for notice in session.exec(select(Notice).where(Notice.member_id == asker.id)))


def test_what_was_read_or_switched_off_is_not_mailed(client, session, drain):
    asker, other = make.member(session), make.member(session, mail_answers=False)
    make.answer(session, make.topic(session, asker))
    make.answer(session, make.topic(session, other))
    client.sign_in(asker)
    client.post("/notifications/reading")
    drain()
    assert letters() == []


def test_titles_cannot_write_mail_headers(session, drain):
    asker = make.member(session)
    topic = make.topic(session, asker)
    fresh(session, topic).title = "A title\r\nBcc: everybody@example.org"
    session.commit()
    make.answer(session, topic)
    drain()
    (letter,) = mail.delivered()
    assert letter["Bcc"] is None
    assert "\n" not in str(letter["Subject"])


def test_comments_reach_author_and_those_who_commented(session):
    author, first, second = make.member(session), make.member(session), make.member(session)
    answer = make.answer(session, author=author)
    make.comment(session, answer, first)
    make.comment(session, answer, second)
    assert (told(session, author), told(session, first), told(session, second)) == (["comment", "comment"], ["comment"], [])


def test_a_long_list_of_notices_pages(client, session):
    me = make.member(session)
    topic = make.topic(session)
    session.add_all(Notice(member_id=me.id, kind="answer", cause=f"c{n}", topic_id=topic.id) for n in range(35))
    session.commit()
    client.sign_in(me)
    page = client.get("/notifications")
    assert "after=" in page.text
    assert client.get("/notifications?after=x").status_code == 422
