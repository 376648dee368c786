"""The inbox as people use it: why a thread is here, what is advised, and everything that can be decided about it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from forum.core import clock
from forum.models import (
    Channel,
    ChannelCursor,
    ExternalPost,
    Member,
    Post,
    PostKind,
    PostMap,
    PrivateCase,
    PrivateMessage,
    RuleHit,
    RuleKind,
    RuleState,
    Share,
    ThreadDecision,
    ThreadLink,
    ThreadOrigin,
    ThreadWeight,
    Topic,
    TriageState,
    WatchRule,
)
from forum.models.jobs import Job
from forum.social.inbox import weighing
from forum.social.privately import cases
from forum.social.simulated.network import OWN, Fault, Network, address
from forum.social.watching import jobs as watching
from forum.social.watching.rules import FLOOD
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels


def nothing_similar(*_: object) -> list[list[str]]:
    return []


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


@pytest.fixture
def marta(session: Session, client: Browser) -> Member:
    member = make.agent(session)
    client.sign_in(member)
    return member


def fresh(session: Session, thread_id: int) -> ThreadLink:
    session.expire_all()
    session.rollback()
    return session.get_one(ThreadLink, thread_id)


def thread_of(session: Session, net: Network, who: str, text: str, *, followers: int = 0, minutes: int = 5) -> ThreadLink:
    session.rollback()
    if session.exec(select(Channel)).first() is None:
        channels.channel(session)
    session.rollback()
    account = net.join(who, who.title(), followers=followers)
    root = net.write(account, text, at=clock.now() - timedelta(minutes=minutes))
    thread = channels.read(session, address(root))
    weighing.weigh(thread.id, nothing_similar)
    return fresh(session, thread.id)


def digest_of(client: Browser, thread: ThreadLink) -> str:
    return re.search(r'name="digest" value="(\w+)"', client.get(f"/desk/social/{thread.id}").text)[1]


def test_a_card_says_why_it_is_here_and_what_is_advised(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "@northwind my hub is dead since Monday. I restarted it.", followers=999)
    seen = words(client.get(f"/desk/social/{thread.id}"))
    assert "They named us." in seen
    assert "Wait a little" in seen
    assert "I restarted it." in seen
    assert "not known, counts as 0" in seen
    assert "999 on " in seen
    assert "For order only. Everyone gets the same answer" in seen
    assert "Wait a little" in words(client.get("/desk/social"))


def test_grace_ends_by_the_clock(session: Session, net: Network) -> None:
    thread = thread_of(session, net, "maeve", "@northwind my hub is dead since Monday")
    later = clock.now() + timedelta(minutes=40)
    clock.use(lambda: later)
    weighing.weigh_waiting(nothing_similar)
    session.rollback()
    assert session.get_one(ThreadWeight, thread.id).advice == "A"


def test_two_people_within_seven_days_and_the_first_is_named_first(
    session: Session, client: Browser, net: Network, marta: Member, drain: Callable[[], int]
) -> None:
    first = thread_of(session, net, "maeve", "My #Acme hub drops out every single evening", minutes=60)
    assert session.get_one(ThreadWeight, first.id).advice == "B"
    until = (clock.now() + timedelta(days=2)).date()
    client.post(f"/desk/social/{first.id}/watching", {"until": str(until), "why": "Nothing in haste."})
    second = thread_of(session, net, "dan", "So my #Acme hub drops out every single evening too")
    assert second.cluster_id == fresh(session, first.id).cluster_id is not None
    assert "Write to Maeve first, then to Dan." in words(client.get(f"/desk/social/{second.id}"))
    drain()
    assert fresh(session, first.id).state == TriageState.new, "it comes back when a second person says the same"


def test_everybody_in_a_group_is_weighed_again_when_somebody_joins_it(
    session: Session, client: Browser, net: Network, marta: Member, drain: Callable[[], int]
) -> None:
    first = thread_of(session, net, "maeve", "My hub drops out every single evening at seven", minutes=90)
    second = thread_of(session, net, "dan", "So my hub drops out every single evening at seven", minutes=60)
    drain()
    alone = thread_of(session, net, "olga", "Which cable goes into the yellow socket of the box?", minutes=50)
    third = thread_of(session, net, "nils", "Here the hub drops out every single evening at seven", minutes=30)
    waiting = session.exec(select(Job.payload).where(Job.name == "social.weigh")).all()
    assert {one["thread_id"] for one in waiting} >= {first.id, second.id}
    drain()
    session.rollback()
    for thread in (first, second, third):
        weight = session.get_one(ThreadWeight, thread.id)
        assert (weight.advice, weight.meta) == ("B3", "2 similar")
        assert "3 people say the same within seven days." in weight.reasons
    assert session.get_one(ThreadWeight, alone.id).advice == "B"
    assert drain() == 0, "once is enough"


def test_what_was_advised_and_decided_stands_side_by_side(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "@northwind my hub is dead since Monday")
    until = (clock.now() + timedelta(days=2)).date()
    client.post(f"/desk/social/{thread.id}/watching", {"until": str(until), "why": "She is on holiday."})
    session.rollback()
    decision = session.exec(select(ThreadDecision)).one()
    assert (decision.decided, decision.why, decision.advised) == ("Watch", "She is on holiday.", "A0")
    assert "She is on holiday." in words(client.get(f"/desk/social/{thread.id}"))
    assert "Observed" in words(client.get("/desk/social?state=watching")) or "Maeve" in words(
        client.get("/desk/social?state=watching")
    )


def test_a_watch_that_is_over_comes_back(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "My hub is a bit slow")
    client.post(f"/desk/social/{thread.id}/watching", {"until": str((clock.now() + timedelta(days=2)).date())})
    assert fresh(session, thread.id).state == TriageState.watching
    later = clock.now() + timedelta(days=3)
    clock.use(lambda: later)
    weighing.weigh_waiting(nothing_similar)
    assert fresh(session, thread.id).state == TriageState.new


@pytest.mark.parametrize(
    ("place", "form", "kept"),
    [
        ("watching", {"until": "2001-01-01", "why": "later"}, "later"),
        ("escalation", {"to": "nobody", "note": "She is a journalist"}, "She is a journalist"),
        ("attachment", {"topic": "#999999", "digest": "x"}, "#999999"),
        ("ignoring", {"reason": ""}, "Because"),
    ],
)
def test_a_form_with_a_fault_loses_nothing(
    session: Session, client: Browser, net: Network, marta: Member, place, form, kept
) -> None:
    thread = thread_of(session, net, "maeve", "My hub is a bit slow today")
    answer = client.post(f"/desk/social/{thread.id}/{place}", form)
    assert answer.status_code == 422
    assert kept in answer.text
    assert fresh(session, thread.id).state == TriageState.new


def test_taking_escalating_and_setting_free(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "My hub is a bit slow today")
    client.post(f"/desk/social/{thread.id}/assignment")
    assert fresh(session, thread.id).assignee_id == marta.id
    assert client.post(f"/desk/social/{thread.id}/assignment").status_code == 409
    client.post(f"/desk/social/{thread.id}/assignment/removal")
    other = make.agent(session)
    client.post(f"/desk/social/{thread.id}/escalation", {"to": other.handle, "note": "She is a journalist."})
    after = fresh(session, thread.id)
    assert (after.state, after.assignee_id) == (TriageState.escalated, other.id)


def test_joining_a_question_leaves_its_words_alone(session: Session, client: Browser, net: Network, marta: Member) -> None:
    channels.channel(session)
    said = channels.outage(net)
    thread = channels.read(session, address(said["root"]))
    topic = make.topic(session, title="Hub drops out in the evening")
    before = session.exec(select(Post.body).where(Post.topic_id == topic.id)).one()
    form = {"topic": f"http://testserver/topics/{topic.id}/x", "digest": digest_of(client, thread), "replies": "1"}
    assert client.post(f"/desk/social/{thread.id}/attachment", form).status_code == 303
    session.expire_all()
    session.rollback()
    posts = session.exec(select(Post).where(Post.topic_id == topic.id)).all()
    assert next(one.body for one in posts if one.kind == PostKind.question) == before
    assert sum(one.kind == PostKind.answer for one in posts) == 1
    assert session.get_one(Topic, topic.id).me_too == 2, "who asked there, and who said “same here”"
    page = words(client.get(f"/topics/{topic.id}/{topic.slug}"))
    assert "the practice network" in page
    net.delete(said["root"])
    channels.read_again(session, thread)
    assert session.exec(select(Post.body).where(Post.topic_id == topic.id, Post.kind == PostKind.question)).one() == before


def test_joined_replies_go_on_following(session: Session, client: Browser, net: Network, marta: Member) -> None:
    channels.channel(session)
    said = channels.outage(net)
    thread = channels.read(session, address(said["root"]))
    topic = make.topic(session, title="Hub drops out in the evening")
    client.post(
        f"/desk/social/{thread.id}/attachment", {"topic": str(topic.id), "digest": digest_of(client, thread), "replies": "1"}
    )
    net.write("acct-rhod", "It came back this morning after the update, in case that helps somebody.", parent=said["root"])
    channels.read_again(session, thread)
    assert session.exec(select(func.count()).where(Post.topic_id == topic.id, Post.kind == PostKind.answer)).one() == 2


def test_replies_with_personal_data_wait_for_a_person(session: Session, client: Browser, net: Network, marta: Member) -> None:
    channels.channel(session)
    said = channels.outage(net)
    thread = channels.read(session, address(said["root"]))
    client.post(
        f"/desk/social/{thread.id}/topic",
        {"title": "Hub drops out every evening", "section": make.section(session).slug, "digest": digest_of(client, thread)},
    )
    net.write("acct-rhod", "Write to me at rhod@example.org and I send you the log of the whole evening.", parent=said["root"])
    thread = channels.read_again(session, thread)
    page = client.get(f"/desk/social/{thread.id}")
    assert "Waiting for you" in words(page)
    assert "<del>rhod@example.org</del>" in page.text
    digest = re.search(r'pending".*?value="(\w+)"', page.text, re.S)[1]
    client.post(f"/desk/social/{thread.id}/pending", {"digest": digest})
    public = client.get(f"/topics/{thread.topic_id}/x", follow_redirects=True).text
    assert "I send you the log" in public
    assert "rhod@example.org" not in public


def test_pasting_by_hand_with_a_reply(session: Session, client: Browser, marta: Member) -> None:
    form = {
        "author": "Nora",
        "text": "My lamp hums all night, in a closed group",
        "platform": "elsewhere",
        "url": "https://group.example/1",
    }
    place = client.post("/desk/pastes", form).headers["location"]
    client.post("/desk/pastes", {"author": "Piet", "text": "Same here!", "reply_to": "https://group.example/1"})
    session.rollback()
    thread = session.exec(select(ThreadLink)).one()
    assert place == f"/desk/social/{thread.id}"
    assert (thread.posts, thread.people, thread.origin, thread.consent) == (2, 2, ThreadOrigin.paste, "staff_paste")
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 2
    client.post("/desk/pastes", form)
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 2, "pasting again changes nothing"
    faulty = client.post("/desk/pastes", {"author": "Piet", "text": "Kept words", "reply_to": "https://nowhere.example/9"})
    assert faulty.status_code == 422
    assert "Kept words" in faulty.text


def test_a_rule_finds_what_does_not_name_us(session: Session, client: Browser, net: Network, marta: Member) -> None:
    made = channels.channel(session)
    net.join("dan", "Dan")
    net.write("acct-dan", "My #LumenLamp hums all night")
    form = {
        "name": "Lamps",
        "kind": "hashtag",
        "expression": "LumenLamp",
        "on_duty": marta.handle,
        "queue": "Lights",
        "severity": "high",
    }
    place = client.post("/desk/rules", form).headers["location"]
    rule = session.exec(select(WatchRule)).one()
    watching.search_rule(rule.id, made.id)
    session.rollback()
    assert session.get(ChannelCursor, (made.id, watching.stream_of(rule.id, "#LumenLamp"))) is not None
    thread = session.exec(select(ThreadLink)).one()
    assert thread.origin == ThreadOrigin.search
    weighing.weigh(thread.id, nothing_similar)
    thread = fresh(session, thread.id)
    assert thread.assignee_id == marta.id
    assert "Rule “Lamps”: “#LumenLamp”." in words(client.get(f"/desk/social/{thread.id}"))
    assert "1 thread of 1 post" in words(client.get(place))


def test_each_word_of_a_rule_is_searched_from_where_it_came_to(session: Session, net: Network) -> None:
    made = channels.channel(session)
    rule = WatchRule(name="Lamps", kind=RuleKind.keyword, expression="flickers, buzzes")
    session.add(rule)
    session.commit()
    olga = net.join("olga", "Olga")
    early = [net.write(olga, f"Mine buzzes, number {number}") for number in range(45)]
    net.write(olga, "And one flickers")
    watching.search_rule(rule.id, made.id)
    session.rollback()
    cursors = {one.stream: one.value for one in session.exec(select(ChannelCursor))}
    assert cursors == {
        watching.stream_of(rule.id, "flickers"): str(early[-1] + 1),
        watching.stream_of(rule.id, "buzzes"): str(early[-1]),
    }
    assert len(session.exec(select(ThreadLink)).all()) == 46, "all pages of both"
    net.write(olga, "Another one buzzes")
    later = clock.now() + watching.EVERY
    clock.use(lambda: later)
    net.break_next("read", Fault.down)
    watching.search_rule(rule.id, made.id)
    session.rollback()
    assert len(session.exec(select(ThreadLink)).all()) == 46
    rule.expression = "buzzes"
    session.add(rule)
    session.commit()
    much_later = later + watching.EVERY
    clock.use(lambda: much_later)
    watching.search_rule(rule.id, made.id)
    session.rollback()
    assert len(session.exec(select(ThreadLink)).all()) == 47, "nothing was skipped meanwhile"
    assert session.exec(select(ChannelCursor.stream)).all() == [watching.stream_of(rule.id, "buzzes")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expression", "(a+)+b"),
        ("on_duty", "nobody"),
        ("ladder", "soon somebody"),
        ("zone", "Mars/Base"),
        ("language", "english"),
    ],
)
def test_a_rule_with_a_fault_comes_back(session: Session, client: Browser, marta: Member, field: str, value: str) -> None:
    form = {"name": "Lamps", "kind": "regex", "expression": "lamp", field: value}
    answer = client.post("/desk/rules", form)
    assert answer.status_code == 422
    assert value in answer.text.replace("&#39;", "'")
    assert session.exec(select(WatchRule)).first() is None


def test_the_ladder_is_climbed_when_nobody_decides(session: Session, net: Network, marta: Member, client: Browser) -> None:
    other = make.agent(session)
    session.add(WatchRule(name="Hubs", kind=RuleKind.keyword, expression="hub", on_duty_id=marta.id, ladder=[[30, other.id]]))
    session.commit()
    thread = thread_of(session, net, "maeve", "My hub is a bit slow today")
    assert thread.assignee_id == marta.id
    later = clock.now() + timedelta(minutes=31)
    clock.use(lambda: later)
    weighing.weigh_waiting(nothing_similar)
    after = fresh(session, thread.id)
    assert (after.state, after.assignee_id) == (TriageState.escalated, other.id)


def test_case_46_a_rule_that_floods_rests_with_a_sample(session: Session, client: Browser, net: Network, marta: Member) -> None:
    """SOCIAL 7, case 46: more than 200 threads an hour."""
    rule = WatchRule(name="Fruit", kind=RuleKind.keyword, expression="apple")
    session.add(rule)
    session.commit()
    thread = thread_of(session, net, "maeve", "An apple pie with cinnamon, recipe below")
    old = ThreadLink.model_validate(thread).model_dump(exclude={"id", "root_ext_id", "cluster_id"})
    for number in range(FLOOD):
        copy = ThreadLink(**old, root_ext_id=f"flood-{number}")
        session.add(copy)
        session.flush()
        session.add(RuleHit(rule_id=rule.id, thread_id=copy.id, why="apple"))
    session.commit()
    thread_of(session, net, "dan", "Another apple pie with cinnamon for the weekend")
    session.expire_all()
    session.rollback()
    rule = session.get_one(WatchRule, rule.id)
    assert rule.state == RuleState.paused
    page = words(client.get("/desk/rules"))
    assert "more than 200 threads within an hour" in page
    assert "apple pie" in page
    assert "cinnamon" in rule.suggestion


def test_private_cases_stay_private(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "@northwind you charged me twice again")
    place = client.post(f"/desk/social/{thread.id}/case").headers["location"]
    session.rollback()
    share = session.exec(select(Share)).one()
    assert share.purpose == "private"
    invitation = re.search(r"http://testserver(/private/\S+)", share.text)[1]
    with Browser(client.app) as customer, Browser(client.app) as stranger:
        assert "charged me twice" in words(customer.get(invitation))
        link = customer.post(invitation, {"text": "My order is 4711-0815"}).headers["location"]
        page = customer.get(link)
        assert "4711-0815" in words(page)
        assert page.headers["cache-control"] == "no-store"
        assert "noindex" in page.headers["x-robots-tag"]
        assert customer.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
        client.post(f"{place}/messages", {"text": "Found it, the second one goes back today."})
        assert "the second one goes back" in words(customer.get(link))
        late = stranger.post(invitation, {"text": "It is me, show me everything."})
        assert (late.status_code, "has begun" in words(late)) == (409, True)
        assert stranger.get(invitation.replace("/invitations", "")).status_code == 404
        for public in (invitation, "/", "/questions", "/search?q=4711-0815", "/feed.xml", "/sitemap.xml"):
            seen = stranger.get(public).text
            assert "goes back today" not in seen and "My order is" not in seen
    assert "4711-0815" in words(client.get(place))
    assert client.post(f"{place}/closing", {}).status_code == 422
    client.post(f"{place}/closing", {"no_outcome": "It is about one bill."})
    assert fresh(session, thread.id).state == TriageState.private
    assert session.exec(select(func.count()).select_from(PrivateMessage)).one() == 2


def test_an_invitation_sent_twice_by_the_same_hand_opens_one_page(
    session: Session, client: Browser, net: Network, marta: Member
) -> None:
    thread = thread_of(session, net, "maeve", "@northwind you charged me twice again")
    client.post(f"/desk/social/{thread.id}/case")
    session.rollback()
    invitation = re.search(r"http://testserver(/private/\S+)", session.exec(select(Share)).one().text)[1]
    with Browser(client.app) as customer:
        form = {"text": "My order is 4711", "form_key": "the-key-in-the-form"}
        pages = {customer.post(invitation, form).headers["location"] for _ in range(2)}
        assert len(pages) == 1
        assert words(customer.get(pages.pop())).count("My order is 4711") == 1
        assert customer.post(invitation, {"text": "My order is 4711"}).status_code == 409


def test_a_private_page_takes_messages_at_a_human_pace(session: Session, client: Browser, net: Network, marta: Member) -> None:
    thread = thread_of(session, net, "maeve", "@northwind you charged me twice again")
    client.post(f"/desk/social/{thread.id}/case")
    session.rollback()
    link = cases.link_of(session.exec(select(PrivateCase)).one())
    with Browser(client.app) as customer:
        sent = [customer.post(f"{link}/messages", {"text": f"Number {number}"}) for number in range(11)]
    assert [one.status_code for one in sent] == [303] * 10 + [429]
    assert "Try again in" in words(sent[-1]) and "Number 10" in sent[-1].text, "what was typed comes back"
    assert int(sent[-1].headers["retry-after"]) <= 600
    session.rollback()
    assert session.exec(select(func.count()).select_from(PrivateMessage)).one() == 10


def test_the_public_topic_says_that_it_goes_on_in_private(session: Session, client: Browser, net: Network, marta: Member) -> None:
    channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    client.post(
        f"/desk/social/{thread.id}/topic",
        {"title": "Hub drops out every evening", "section": make.section(session).slug, "digest": digest_of(client, thread)},
    )
    session.rollback()
    assert "/desk/cases/" in client.post(f"/desk/social/{thread.id}/case").headers["location"]
    topic_id = fresh(session, thread.id).topic_id
    assert "Handled in private since" in words(client.get(f"/topics/{topic_id}/x", follow_redirects=True))


def test_our_own_posts_are_never_a_card_of_their_own(session: Session, net: Network) -> None:
    channels.channel(session)
    root = net.write(OWN, "Good morning. All lines are up and the hub update is out.")
    thread = channels.read(session, address(root))
    weighing.weigh(thread.id, nothing_similar)
    session.rollback()
    assert session.get(ThreadWeight, thread.id) is None
    assert session.exec(select(PostMap).where(col(PostMap.topic_id) > 0)).first() is None
