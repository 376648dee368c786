"""Archives of outside posts: every item is stored once or listed, private ones never touch the database."""

import csv
import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from forum.importers.report import Report
from forum.importers.social_files.importing import Format, run
from forum.models import ExternalAccount, ExternalPost, ExternalPostRevision, ImportProblem, Post, ThreadLink, Topic
from forum.social.wire.html_text import html_to_text
from tests.importers.state import state

SHARED = Path(__file__).parents[3] / "shared" / "data"
COLUMNS = ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"]
AT = "Tue Oct 31 22:10:47 +0000 2017"


def _look_again(session: Session) -> None:
    """Forget what was read, so that the next look sees what others wrote."""
    session.expire_all()
    session.rollback()


def _csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def _tweet(
    number: int, author: str = "77001", text: str = "My hub is amber", parent: str = "", answers: str = "", at: str = AT
) -> list[str]:
    return [str(number), author, str(author != "NorthHelp"), at, text, answers, parent]


def _import(path: Path, form: Format = Format.support_csv) -> Report:
    return run(path, form, dry_run=False, progress=None)


def _adds_up(report: Report) -> bool:
    came_out = report.made["stored"] + report.made["updated"] + report.unchanged["posts"]
    return report.read["posts"] == came_out + sum(count for reason, count in report.skipped.items() if "circle" not in reason)


def test_replies_before_their_parents_make_one_thread(session: Session, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "a.csv",
        [
            _tweet(3, text="Thanks,\nthat did it", parent="2"),
            _tweet(2, "NorthHelp", "Which model?", parent="1", answers="3,4"),
            _tweet(4, "77002", "Same here"),
            _tweet(1, answers="2"),
        ],
    )
    report = _import(path)
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.root_ext_id, thread.posts, thread.people, thread.root_missing) == ("1", 4, 3, False)
    assert _adds_up(report) and report.made["stored"] == 4
    assert session.exec(select(ExternalPost.text).where(ExternalPost.ext_id == "3")).one() == "Thanks,\nthat did it"
    kinds = dict(session.exec(select(ExternalAccount.handle, ExternalAccount.kind)).all())
    assert kinds == {"77001": "private", "77002": "private", "NorthHelp": "brand"}


def test_nothing_imported_is_public(session: Session, tmp_path: Path) -> None:
    _import(_csv(tmp_path / "a.csv", [_tweet(1)]))
    assert session.exec(select(func.count()).select_from(Topic)).one() == 0
    assert session.exec(select(func.count()).select_from(Post)).one() == 0
    assert session.exec(select(ThreadLink.state)).one() == "new"


def test_a_missing_parent_starts_the_thread_and_may_come_later(session: Session, tmp_path: Path) -> None:
    _import(_csv(tmp_path / "a.csv", [_tweet(2, parent="1"), _tweet(3, "77002", parent="1"), _tweet(4, parent="3")]))
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.root_ext_id, thread.root_missing, thread.posts) == ("1", True, 3)
    _import(_csv(tmp_path / "b.csv", [_tweet(1, parent="9")]))
    _look_again(session)
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.root_ext_id, thread.root_missing, thread.posts) == ("9", True, 4)
    _import(_csv(tmp_path / "c.csv", [_tweet(9)]))
    _look_again(session)
    thread = session.exec(select(ThreadLink)).one()
    assert (thread.root_ext_id, thread.root_missing, thread.posts) == ("9", False, 5)


def test_parents_in_a_circle_are_broken_and_listed(session: Session, tmp_path: Path) -> None:
    report = _import(
        _csv(tmp_path / "a.csv", [_tweet(1, parent="3"), _tweet(2, parent="1"), _tweet(3, parent="2"), _tweet(4, parent="4")])
    )
    assert report.made["stored"] == 4 and _adds_up(report)
    assert report.skipped["Its parents run in a circle, so it starts its own thread."] == 2
    assert sorted(session.exec(select(ThreadLink.posts))) == [1, 3]


def test_a_chain_of_118_is_one_thread(session: Session, tmp_path: Path) -> None:
    rows = [_tweet(number, parent=str(number - 1) if number > 1 else "") for number in range(118, 0, -1)]
    _import(_csv(tmp_path / "a.csv", rows))
    assert session.exec(select(ThreadLink.posts)).one() == 118


def test_bad_rows_are_listed_with_their_line(session: Session, tmp_path: Path) -> None:
    report = _import(
        _csv(
            tmp_path / "a.csv",
            [
                _tweet(1, text="two\nlines"),
                ["x1", *_tweet(2)[1:]],
                _tweet(3, at="soon"),
                _tweet(4)[:5],
                _tweet(5, author=" "),
                _tweet(1),
                _tweet(6, text="a" * 60_000),
            ],
        )
    )
    listed = {(one.line, one.reason) for one in session.exec(select(ImportProblem))}
    assert listed == {
        (4, "The id of this row is not a whole number."),
        (5, "The date of this row cannot be read."),
        (6, "This row does not have seven fields."),
        (7, "This row has no author."),
        (9, "The text is longer than any platform's."),
    }
    assert report.skipped["Twice in the file."] == 1 and _adds_up(report)


def test_a_file_without_the_columns_is_not_posts(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    assert _import(path).skipped == {"Not a post: the first line does not name the seven columns.": 1}


def test_a_second_run_changes_nothing_and_a_new_wording_is_kept(session: Session, tmp_path: Path) -> None:
    path = _csv(tmp_path / "a.csv", [_tweet(1), _tweet(2, parent="1")])
    _import(path)
    before = state()
    again = _import(path)
    assert state() == before
    assert (again.unchanged["posts"], again.made["stored"]) == (2, 0) and _adds_up(again)
    _look_again(session)
    edited = _import(_csv(tmp_path / "b.csv", [_tweet(1, text="My hub is red")]))
    assert (edited.made["updated"], edited.made["stored"]) == (1, 0)
    assert session.exec(select(ExternalPostRevision.text)).one() == "My hub is amber"
    assert session.exec(select(ExternalPost.text).where(ExternalPost.ext_id == "1")).one() == "My hub is red"


def test_a_dry_run_writes_nothing(session: Session, tmp_path: Path) -> None:
    report = run(_csv(tmp_path / "a.csv", [_tweet(1)]), Format.support_csv, dry_run=True, progress=None)
    assert report.made == {"would store": 1, "thread": 1}
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 0


def _status(number: int, visibility: str = "public", parent: int | None = None, **more: Any) -> dict[str, Any]:
    account = {
        "id": "5",
        "username": "rhod",
        "acct": "rhod",
        "url": "https://toot.example/@rhod",
        "uri": "https://toot.example/users/rhod",
        "display_name": "Rhod",
        "followers_count": 12,
        "bot": False,
        "noindex": True,
    }
    return {
        "id": str(number),
        "uri": f"https://toot.example/users/rhod/statuses/{number}",
        "url": f"https://toot.example/@rhod/{number}",
        "created_at": "2025-11-06T11:58:00.000Z",
        "in_reply_to_id": str(parent) if parent else None,
        "visibility": visibility,
        "content": f"<p>Amber <a href='https://x.example/{number}'>x.example/{number}</a><br>&lt;b&gt;</p>",
        "account": account,
        "reblog": None,
        "language": "en",
        "sensitive": False,
        "spoiler_text": "",
        "edited_at": None,
        **more,
    }


def test_only_public_statuses_are_written(session: Session, tmp_path: Path) -> None:
    context = {
        "ancestors": [_status(1)],
        "descendants": [_status(3, "direct", 1), _status(4, "private", 1), _status(5, "unlisted", 2)],
    }
    exchanges = [
        {
            "method": "GET",
            "uri": "https://toot.example/api/v1/statuses/2/context",
            "status": {"code": 200},
            "body": json.dumps(context),
        },
        {
            "method": "GET",
            "uri": "https://toot.example/api/v1/statuses/2",
            "status": {"code": 200},
            "body": json.dumps(_status(2, parent=1)),
        },
        {"method": "GET", "uri": "https://toot.example/api/v1/accounts/5", "status": {"code": 200}, "body": "{}"},
        {
            "method": "GET",
            "uri": "https://toot.example/api/v1/statuses/8",
            "status": {"code": 404},
            "body": json.dumps(_status(8)),
        },
        {
            "method": "GET",
            "uri": "https://toot.example/api/v1/statuses/6",
            "status": {"code": 200},
            "body": json.dumps(_status(6, reblog=_status(7))),
        },
        {
            "method": "GET",
            "uri": "https://toot.example/api/v1/statuses/9",
            "status": {"code": 200},
            "body": json.dumps(_status(9)),
        },
        {
            "method": "DELETE",
            "uri": "https://toot.example/api/v1/statuses/9",
            "status": {"code": 200},
            "body": json.dumps(_status(9)),
        },
    ]
    (tmp_path / "a.json").write_text(json.dumps(exchanges))
    report = _import(tmp_path / "a.json", Format.mastodon_json)
    assert sorted(url.rpartition("/")[2] for url in session.exec(select(ExternalPost.ext_id))) == ["1", "2", "5", "7"]
    assert _adds_up(report)
    assert report.skipped == {
        "Withheld: not public (direct).": 1,
        "Withheld: not public (private).": 1,
        "Not a post.": 2,
        "A boost of somebody else's post.": 1,
        "Withheld: deleted where it stood.": 2,
    }
    assert sorted(session.exec(select(ThreadLink.posts))) == [1, 3]
    post = session.exec(select(ExternalPost).order_by(col(ExternalPost.id))).first()
    assert post is not None and post.text == "Amber https://x.example/1\n<b>"
    account = session.exec(select(ExternalAccount)).one()
    assert (account.handle, account.noindex, account.followers) == ("rhod@toot.example", True, 12)


def test_lines_of_json_and_packed_files_are_read(session: Session, tmp_path: Path) -> None:
    with lzma.open(tmp_path / "a.jsonl.xz", "wt") as file:
        file.write("\n".join(json.dumps(_status(number)) for number in (1, 2)) + "\n{broken\n")
    report = _import(tmp_path / "a.jsonl.xz", Format.mastodon_json)
    assert report.made["stored"] == 2 and report.skipped == {"This is not JSON, or it is cut off.": 1}


def _view(key: str, parent: str = "", root: str = "", **author: Any) -> dict[str, Any]:
    uri = "at://did:plc:abc/app.bsky.feed.post/"
    reply = {"reply": {"parent": {"uri": uri + parent}, "root": {"uri": uri + (root or parent)}}} if parent else {}
    return {
        "uri": uri + key,
        "cid": "c",
        "author": {"did": "did:plc:abc", "handle": "ines.example", **author},
        "record": {"text": f"Amber {key}", "createdAt": "2025-11-06T11:58:00Z", "langs": ["en"], **reply},
    }


def test_a_bluesky_thread_keeps_its_order_and_withholds(session: Session, tmp_path: Path) -> None:
    closed = _view("d", "a", labels=[{"val": "!no-unauthenticated"}])
    thread = {
        "thread": {
            "$type": "app.bsky.feed.defs#threadViewPost",
            "post": _view("b", "a"),
            "parent": {"post": _view("a")},
            "replies": [
                {"post": _view("c", "b", "a")},
                {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x"},
                {"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://y"},
                {"post": closed},
                {"post": _view("e", "zz", "yy")},
            ],
        }
    }
    (tmp_path / "a.json").write_text(json.dumps(thread))
    (tmp_path / "b.json").write_text(json.dumps({"uri": "at://x/app.bsky.feed.post/1", "cid": "c"}))
    report = _import(tmp_path, Format.bluesky_json)
    assert _adds_up(report) and report.made["stored"] == 4
    assert sum(count for reason, count in report.skipped.items() if reason.startswith("Withheld")) == 3
    threads = {thread.root_ext_id[-2:]: (thread.posts, thread.root_missing) for thread in session.exec(select(ThreadLink))}
    assert threads == {"/a": (3, False), "yy": (1, True)}


def test_html_of_a_status_keeps_lines_and_whole_addresses() -> None:
    shortened = (
        '<a href="https://x.example/long"><span class="invisible">https://</span><span class="ellipsis">x.example/lo</span></a>'
    )
    assert html_to_text(f"<p>See {shortened}</p><p>two<br>three</p>") == "See https://x.example/long\n\ntwo\nthree"
    assert (
        html_to_text(
            '<p class="quote-inline">RE: x</p><p><a href="https://x.example/@a" class="mention">@<span>a</span></a> hi</p>'
        )
        == "@a hi"
    )


_CHILD = """
import sys
from pathlib import Path
from forum.importers.social_files.importing import Format, run
run(Path(sys.argv[1]), Format.support_csv, dry_run=False, progress=None)
"""


@pytest.mark.faults
def test_killed_half_way_and_run_again_ends_the_same(session: Session, tmp_path: Path) -> None:
    if os.environ.get("FORUM_DATABASE_URL"):
        pytest.skip("runs on SQLite only")
    rows = [_tweet(number, str(number % 50), parent=str(number - 1) if number % 6 else "") for number in range(1, 12_000)]
    path = _csv(tmp_path / "a.csv", [*rows, ["bad", "row"]])
    home = Path(os.environ["FORUM_DATA_DIR"])
    second = tmp_path / "home"
    second.mkdir()
    shutil.copy(home / "forum.sqlite3", second / "forum.sqlite3")
    _import(path)
    wanted = state()
    environment = {**os.environ, "FORUM_DATA_DIR": str(second), "PYTHONPATH": str(Path(__file__).parents[2])}
    kills = 0
    for wait in (2.0, 2.3, 60.0):
        child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], env=environment)
        try:
            assert child.wait(wait) == 0
            break
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
    assert kills
    for name in ("forum.sqlite3", "forum.sqlite3-wal", "forum.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
        if (second / name).exists():
            shutil.copy(second / name, home / name)
    from forum.core.db import engine

    engine().dispose()
    assert state() == wanted


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("mastodon_py_cassettes_responses.tar.xz", Format.mastodon_json),
        ("bluesky_recorded.tar.xz", Format.bluesky_json),
    ],
)
def test_real_archives_add_up(session: Session, name: str, form: Format) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not beside the repository")
    report = _import(SHARED / name, form)
    assert _adds_up(report) and report.made["stored"] > 50
    before = state()
    again = _import(SHARED / name, form)
    assert state() == before
    assert again.unchanged["posts"] == report.made["stored"] and not again.made["stored"]
