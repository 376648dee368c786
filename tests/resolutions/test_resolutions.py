"""The published outcome of a topic, and the replies that carry it back to where it was asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict
from forum.models import (
    Credit,
    ExternalAccount,
    ExternalPost,
    Notice,
    NoticeKind,
    Platform,
    Resolution,
    Share,
    ThreadLink,
    Topic,
    TriageState,
)
from forum.policy.actor import actor_of
from forum.resolutions.actions import write_resolution
from forum.resolutions.inputs import WriteResolution
from forum.social import lengths
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import fresh, words

SAID = {
    "question": "Red light and no internet",
    "answer": "Hold the button for ten seconds and wait for white.",
    "body": "1. Hold the *button*.\n2. Wait.",
}


@pytest.fixture
def helper(session):
    return make.member(session, "Hal Helper")


@pytest.fixture
def topic(session, helper):
    asker = make.member(session)
    made = make.topic(session, asker)
    answer = make.answer(session, made, helper)
    accept_answer(session, actor_of(asker), made, answer)
    session.commit()
    return made


@pytest.fixture
def staff(client, session):
    client.sign_in(make.agent(session, name="Ada Agent", title="Network Care"))
    return client


def write(browser, topic, **more):
    return browser.post(f"/topics/{topic.id}/resolution", SAID | more)


def thread(session, topic, platform, number):
    where = {"platform": platform, "host": "toot.example"}
    account = ExternalAccount(**where, ext_id=f"a{number}", handle=f"maeve{number}")
    session.add(account)
    session.flush()
    moment = clock.now() - timedelta(days=1)
    row = ThreadLink(
        **where, root_ext_id=f"t{number}", url=f"https://toot.example/t{number}", state=TriageState.published, topic_id=topic.id,
        first_post_at=moment, last_post_at=moment,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(
        ExternalPost(
            **where,
            ext_id=f"t{number}",
            thread_id=row.id,
            account_id=account.id,
            text="?",
            text_hash="x",
            created_at=moment,
            url=row.url,
        )
    )
    session.commit()
    return row


def test_nothing_is_published_before_an_answer_is_accepted_or_official(staff, session):
    topic = make.topic(session)
    refused = write(staff, topic, act="publish")
    assert refused.status_code == 409
    assert "There is nothing to publish yet" in words(refused)
    assert SAID["answer"] in refused.text
    assert session.exec(select(Resolution)).all() == []


def test_an_official_answer_is_enough(staff, session):
    answer = make.answer(session)
    review = (clock.now() + timedelta(days=30)).date().isoformat()
    staff.post(f"/posts/{answer.id}/official-mark", {"review_by": review})
    assert write(staff, session.get(Topic, answer.topic_id), act="publish").status_code == 303


def test_the_form_begins_with_the_answer(staff, topic):
    page = staff.get(f"/topics/{topic.id}/resolution")
    assert "Set the channel to 36 and save." in page.text
    assert "Hal Helper" in words(page)


def test_a_draft_is_for_staff(staff, session, topic):
    assert write(staff, topic).status_code == 303
    row = session.exec(select(Resolution)).one()
    assert row.state == "draft"
    assert "Hold the button" in words(staff.get(f"/resolutions/{row.id}/{row.slug}"))
    staff.sign_out()
    assert staff.get(f"/resolutions/{row.id}/{row.slug}").status_code == 404
    assert "Red light" not in words(staff.get("/resolutions"))
    assert "/resolutions/" not in staff.get(f"/topics/{topic.id}/{topic.slug}").text


def test_published_it_is_read_credited_and_told(staff, session, topic, helper):
    write(staff, topic, act="publish", credit=[helper.id])
    row = session.exec(select(Resolution)).one()
    staff.sign_out()
    page = words(staff.get(f"/resolutions/{row.id}/{row.slug}"))
    assert "Hold the button for ten seconds" in page
    assert "Hal Helper" in page
    assert "as a volunteer" in page
    assert "Red light and no internet" in words(staff.get("/resolutions"))
    assert f"/resolutions/{row.id}/{row.slug}" in staff.get(f"/topics/{topic.id}/{topic.slug}").text
    assert f"/resolutions/{row.id}/{row.slug}" in staff.get("/feeds/resolutions.xml").text
    assert session.exec(select(Notice).where(Notice.kind == NoticeKind.resolution)).one().member_id == helper.id
    staff.sign_in(helper)
    assert "You are credited in the resolution" in words(staff.get("/notifications"))


def test_only_those_who_solved_it_can_be_credited(staff, session, topic, helper):
    stranger = make.member(session)
    write(staff, topic, act="publish", credit=[helper.id, stranger.id])
    assert session.exec(select(Credit.member_id)).all() == [helper.id]
    write(staff, topic, act="publish", credit=[])
    session.rollback()
    assert session.exec(select(Credit.member_id)).all() == []


def test_publishing_again_keeps_one_page_and_its_date(staff, session, topic):
    write(staff, topic, act="publish")
    first = session.exec(select(Resolution)).one()
    published = first.published_at
    write(staff, topic, act="publish", question="Red light, no internet, what now?")
    row = session.exec(select(Resolution)).one()
    assert (fresh(session, row).question, row.published_at) == ("Red light, no internet, what now?", published)
    assert row.changed_at is not None
    moved = staff.get(f"/resolutions/{row.id}/red-light-and-no-internet")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/resolutions/{row.id}/{row.slug}")


def test_withdrawn_it_says_so_and_why(staff, session, topic):
    write(staff, topic, act="publish")
    row = session.exec(select(Resolution)).one()
    assert staff.post(f"/resolutions/{row.id}/withdrawal", {"reason": ""}).status_code == 422
    assert staff.post(f"/resolutions/{row.id}/withdrawal", {"reason": "It broke the new model."}).status_code == 303
    assert staff.post(f"/resolutions/{row.id}/withdrawal", {"reason": "It broke the new model."}).status_code == 409
    staff.sign_out()
    page = words(staff.get(f"/resolutions/{row.id}/{row.slug}"))
    assert "It broke the new model." in page
    assert "Hold the button" not in page
    assert "Red light" not in words(staff.get("/resolutions"))
    assert "/resolutions/" not in staff.get(f"/topics/{topic.id}/{topic.slug}").text


def test_what_is_not_public_is_not_published(staff, session):
    section = make.section(session, "lounge", visibility="members")
    asker = make.member(session)
    topic = make.topic(session, asker, where=section)
    accept_answer(session, actor_of(asker), topic, make.answer(session, topic))
    session.commit()
    assert write(staff, topic, act="publish").status_code == 409
    assert write(staff, topic).status_code == 303
    row = session.exec(select(Resolution)).one()
    staff.sign_in(make.member(session))
    assert staff.get(f"/resolutions/{row.id}/{row.slug}").status_code == 404


def test_one_per_topic_whoever_presses_first(session, topic):
    writers = [make.agent(session) for _ in range(4)]
    topic_id = topic.id
    session.close()

    def press(writer):
        try:
            with transaction() as writing:
                write_resolution(
                    writing, actor_of(writer), writing.get_one(Topic, topic_id), WriteResolution(**SAID, act="publish")
                )
        except Conflict:
            return "conflict"
        return "ok"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, writers)) == ["ok"] * 4
    assert len(session.exec(select(Resolution)).all()) == 1


def test_a_reply_is_prepared_for_every_thread_and_fits(staff, session, topic, helper):
    platforms = [Platform.mastodon, Platform.bluesky, Platform.x, Platform.reddit, Platform.discourse]
    for number, platform in enumerate(platforms):
        thread(session, topic, platform, number)
    long = "Hold the button " + "and wait until it is white again " * 11
    done = write(staff, topic, act="publish", credit=[helper.id], answer=long[:395])
    assert done.headers["location"] == f"/topics/{topic.id}/resolution"
    shares = session.exec(select(Share).order_by(Share.id)).all()
    resolution = session.exec(select(Resolution)).one()
    assert len(shares) == 5
    for share, platform in zip(shares, platforms, strict=True):
        assert lengths.fits(platform, share.text), platform
        assert f"/resolutions/{resolution.id}/{resolution.slug}" in share.text
    write(staff, topic, act="publish")
    session.rollback()
    assert len(session.exec(select(Share)).all()) == 5
    page = words(staff.get(f"/topics/{topic.id}/resolution"))
    assert "maeve0" in page


def test_a_reply_is_changed_within_the_limit_posted_by_hand_and_noted(staff, session, topic):
    thread(session, topic, Platform.x, 1)
    write(staff, topic, act="publish")
    share = session.exec(select(Share)).one()
    assert staff.post(f"/shares/{share.id}", {"text": "Fixed! " + "x" * 290}).status_code == 422
    assert staff.post(f"/shares/{share.id}", {"text": "Fixed, see our page."}).status_code == 303
    assert fresh(session, share).text == "Fixed, see our page."
    for wrong in ("", "http://x.example/1", "javascript:alert(1)", "nothing"):
        assert staff.post(f"/shares/{share.id}/receipt", {"receipt_url": wrong}).status_code == 422
    assert staff.post(f"/shares/{share.id}/receipt", {"receipt_url": "https://x.example/1"}).status_code == 303
    assert (fresh(session, share).state, share.receipt_url) == ("posted", "https://x.example/1")
    assert staff.post(f"/shares/{share.id}/receipt", {"receipt_url": "https://x.example/2"}).status_code == 409
    assert staff.post(f"/shares/{share.id}", {"text": "Too late."}).status_code == 409
    assert staff.post(f"/shares/{share.id}/dropping").status_code == 409
    assert fresh(session, share).text == "Fixed, see our page."


def test_a_reply_may_be_dropped_and_a_withdrawn_page_sends_none(staff, session, topic):
    thread(session, topic, Platform.x, 1)
    thread(session, topic, Platform.mastodon, 2)
    write(staff, topic, act="publish")
    one, two = session.exec(select(Share).order_by(Share.id)).all()
    assert staff.post(f"/shares/{one.id}/dropping").status_code == 303
    assert fresh(session, one).state == "dropped"
    resolution = session.exec(select(Resolution)).one()
    staff.post(f"/resolutions/{resolution.id}/withdrawal", {"reason": "It was not true."})
    assert staff.post(f"/shares/{two.id}/receipt", {"receipt_url": "https://toot.example/1"}).status_code == 409
    assert fresh(session, two).state == "draft"
    assert staff.post("/shares/999/dropping").status_code == 404
