"""Whoever opts out is in no list and no figure, on no page and in no feed; what they wrote stays where it is (REC-10)."""

import re
from datetime import timedelta

import pytest

from forum.core import clock
from forum.models import BadgeAward, LedgerKind, RecognitionChoices
from forum.policy.actor import actor_of
from forum.recognition import boards
from forum.recognition.actions import Cause, credit, subject_of
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import Browser, words

EVERYTHING_OFF = dict.fromkeys(
    ("on_boards", "shows_level", "vip", "takes_invitations", "staff_contact", "impact_mail", "named_elsewhere"), False
)
LISTS = (
    *(
        "/",
        "/recognition",
        "/boards",
        "/boards/7",
        "/boards/90",
        "/boards/30?scope=tag:hub-3",
        "/badges",
        "/badges/first-solution",
    ),
    *(
        "/badges/first-answer",
        "/resolutions",
        "/feed.xml",
        "/feeds/resolutions.xml",
        "/sitemap.xml",
        "/tags",
        "/sections",
    ),
)


@pytest.fixture
def people(session):
    """Two who did the same; one of them would rather just answer."""
    open_one, shy = make.member(session, "Olga Open"), make.member(session, "Shy Volunteer")
    for number in range(6):
        for member in (open_one, shy):
            topic = make.topic(session, make.member(session), tags="hub-3", title=f"Question number {number} about the hub")
            answer = make.answer(session, topic, member)
            accept_answer(session, actor_of(session.get(type(member), topic.author_id)), topic, answer)
            credit(
                session,
                subject_of(session, member.id),
                LedgerKind.answer_fixed_me_too,
                Cause("mark", answer.id, topic.id, answer.id),
            )
    moment = clock.now() - timedelta(days=1)
    for member in (open_one, shy):
        for badge in ("first-solution", "first-answer"):
            session.add(BadgeAward(badge=badge, subject=subject_of(session, member.id), earned_at=moment, awarded_at=moment))
    session.add(RecognitionChoices(member_id=shy.id, **EVERYTHING_OFF))
    session.commit()
    boards.make()
    return open_one, shy


def test_every_list_that_names_volunteers(app, session, people):
    named = set()
    with Browser(app) as browser:
        for url in LISTS:
            page = browser.get(url)
            assert page.status_code == 200, url
            lists = re.sub(
                r'<article class="story.*?</article>', "", page.text, flags=re.S
            )  # who answered a question stays with it
            assert "Shy Volunteer" not in lists and "shy" not in _handles(lists), url
            if "Olga Open" in page.text:
                named.add(url)
    assert {"/", "/recognition", "/boards", "/badges/first-solution"} <= named, (
        "the other one is there, so the lists are not just empty"
    )


def test_the_profile_keeps_levels_and_badges_to_itself(app, session, people):
    open_one, shy = people
    with Browser(app) as browser:
        assert "/badges/first-solution" in browser.get(f"/members/{open_one.handle_key}").text
        profile = browser.get(f"/members/{shy.handle_key}")
        assert "/badges/" not in profile.text and "First" not in words(profile)
        browser.sign_in(shy)
        assert "/badges/first-solution" in browser.get(f"/members/{shy.handle_key}").text, "one's own page shows one's own badges"


def test_switching_it_on_again_brings_everything_back(app, session, people):
    shy = people[1]
    with Browser(app) as browser:
        browser.sign_in(shy)
        browser.post("/settings/recognition", dict.fromkeys(EVERYTHING_OFF, "1"))
    session.commit()
    boards.rebuild(session)  # as on the next Monday
    session.commit()
    with Browser(app) as visitor:
        assert "Shy Volunteer" in visitor.get("/boards").text
        assert "Shy Volunteer" in visitor.get("/badges/first-solution").text


def _handles(text):
    return {part.split('"')[0].split("/")[0] for part in text.split("/members/")[1:] if part.startswith("shy")}
