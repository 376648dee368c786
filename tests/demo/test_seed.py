"""The demo community: made once, by the rules, and readable by a visitor."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from forum.accounts.passwords import verify
from forum.core import clock
from forum.core.errors import Conflict
from forum.core.settings import Settings, settings
from forum.demo import plot
from forum.demo import seed as seeding
from forum.demo.content import FLAGSHIP, community
from forum.demo.seed import SIGN_INS, Report, seed
from forum.models import (
    Activity,
    Flag,
    Incident,
    IncidentState,
    Job,
    Member,
    Notice,
    Post,
    RepEvent,
    Section,
    Share,
    ShareState,
    SuggestedEdit,
    ThreadLink,
    ThreadWeight,
    Topic,
    TriageState,
    Vote,
    WatchRule,
)
from forum.recognition import guide
from forum.search import feed
from forum.upkeep import health
from tests.fakes.client import Browser, words

TABLES = (Activity, Job, Member, Notice, Post, RepEvent, Share, ThreadLink, Topic, Vote)


def counts(session: Session) -> dict[str, int]:
    session.rollback()
    return {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in TABLES}


def test_the_whole_demo(client: Browser, session: Session) -> None:
    """One seeding for all that is asked of it, since it takes a while."""
    made = seed()
    assert made.made
    assert all(f"  {handle} " in made.words("http://here.example") for handle in SIGN_INS)
    before = counts(session)
    _is_sound(session)
    _reads_well(client, session)
    again = seed()
    assert not again.made
    assert again.password == made.password
    assert counts(session) == before
    assert "nothing was changed" in again.words("http://here.example")


def _is_sound(session: Session) -> None:
    assert health.examine() == []
    assert not session.exec(select(Job.id).where(col(Job.name).startswith("notifications"))).all()
    feed.follow()
    assert health.examine() == []
    priya = session.exec(select(Member).where(Member.handle == "priya")).one()
    assert priya.reputation > 500
    assert verify(_kept(), priya.password_hash or "")[0]
    assert not session.exec(select(Post.id).where(Post.created_at > clock.now())).all()
    own = select(Notice.id).where(Notice.member_id == priya.id, col(Notice.read_at).is_(None))
    unread = len(session.exec(own).all())
    assert 1 <= unread <= 4
    states = session.exec(select(ThreadLink.state)).all()
    assert (states.count(TriageState.published), states.count(TriageState.replied)) == (2, 1)
    assert states.count(TriageState.watching) == 1
    waits = select(ThreadLink.id).where(ThreadLink.state == TriageState.new)
    advised = session.exec(select(ThreadWeight.advice).where(col(ThreadWeight.thread_id).in_(waits))).all()
    assert {"A", "A1", "B", "B2"} <= set(advised)
    assert len(advised) == states.count(TriageState.new)
    assert session.exec(select(Incident.state)).all() == [IncidentState.suspected]
    shares = session.exec(select(Share.state)).all()
    assert {ShareState.awaiting, ShareState.visible} <= set(shares)
    for waiting in (Flag, SuggestedEdit, WatchRule):
        assert session.exec(select(func.count()).select_from(waiting)).one() == 1
    assert guide.finished_by(session, list(session.exec(select(Member.id)))) != set()


def _kept() -> str:
    path = settings().data_dir / "demo-password"
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text().strip()


def _reads_well(client: Browser, session: Session) -> None:
    flagship = session.exec(select(Topic).where(Topic.title.startswith("Hub 3 drops Wi"))).one()  # type: ignore[attr-defined]
    page = words(client.get(f"/topics/{flagship.id}/{flagship.slug}"))
    assert "DFS: radar detected" in page
    assert "Priya Nandakumar" in page
    assert client.get("/").status_code == 200
    names = ("marta", "aoife", "priya")
    marta, aoife, priya = (session.exec(select(Member).where(Member.handle == one)).one() for one in names)
    client.sign_in(marta)
    assert "A member here has the same name, Eleri Vaughan" in words(client.get("/desk/contacts"))
    client.sign_in(aoife)
    assert "Priya Nandakumar" in words(client.get("/desk/delegation"))
    client.sign_in(priya)
    assert "practice" in words(client.get("/me/replies")).lower()
    client.sign_out()
    hidden = session.exec(select(Topic).join(Section).where(Section.slug == "staff-room")).first()
    assert hidden is not None
    assert client.get(f"/topics/{hidden.id}/{hidden.slug}").status_code == 404


def test_an_interrupted_seeding_leaves_nothing_in_the_way(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(plot, "plan", stop)
    with pytest.raises(KeyboardInterrupt):
        seed()
    found = counts(session)
    assert (found["Member"], found["Topic"], found["ThreadLink"]) == (0, 0, len(community().threads))
    monkeypatch.setattr(plot, "plan", lambda stage: None)
    monkeypatch.setattr(seeding.elsewhere, "plan_outcomes", lambda stage: None)
    monkeypatch.setattr(seeding.programme, "plan", lambda stage: None)
    monkeypatch.setattr(seeding.people, "invite", lambda stage: _only_priya(stage))
    monkeypatch.setattr(seeding.care, "plan", lambda stage: None)
    monkeypatch.setattr(seeding.practice, "perform", lambda: False)
    monkeypatch.setattr(seeding, "SIGN_INS", {})
    assert seed().made
    assert counts(session)["ThreadLink"] == len(community().threads)


def _only_priya(stage: seeding.people.Stage) -> None:
    priya = next(one for one in stage.community.people if one.handle == "priya")
    stage.timeline.at(stage.timeline.end, seeding.people._join, stage, priya)


def test_a_community_that_is_not_the_demo_is_left_alone(session: Session) -> None:
    session.add(Section(slug="own", name="Our own"))
    session.commit()
    with pytest.raises(Conflict, match="already"):
        seed()


@pytest.fixture
def production(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(seeding, "settings", lambda: Settings(env="production", secret_key="long enough"))
    yield


def test_production_needs_a_password_of_its_own(production: None) -> None:
    with pytest.raises(Conflict, match="FORUM_DEMO_PASSWORD"):
        seed()


def test_the_words_do_not_guess_a_password() -> None:
    assert "chosen when the demo was made" in Report(False, 1, 1, "").words("http://here.example")


def test_the_content_holds_together() -> None:
    content = community()
    sections = {one.slug for one in content.sections}
    handles = {one.handle for one in content.people}
    products = {one.slug for one in content.products}
    titles = [one.title for one in content.topics]
    keys = {one.key for one in content.topics}
    assert FLAGSHIP in keys
    assert len(titles) == len(set(titles)) >= 145
    for topic in content.topics:
        assert topic.section in sections
        assert topic.product in products | {""}
        assert {topic.by, topic.official_by, *(one.by for one in topic.replies)} <= handles | {""}
        assert topic.solved <= len(topic.answers) and topic.official <= len(topic.answers)
        assert topic.duplicate_of in keys | {""}
