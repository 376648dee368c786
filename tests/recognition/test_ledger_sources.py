"""Every kind of line has its source, its limit and its end; corrections need two people; accounts end (REC-15), join and are claimed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core import clock
from forum.models import (
    ExternalAccount,
    LedgerKind,
    Member,
    Platform,
    PointsProposal,
    Post,
    RepDay,
    RepEvent,
    RepSubject,
    RepTag,
    Tag,
    Topic,
)
from forum.policy.actor import actor_of
from forum.recognition import lifecycle
from forum.recognition.actions import Cause, credit, subject_elsewhere, subject_of
from forum.recognition.jobs import drift, settle, shadow
from forum.recognition.rates import RATES
from forum.resolutions.actions import withdraw, write_resolution
from forum.resolutions.inputs import Withdraw, WriteResolution
from forum.topics import edits, inputs, verdicts
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
    return make.answer(session, make.topic(session, people[0], tags="hub-3, wi-fi"), people[1])


def browser_of(app, member):
    browser = Browser(app)
    browser.sign_in(member)
    return browser


def points(session, member):
    return fresh(session, session.get(Member, member.id)).reputation


def of_tag(session, member, slug):
    session.commit()
    query = (
        select(RepTag)
        .join(Tag, Tag.id == RepTag.tag_id)
        .join(RepSubject, RepSubject.subject == RepTag.subject)
        .where(Tag.slug == slug, RepSubject.member_id == member.id)
    )
    row = session.scalars(query).first()
    return (row.points, row.solutions, row.askers) if row else None


def test_me_too_is_a_point_for_the_question_and_at_most_fifteen(app, session, people, answer):
    asker, _ = people
    for number in range(17):
        with browser_of(app, make.member(session)) as browser:
            browser.post(f"/topics/{answer.topic_id}/me-too", {"on": "1"})
            if number == 0:
                browser.post(f"/topics/{answer.topic_id}/me-too", {"on": "0"})
    assert points(session, asker) == 15
    with Browser(app) as visitor:
        visitor.post(f"/topics/{answer.topic_id}/me-too", {"on": "1"})
    assert points(session, asker) == 15, "visitors count for impact, not for points"


def test_works_for_me_counts_from_people_with_the_same_problem(app, session, people, answer):
    _, helper = people
    with browser_of(app, make.member(session)) as browser:
        browser.post(f"/posts/{answer.id}/marks", {"kind": "works", "on": "1"})
        assert points(session, helper) == 0
        browser.post(f"/topics/{answer.topic_id}/me-too", {"on": "1"})
        assert points(session, helper) == 5
        browser.post(f"/posts/{answer.id}/marks", {"kind": "works", "on": "0"})
        assert points(session, helper) == 0


def test_a_helpful_question_is_two_points(app, session, people, answer):
    asker, _ = people
    question = session.scalars(select(Post.id).where(Post.topic_id == answer.topic_id, Post.kind == "question")).one()
    with browser_of(app, make.member(session)) as browser:
        browser.post(f"/posts/{question}/vote", {"value": "1"})
        assert points(session, asker) == 2
        browser.post(f"/posts/{question}/vote", {"value": "-1"})
        assert points(session, asker) == 0, "not helpful costs nothing"


def test_a_resolution_from_an_answer_is_twenty_while_it_is_public(session, people, answer):
    _, helper = people
    agent = actor_of(make.agent(session))
    topic = session.get(Topic, answer.topic_id)
    verdicts.accept_answer(session, actor_of(people[0]), topic, session.get(Post, answer.id))
    data = WriteResolution(question="Amber light", answer="Set channel 36.", body="Set it.", act="publish")
    row = write_resolution(session, agent, topic, data)
    session.commit()
    assert points(session, helper) == 20
    withdraw(session, agent, topic, row, Withdraw(reason="It was not true."))
    session.commit()
    assert points(session, helper) == 0


@pytest.mark.parametrize(("found", "days", "expected"), [("tidy", 10, 0), ("tidy", 61, 15), ("harmful", 61, 0), ("spam", 61, 0)])
def test_what_a_moderator_removes(session, people, answer, found, days, expected):
    """Official marks are taken back first; here the points come from a vote and from staff, on a post that stood for a while."""
    _, helper = people
    credit(
        session, subject_of(session, helper.id), LedgerKind.solution_verified, Cause("official", 1, answer.topic_id, answer.id)
    )
    session.commit()
    pass_time(days=days)
    moderator = actor_of(make.moderator(session))
    topic, post = session.get(Topic, answer.topic_id), session.get(Post, answer.id)
    edits.remove_post(session, moderator, topic, post, inputs.Remove(reason="No longer true.", found=found))
    session.commit()
    assert points(session, helper) == expected
    finding = session.scalars(select(RepEvent.points).where(RepEvent.cause_type == "finding")).all()
    assert finding == {"tidy": [], "harmful": [-10], "spam": [-100]}[found]
    edits.return_post(session, moderator, topic, post)
    session.commit()
    assert points(session, helper) == 15, "bringing it back undoes all of it"
    assert drift(session) == []


def test_a_tidied_solution_keeps_its_points_until_another_takes_its_place(session, people, answer):
    asker, helper = people
    topic, post = session.get(Topic, answer.topic_id), session.get(Post, answer.id)
    verdicts.accept_answer(session, actor_of(asker), topic, post)
    session.commit()
    edits.remove_post(session, actor_of(make.moderator(session)), topic, post, inputs.Remove(reason="Out of date."))
    session.commit()
    pass_time(hours=2)
    settle()
    assert points(session, helper) == 25
    other_helper = make.member(session)
    other = make.answer(session, topic, other_helper)
    verdicts.accept_answer(session, actor_of(asker), topic, other)
    session.commit()
    pass_time(hours=2)
    settle()
    assert (points(session, helper), points(session, other_helper)) == (0, 25)


def test_tags_move_with_the_question(session, people, answer):
    asker, helper = people
    topic = session.get(Topic, answer.topic_id)
    verdicts.accept_answer(session, actor_of(asker), topic, session.get(Post, answer.id))
    session.commit()
    assert of_tag(session, helper, "hub-3") is None, "it waits for an hour"
    pass_time(hours=2)
    settle()
    assert of_tag(session, helper, "hub-3") == of_tag(session, helper, "wi-fi") == (25, 1, 1)
    question = session.scalars(select(Post).where(Post.topic_id == topic.id, Post.kind == "question")).one()
    data = inputs.EditPost(body=question.body, title=topic.title, tags=["wi-fi", "router"])
    edits.edit_post(session, actor_of(asker), topic, question, data)
    session.commit()
    assert (of_tag(session, helper, "hub-3"), of_tag(session, helper, "router")) == (None, (25, 1, 1))
    assert points(session, helper) == 25
    assert drift(session) == []
    shadow()


def test_former_staff_earn_again_after_ninety_days(app, session, people):
    asker, _ = people
    former = make.agent(session)
    admin = make.admin(session)
    with browser_of(app, admin) as browser:
        browser.post(f"/admin/members/{former.id}/role", {"role": "member"})
    for days, expected in ((1, 0), (90, 10)):
        pass_time(days=days)
        answer = make.answer(session, make.topic(session, asker), fresh(session, former))
        with browser_of(app, make.member(session)) as browser:
            browser.post(f"/posts/{answer.id}/vote", {"value": "1"})
        assert points(session, former) == expected, days


def test_small_corrections_count_at_once_and_large_ones_need_two(app, session, people):
    _, helper = people
    one, two = make.agent(session), make.agent(session)
    url = f"/admin/members/{helper.id}/points"
    with browser_of(app, one) as first, browser_of(app, two) as second, browser_of(app, helper) as theirs:
        assert first.post(url, {"points": "0", "reason": "Nothing"}).status_code == 422
        assert first.post(url, {"points": "40", "reason": "A vote was lost in the move."}).status_code == 303
        assert points(session, helper) == 40
        first.post(url, {"points": "500", "reason": "Points from the old forum."})
        assert points(session, helper) == 40
        proposal = session.scalars(select(PointsProposal.id).where(PointsProposal.points == 500)).one()
        assert first.post(f"/admin/points/{proposal}/approval").status_code == 409
        assert second.post(f"/admin/points/{proposal}/approval").status_code == 303
        assert second.post(f"/admin/points/{proposal}/approval").status_code == 409
        assert points(session, helper) == 540
        page = words(theirs.get(f"/members/{helper.handle_key}/reputation"))
        assert "Points from the old forum." in page and "540 =" in page


def test_the_owner_filters_and_takes_the_ledger_along(app, session, people, answer):
    _, helper = people
    for _ in range(2):
        with browser_of(app, make.member(session)) as browser:
            browser.post(f"/posts/{answer.id}/vote", {"value": "1"})
    base = f"/members/{helper.handle_key}/reputation"
    today = clock.now().date()
    with browser_of(app, helper) as browser:
        for query, count in (
            ("tag=hub-3", 2),
            (f"day={today}", 2),
            (f"post={answer.id}", 2),
            ("tag=none", 0),
            ("day=2001-01-01", 0),
        ):
            assert browser.get(f"{base}?{query}").text.count("Found helpful:") == count, query
        lines = browser.get(f"{base}.json").json()
        assert sum(line["counted"] for line in lines) == points(session, helper) == 20
        assert browser.get(f"{base}.csv").text.count("Found helpful") == 2


def test_erasure_leaves_no_way_from_the_ledger_to_the_person(app, session, people, answer):
    helper = people[1]
    voter = make.member(session)
    with browser_of(app, voter) as browser:
        browser.post(f"/posts/{answer.id}/vote", {"value": "1"})
    lifecycle.forget(session, voter.id)
    session.commit()
    assert points(session, helper) == 10, "what they gave others stays"
    lifecycle.forget(session, helper.id)
    session.commit()
    assert session.scalars(select(RepSubject).where(RepSubject.member_id.in_([voter.id, helper.id]))).all() == []
    assert session.scalars(select(RepDay)).all() == session.scalars(select(RepTag)).all() == []
    assert len(session.scalars(select(RepEvent)).all()) == 1


def test_two_accounts_of_one_person_become_one(app, session, people, answer):
    helper = people[1]
    second = make.member(session, "Hal Again")
    topic = session.get(Topic, answer.topic_id)
    other = make.answer(session, topic, second)
    third = make.member(session)
    for voter, post in ((second, answer), (helper, other), (third, answer), (third, other)):
        with browser_of(app, voter) as browser:
            browser.post(f"/posts/{post.id}/vote", {"value": "1"})
    assert (points(session, helper), points(session, second)) == (20, 20)
    lifecycle.merge(session, helper.id, second.id)
    session.commit()
    assert points(session, helper) == 20, "both posts by the third person; nothing from each other"
    assert points(session, second) == 0
    assert drift(session) == []


def test_what_somebody_elsewhere_earned_waits_for_its_claim(session, people, answer):
    _, helper = people
    account = ExternalAccount(platform=Platform.mastodon, host="social.example", ext_id="1", handle="@x@y", name="X", url="")
    session.add(account)
    session.flush()
    subject = subject_elsewhere(session, account.id)
    old = Cause("topic", 990, answer.topic_id, answer.id)
    credit(session, subject, LedgerKind.solution_accepted, old)
    session.commit()
    pass_time(days=91)
    credit(
        session,
        subject_elsewhere(session, account.id),
        LedgerKind.solution_accepted,
        Cause("topic", 991, answer.topic_id, answer.id),
    )
    session.commit()
    lifecycle.claim(session, helper.id, account.id)
    session.commit()
    assert points(session, helper) == 25, "what lay unclaimed for ninety days is gone"
    credit(
        session,
        subject_elsewhere(session, account.id),
        LedgerKind.solution_verified,
        Cause("official", 5, answer.topic_id, answer.id),
    )
    session.commit()
    assert points(session, helper) == 40
    assert drift(session) == []


def test_every_rate_says_what_it_is_for():
    assert set(RATES) == set(LedgerKind) - {LedgerKind.reversal, LedgerKind.restore}
    assert all(rate.why and rate.note and rate.one for rate in RATES.values())
