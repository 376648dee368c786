"""The guide to answering: eight questions, kind words for those that do not fit, and what it opens."""

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import Activity, BadgeAward, Mentor, RepDay
from forum.policy.actor import Actor, actor_of
from forum.policy.check import why_not
from forum.policy.permissions import Permission
from forum.policy.privileges import Privilege
from forum.recognition import privileges
from forum.recognition.actions import refresh_totals, subject_of
from forum.recognition.badges import awards
from forum.recognition.guide import QUESTIONS
from tests import make
from tests.fakes.client import fresh, words

BEST = {one.name: one.best for one in QUESTIONS}
DAY = clock.now().date()


def inside(page):
    return page.text.split("<main")[1].split("</main>")[0]


def finished(session):
    session.rollback()
    return session.exec(select(Activity).where(Activity.event == "GuideFinished")).all()


def test_everybody_reads_and_members_go_through_the_questions(client, session):
    page = client.get("/guide")
    assert "The guide to answering" in words(page) and "Sign in to go through them" in words(page)
    assert client.post("/guide", BEST).status_code == 403
    client.sign_in(make.member(session))
    assert inside(client.get("/guide")).count('type="radio"') == 24
    assert client.post("/guide", BEST).status_code == 303
    assert "You know the guide" in words(client.get("/guide"))


def test_what_does_not_fit_is_explained_and_the_choices_stay(client, session):
    client.sign_in(make.member(session))
    again = client.post("/guide", {**BEST, "danger": "b", "decline": "a"})
    assert again.status_code == 422
    assert "Nobody should get hurt for a faster answer." in words(again) and "Saying no costs nothing" in words(again)
    assert "One friendly question now" not in words(again)
    assert words(again).count("4. A fix needs the case opened") == 2, "above the form, and where it is asked"
    assert inside(again).count(" checked") == 8
    missing = client.post("/guide", {name: best for name, best in BEST.items() if name != "model"})
    assert missing.status_code == 422 and inside(missing).count(" checked") == 7
    assert finished(session) == []


def test_it_is_written_down_once_and_can_be_done_again(client, session):
    client.sign_in(make.member(session))
    for _ in range(2):
        assert client.post("/guide", BEST).status_code == 303
    assert client.post("/guide", {**BEST, "model": "a"}).status_code == 422
    assert len(finished(session)) == 1


def test_the_badge(client, session):
    member = make.member(session)
    client.sign_in(member)
    client.post("/guide", BEST)
    later = clock.now().replace(year=clock.now().year + 1)
    clock.use(lambda: later)
    awards.settle_accounts([member.id])
    session.rollback()
    assert "guide-read" in session.exec(select(BadgeAward.badge)).all()


@pytest.mark.parametrize(("points", "guide", "opens"), [(100, True, True), (100, False, False), (80, True, False)])
def test_a_mentor_has_points_and_knows_the_guide(client, session, points, guide, opens):
    member = make.member(session, privileges="")
    session.add(RepDay(subject=subject_of(session, member.id), day=DAY, total=points))
    session.commit()
    refresh_totals(session, [member.id])
    session.commit()
    client.sign_in(member)
    if guide:
        client.post("/guide", BEST)
    page = words(client.get("/mentoring"))
    assert ("I would like to" in page) == opens
    answer = client.post("/mentoring/mentor", {"on": "1"})
    assert answer.status_code == (303 if opens else 403)
    if not opens:
        assert ("answering guide" in words(answer)) == (not guide) and "Read the guide" in page
    session.rollback()
    assert bool(session.exec(select(Mentor)).all()) == opens
    privileges.refresh_all()
    assert (Privilege.mentor in fresh(session, member).privileges) == opens


def test_a_threshold_of_nothing_opens_it_to_nobody_who_has_not_read(session):
    actor = Actor(id=7, confirmed=True, thresholds='{"mentor": 0}')
    assert "answering guide" in why_not(actor, Permission.mentor_offer)
    assert why_not(actor_of(make.moderator(session)), Permission.mentor_offer) == ""
