"""Triage: staff read, publish what they were shown, or ignore it. Nobody else sees anything."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, func, select

from forum.core.errors import Conflict
from forum.models import (
    AccountKind,
    ExternalAccount,
    ExternalPost,
    Member,
    Platform,
    Post,
    PostKind,
    PostMap,
    Revision,
    SearchOutbox,
    ThreadLink,
    Topic,
    TriageState,
)
from forum.social import queries
from forum.social.staging import text_hash
from tests import make
from tests.fakes.client import Browser, words

START = datetime(2025, 11, 6, 12, tzinfo=UTC)
TEXTS = [
    (1, None, "@NorthHelp Third outage this year on our street. Mail me at maeve@example.org", AccountKind.private),
    (2, 1, "Same here!", AccountKind.private),
    (3, 1, "@maeve Red and steady means the line, not your hub: see https://x.example/red", AccountKind.private),
    (4, 3, "<script>alert(1)</script> Thanks, *that* worked", AccountKind.private),
    (5, 1, "Sorry, which street are you in?", AccountKind.brand),
]
AUTHORS = {1: "maeve", 2: "rhod", 3: "tomasz", 4: "maeve", 5: "NorthHelp"}


def _look_again(session: Session) -> None:
    """Forget what was read, so that the next look sees what others wrote."""
    session.expire_all()
    session.rollback()


def _thread(session: Session, *, platform: Platform = Platform.mastodon, root: str = "1", count: int = 5) -> ThreadLink:
    thread = ThreadLink(
        platform=platform,
        host="toot.example",
        root_ext_id=root,
        first_post_at=START,
        last_post_at=START,
        url=f"https://toot.example/{root}",
        posts=count,
        people=4,
    )
    session.add(thread)
    session.flush()
    accounts: dict[str, ExternalAccount] = {}
    for number, parent, text, kind in TEXTS[:count]:
        name = AUTHORS[number]
        if name not in accounts:
            accounts[name] = ExternalAccount(
                platform=platform,
                host="toot.example",
                ext_id=f"{root}-{name}",
                handle=name,
                kind=kind,
                url=f"https://toot.example/@{name}",
            )
            session.add(accounts[name])
            session.flush()
        ext_id = root if number == 1 else f"{root}.{number}"
        above = None if parent is None else root if parent == 1 else f"{root}.{parent}"
        session.add(
            ExternalPost(
                platform=platform,
                host="toot.example",
                ext_id=ext_id,
                thread_id=thread.id,
                account_id=accounts[name].id,
                parent_ext_id=above,
                text=text,
                text_hash=text_hash(text),
                created_at=START + timedelta(minutes=number - 1),
                url=f"https://toot.example/{ext_id}",
            )
        )
    session.commit()
    return thread


def _fields(client: Browser, thread: ThreadLink) -> dict[str, str]:
    shown = client.get(f"/desk/social/{thread.id}").text
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest is not None
    return {"title": "Third outage this year on our street", "section": "help", "digest": digest[1]}


def test_only_staff_see_the_desk(client: Browser, session: Session) -> None:
    thread = _thread(session)
    assert client.get("/desk/social").status_code == 303
    for who in (make.member(session), make.moderator(session)):
        client.sign_in(who)
        assert client.get("/desk/social").status_code == 403
        assert client.get(f"/desk/social/{thread.id}").status_code == 403
        assert client.post(f"/desk/social/{thread.id}/ignoring", {"reason": "no"}).status_code == 403
    _look_again(session)
    assert session.get_one(ThreadLink, thread.id).state == TriageState.new


def test_the_list_and_its_empty_states(client: Browser, session: Session) -> None:
    client.sign_in(make.agent(session))
    assert client.get("/desk").headers["location"] == "/desk/social"
    assert "Nothing to triage" in words(client.get("/desk/social"))
    assert "Nothing done yet" in words(client.get("/desk/social?state=done"))
    assert "Nothing is observed" in words(client.get("/desk/social?state=watching"))
    _thread(session)
    shown = words(client.get("/desk/social"))
    assert "@maeve on Mastodon" in shown and "5 posts by 4 people" in shown


def test_the_list_pages_by_the_last_row(client: Browser, session: Session) -> None:
    for number in range(35):
        _thread(session, root=f"r{number}", count=1)
    client.sign_in(make.agent(session))
    first = client.get("/desk/social").text
    older = re.search(r'href="(/desk/social\?state=new&amp;after=[^"]+)"', first)
    assert first.count('class="mention') == 30 and older is not None
    assert client.get(older[1].replace("&amp;", "&")).text.count('class="mention') == 5


def test_the_thread_shows_what_will_be_hidden(client: Browser, session: Session) -> None:
    thread = _thread(session)
    client.sign_in(make.agent(session))
    page = client.get(f"/desk/social/{thread.id}")
    assert "<del>maeve@example.org</del><ins>[e-mail hidden]</ins>" in page.text
    assert "&lt;script&gt;" in page.text and "<script>alert" not in page.text
    assert 'value="Third outage this year on our street."' in page.text
    assert "Says it works" in words(page) and "Has this too" in words(page)


def test_publishing_makes_a_topic_of_what_was_shown(client: Browser, session: Session) -> None:
    make.section(session)
    thread = _thread(session)
    agent = client.sign_in(make.agent(session))
    done = client.post(f"/desk/social/{thread.id}/topic", _fields(client, thread))
    assert done.status_code == 303, words(done)
    _look_again(session)
    topic = session.exec(select(Topic)).one()
    assert done.headers["location"] == f"/topics/{topic.id}/{topic.slug}"
    assert (topic.answers, topic.me_too, topic.author_id, topic.created_at) == (1, 1, None, START)
    posts = {post.kind: post for post in session.exec(select(Post).order_by(col(Post.id).desc()))}
    question, answer = posts[PostKind.question], posts[PostKind.answer]
    assert "maeve@example.org" not in question.body and "[e-mail hidden]" in question.html
    assert 'href="https://x.example/red"' in answer.html and "maeve" not in answer.body
    assert (question.comments, answer.comments) == (1, 1)
    below = session.exec(select(Post).where(Post.parent_id == answer.id)).one()
    assert "<script>" not in below.html and "*that*" in below.html
    assert session.exec(select(func.count()).select_from(Revision)).one() == 4
    assert session.exec(select(func.count()).select_from(PostMap)).one() == 5
    assert session.exec(select(SearchOutbox.topic_id)).one() == topic.id
    link = session.get_one(ThreadLink, thread.id)
    assert (link.state, link.topic_id, link.decided_by_id) == (TriageState.published, topic.id, agent.id)
    assert session.exec(select(func.sum(Member.questions))).one() == 0


def test_topic_pages_name_no_private_person(client: Browser, session: Session) -> None:
    make.section(session)
    thread = _thread(session)
    client.sign_in(make.agent(session))
    client.post(f"/desk/social/{thread.id}/topic", _fields(client, thread))
    _look_again(session)
    topic = session.exec(select(Topic)).one()
    ids = [number for number in session.exec(select(Post.id)) if number]
    seen = queries.outside_posts(session, ids, for_staff=False)
    assert sorted({author.label.split()[0] for author, _ in seen.values()}) == ["@NorthHelp", "Customer"]
    assert any("@maeve" in author.label for author, _ in queries.outside_posts(session, ids, for_staff=True).values())
    origin = queries.origins(session, [topic.id or 0])[topic.id or 0][0]
    assert (origin.network, origin.url, origin.posts) == ("Mastodon", "https://toot.example/1", 5)
    assert origin.author.startswith("Customer ")


def test_a_thread_that_changed_since_is_not_published(client: Browser, session: Session) -> None:
    make.section(session)
    thread = _thread(session)
    client.sign_in(make.agent(session))
    fields = _fields(client, thread)
    _look_again(session)
    post = session.exec(select(ExternalPost).where(ExternalPost.ext_id == "1.3")).one()
    post.text = "My number is 07700 900123 and the line is broken, not your hub."
    session.commit()
    refused = client.post(f"/desk/social/{thread.id}/topic", fields)
    assert refused.status_code == Conflict.status and "changed since you read it" in words(refused)
    _look_again(session)
    assert session.exec(select(func.count()).select_from(Topic)).one() == 0
    assert session.get_one(ThreadLink, thread.id).state == TriageState.new


@pytest.mark.parametrize(("field", "value"), [("title", "short"), ("section", ""), ("section", "nowhere")])
def test_a_form_with_a_fault_comes_back(client: Browser, session: Session, field: str, value: str) -> None:
    make.section(session)
    thread = _thread(session)
    client.sign_in(make.agent(session))
    refused = client.post(f"/desk/social/{thread.id}/topic", {**_fields(client, thread), field: value})
    assert refused.status_code == 422
    _look_again(session)
    assert session.exec(select(func.count()).select_from(Topic)).one() == 0


def test_publishing_twice_makes_one_topic(client: Browser, session: Session) -> None:
    make.section(session)
    thread = _thread(session)
    client.sign_in(make.agent(session))
    fields = _fields(client, thread)
    assert client.post(f"/desk/social/{thread.id}/topic", fields).status_code == 303
    assert client.post(f"/desk/social/{thread.id}/topic", fields).status_code == Conflict.status
    _look_again(session)
    assert session.exec(select(func.count()).select_from(Topic)).one() == 1


def test_ignoring_needs_a_reason_and_can_be_undone(client: Browser, session: Session) -> None:
    thread = _thread(session)
    client.sign_in(make.agent(session))
    assert client.post(f"/desk/social/{thread.id}/ignoring", {"reason": " "}).status_code == 422
    assert client.post(f"/desk/social/{thread.id}/ignoring", {"reason": "Not about us"}).status_code == 303
    assert "Not about us" in words(client.get(f"/desk/social/{thread.id}"))
    assert client.post(f"/desk/social/{thread.id}/reopening").status_code == 303
    assert client.post(f"/desk/social/{thread.id}/reopening").status_code == Conflict.status
    _look_again(session)
    assert session.get_one(ThreadLink, thread.id).state == TriageState.new


def test_an_absent_thread_is_not_found(client: Browser, session: Session) -> None:
    client.sign_in(make.agent(session))
    assert client.get("/desk/social/999").status_code == 404
