"""Pages cost the same few statements however much stands on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from forum.core import clock, db, ratelimit
from forum.models import (
    ArticleProposal,
    BadgeAward,
    Channel,
    Defect,
    ExternalAccount,
    ExternalPost,
    Notice,
    NoticeKind,
    Platform,
    Post,
    PostKind,
    ReviewItem,
    ReviewKind,
    ReviewState,
    RoutingInvite,
    Share,
    SuggestedEdit,
    Tag,
    TagSynonym,
    ThreadLink,
    ThreadWeight,
    Tier,
    TopicTag,
    VipAppeal,
    VipNomination,
)
from forum.policy.actor import actor_of
from forum.recognition.actions import subject_of
from forum.resolutions.actions import write_resolution
from forum.resolutions.inputs import WriteResolution
from forum.social.incidents import noticeboard
from forum.social.sharing import queries as shares
from forum.topics.verdicts import accept_answer
from tests import make
from tests.fakes.client import Browser

UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET", "SHOW")
ANSWERS = 30
LISTS = (
    *(
        "/",
        "/questions",
        "/questions?tag=hub-3",
        "/questions?state=solved",
        "/members/asha",
        "/members/asha?tab=answers",
        "/tags",
    ),
    *("/members/asha/reputation", "/search?q=hub", "/notifications", "/resolutions", "/desk/social", "/recognition", "/feed.xml"),
    *(
        "/sections",
        "/sitemap.xml",
        "/badges",
        "/badges/first-solution",
        "/desk/votes",
        "/desk/reviews",
        "/desk/findings",
        "/desk/defects",
        "/desk/tags",
        "/desk/reviews?state=decided",
    ),
    *("/me/vip", "/perks", "/nominations", "/desk/perks", "/desk/season", "/desk/appeals", "/desk/nominations"),
    *("/for-you", "/invitations", "/settings/invitations", "/desk/routing", "/desk/edits", "/me/edits", "/desk/articles"),
    *("/for-you", "/invitations", "/settings/invitations", "/desk/routing", "/settings/blocked", "/guide"),
)

MORE = {"/me/vip": 12}
"""Pages that say more than others: the last twelve months, those that will count next time, and those that did."""


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.lstrip().upper().startswith(UNCOUNTED):
            seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


class Busy:
    """One person who asked, answered, was credited and told; `grow` makes everything more."""

    def __init__(self, session):
        self.session = session
        self.asker = make.member(session, "Asha Asker", handle="asha")
        self.agent = make.agent(session)
        make.vip(session, member=self.asker)
        self.topic = make.topic(session, self.asker, tags="hub-3")
        self.size = 0
        self.start = clock.now() - timedelta(days=3)

    def grow(self, count):
        for number in range(self.size, self.size + count):
            moment = self.start + timedelta(minutes=10 * number)
            clock.use(lambda moment=moment: moment)
            self._answer(self.topic, number)
            topic = make.topic(
                self.session, self.asker if number % 2 else None, title=f"The hub question number {number}", tags="hub-3"
            )
            answer = make.answer(self.session, topic, self.asker if number % 2 == 0 else None)
            if number % 3 == 0:
                accept_answer(self.session, actor_of(make.moderator(self.session)), topic, answer)
                self.session.flush()
                self._resolution(topic, answer)
            self._tell(topic, number)
            self._badge(number)
            self._invite(topic, number)
            self._suggest(answer)
            self._thread(number)
            self._programme(number)
            self._review(answer, number)
            self._synonym(topic, number)
            self.session.add(
                ArticleProposal(topic_id=topic.id, by_id=self.asker.id, question="Amber", answer="Dry it.", body="x")
            )
            self.session.add(Defect(post_id=answer.id, reference=f"HUB-{number}", fixed_at=clock.now() if number % 2 else None))
        self.size += count
        self.session.commit()
        clock.use(None)

    def _answer(self, topic, number):
        answer = Post(topic_id=topic.id, kind=PostKind.answer, body="x", html="<p>x</p>", author_id=make.member(self.session).id)
        self.session.add(answer)
        self.session.flush()
        self.session.add(
            Post(topic_id=topic.id, parent_id=answer.id, kind=PostKind.comment, body="x", html="x", author_id=self.asker.id)
        )

    def _resolution(self, topic, answer):
        words = {"question": topic.title, "answer": "Move it away from the router.", "body": "Move it."}
        credit = [answer.author_id]
        write_resolution(self.session, actor_of(self.agent), topic, WriteResolution(**words, act="publish", credit=credit))

    def _tell(self, topic, number):
        self.session.add(Notice(member_id=self.asker.id, kind=NoticeKind.answer, cause=f"x{number}", topic_id=topic.id))

    def _badge(self, number):
        values = {"subject": subject_of(self.session, make.member(self.session).id), "earned_at": clock.now()}
        self.session.add(BadgeAward(badge="first-solution", **values))

    def _synonym(self, topic, number):
        tag_id = self.session.exec(select(TopicTag.tag_id).where(TopicTag.topic_id == topic.id)).first()
        self.session.add(TagSynonym(name=f"hub-{number}-3", tag_id=tag_id, by_id=self.asker.id))

    def _review(self, answer, number):
        state = ReviewState.kept if number % 2 else ReviewState.open
        self.session.add(ReviewItem(kind=ReviewKind.flag, post_id=answer.id, state=state, decided_at=clock.now()))

    def _programme(self, number):
        one = make.vip(self.session)
        season = make.season(self.session)
        make.offer(self.session, title=f"An evening, number {number}")
        self.session.add(VipNomination(member_id=one.id, by_id=self.asker.id, tier=Tier.vip, sentence="Helps all the time."))
        self.session.add(VipAppeal(season_id=season.id, member_id=one.id, text="Please look again."))

    def _invite(self, topic, number):
        self.session.add(RoutingInvite(topic_id=topic.id, member_id=self.asker.id, wave=1, chance=0.1, propensity=1.0))
        waiting = make.topic(self.session, title=f"Nobody knows about number {number} yet", tags="hub-3")
        self.session.add(RoutingInvite(topic_id=waiting.id, member_id=self.asker.id, wave=1, chance=0.1, propensity=1.0))

    def _suggest(self, answer):
        other = make.member(self.session)
        for by in (self.asker, other):
            self.session.add(SuggestedEdit(post_id=answer.id, by_id=by.id, base=1, body="Better."))
        self.session.add(SuggestedEdit(post_id=self.topic_question().id, by_id=other.id, base=1, body="Better."))

    def topic_question(self):
        return self.session.exec(select(Post).where(Post.topic_id == self.topic.id, Post.kind == PostKind.question)).one()

    def _thread(self, number):
        where = {"platform": Platform.mastodon, "host": "toot.example"}
        account = ExternalAccount(**where, ext_id=f"a{number}", handle=f"somebody{number}")
        thread = ThreadLink(
            **where, root_ext_id=f"t{number}", first_post_at=clock.now(), last_post_at=clock.now(), posts=1, people=1
        )
        self.session.add_all([account, thread])
        self.session.flush()
        self.session.add(
            ExternalPost(
                **where,
                ext_id=f"t{number}",
                thread_id=thread.id,
                account_id=account.id,
                text="Red",
                text_hash="x",
                created_at=clock.now(),
            )
        )


def statements(app, member, path):
    ratelimit._limiter.cache_clear()
    noticeboard.forget()
    browser = Browser(app)
    if member:
        browser.sign_in(member)
    assert browser.get(path).status_code == 200, path  # warm: compiled templates, the opened index
    browser = Browser(app)
    if member:
        browser.sign_in(member)
    with counted() as seen:
        assert browser.get(path).status_code == 200
    return seen


@pytest.fixture
def busy(session, drain):
    made = Busy(session)
    made.grow(10)
    drain()
    return made


def test_a_topic_with_thirty_answers(app, busy, session):
    busy.grow(ANSWERS - 10)
    path = f"/topics/{busy.topic.id}/{busy.topic.slug}"
    visitor = statements(app, None, path)
    assert len(visitor) <= 6 + 1, visitor  # one more asks whether the kept page is still good
    for member in (busy.asker, make.member(session), busy.agent):
        seen = statements(app, member, path)
        assert len(seen) <= 9, seen


def test_lists_cost_the_same_with_three_times_the_rows(app, busy, drain):
    def measure():
        return {path: statements(app, busy.agent if path.startswith("/desk") else busy.asker, path) for path in LISTS}

    few = measure()
    assert {path: seen for path, seen in few.items() if len(seen) > MORE.get(path, 10)} == {}
    busy.grow(20)
    drain()
    many = measure()
    assert {path: many[path] for path in LISTS if len(many[path]) != len(few[path])} == {}


def test_a_page_for_visitors_is_kept_until_something_happens(app, busy, session):
    browser = Browser(app)
    path = f"/topics/{busy.topic.id}/{busy.topic.slug}"
    browser.get(path)
    with counted() as seen:
        browser.get(path)
    assert len(seen) == 1, seen
    make.answer(session, busy.topic, body="Something quite new.")
    assert "Something quite new." in browser.get(path).text


def test_tagging_many_is_counted_right(session):
    for number in range(5):
        make.topic(session, title=f"A question about tags, {number}", tags="a, b, c")
    assert session.exec(select(Tag.topics)).all() == [5, 5, 5]
    assert len(session.exec(select(TopicTag)).all()) == 15


def replies(session, topic, resolution, count):
    """Each for a thread of its own, through a channel of its own, with something that went out there today."""
    for _ in range(count):
        number = len(session.exec(select(ThreadLink.id)).all())
        channel = Channel(platform=Platform.mastodon, name=f"Channel {number}", own_ext_id=f"us-{number}", own_handle="northwind")
        where = {"platform": Platform.mastodon, "host": "toot.example", "root_ext_id": f"r{number}"}
        session.add(channel)
        session.flush()
        times = {"first_post_at": clock.now(), "last_post_at": clock.now()}
        thread = ThreadLink(**where, **times, topic_id=topic.id, channel_id=channel.id, state="published", posts=1, people=1)
        session.add(thread)
        session.flush()
        session.add(ThreadWeight(thread_id=thread.id, influence=10))
        usual = {"thread_id": thread.id, "channel_id": channel.id, "text": f"Solved, number {number}."}
        session.add(Share(**usual, resolution_id=resolution.id, dedup_key=f"d{number}"))
        sent = {"state": "visible", "approved_at": clock.now(), "sent_at": clock.now()}
        session.add(Share(**usual, **sent, purpose="reply", dedup_key=f"s{number}"))
    session.commit()


def test_replies_for_ten_threads_cost_what_one_costs(app, session):
    agent = make.agent(session)
    topic = make.topic(session)
    accept_answer(session, actor_of(make.moderator(session)), topic, make.answer(session, topic))
    words = {"question": topic.title, "answer": "Move it away from the router.", "body": "Move it."}
    resolution = write_resolution(session, actor_of(agent), topic, WriteResolution(**words, act="publish"))
    session.commit()
    seen = {}
    for count in (1, 9):
        replies(session, topic, resolution, count)
        with counted() as seen[count]:
            views = shares.share_views(session, actor_of(agent), topic.id)
        assert [any("Nearly the same" in one.text for one in view.findings) for view in views] == [True, False] * (
            len(views) // 2
        )
    assert len(views) == 20
    assert len(seen[1]) == len(seen[9]) == 2, seen[9]
    page = f"/topics/{topic.id}/resolution"
    assert len(statements(app, agent, page)) <= 20
