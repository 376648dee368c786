"""Lists and long topics page without loss; hidden sections are hidden everywhere."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import Member, Post, PostKind, Tag, Topic, Visibility
from forum.policy.actor import actor_of
from forum.votes.actions import vote
from forum.votes.inputs import CastVote
from tests import make
from tests.fakes.client import Browser, words


def many_answers(session, topic, count):
    moment = clock.now()
    session.add_all(
        Post(topic_id=topic.id, kind=PostKind.answer, body=f"Try {n}", html=f"<p>Try {n}</p>", created_at=moment, helpful=n % 3)
        for n in range(count)
    )
    topic.answers = count
    session.commit()


def pages(client, url):
    """Every page from `url` on, following "older"."""
    found = []
    while url:
        assert len(found) < 20
        page = client.get(url, follow_redirects=True)
        assert page.status_code == 200
        found.append(page)
        more = re.search(r'href="([^"]*[?&;]after=[^"]*)"', page.text)
        url = (
            more[1].replace("&amp;", "&")
            if more and more[1].replace("&amp;", "&") not in {str(p.url.raw_path.decode()) for p in found}
            else None
        )
    return found


@pytest.mark.parametrize("count", [29, 30, 31, 32, 65])
def test_a_long_topic_shows_every_answer_once(client, session, count):
    topic = make.topic(session)
    many_answers(session, topic, count)
    shown = [
        int(one) for page in pages(client, f"/topics/{topic.id}/{topic.slug}") for one in re.findall(r'id="a-(\d+)"', page.text)
    ]
    expected = session.exec(select(Post.id).where(Post.kind == PostKind.answer)).all()
    assert sorted(shown) == sorted(expected)


def test_ticked_and_official_answers_come_first_and_only_once(client, session):
    asker = make.member(session)
    topic = make.topic(session, asker)
    many_answers(session, topic, 40)
    chosen = session.exec(select(Post).where(Post.body == "Try 39")).one()
    marked = session.exec(select(Post).where(Post.body == "Try 36")).one()
    client.sign_in(make.admin(session))
    client.post(f"/topics/{topic.id}/acceptances", {"post": chosen.id})
    soon = (clock.now() + timedelta(days=30)).date().isoformat()
    client.post(f"/posts/{marked.id}/official-mark", {"review_by": soon})
    shown = [
        int(one) for page in pages(client, f"/topics/{topic.id}/{topic.slug}") for one in re.findall(r'id="a-(\d+)"', page.text)
    ]
    assert shown[:2] == [marked.id, chosen.id]
    assert len(shown) == len(set(shown)) == 40


def test_lists_page_without_loss_even_when_times_are_equal(client, session):
    author, moment = make.member(session), clock.now()
    make.section(session)
    section = make.section(session)
    same = {"section_id": section.id, "author_id": author.id, "created_at": moment}
    topics = [Topic(title=f"Question number {n} of many", slug=f"q-{n}", **same) for n in range(60)]
    session.add_all(topics)
    session.flush()
    session.add_all(
        Post(topic_id=t.id, kind=PostKind.question, body="x", html="x", author_id=author.id, created_at=moment) for t in topics
    )
    session.commit()
    for url in ("/questions", "/questions?state=active", "/questions?state=unanswered", f"/members/{author.handle_key}"):
        shown = [one for page in pages(client, url) for one in re.findall(r'<a [^>]*href="/topics/(\d+)/q-\d+"', page.text)]
        assert sorted(map(int, set(shown))) == [topic.id for topic in topics], url
        assert len(shown) == 60, url


HIDDEN = "Nobody else may read of zanzibar"


@pytest.fixture
def hidden(session, drain):
    """A topic in a members' section and one in a staff section, by the same author."""
    author = make.agent(session, name="Ada Agent")
    for visibility in (Visibility.members, Visibility.staff):
        where = make.section(session, f"{visibility}-room", visibility=visibility)
        topic = make.topic(session, author, title=f"{HIDDEN}, {visibility}", tags=f"tag-{visibility}", where=where)
        make.answer(session, topic, author, body=f"zanzibar answer for {visibility}")
    drain()
    return author


def test_hidden_sections_are_hidden_in_every_list(app, session, hidden):
    readers = {
        "visitor": None,
        "member": make.member(session),
        "moderator": make.moderator(session),
        "agent": make.agent(session),
    }
    sees = {"visitor": set(), "member": {"members"}, "moderator": {"members"}, "agent": {"members", "staff"}}
    paths = (
        *(
            "/",
            "/questions",
            "/questions?state=answered",
            f"/members/{hidden.handle_key}",
            f"/members/{hidden.handle_key}?tab=answers",
        ),
        *(
            "/search?q=zanzibar",
            "/search?q=in:title+nobody",
            "/ask/similar?title=nobody+else+may+read+of+zanzibar",
            "/feed.xml",
            "/sitemap.xml",
        ),
    )
    machines = {"/feed.xml", "/sitemap.xml"}
    for name, member in readers.items():
        browser = Browser(app)
        if member:
            browser.sign_in(member)
        for path in paths:
            page = browser.get(path)
            assert page.status_code == 200, path
            shown = {
                v for v in ("members", "staff") if re.search(rf"/topics/\d+/nobody-else-may-read-of-zanzibar-{v}", page.text)
            }
            allowed = set() if path in machines else sees[name]
            assert shown <= allowed, (name, path)
            if path.startswith("/questions"):
                assert shown == allowed, (name, path)
            elif path.startswith(("/search", "/ask/similar")):  # what is for staff never enters the index
                assert shown == allowed - {"staff"}, (name, path)


def test_counters_of_tags_show_only_what_everybody_sees(client, session, hidden):
    assert set(session.exec(select(Tag.topics)).all()) == {0}
    assert "tag-members" not in words(client.get("/tags"))


def test_hidden_things_earn_no_place_on_the_profile_of_a_helper(client, session, hidden):
    page = client.get(f"/members/{hidden.handle_key}")
    assert "zanzibar" not in page.text


def test_a_removed_topic_is_nowhere(client, session):
    topic = make.topic(session, title="Cheap watches for everybody here")
    question = session.exec(select(Post).where(Post.topic_id == topic.id)).one()
    moderator = Browser(client.app)
    moderator.sign_in(make.moderator(session))
    assert "Cheap watches" in client.get("/questions").text
    moderator.post(f"/posts/{question.id}/removal", {"reason": "Advertising."})
    for browser in (client, moderator):
        for path in ("/", "/questions", "/sitemap.xml", "/feed.xml"):
            assert "heap-watches" not in browser.get(path).text, path
    assert client.get(f"/topics/{topic.id}/{topic.slug}").status_code == 404
    assert moderator.get(f"/topics/{topic.id}/{topic.slug}").status_code == 200


def test_answers_are_sorted_by_what_helped(client, session):
    topic = make.topic(session)
    low, high = make.answer(session, topic, body="The weaker way."), make.answer(session, topic, body="The better way.")
    vote(session, actor_of(make.member(session)), topic, high, CastVote(value="1"))
    session.commit()
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert page.index("The better way.") < page.index("The weaker way.")
    assert low.id < high.id


@pytest.mark.parametrize("cursor", ["x", "%00", "WzEsMl0", "WyJ4IiwgMV0", "W10", "a" * 500, "bnVsbA", "WzFlOTk5LDFd"])
@pytest.mark.parametrize(
    "path", ["/questions", "/tags", "/resolutions", "/sections/help", "/members/{member}", "/topics/{topic}/{slug}"]
)
def test_a_mangled_cursor_is_bad_input_never_a_fault(client, session, cursor, path):
    topic = make.topic(session, make.member(session, handle="mel"))
    page = client.get(path.format(member="mel", topic=topic.id, slug=topic.slug) + f"?after={cursor}")
    assert page.status_code in (400, 422) or (
        page.status_code == 200 and cursor == "WzEsMl0" and path.startswith(("/tags", "/topics"))
    )


def test_names_of_former_members_are_gone(client, session):
    author = make.member(session, "Hal Helper")
    answer = make.answer(session, author=author)
    session.delete(session.get(Member, author.id))
    session.commit()
    page = words(client.get(f"/topics/{answer.topic_id}", follow_redirects=True))
    assert "Hal Helper" not in page
    assert "Former member" in page
