"""Flags, the review queue and votes to close: members look after the place, moderators decide, and it can be undone."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from forum.core import clock
from forum.models import (
    BadgeAward,
    Flag,
    LedgerKind,
    Member,
    Notice,
    Post,
    RepEvent,
    ReviewItem,
    ReviewOpinion,
    StateVote,
    Tag,
    Topic,
    Visibility,
)
from forum.policy.actor import actor_of
from forum.recognition.actions import subject_of
from forum.recognition.jobs import drift
from forum.topics import edits
from forum.topics.reviews import flags, items
from forum.topics.reviews.inputs import DecideItem, GiveReview, RaiseFlag
from tests import make
from tests.fakes.client import Browser, fresh, words

SPAM = {"reason": "spam"}
REVIEWS, CLOSES = {"privileges": "review_queue"}, {"privileges": "close_vote"}


def pass_time(**length):
    moment = clock.now() + timedelta(**length)
    clock.use(lambda: moment)


def browser_of(app, member):
    browser = Browser(app)
    browser.sign_in(member)
    return browser


def points(session, member):
    return fresh(session, session.get(Member, member.id)).reputation


def item_of(session, post):
    session.commit()
    return session.exec(select(ReviewItem).where(ReviewItem.post_id == post.id)).one()


def told(session, member):
    session.commit()
    return [row.title for row in session.exec(select(Notice).where(Notice.member_id == member.id).order_by(Notice.id))]


@pytest.fixture
def answer(session):
    return make.answer(session, make.topic(session, tags="hub-3"), body="Buy very cheap watches here.")


@pytest.fixture
def moderator(session):
    return make.moderator(session, name="Mod Erator")


def decide(app, moderator, item, **form):
    with browser_of(app, moderator) as browser:
        return browser.post(f"/desk/reviews/{item.id}/decisions", form)


def test_a_flag_is_raised_with_a_reason_and_a_moderator_acts(app, session, answer, moderator):
    member = make.member(session, "Mel Member")
    with browser_of(app, member) as browser:
        topic = browser.get(f"/posts/{answer.id}", follow_redirects=True)
        assert f"/posts/{answer.id}/flags/new" in topic.text
        assert "Buy very cheap watches" in words(browser.get(f"/posts/{answer.id}/flags/new"))
        response = browser.post(f"/posts/{answer.id}/flags", SPAM)
        assert response.headers["location"].endswith(f"#a-{answer.id}")
    item = item_of(session, answer)
    with browser_of(app, moderator) as desk:
        assert "Answer: The light on my hub is amber" in words(desk.get("/desk/reviews"))
        seen = words(desk.get(f"/desk/reviews/{item.id}"))
        assert "Spam" in seen and "Mel Member" in seen and "Their first flag" in seen
        assert desk.post(f"/desk/reviews/{item.id}/decisions", {"decision": "spam"}).status_code == 422
        desk.post(f"/desk/reviews/{item.id}/decisions", {"decision": "spam", "reason": "It sells watches."})
        assert "Nothing waits" in words(desk.get("/desk/reviews"))
        assert "Flagged, acted on" in words(desk.get("/desk/reviews?state=decided"))
    assert fresh(session, session.get(Post, answer.id)).state == "removed"
    assert points(session, member) == 1
    assert told(session, member) == ["Thank you for your flag. A moderator looked, and we acted."]
    with browser_of(app, member) as browser:
        mine = words(browser.get(f"/members/{member.handle_key}/reputation"))
        assert "1 = 1 flag (1)" in mine


def test_bringing_the_post_back_takes_the_point_back_and_removing_it_again_returns_it(app, session, answer, moderator):
    member = make.member(session)
    with browser_of(app, member) as browser:
        browser.post(f"/posts/{answer.id}/flags", SPAM)
    item = item_of(session, answer)
    decide(app, moderator, item, decision="spam", reason="It sells watches.")
    with browser_of(app, make.moderator(session)) as other:
        other.post(f"/posts/{answer.id}/removal/removal")
        assert points(session, member) == 0
        assert fresh(session, item).state == "kept"
        assert len(told(session, member)) == 2
        other.post(f"/posts/{answer.id}/removal", {"reason": "It is spam after all.", "found": "spam"})
    assert points(session, member) == 1
    assert fresh(session, item).state == "acted"
    decide(app, moderator, item, decision="fine")
    assert fresh(session, session.get(Post, answer.id)).state == "visible"
    assert points(session, member) == 0
    assert drift(session) == []


def test_a_flag_that_is_not_upheld_costs_nothing_and_is_answered(app, session, answer, moderator):
    member = make.member(session)
    with browser_of(app, member) as browser:
        browser.post(f"/posts/{answer.id}/flags", {"reason": "other", "text": "This reads like advertising."})
    item = item_of(session, answer)
    decide(app, moderator, item, decision="fine")
    assert points(session, member) == 0
    assert told(session, member) == ["Thank you for your flag. A moderator looked, and left the post as it is."]
    decide(app, moderator, item, decision="tidy", reason="It is advertising indeed.")
    assert points(session, member) == 1, "a moderator may think again"


def test_what_cannot_be_flagged(app, session, answer):
    backroom = make.section(session, "backroom", visibility=Visibility.staff)
    agent = make.agent(session)
    hidden = make.answer(session, make.topic(session, agent, where=backroom), agent)
    member = make.member(session)
    with browser_of(app, member) as browser:
        assert browser.post(f"/posts/{hidden.id}/flags", SPAM).status_code == 404
        refused = browser.post(f"/posts/{answer.id}/flags", {"reason": "other", "text": "bad"})
        assert refused.status_code == 422
        assert "Say in a sentence" in words(refused) and 'value="bad"' in refused.text
        assert browser.post(f"/posts/{answer.id}/flags", {}).status_code == 422
        browser.post(f"/posts/{answer.id}/flags", SPAM)
        again = browser.post(f"/posts/{answer.id}/flags", {"reason": "rude"})
        assert again.status_code == 409 and "You have flagged this already" in words(again)
    with browser_of(app, session.get(Member, answer.author_id)) as author:
        assert author.post(f"/posts/{answer.id}/flags", SPAM).status_code == 403
    session.commit()
    assert len(session.exec(select(Flag)).all()) == 1


def test_ten_flags_a_day(app, session):
    topic, member = make.topic(session), make.member(session)
    answers = [make.answer(session, topic) for _ in range(11)]
    with browser_of(app, member) as browser:
        for answer in answers[:10]:
            assert browser.post(f"/posts/{answer.id}/flags", SPAM).status_code == 303
        refused = browser.post(f"/posts/{answers[10].id}/flags", SPAM)
        assert refused.status_code == 429 and "10 flags in a day" in words(refused)
    assert len(session.exec(select(ReviewItem)).all()) == 10
    pass_time(days=1, minutes=1)
    with browser_of(app, member) as browser:
        assert browser.post(f"/posts/{answers[10].id}/flags", SPAM).status_code == 303


def test_those_with_a_good_eye_are_looked_at_first(session, moderator):
    topic, good, new = make.topic(session), make.member(session), make.member(session)
    for _ in range(4):
        answer = make.answer(session, topic)
        flags.raise_flag(session, actor_of(good), topic, answer, RaiseFlag(reason="spam"))
        session.flush()
        edits.remove_post(session, actor_of(moderator), topic, answer, edits.Remove(found="spam", reason="It is spam."))
        session.commit()
    first, second = make.answer(session, topic), make.answer(session, topic)
    flags.raise_flag(session, actor_of(new), topic, first, RaiseFlag(reason="spam"))
    flags.raise_flag(session, actor_of(good), topic, second, RaiseFlag(reason="spam"))
    session.commit()
    weights = {item.post_id: item.weight for item in session.exec(select(ReviewItem).where(ReviewItem.state == "open"))}
    assert weights == {first.id: 50, second.id: 83}


def test_a_member_with_the_privilege_reviews_and_the_moderator_decides(app, session, answer, moderator):
    reviewer, other = make.member(session, "Rita Reviewer", **REVIEWS), make.member(session, **REVIEWS)
    flagger = make.member(session, "Fred Flagger", **REVIEWS)
    with browser_of(app, flagger) as browser:
        browser.post(f"/posts/{answer.id}/flags", {"reason": "other", "text": "I know this person privately."})
    item = item_of(session, answer)
    with browser_of(app, reviewer) as browser:
        assert "Buy very cheap watches" in words(browser.get("/reviews"))
        page = words(browser.get(f"/reviews/{item.id}"))
        assert "Something else" in page and "It turns amber at eight" in page
        assert "Fred" not in page and "privately" not in page, "who flagged, and in which words, is for moderators"
        browser.post(f"/reviews/{item.id}/opinions", {"verdict": "needs"})
        assert "Nothing waits" in words(browser.get("/reviews"))
        assert browser.post(f"/reviews/{item.id}/opinions", {"verdict": "fine"}).status_code == 409
        assert browser.post(f"/desk/reviews/{item.id}/decisions", {"decision": "fine"}).status_code == 403
    with browser_of(app, other) as browser:
        browser.post(f"/reviews/{item.id}/opinions", {"verdict": "fine"})
    with browser_of(app, flagger) as browser:
        assert browser.post(f"/reviews/{item.id}/opinions", {"verdict": "needs"}).status_code == 409
    with browser_of(app, moderator) as desk:
        assert "Rita Reviewer: a moderator should act" in words(desk.get(f"/desk/reviews/{item.id}"))
    decide(app, moderator, item, decision="harmful", reason="It is a fraud.")
    assert (points(session, reviewer), points(session, other)) == (1, 0)
    edits.return_post(session, actor_of(moderator), session.get(Topic, answer.topic_id), fresh(session, answer))
    session.commit()
    assert (points(session, reviewer), points(session, other)) == (0, 1)


def test_the_queue_needs_the_privilege_and_nobody_reviews_their_own(app, session, answer):
    author = session.get(Member, answer.author_id)
    author.privileges = "review_queue"
    session.commit()
    with browser_of(app, make.member(session)) as browser:
        assert browser.get("/reviews").status_code == 403
        browser.post(f"/posts/{answer.id}/flags", SPAM)
    item = item_of(session, answer)
    with browser_of(app, author) as browser:
        assert "Nothing waits" in words(browser.get("/reviews"))
        assert browser.post(f"/reviews/{item.id}/opinions", {"verdict": "fine"}).status_code == 409
    suspended = make.member(session, suspended_until=clock.now() + timedelta(days=3), **REVIEWS)
    with browser_of(app, suspended) as browser:
        assert browser.get("/reviews").status_code == 403
    assert session.exec(select(ReviewOpinion)).all() == []


def test_a_claim_holds_for_a_quarter_of_an_hour(app, session, answer, moderator):
    with browser_of(app, make.member(session)) as browser:
        browser.post(f"/posts/{answer.id}/flags", SPAM)
    item = item_of(session, answer)
    one = make.member(session, "Ana Reviewer", **REVIEWS)
    with browser_of(app, one) as browser:
        browser.post(f"/reviews/{item.id}/claims")
        assert "Let somebody else take it" in words(browser.get(f"/reviews/{item.id}"))
    with browser_of(app, moderator) as desk:
        assert "Ana Reviewer is looking" in words(desk.get("/desk/reviews"))
        assert desk.post(f"/reviews/{item.id}/claims").status_code == 409
        refused = desk.post(f"/desk/reviews/{item.id}/decisions", {"decision": "fine"})
        assert refused.status_code == 409 and "Ana Reviewer is looking at this just now" in words(refused)
        pass_time(minutes=15, seconds=1)
        assert desk.post(f"/desk/reviews/{item.id}/decisions", {"decision": "fine"}).status_code == 303
    with browser_of(app, one) as browser:
        assert browser.post(f"/reviews/{item.id}/opinions", {"verdict": "fine"}).status_code == 409


def test_the_first_post_of_a_new_member_is_looked_at(app, session, answer):
    newcomer = make.member(session, joined_at=clock.now() - timedelta(days=2))
    first = make.answer(session, session.get(Topic, answer.topic_id), newcomer, "My first words here.")
    make.answer(session, session.get(Topic, answer.topic_id), newcomer, "And my second ones.")
    assert [item.kind for item in session.exec(select(ReviewItem))] == ["first_post"]
    with browser_of(app, make.member(session, **REVIEWS)) as browser:
        assert "First post" in words(browser.get("/reviews")) and "My first words" in words(browser.get("/reviews"))
    with browser_of(app, newcomer) as author:
        author.post(f"/posts/{first.id}/withdrawal")
    with browser_of(app, make.moderator(session)) as desk:
        assert "Nothing waits" in words(desk.get("/desk/reviews"))
        item = item_of(session, first)
        assert desk.post(f"/desk/reviews/{item.id}/decisions", {"decision": "spam", "reason": "It is spam."}).status_code == 409


def test_badges_come_from_what_was_decided(session, drain, moderator):
    topic, member = make.topic(session), make.member(session)
    start = clock.now()
    for number in range(50):
        answer = make.answer(session, topic)
        clock.use(lambda number=number: start + timedelta(hours=3 * number))
        flags.raise_flag(session, actor_of(member), topic, answer, RaiseFlag(reason="spam"))
        session.commit()
        outcome = {"decision": "spam", "reason": "It is spam."} if number < 40 else {"decision": "fine"}
        item = item_of(session, answer)
        items.decide(session, actor_of(moderator), item, topic, answer, DecideItem(**outcome))
        session.commit()
    clock.use(lambda: start + timedelta(days=10))
    drain()
    session.commit()
    held = session.exec(select(BadgeAward.badge).where(BadgeAward.subject == subject_of(session, member.id))).all()
    assert set(held) == {"first-flag", "sharp-eye"}, "a flag on what was spam counts like any other"
    assert drift(session) == []


def vote_on(app, member, topic, **form):
    with browser_of(app, member) as browser:
        return browser.post(f"/topics/{topic.id}/state-votes", form)


def test_three_votes_close_a_question_and_three_open_it_again(app, session):
    topic = make.topic(session)
    voters = [make.member(session, **CLOSES) for _ in range(3)]
    assert vote_on(app, make.member(session), topic, reason="opinion").status_code == 403
    assert vote_on(app, voters[0], topic).status_code == 422
    with browser_of(app, voters[0]) as browser:
        assert "0 so far" in words(browser.get(f"/topics/{topic.id}/state-votes/new"))
    vote_on(app, voters[0], topic, reason="opinion")
    assert vote_on(app, voters[0], topic, reason="opinion").status_code == 409
    vote_on(app, voters[1], topic, reason="unclear")
    with browser_of(app, voters[2]) as browser:
        assert "Vote to close (2 of 3)" in words(browser.get(f"/topics/{topic.id}", follow_redirects=True))
    vote_on(app, voters[2], topic, reason="unclear")
    closed = fresh(session, session.get(Topic, topic.id))
    assert closed.state == "closed" and closed.closed_reason.startswith("This needs more detail")
    assert session.exec(select(StateVote)).all() == []
    for voter in voters:
        vote_on(app, voter, topic)
    assert fresh(session, session.get(Topic, topic.id)).state == "new"


def test_votes_lapse_after_two_weeks_and_can_be_taken_back(app, session):
    topic = make.topic(session)
    voters = [make.member(session, **CLOSES) for _ in range(4)]
    vote_on(app, voters[0], topic, reason="opinion")
    vote_on(app, voters[1], topic, reason="opinion")
    with browser_of(app, voters[1]) as browser:
        assert "Take your vote back" in words(browser.get(f"/topics/{topic.id}/state-votes/new"))
        browser.post(f"/topics/{topic.id}/state-votes/removal")
    pass_time(days=14, minutes=1)
    vote_on(app, voters[2], topic, reason="opinion")
    vote_on(app, voters[3], topic, reason="opinion")
    assert fresh(session, session.get(Topic, topic.id)).state == "new"
    vote_on(app, voters[0], topic, reason="opinion")
    assert fresh(session, session.get(Topic, topic.id)).state == "closed"


def test_one_vote_of_somebody_with_the_gold_badge_of_a_tag_is_enough(app, session):
    knows = make.member(session, **CLOSES)
    topic, other = make.topic(session, tags="hub-3"), make.topic(session, tags="wi-fi")
    tag = session.exec(select(Tag.id).where(Tag.slug == "hub-3")).one()
    make.member(session)
    award = {"badge": "tag-gold", "subject": subject_of(session, knows.id), "scope": str(tag), "earned_at": clock.now()}
    session.add(BadgeAward(**award))
    session.commit()
    vote_on(app, knows, other, reason="off_topic")
    vote_on(app, knows, topic, reason="off_topic")
    assert fresh(session, session.get(Topic, other.id)).state == "new"
    assert fresh(session, session.get(Topic, topic.id)).state == "closed"


STEPS = st.lists(st.sampled_from(["flag", "needs", "fine", "keep", "remove", "return"]), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_points_follow_what_stands_decided(session, steps):
    """Whatever order people act in: one line for each flag upheld and each review that agreed, and nothing else."""
    topic = make.topic(session)
    answer, moderator = make.answer(session, topic), make.moderator(session)
    for step in steps:
        try:
            _step(session, step, topic, answer, moderator)
        except Exception as refusal:
            assert type(refusal).__module__ == "forum.core.errors", refusal
            session.rollback()
        session.commit()
        session.expire_all()
    upheld = session.exec(select(Flag.id).where(Flag.post_id == answer.id, Flag.state == "upheld")).all()
    opinions = session.exec(
        select(ReviewOpinion.verdict, ReviewItem.state)
        .join(ReviewItem, ReviewItem.id == ReviewOpinion.item_id)
        .where(ReviewItem.post_id == answer.id, ReviewItem.state != "open")
    ).all()
    agreed = [1 for verdict, state in opinions if (verdict == "needs") == (state == "acted")]
    assert _live(session, topic, LedgerKind.flag_upheld) == len(upheld)
    assert _live(session, topic, LedgerKind.review_agreed) == len(agreed)
    assert drift(session) == []


def _step(session, step, topic, answer, moderator):
    topic, answer = session.get(Topic, topic.id), session.get(Post, answer.id)
    item = session.exec(select(ReviewItem).where(ReviewItem.post_id == answer.id).order_by(ReviewItem.id.desc())).first()
    if step == "flag":
        flags.raise_flag(session, actor_of(make.member(session)), topic, answer, RaiseFlag(reason="rude"))
    elif step in ("needs", "fine") and item:
        reviewer = actor_of(make.member(session, **REVIEWS))
        items.give_review(session, reviewer, item, topic, answer, GiveReview(verdict=step))
    elif step in ("keep", "remove") and item:
        decision = {"decision": "fine"} if step == "keep" else {"decision": "tidy", "reason": "Not needed."}
        items.decide(session, actor_of(moderator), item, topic, answer, DecideItem(**decision))
    elif step == "return":
        edits.return_post(session, actor_of(moderator), topic, answer)


def _live(session, topic, kind):
    lines = session.exec(select(RepEvent.id).where(RepEvent.topic_id == topic.id, RepEvent.kind == kind)).all()
    flips = session.exec(select(RepEvent.reverses_id).where(RepEvent.reverses_id.in_(lines))).all()
    return sum(flips.count(line) % 2 == 0 for line in lines)


def test_a_claim_is_not_kept_by_taking_it_again(app, session):
    items_ = []
    for number in range(4):
        post = make.answer(session, make.topic(session, title=f"A question about lamps, number {number}"))
        with browser_of(app, make.member(session)) as browser:
            browser.post(f"/posts/{post.id}/flags", SPAM)
        items_.append(item_of(session, post).id)
    one, other = make.member(session, **REVIEWS), make.member(session, **REVIEWS)
    with browser_of(app, one) as mine, browser_of(app, other) as theirs:
        assert "4 posts to review" in words(mine.get("/")) and "to review" not in words(Browser(app).get("/"))
        assert [mine.post(f"/reviews/{number}/claims").status_code for number in items_] == [303, 303, 303, 409]
        assert "You have taken 3 already" in words(mine.post(f"/reviews/{items_[3]}/claims"))
        mine.post(f"/reviews/{items_[0]}/claims/removal")
        again = mine.post(f"/reviews/{items_[0]}/claims")
        assert again.status_code == 409 and "somebody else can take it" in words(again)
        pass_time(minutes=15, seconds=1)
        assert mine.post(f"/reviews/{items_[1]}/claims").status_code == 409
        assert "Take it for fifteen minutes" in words(mine.get(f"/reviews/{items_[1]}"))
        assert theirs.post(f"/reviews/{items_[1]}/claims").status_code == 303
        pass_time(minutes=15, seconds=1)
        assert mine.post(f"/reviews/{items_[1]}/claims").status_code == 303


def test_nobody_keeps_what_is_about_them_from_being_decided(app, session, moderator):
    author = make.member(session, **REVIEWS)
    answer = make.answer(session, make.topic(session), author, body="Buy very cheap watches here.")
    with browser_of(app, make.member(session)) as browser:
        browser.post(f"/posts/{answer.id}/flags", SPAM)
    item = item_of(session, answer)
    with browser_of(app, author) as browser:
        assert browser.post(f"/reviews/{item.id}/claims").status_code == 409
    decide(app, moderator, item, decision="spam", reason="It sells watches.")
    assert fresh(session, session.get(Post, answer.id)).state == "removed"
