"""Failure cases of files, each named after its number in the plan of social threads (SOCIAL 7)."""

import csv
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from forum.core.errors import Invalid
from forum.importers.report import Report
from forum.importers.social_files import mapped_csv, x_archive
from forum.importers.social_files.importing import Format, run
from forum.importers.social_files.mapped_csv import FLOAT, Columns, guess
from forum.models import ExternalAccount, ExternalPost, ImportProblem, Platform, Post, ThreadLink
from forum.social.staging import CYCLE, Staging
from tests import make
from tests.importers.state import state
from tests.make import channels

HEADER = ["Nr", "Who", "Said", "At", "Reply to"]
COLUMNS = Columns({"id": "Nr", "author": "Who", "text": "Said", "created_at": "At", "parent": "Reply to"}, place="old-desk")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def _row(
    number: Any, parent: Any = "", text: str = "The hub is amber", who: str = "dora", at: str = "2024-03-01T10:00:00Z"
) -> list[str]:
    return [str(number), who, text, at, str(parent)]


def _table(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADER, *rows])
    return path


def _take(path: Path, form: Format = Format.csv, columns: Columns | None = COLUMNS, *, dry_run: bool = False) -> Report:
    return run(path, form, dry_run=dry_run, progress=None, columns=columns)


def _posts(session: Session) -> dict[str, ExternalPost]:
    session.expire_all()
    session.rollback()
    return {row.ext_id.rpartition("/")[2]: row for row in session.exec(select(ExternalPost))}


def _problems(session: Session) -> list[ImportProblem]:
    session.rollback()
    return list(session.exec(select(ImportProblem).order_by(col(ImportProblem.id))))


def test_case_14_a_circle_of_parents_is_broken_once_and_its_row_named(session: Session, tmp_path: Path) -> None:
    rows = [_row(1, parent=3), _row(2, parent=1), _row(3, parent=2), _row(4, parent=4), _row(5, parent=3)]
    report = _take(_table(tmp_path / "a.csv", rows))
    posts = _posts(session)
    assert report.made["stored"] == 5 and report.made["thread"] == 2
    assert posts["1"].parent_ext_id is None and posts["4"].parent_ext_id is None, "the first repeat is where it is cut"
    assert posts["2"].parent_ext_id == posts["1"].ext_id and posts["3"].parent_ext_id == posts["2"].ext_id
    assert len({posts[number].thread_id for number in "1235"}) == 1
    assert [(one.line, one.reason) for one in _problems(session)] == [(2, CYCLE), (5, CYCLE)]


def test_case_15_a_parent_outside_the_file_holds_its_replies_together_in_time(session: Session, tmp_path: Path) -> None:
    rows = [
        _row(20, parent=7, text="The later one", at="2024-03-01T12:00:00Z"),
        _row(10, parent=7, text="The earlier one", at="2024-03-01T11:00:00Z"),
    ]
    _take(_table(tmp_path / "a.csv", rows))
    session.rollback()
    thread = session.exec(select(ThreadLink)).one()
    assert thread.root_missing and thread.posts == 2 and thread.root_ext_id == "file://old-desk/7"
    topic = channels.publish(session, thread)
    bodies = session.exec(select(Post.body).where(Post.topic_id == topic.id).order_by(col(Post.id))).all()
    assert ["earlier" in bodies[0], "later" in bodies[-1]] == [True, True]
    later = [_row(7, text="What it all hung on", at="2024-03-01T09:00:00Z")]
    _take(_table(tmp_path / "b.csv", later))
    session.expire_all()
    session.rollback()
    thread = session.exec(select(ThreadLink)).one()
    assert thread.posts == 3 and not thread.root_missing


def test_case_36_a_table_read_in_the_wrong_encoding_keeps_its_letters(session: Session, tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "cp1252", "utf-16"), 1):
        row = _row(number, text="Die Lampe blinkt – müde Grüße, 5 €")
        _take(_table(tmp_path / f"{encoding}.csv", [row], encoding, ";"))
    assert {row.text for row in _posts(session).values()} == {"Die Lampe blinkt – müde Grüße, 5 €"}
    assert len(_posts(session)) == 4


def test_case_36_ids_that_became_decimal_numbers_are_refused_row_by_row(session: Session, tmp_path: Path) -> None:
    rows = [
        _row("1.23e+17"),
        _row("123.0"),
        _row("1,5E+18"),
        _row(8, parent="123.0"),
        _row("12e45"),
        _row("0123456789012345678901"),
    ]
    report = _take(_table(tmp_path / "a.csv", rows))
    assert set(_posts(session)) == {"12e45", "0123456789012345678901"}
    assert report.skipped == {FLOAT: 4}
    assert [one.line for one in _problems(session)] == [2, 3, 4, 5]


def test_case_36_rows_that_cannot_be_read_are_listed_and_the_rest_is_taken(session: Session, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", [_row(1), ["2", "dora"], _row(3, at="soon"), _row("", text="x"), _row(5, who=""), _row(6)])
    with path.open("a", encoding="utf-8") as file:
        file.write('7,dora,"never closed ' + "x" * 2_500_000)
    report = _take(path)
    assert set(_posts(session)) == {"1", "6"}
    assert report.read["posts"] == report.made["stored"] + sum(report.skipped.values()) and len(report.skipped) == 5


def test_case_36_a_million_rows_pass_through_in_little_memory(session: Session, tmp_path: Path) -> None:
    """Counted for the reading alone, a tenth of the size: what it holds does not grow with the rows."""
    peaks = []
    for size in (10_000, 100_000):
        path = _table(tmp_path / f"{size}.csv", [_row(number, number - 1 if number % 5 else "") for number in range(1, size + 1)])
        tracemalloc.start()
        staging = Staging(tmp_path / f"{size}.sqlite3")
        staging.take(mapped_csv.read(path, COLUMNS), lambda: None)
        staging.resolve(lambda _missing: {})
        assert sum(len(batch) for batch in staging.batches(0, 400)) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        staging.close()
    assert peaks[1] < peaks[0] * 1.5 and peaks[1] < 40_000_000


def test_case_36_a_table_that_nobody_mapped_is_refused_with_what_is_missing(session: Session, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", [_row(1)])
    with pytest.raises(Invalid) as refused:
        _take(path, columns=Columns())
    assert "id" in refused.value.errors and "text" in refused.value.errors
    with pytest.raises(Invalid):
        _take(path, columns=Columns({"id": "Number"}))
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(Invalid):
        _take(empty)
    assert guess(["tweet_id", "author_id", "text", "created_at"])["id"] == "tweet_id"


def test_a_table_can_be_tried_first_and_taken_twice(session: Session, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", [_row(1), _row(2, parent=1), _row(3, parent="9 ")])
    tried = _take(path, dry_run=True)
    assert tried.made == {"would store": 3, "thread": 2} and not _posts(session)
    _take(path)
    before = state()
    again = _take(path)
    assert again.unchanged["posts"] == 3 and state() == before
    other = _take(path, columns=Columns(COLUMNS.chosen, place="another"))
    assert other.made["stored"] == 3, "number 1 of another table is another post"


def test_several_ids_in_the_field_of_replies_join_what_names_no_parent(session: Session, tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", [_row(1, parent="2, 3;4"), _row(2), _row(3), _row(4)])
    columns = Columns({"id": "Nr", "author": "Who", "text": "Said", "created_at": "At", "answers": "Reply to"}, Platform.x)
    assert _take(path, columns=columns).made["thread"] == 1
    assert {row.parent_ext_id for row in _posts(session).values()} == {None, "1"}


# The archive of X.

SECRET = "dm-of-dora@mail.example 203.0.113.7"


def _tweets(*tweets: dict[str, Any], part: int = 0) -> str:
    return f"window.YTD.tweets.part{part} = " + json.dumps([{"tweet": one} for one in tweets], indent=1)


def _tweet(number: int, text: str = "The hub is amber [again]", **more: Any) -> dict[str, Any]:
    usual = {"id_str": str(number), "full_text": text, "created_at": "Fri Mar 01 10:00:00 +0000 2024", "favorite_count": "3"}
    return usual | more


def _zip(path: Path, more: dict[str, str] | None = None, owner: str = "4711") -> Path:
    said = {"userInfo": {"accountId": owner, "userName": "dora", "displayName": "Dora"}, "archiveInfo": {}}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/manifest.js", f"window.__THAR_CONFIG = {json.dumps(said)}")
        for name in ("direct-messages", "ip-audit", "account", "email-address-change"):
            archive.writestr(f"data/{name}.js", f"window.YTD.x.part0 = [{json.dumps(SECRET)}]")
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path


def _own(session: Session) -> None:
    channels.channel(session, Platform.x, own_ext_id="4711", own_handle="dora")


def test_an_x_archive_gives_the_posts_of_its_holder_and_nothing_else(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own(session)
    opened: list[str] = []
    real = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda self, name, *a, **k: opened.append(getattr(name, "filename", name)) or real(self, name, *a, **k),
    )
    link = {"urls": [{"url": "https://t.co/a", "expanded_url": "https://help.example/amber"}]}
    path = _zip(
        tmp_path / "x.zip",
        {
            "data/tweets.js": _tweets(
                _tweet(100),
                _tweet(101, "See https://t.co/a &amp; wait", in_reply_to_status_id_str="100", entities=link),
                _tweet(102, "RT @other: not mine"),
                _tweet(103, user={"id_str": "99"}),
                _tweet(
                    105,
                    "Edited",
                    edit_info={"edit": {"initialTweetId": "104", "editControlInitial": {"editTweetIds": ["104", "105"]}}},
                ),
            ),
            "data/tweets-part1.js": _tweets(_tweet(106, in_reply_to_status_id_str="55"), {"id_str": "no"}, part=1),
            "data/tweets_media/1.jpg": "picture",
        },
    )
    opened.clear()
    report = _take(path, Format.x_archive)
    assert set(opened) == {"data/manifest.js", "data/tweets.js", "data/tweets-part1.js"}
    posts = _posts(session)
    assert set(posts) == {"100", "101", "104", "106"} and report.read["posts"] == 7
    assert posts["101"].text == "See https://help.example/amber & wait" and posts["101"].parent_ext_id == "100"
    assert posts["106"].parent_ext_id == "55" and posts["100"].metrics["like"] == 3
    assert session.exec(select(ExternalAccount.ext_id)).all() == ["4711"]
    assert {row.consent for row in session.exec(select(ThreadLink))} == {"own_archive"}
    before = state()
    _take(path, Format.x_archive)
    assert state() == before


def test_an_x_archive_of_somebody_unknown_to_us_is_not_read(session: Session, tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"data/tweets.js": _tweets(_tweet(1))})
    with pytest.raises(Invalid, match="@dora"):
        _take(path, Format.x_archive)
    member = make.member(session)
    session.add(ExternalAccount(platform=Platform.x, host="x.com", ext_id="4711", handle="dora", claimed_by_id=member.id))
    session.commit()
    assert _take(path, Format.x_archive).made["stored"] == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "data/../../x", "..\\x", "C:\\x"])
def test_case_36_an_archive_that_names_files_outside_itself_is_refused(session: Session, tmp_path: Path, name: str) -> None:
    _own(session)
    path = _zip(tmp_path / "x.zip", {"data/tweets.js": _tweets(_tweet(1)), name: "x"})
    with pytest.raises(Invalid, match="outside"):
        _take(path, Format.x_archive)
    assert not _posts(session)


def test_case_36_a_zip_bomb_is_never_unpacked(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _own(session)
    bomb = _zip(tmp_path / "ratio.zip", {"data/tweets.js": _tweets(_tweet(1, "A" * 3_000_000))})
    with pytest.raises(Invalid, match="more than we take"):
        _take(bomb, Format.x_archive)
    monkeypatch.setattr(x_archive, "MAX_READ", 1_000)
    with pytest.raises(Invalid, match="more than we take"):
        _take(_zip(tmp_path / "big.zip", {"data/tweets.js": _tweets(*[_tweet(n) for n in range(9)])}), Format.x_archive)
    monkeypatch.setattr(x_archive, "MAX_ENTRIES", 3)
    with pytest.raises(Invalid, match="more than we take"):
        _take(_zip(tmp_path / "many.zip"), Format.x_archive)


def test_case_36_a_size_that_lies_and_a_file_that_is_no_zip(session: Session, tmp_path: Path) -> None:
    _own(session)
    path = _zip(tmp_path / "x.zip", {"data/tweets.js": _tweets(*[_tweet(n, f"Words {n * 7919}") for n in range(1, 400)])})
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("data/tweets.js").file_size
    path.write_bytes(whole.replace(size.to_bytes(4, "little"), (200).to_bytes(4, "little")))
    for broken in (path, _plain(tmp_path / "cut.zip", whole[: len(whole) // 2]), _plain(tmp_path / "no.zip", b"PK no")):
        with pytest.raises(Invalid):
            _take(broken, Format.x_archive)
    assert not _posts(session)


def _plain(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_an_x_archive_that_does_not_say_whose_it_is(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/tweets.js", _tweets(_tweet(1)))
    with pytest.raises(Invalid, match="manifest"):
        _take(path, Format.x_archive)


# The outbox of Mastodon.


def _activity(number: int, to: list[str], cc: list[str] | None = None, **more: Any) -> dict[str, Any]:
    actor = "https://toot.example/users/dora"
    note = {
        "id": f"{actor}/statuses/{number}", "type": "Note", "published": "2024-03-01T10:00:00Z", "to": to, "cc": cc or [],
        "attributedTo": actor, "content": f"<p>Amber light, number {number}</p>", "contentMap": {"en": "x"}, "inReplyTo": None,
    }  # fmt: skip
    return {"id": f"{actor}/statuses/{number}/activity", "type": "Create", "actor": actor, "to": to, "object": note | more}


def test_a_mastodon_outbox_gives_what_was_said_to_everybody(session: Session, tmp_path: Path) -> None:
    followers = "https://toot.example/users/dora/followers"
    first = "https://toot.example/users/dora/statuses/1"
    items: list[Any] = [
        _activity(1, [PUBLIC]),
        _activity(2, [followers], ["as:Public"], inReplyTo=first),
        _activity(3, [followers]),
        _activity(4, ["https://other.example/users/rhod"]),
        _activity(5, [PUBLIC], attributedTo="https://other.example/users/rhod"),
        {"id": "x", "type": "Announce", "object": "https://other.example/1"},
        _activity(6, [followers]) | {"to": [PUBLIC]},
        "odd",
    ]
    path = tmp_path / "outbox.json"
    context = ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}]
    path.write_text(json.dumps({"@context": context, "type": "OrderedCollection", "totalItems": 8, "orderedItems": items}))
    report = _take(path, Format.mastodon_outbox)
    posts = _posts(session)
    assert set(posts) == {"1", "2"} and posts["2"].thread_id == posts["1"].thread_id
    assert report.read["posts"] == 8 and report.skipped["Withheld: not public."] == 3
    account = session.exec(select(ExternalAccount)).one()
    assert (account.handle, account.host) == ("dora@toot.example", "toot.example")
    assert session.exec(select(func.count()).select_from(ImportProblem)).one() == 6
    path.write_text(path.read_text()[:-40])
    with pytest.raises(Invalid):
        _take(path, Format.mastodon_outbox)
