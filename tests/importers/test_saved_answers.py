"""Answers that somebody saved from X, Reddit and Discourse: read by the same code as live ones, and again without a change."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from forum.importers.report import Report
from forum.importers.social_files.importing import Columns, Format, run
from forum.models import ExternalAccount, ExternalPost, ThreadLink
from tests.importers.state import state

SHARED = Path(__file__).parents[3] / "shared" / "data"


def bring(path: Path, form: Format, place: str = "file") -> Report:
    report = run(path, form, dry_run=False, progress=None, columns=Columns(place=place))
    before = state()
    again = run(path, form, dry_run=False, progress=None, columns=Columns(place=place))
    assert state() == before and again.unchanged["posts"] == report.made["stored"]
    return report


def saved(folder: Path, *documents: Any) -> Path:
    path = folder / "saved.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in documents))
    return path


def texts(session: Session) -> dict[str, str]:
    return dict(session.exec(select(ExternalPost.ext_id, ExternalPost.text)).all())


def post_on_x(number: int, text: str, **more: Any) -> dict[str, Any]:
    at = "2026-03-01T09:00:00Z"
    return {"id": str(number), "text": text, "author_id": "7", "created_at": at, "conversation_id": "2000000000001"} | more


def test_x_keeps_one_row_for_all_wordings_and_what_came_along_stays_away(session: Session, tmp_path: Path) -> None:
    first, last = "2000000000001", "2000000000009"
    edited = post_on_x(int(last), "My hub is amber, not red", edit_history_tweet_ids=[first, last])
    reply = post_on_x(2000000000020, "Same", author_id="8", referenced_tweets=[{"type": "replied_to", "id": last}])
    people = [{"id": "7", "username": "maeve"}, {"id": "8", "username": "rhod", "protected": False}]
    answer = {
        "data": [edited, reply],
        "includes": {"users": people, "tweets": [post_on_x(2000000000003, "Quoted", author_id="7")]},
    }
    flattened = post_on_x(2000000000030, "Closed", author_id="9", author={"id": "9", "username": "ines", "protected": True})
    report = bring(saved(tmp_path, answer, flattened), Format.x_json)
    assert texts(session) == {first: "My hub is amber, not red", "2000000000020": "Same"}
    assert report.skipped == {"Withheld: its author lets only some people read.": 1}
    assert session.exec(select(ThreadLink.posts)).one() == 2
    assert sorted(session.exec(select(ExternalAccount.handle))) == ["maeve", "rhod"]


def comment(name: str, parent: str, body: str, **more: Any) -> dict[str, Any]:
    data = {"id": name, "name": f"t1_{name}", "parent_id": parent, "link_id": "t3_q1", "body": body, "author": "rhod"}
    return {"kind": "t1", "data": data | {"created_utc": 1_772_355_600, "subreddit_type": "public"} | more}


def test_reddit_threads_and_unfolded_comments_make_one_thread(session: Session, tmp_path: Path) -> None:
    inner = comment("c2", "t1_c1", "Thanks", author="maeve")
    thread = comment("c1", "t3_q1", "Which model?", replies={"kind": "Listing", "data": {"children": [inner]}})
    question = {"id": "q1", "name": "t3_q1", "title": "Amber hub", "selftext": "It blinks", "is_self": True, "author": "maeve"}
    asked = {"kind": "t3", "data": question | {"created_utc": 1_772_355_000, "subreddit_type": "public"}}
    answer = [{"kind": "Listing", "data": {"children": [one]}} for one in (asked, thread)]
    unfolded = {"json": {"data": {"things": [comment("c3", "t3_q1", "Same here"), comment("c4", "t3_q1", "[deleted]")]}}}
    closed = comment("c5", "t3_q9", "Between us", subreddit_type="private")
    report = bring(saved(tmp_path, {"uri": "/comments/q1", "response": answer}, unfolded, closed), Format.reddit_json)
    assert texts(session) == {
        "t3_q1": "Amber hub\n\nIt blinks",
        "t1_c1": "Which model?",
        "t1_c2": "Thanks",
        "t1_c3": "Same here",
    }
    assert report.skipped == {"Withheld: deleted where it stood.": 1, "Withheld: not open to everybody.": 1}
    assert session.exec(select(ThreadLink.posts)).one() == 4


def topic(number: int, *said: str, archetype: str = "regular", picture: str = "") -> dict[str, Any]:
    posts = [
        {
            "id": number * 100 + place,
            "topic_id": number,
            "post_number": place,
            "user_id": place,
            "username": f"member{place}",
            "avatar_template": picture,
            "created_at": "2026-03-01T09:00:00Z",
            "cooked": f"<p>{text}</p>",
            "reply_to_post_number": 40 if place == 2 else None,
        }
        for place, text in enumerate(said, 1)
    ]
    return {"id": number, "title": "The hub drops out", "archetype": archetype, "post_stream": {"posts": posts}}


def test_discourse_topics_are_taken_and_messages_are_not(session: Session, tmp_path: Path) -> None:
    open_one = topic(7, "Since Monday", "Update it", picture="/user_avatar/talk.example/maeve/{size}/3.png")
    more = {"post_stream": {"posts": topic(7, "", "", "It helped")["post_stream"]["posts"][2:]}}
    message = topic(8, "Between us", archetype="private_message")
    loose = topic(9, "Who knows where")["post_stream"]
    report = bring(saved(tmp_path, open_one, more, message, loose), Format.discourse_json, place="https://talk.example/")
    assert texts(session) == {
        "https://talk.example/p/701": "The hub drops out\n\nSince Monday",
        "https://talk.example/p/702": "Update it",
        "https://talk.example/p/703": "It helped",
    }
    assert report.skipped == {
        "Withheld: a message between members.": 1,
        "Withheld: nothing here says that its topic is for everybody.": 1,
    }
    assert session.exec(select(ThreadLink.posts)).one() == 3, "a reply to a post that is not here stays in its topic"


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (topic(7, "Since Monday", picture="/user_avatar/talk.example/maeve/{size}/3.png"), "https://talk.example/p/701"),
        (
            {
                "uri": "https://talk.example/community/t/7.json",
                "status": {"code": 200},
                "body": json.dumps(topic(7, "Since Monday")),
            },
            "https://talk.example/community/p/701",
        ),
        (topic(7, "Since Monday"), ""),
    ],
    ids=["by a picture", "by the recorded address", "not at all"],
)
def test_a_discourse_file_says_where_it_is_from(session: Session, tmp_path: Path, document: Any, known: str) -> None:
    report = bring(saved(tmp_path, document), Format.discourse_json)
    assert list(texts(session)) == ([known] if known else [])
    assert bool(known) or [one.reason.partition(":")[0] for one in report.problems] == [
        "Nothing here says which forum this is from. Name it"
    ]


@pytest.mark.parametrize(
    ("name", "form", "least"),
    [
        ("reddit_threads.jsonl.xz", Format.reddit_json, 1_900),
        ("reddit_morechildren.jsonl.xz", Format.reddit_json, 600),
        ("reddit_listings.jsonl.xz", Format.reddit_json, 1_000),
        ("discourse_urho3d_topics.jsonl.xz", Format.discourse_json, 4_400),
    ],
)
def test_real_answers_come_in_once(session: Session, name: str, form: Format, least: int) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not beside the repository")
    assert bring(SHARED / name, form).made["stored"] > least
