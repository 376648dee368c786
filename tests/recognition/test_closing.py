"""Closing the loop: a letter that asks, a link that changes nothing by being read, shared credit, private thanks."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core import clock, mail
from forum.models import LedgerKind, Member, OutcomeRequest, RepEvent, ThankNote, Topic
from forum.policy.actor import actor_of
from forum.recognition.closing import outcomes, thanks
from forum.recognition.jobs import settle
from tests import make
from tests.fakes.client import Browser, fresh, words


def pass_time(**length):
    moment = clock.now() + timedelta(**length)
    clock.use(lambda: moment)


@pytest.fixture
def people(session):
    return make.member(session, "Asha Asker"), make.member(session, "Hal Helper")


@pytest.fixture
def answer(session, people):
    return make.answer(session, make.topic(session, people[0]), people[1])


def letters():
    return [message for message in mail.delivered() if "Did this fix it?" in str(message["Subject"])]


def link(message):
    return re.search(r"http://testserver(/outcome/\S+)", message.get_content()).group(1)


def test_the_asker_is_asked_on_days_three_seven_and_fourteen(session, answer, drain):
    for days, count in ((2, 0), (1, 1), (1, 1), (3, 2), (7, 3), (10, 3)):
        pass_time(days=days)
        outcomes.ask()
        outcomes.ask()
        drain()
        assert len(letters()) == count, days


def test_nobody_is_asked_who_came_back_or_wants_no_mail(session, people, answer, drain):
    make.comment(session, answer, people[0], "I will try that tonight.")
    quiet = make.member(session, mail_answers=False)
    make.answer(session, make.topic(session, quiet), people[1])
    pass_time(days=4)
    outcomes.ask()
    drain()
    assert letters() == []


def test_reading_the_link_changes_nothing_and_one_press_solves_it(app, session, people, answer, drain):
    pass_time(days=4)
    outcomes.ask()
    drain()
    place = link(letters()[0])
    with Browser(app) as browser:
        page = browser.get(place)
        assert page.status_code == 200 and "This fixed it" in page.text and "noindex" in page.text
        assert browser.get(place).status_code == 200
        assert fresh(session, session.get(Topic, answer.topic_id)).accepted == 0
        assert browser.post(place, {"said": "fixed", "post": answer.id}).status_code == 303
        assert "It is marked as solved" in words(browser.get(place))
    pass_time(hours=2)
    settle()
    assert fresh(session, people[1]).reputation == 25
    assert session.scalars(select(OutcomeRequest.said)).all() == ["fixed"]


def test_a_link_of_somebody_elses_making_is_refused(app, session, answer, people):
    token = outcomes.token_for(outcomes.Invitation(answer.topic_id, answer.id, 3, people[0].id))
    with Browser(app) as browser:
        for wrong in (token[:-1] + "0", token.replace("-", "-1", 1), "x", token.split(".")[0]):
            if wrong != token:
                assert browser.get(f"/outcome/{wrong}").status_code == 410, wrong
        pass_time(days=61)
        assert browser.get(f"/outcome/{token}").status_code == 410


def test_not_yet_ends_the_asking(app, session, answer, people, drain):
    pass_time(days=4)
    outcomes.ask()
    drain()
    with Browser(app) as browser:
        browser.post(link(letters()[0]), {"said": "not_yet"})
    pass_time(days=5)
    outcomes.ask()
    drain()
    assert len(letters()) == 1


def test_solved_another_way_and_who_led_there(app, session, people, answer):
    token = outcomes.token_for(outcomes.Invitation(answer.topic_id, answer.id, 3, people[0].id))
    with Browser(app) as browser:
        short = browser.post(f"/outcome/{token}", {"said": "own_way", "how": "Reset"})
        assert short.status_code == 422 and "Reset" in short.text
        form = {"said": "own_way", "how": "A reset with the pin did it in the end.", "post": answer.id}
        assert browser.post(f"/outcome/{token}", form).status_code == 303
    topic = fresh(session, session.get(Topic, answer.topic_id))
    assert (topic.state, topic.accepted, topic.credited_post_id) == ("solved", 1, answer.id)
    pass_time(hours=2)
    settle()
    assert fresh(session, people[1]).reputation == 25


def test_credit_is_shared_on_the_page_and_moves_with_the_solution(app, session, people, answer):
    asker, helper = people
    own = make.answer(session, session.get(Topic, answer.topic_id), asker, "It was the cable after all.")
    with Browser(app) as browser:
        browser.sign_in(asker)
        assert browser.post(f"/posts/{answer.id}/credit").status_code == 409, "nothing of their own is ticked yet"
        browser.post(f"/topics/{own.topic_id}/acceptances", {"post": own.id})
        assert "Did somebody lead you there?" in words(browser.get(f"/posts/{own.id}", follow_redirects=True))
        assert browser.post(f"/posts/{answer.id}/credit").status_code == 303
        assert browser.post(f"/posts/{answer.id}/credit").status_code == 303
        page = words(browser.get(f"/posts/{own.id}", follow_redirects=True))
        assert "Led the person who asked to the solution" in page and "Did somebody lead you there?" not in page
        kinds = session.scalars(select(RepEvent.kind).order_by(RepEvent.id)).all()
        assert kinds == [LedgerKind.solution_credited]
        browser.post(f"/topics/{own.topic_id}/acceptances", {"post": answer.id})
    pass_time(hours=2)
    settle()
    assert fresh(session, helper).reputation == 25, "one solution a question, however it is credited"
    live = session.scalars(select(RepEvent.kind).order_by(RepEvent.id)).all()
    assert live == [LedgerKind.solution_credited, LedgerKind.reversal, LedgerKind.solution_accepted]


def test_thanks_are_private_until_both_agree(app, session, people, answer, drain):
    asker, helper = people
    with Browser(app) as theirs, Browser(app) as visitor:
        theirs.sign_in(asker)
        theirs.post(f"/posts/{answer.id}/thanks", {"text": "My lamp stays on now.", "may_publish": "1"})
        again = theirs.post(f"/posts/{answer.id}/thanks", {"text": "And once more."})
        assert again.status_code == 409 and "And once more." in again.text
        profile = f"/members/{helper.handle_key}"
        assert "My lamp stays on now." not in visitor.get(profile).text
        note = session.scalars(select(ThankNote)).one()
        assert theirs.post(f"/thanks/{note.id}/publication").status_code == 403
        theirs.sign_in(helper)
        assert "My lamp stays on now." in words(theirs.get("/me/thanks"))
        assert theirs.post(f"/thanks/{note.id}/publication").status_code == 303
        assert "My lamp stays on now." in words(visitor.get(profile))
        theirs.post(f"/thanks/{note.id}/publication/removal")
        assert "My lamp stays on now." not in words(Browser(app).get(profile))
    assert fresh(session, helper).reputation == 0, "thanks are worth no points"


def test_a_note_without_leave_stays_between_two_and_can_be_taken_back_for_ten_minutes(app, session, people, answer):
    asker, helper = people
    with Browser(app) as browser:
        browser.sign_in(asker)
        browser.post(f"/posts/{answer.id}/thanks", {"text": "For you alone."})
        note = session.scalars(select(ThankNote)).one()
        browser.sign_in(helper)
        assert browser.post(f"/thanks/{note.id}/publication").status_code == 409
        assert browser.post(f"/posts/{answer.id}/thanks", {"text": "Me"}).status_code == 403
        browser.sign_in(asker)
        pass_time(minutes=9)
        assert browser.post(f"/thanks/{note.id}/removal").status_code == 303
        session.commit()
        assert session.scalars(select(ThankNote)).all() == []


def test_the_first_thanks_come_by_mail_at_once_and_later_ones_weekly(session, people, answer, drain):
    helper = people[1]
    for number in range(3):
        topic = session.get(Topic, answer.topic_id) if not number else make.topic(session, make.member(session))
        post = answer if not number else make.answer(session, topic, helper)
        sender = session.get(Member, topic.author_id)
        thanks.thank(session, actor_of(sender), topic, post, thanks.WriteThanks(text=f"Thank you {number}"))
        session.commit()
        drain()
    assert sum("thanks you" in str(letter["Subject"]) for letter in mail.delivered()) == 1
    pass_time(minutes=11)
    thanks.digest()
    drain()
    digest = [letter for letter in mail.delivered() if str(letter["Subject"]).startswith("Thank you")]
    assert len(digest) == 1 and "Thank you 2" in digest[0].get_content()
    thanks.digest()
    drain()
    assert len([letter for letter in mail.delivered() if str(letter["Subject"]).startswith("Thank you")]) == 1


def test_staff_see_who_was_not_thanked_oldest_first(app, session, people, answer):
    with Browser(app) as browser:
        browser.sign_in(people[0])
        browser.post(f"/topics/{answer.topic_id}/acceptances", {"post": answer.id})
        browser.sign_in(make.agent(session, name="Stef Staff"))
        page = browser.get("/desk/thanks")
        assert "Hal Helper" in page.text
        browser.post(f"/posts/{answer.id}/thanks", {"text": "From all of us."})
        assert "Everybody was thanked" in words(browser.get("/desk/thanks"))
