"""The questions and resolutions that are suggested: kept in memory by each process, followed from one file."""

import pytest

from forum.models import Resolution
from forum.search import feed
from forum.search.likeness import Words
from forum.search.shelf import Entry, Pointed, Suggestions, shelf
from forum.search.suggested import told
from tests import make
from tests.fakes.client import words

HUB = Words.of("Hub offline after the update", "It lost its connection.", ["hub"])
LAMP = Words.of("Lamp shows wrong colours", "Green although I chose red.", ["lamp"])


def entry(key, found, about=0, author=0, at=10.0):
    return Entry(key, about or key, author, at, found)


@pytest.fixture
def two(tmp_path):
    """Two processes with the same folder."""
    return Suggestions(tmp_path), Suggestions(tmp_path)


def like(process, found=HUB, **more):
    return [one.topic_id for one in process.like(found, 0, 20.0, 5, **more)]


def test_what_one_process_writes_the_other_reads(two):
    writer, reader = two
    assert like(reader) == []
    writer.tell([entry(1, HUB), entry(2, LAMP)])
    assert like(reader) == [1]
    writer.tell([entry(3, HUB, at=19.0)])
    assert like(reader) == [3, 1]


def test_telling_the_same_again_writes_nothing(two):
    writer, _ = two
    for _ in range(3):
        writer.tell([entry(1, HUB)], pointed=[Pointed(2, 1, 11.0)])
    size = writer.path.stat().st_size
    writer.tell([entry(1, HUB)], pointed=[Pointed(2, 1, 15.0)])
    assert writer.path.stat().st_size == size


def test_changed_and_gone_topics_follow(two):
    writer, reader = two
    writer.tell([entry(1, HUB), entry(2, HUB)])
    assert set(like(reader)) == {1, 2}
    writer.tell([entry(1, LAMP)], gone=[2, 99])
    assert like(reader) == []
    assert like(reader, LAMP) == [1]
    assert like(Suggestions(writer.path.parent), LAMP) == [1]


def test_being_pointed_to_counts_wherever_it_is_read(two):
    writer, reader = two
    writer.tell([entry(1, HUB), entry(2, HUB)])
    assert like(reader)[0] in (1, 2)
    writer.tell([], pointed=[Pointed(7, 2, 15.0), Pointed(8, 2, 16.0)])
    assert like(reader)[0] == 2
    assert like(Suggestions(writer.path.parent))[0] == 2


def test_a_resolution_and_its_topic_are_one_suggestion(two):
    writer, reader = two
    writer.tell([entry(4, LAMP), entry(-9, HUB, about=4)])
    (found,) = reader.like(HUB, 0, 20.0, 5)
    assert (found.topic_id, found.is_resolution) == (4, True)
    assert like(reader, without=4) == []


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"x" + data[1:], lambda data: data[:40] + b"\0\0" + data[42:]]
)
def test_a_damaged_file_is_put_aside_or_waits(two, damage):
    writer, _ = two
    writer.tell([entry(1, HUB), entry(2, LAMP)])
    writer.path.write_bytes(damage(writer.path.read_bytes()))
    fresh = Suggestions(writer.path.parent)
    like(fresh)
    fresh.rebuild([([entry(1, HUB), entry(2, LAMP)], [])])
    assert like(fresh) == [1]
    assert like(writer) == [1]


def test_many_at_once_equal_one_by_one(tmp_path):
    entries = [
        entry(n, Words.of(f"Hub offline number{n % 50} issue{n % 7}", f"text{n % 90}", []), at=float(n)) for n in range(1, 900)
    ]
    once, slowly = Suggestions(tmp_path / "a"), Suggestions(tmp_path / "b")
    once.tell(entries)
    for start in range(0, len(entries), 100):
        slowly.tell(entries[start : start + 100])
        like(slowly)
    asked = Words.of("Hub offline number17 issue3", "text67", [])
    assert like(once, asked) == like(slowly, asked) != []


def test_links_teach_every_process(two):
    writer, reader = two
    entries = [entry(n, Words.of(f"Hub offline number{n % 60} issue", f"text{n % 60}", []), at=float(n)) for n in range(1, 180)]
    writer.tell(entries, pointed=[Pointed(n, n - 60, n + 0.5) for n in range(61, 180)])
    assert writer.learn() > 100
    assert 119 in like(reader, entries[-1].found, without=179)
    assert Suggestions(writer.path.parent).learn() > 100


def test_the_panel_shows_resolutions_and_leads_back_to_the_topic(client, session, drain):
    topic = make.topic(session, title="The light on the hub is red and steady")
    drain()
    panel = client.get("/ask/similar", params={"title": "hub shows red light"})
    assert "The light on the hub is red and steady" in words(panel)
    assert f'value="/topics/{topic.id}/' not in panel.text, "a question without an answer solves nothing"
    assert "Say there that you have it too" in words(panel)
    make.answer(session, topic)
    drain()
    panel = client.get("/ask/similar", params={"title": "hub shows red light"})
    assert f'value="/topics/{topic.id}/' in panel.text


def test_what_is_withdrawn_or_for_staff_is_not_suggested(client, session, drain):
    topic = make.topic(session, title="Zanzibar sensor sees ghosts at night")
    drain()
    assert "Zanzibar" in words(client.get("/ask/similar", params={"title": "zanzibar sensor ghosts"}))
    topic.audience = "staff"
    session.add(topic)
    session.commit()
    assert "Zanzibar" not in words(client.get("/ask/similar", params={"title": "zanzibar sensor ghosts"}))
    feed.touch(session, topic.id)
    session.commit()
    drain()
    assert not shelf().holds(topic.id)


def test_who_sends_people_to_a_resolution_points_to_its_topic(session):
    solved, asked = make.topic(session, title="The hub is offline"), make.topic(session, title="The hub is gone")
    outcome = Resolution(topic_id=solved.id, slug="the-hub-is-offline", question="Why is it offline?", answer="Restart it.")
    session.add(outcome)
    session.commit()
    make.answer(session, asked, body=f"See /resolutions/{outcome.id}/the-hub-is-offline, and never /resolutions/999.")
    assert [(one.source, one.target) for one in told(session, [asked.id]).pointed] == [(asked.id, solved.id)]
