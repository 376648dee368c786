"""Failure cases of reading threads, each named after its number in the plan of social threads (SOCIAL 7)."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from forum.core import clock
from forum.core.db import transaction
from forum.core.settings import settings
from forum.models import (
    AccountKind,
    ExternalAccount,
    ExternalHandle,
    ExternalPost,
    ExternalPostRevision,
    ExternalPostState,
    Member,
    Platform,
    Post,
    PostKind,
    PostMap,
    PostState,
    ReadingRequest,
    Revision,
    Role,
    ThreadLink,
    ThreadRun,
    Topic,
)
from forum.policy.actor import actor_of
from forum.social.reading import jobs
from forum.social.reading.erasing import erase_again, erased_list
from forum.social.reading.following import follow
from forum.social.reading.requests import ReadAddress, ask_for
from forum.social.simulated.network import OWN, Fault, Network, address
from forum.social.wording import public_text
from forum.topics.edits import edit_post
from forum.topics.inputs import EditPost
from tests import make
from tests.make import channels


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


@pytest.fixture
def said(session: Session, net: Network) -> dict[str, int]:
    """A thread on the network, and a channel that can read it."""
    channels.channel(session)
    return channels.outage(net)


def staff(session: Session) -> Member:
    return make.member(session, role=Role.agent)


published = channels.publish


def counts(session: Session, thread: ThreadLink) -> dict[str, int]:
    run = session.exec(select(ThreadRun).where(ThreadRun.thread_id == thread.id).order_by(col(ThreadRun.id).desc())).first()
    return {name: number for name, number in run.counts.items() if number and name not in ("requests", "cost")}


def state_of(session: Session, number: int) -> ExternalPost:
    return session.exec(select(ExternalPost).where(ExternalPost.ext_id == address(number))).one()


def in_topic(session: Session, topic: Topic) -> str:
    return " ".join(session.exec(select(Post.body).where(Post.topic_id == topic.id, Post.state == PostState.visible)))


def test_a_thread_is_read_once_and_reading_it_again_changes_nothing(session: Session, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    assert (thread.posts, thread.people, thread.complete, thread.gaps) == (5, 4, True, 0)
    assert thread.refresh_at is not None
    thread = channels.read_again(session, thread)
    assert counts(session, thread) == {"unchanged": 5}
    ours = session.exec(select(ExternalAccount).where(ExternalAccount.ext_id == OWN)).one()
    assert ours.kind == AccountKind.brand


@pytest.mark.parametrize("which", ["same", "thanks", "root"])
def test_case_01_the_same_thread_by_another_address(session: Session, said: dict[str, int], which: str) -> None:
    thread = channels.read(session, address(said["root"]))
    found = ask_for(session, actor_of(staff(session)), ReadAddress(url=address(said[which]) + "?utm_source=x&s=20"))
    assert isinstance(found, ThreadLink)
    assert found.id == thread.id


def test_case_02_two_workers_at_once(session: Session, said: dict[str, int]) -> None:
    requests = [ReadingRequest(url=address(said[name])) for name in ("root", "answer", "thanks", "same")]
    session.add_all(requests)
    session.commit()
    failures: list[BaseException] = []

    def run(request_id: int) -> None:
        try:
            jobs.read_address(request_id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[request.id]) for request in requests]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    session.expire_all()
    session.rollback()
    assert session.exec(select(func.count()).select_from(ThreadLink)).one() == 1
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 5


def test_case_03_absent_from_the_tree_and_alive_is_kept(session: Session, said: dict[str, int], monkeypatch) -> None:
    thread = channels.read(session, address(said["root"]))
    whole = Network.thread
    monkeypatch.setattr(Network, "thread", lambda self, number: [one for one in whole(self, number) if one.id != said["thanks"]])
    thread = channels.read_again(session, thread)
    post = state_of(session, said["thanks"])
    assert (post.state, post.orphan, post.text) == (ExternalPostState.live, True, "Thanks, that worked!")
    assert counts(session, thread) == {"unchanged": 4, "orphans": 1}


def test_case_04_gone_by_id_is_erased_everywhere(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    net.edit(said["answer"], "Set the channel to 13 by hand and switch off the automatic choice: that ended it for me.")
    channels.read_again(session, thread)
    net.delete(said["answer"])
    thread = channels.read_again(session, thread)
    post = state_of(session, said["answer"])
    assert (post.state, post.text, post.text_hash, post.media, post.metrics) == (ExternalPostState.gone, "", "", [], {})
    assert session.exec(select(ExternalPostRevision)).all() == []
    assert "by hand" not in in_topic(session, topic)
    assert "This post was removed where it stood." in in_topic(session, topic)
    assert not any("by hand" in body for body in session.exec(select(Revision.body)))
    assert "Thanks, that worked" in in_topic(session, topic), "what hung below it stays"
    thread = channels.read_again(session, thread)
    assert counts(session, thread) == {"unchanged": 4}


def test_case_05_the_whole_question_is_deleted(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    net.delete(said["root"])
    channels.read_again(session, thread)
    session.refresh(topic)
    question = session.exec(select(Post).where(Post.topic_id == topic.id, Post.kind == PostKind.question)).one()
    assert "removed the question where it stood" in question.body
    assert "drops out" not in question.html
    assert "Set the channel to 11" in in_topic(session, topic), "answers stay"
    assert topic.title == "Wi-Fi is lost after dinner, whatever the room", "what staff wrote stays"


def test_a_thread_whose_first_post_is_gone_goes_on(session: Session, net: Network, said: dict[str, int], monkeypatch) -> None:
    """Many servers then know only the branches; each is still part of the thread it was."""
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    net.delete(said["root"])
    channels.read_again(session, thread)
    net.write("acct-rhod", "Channel 11 did it here too, and the bedroom is fine again.", parent=said["answer"])
    whole, branch = Network.thread, {said["answer"], said["thanks"], 6}
    monkeypatch.setattr(Network, "thread", lambda self, number: [one for one in whole(self, number) if one.id in branch])
    channels.read_again(session, thread)
    assert session.exec(select(func.count()).select_from(ThreadLink)).one() == 1
    assert "the bedroom is fine again" in in_topic(session, topic)
    assert state_of(session, said["same"]).state == ExternalPostState.live


def test_case_06_an_author_who_leaves_and_returns(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    net.change("acct-tomasz", state="deactivated")
    for _ in range(2):
        channels.read_again(session, thread)
    assert state_of(session, said["answer"]).state == ExternalPostState.denied
    assert "Set the channel to 11" not in in_topic(session, topic)
    net.change("acct-tomasz", state="live")
    channels.read_again(session, thread)
    assert state_of(session, said["answer"]).state == ExternalPostState.live
    assert in_topic(session, topic).count("Set the channel to 11") == 1
    session.refresh(topic)
    assert topic.answers == 1


def test_case_07_an_author_who_closes_the_account_to_strangers(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    net.change("acct-rhod", state="protected")
    channels.read_again(session, thread)
    channels.read_again(session, thread)
    post = state_of(session, said["same"])
    assert (post.state, post.text) == (ExternalPostState.denied, "Same here!"), "withheld, not deleted"


def test_case_08_an_edit_there_after_an_edit_here(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    place = session.exec(select(PostMap).where(PostMap.external_post_id == state_of(session, said["answer"]).id)).one()
    post = session.get_one(Post, place.post_id)
    edit_post(
        session, actor_of(make.member(session, role=Role.moderator)), topic, post, EditPost(body="Tidied by a person.", number=1)
    )
    session.commit()
    net.edit(said["answer"], "Actually, 13 is better than 11 for everybody with the new firmware on it.")
    channels.read_again(session, thread)
    session.refresh(post)
    session.refresh(place)
    assert post.body == "Tidied by a person."
    assert place.locked
    assert place.text_hash != state_of(session, said["answer"]).text_hash, "staff see that the source changed"


def test_an_edit_there_is_an_edit_here(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    net.edit(said["answer"], "Actually, 13 is better than 11 for everybody with the new firmware on it.")
    net.edit(said["root"], "@northwind The hub drops out every evening. Only the cellar is fine.")
    channels.read_again(session, thread)
    assert "13 is better than 11" in in_topic(session, topic)
    assert "Only the cellar is fine" in in_topic(session, topic)
    channels.read_again(session, thread)
    assert session.exec(select(func.max(Post.revisions)).where(Post.topic_id == topic.id)).one() == 2


def test_case_37_personal_data_waits_for_a_person(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    topic = published(session, thread)
    late = "The newest firmware from this morning mends it without any change of channel."
    net.write("acct-rhod", late, parent=said["root"])
    net.write("acct-rhod", "Or write to rhod@example.org and I will send you a screenshot of it.", parent=said["root"])
    channels.read_again(session, thread)
    shown = in_topic(session, topic)
    assert late.rstrip(".") in shown
    assert "screenshot" not in shown
    session.refresh(topic)
    assert topic.answers == 2
    with transaction() as writing:
        assert follow(writing, writing.get_one(ThreadLink, thread.id), approved=True) == 1
    session.rollback()
    shown = in_topic(session, topic)
    assert "screenshot" in shown
    assert "rhod@example.org" not in shown, "a person agreed with the masked words"
    assert public_text("Write to rhod@example.org", Platform.x, {}).withheld, "a network that forbids changes: not at all"


def test_case_10_a_handle_that_passes_to_somebody_else(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    net.change("acct-maeve", handle="maeve_k")
    net.join("maeve", "Another Maeve", account_id="acct-other")
    net.write("acct-other", "Mine never drops out, I have to say, and I have had it for years.", parent=said["root"])
    channels.read_again(session, thread)
    accounts = {row.ext_id: row.handle for row in session.exec(select(ExternalAccount))}
    assert accounts["acct-maeve"] == "maeve_k"
    assert accounts["acct-other"] == "maeve"
    assert [row.handle for row in session.exec(select(ExternalHandle))] == ["maeve"]
    first = state_of(session, said["root"])
    assert session.get_one(ExternalAccount, first.account_id).ext_id == "acct-maeve"


def test_case_11_a_reading_that_stops_half_way(session: Session, net: Network, said: dict[str, int]) -> None:
    net.break_next("read", Fault.cut_short)
    thread = channels.read(session, address(said["root"]))
    assert (thread.posts, thread.complete, thread.gaps) == (2, False, 1)
    net.break_next("read", Fault.rate_limited)
    thread = channels.read_again(session, thread)
    assert thread.refresh_at >= clock.now() + timedelta(minutes=4)
    assert thread.posts == 2
    clock.use(lambda: thread.refresh_at + timedelta(minutes=1))
    thread = channels.read_again(session, thread)
    assert (thread.posts, thread.complete) == (5, True)
    assert all(post.state == ExternalPostState.live for post in session.exec(select(ExternalPost)))


def test_case_16_what_is_not_public_is_never_written(session: Session, net: Network, said: dict[str, int]) -> None:
    for visibility in ("direct", "private"):
        net.write("acct-rhod", f"A secret of the {visibility} kind.", parent=said["root"], visibility=visibility)
    thread = channels.read(session, address(said["root"]))
    assert thread.posts == 5
    assert not any("secret" in text for text in session.exec(select(ExternalPost.text)))
    thread = channels.read_again(session, thread)
    assert counts(session, thread)["withheld"] == 2


def test_case_17_our_own_reply_comes_back_as_a_mention(session: Session, net: Network) -> None:
    made = channels.channel(session)
    net.write(OWN, "@northwind is how you reach us.")
    jobs.poll(made.id)
    assert session.exec(select(ThreadLink)).all() == []
    assert channels.cursor_of(session, made).value == "1"


def test_mentions_are_taken_in_once_and_their_threads_read_whole(
    session: Session, net: Network, said: dict[str, int], drain
) -> None:
    made = session.exec(select(jobs.Channel)).one()
    jobs.poll(made.id)
    jobs.poll(made.id)
    drain()
    session.expire_all()
    session.rollback()
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.posts, thread.origin, thread.consent, thread.channel_id) == (5, "mention", "addressed", made.id)


def test_case_44_a_server_that_is_away_for_long(session: Session, net: Network, said: dict[str, int]) -> None:
    made = session.exec(select(jobs.Channel)).one()
    thread = channels.read(session, address(said["root"]))
    start = clock.now()
    net.break_next("any", Fault.down, times=1_000)
    for step in range(60):
        clock.use(lambda step=step: start + timedelta(hours=step))
        channels.read_again(session, thread)
    session.refresh(made)
    assert made.state == "broken"
    assert state_of(session, said["root"]).text, "what is shown stays"
    net.mend()
    clock.use(lambda: start + timedelta(hours=70))
    channels.read_again(session, thread)
    session.refresh(made)
    assert (made.state, made.failures) == ("ok", 0)


def test_case_49_a_backup_brings_nothing_back(session: Session, net: Network, said: dict[str, int]) -> None:
    thread = channels.read(session, address(said["root"]))
    net.delete(said["answer"])
    channels.read_again(session, thread)
    row = state_of(session, said["answer"])
    row.state, row.text, row.text_hash = ExternalPostState.live, "Back from a backup.", "x"
    session.add(row)
    session.commit()
    assert erase_again() == 1
    session.expire_all()
    session.rollback()
    assert state_of(session, said["answer"]).text == ""
    assert erase_again() == 0
    assert erased_list().parent == settings().data_dir


def test_an_address_that_nobody_reads(session: Session, net: Network) -> None:
    channels.channel(session)
    request = ReadingRequest(url=address(99))
    session.add(request)
    session.commit()
    jobs.read_address(request.id)
    session.refresh(request)
    assert (request.state, request.said) == ("refused", "That post was deleted where it stood.")
