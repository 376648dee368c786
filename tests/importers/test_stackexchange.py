"""A Stack Exchange dump: what comes out, what is listed, and that doing it again changes nothing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from forum.core.errors import Invalid
from forum.importers.stackexchange.importing import run
from forum.models import (
    Acceptance,
    ImportProblem,
    LegacyId,
    Member,
    Post,
    PostKind,
    Revision,
    SearchOutbox,
    Tag,
    Topic,
    TopicState,
)
from tests.importers import dump
from tests.importers.state import state

SHARED = Path(__file__).parents[3] / "shared" / "data"


def _topic(session: Session, old_id: str) -> Topic:
    new_id = session.exec(select(LegacyId.new_id).where(LegacyId.kind == "question", LegacyId.old_id == old_id)).one()
    return session.get_one(Topic, new_id)


def _posts(session: Session, topic: Topic, kind: PostKind) -> list[Post]:
    return list(session.exec(select(Post).where(Post.topic_id == topic.id, Post.kind == kind).order_by(col(Post.created_at))))


def _import(folder: Path) -> None:
    run(folder, section="Old place", dry_run=False, progress=None)


def test_a_question_keeps_its_words_votes_tags_and_history(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d"))
    topic = _topic(session, "1")
    question = _posts(session, topic, PostKind.question)[0]
    assert (topic.title, topic.state, topic.score) == ("Why is the light amber?", TopicState.solved, 2)
    assert question.body == "The *light* is amber"
    assert "<em>light</em>" in question.html
    assert (question.helpful, question.imported_helpful, question.revisions, question.comments) == (2, 2, 2, 1)
    versions = list(session.exec(select(Revision).where(Revision.post_id == question.id).order_by(col(Revision.number))))
    assert [(one.number, one.title, one.tags) for one in versions] == [
        (1, "Why is the light red?", "hub"),
        (2, "Why is the light amber?", "hub, c-sharp, c-plus-plus"),
    ]
    assert versions[1].body == question.body
    assert session.get_one(Member, versions[1].author_id).name == "ana ruiz"


def test_answers_ticks_and_comments_stand_where_they_stood(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d"))
    topic = _topic(session, "1")
    first, second = _posts(session, topic, PostKind.answer)
    tick = session.exec(select(Acceptance)).one()
    assert (tick.post_id, tick.by_id) == (second.id, topic.author_id)
    assert tick.at.isoformat() == "2020-03-04T00:00:00+00:00"
    assert (topic.answers, topic.accepted, topic.first_answer_at) == (2, 1, first.created_at)
    assert (second.helpful, second.not_helpful, first.not_helpful) == (8, 1, 1)
    assert [one.parent_id for one in _posts(session, topic, PostKind.comment)][1] == second.id
    assert topic.active_at.isoformat() == "2020-03-02T12:00:00+00:00"


def test_a_closed_duplicate_says_why_and_links(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d"))
    closed = _topic(session, "4")
    assert (closed.state, closed.duplicate_of_id, closed.author_id) == (TopicState.closed, _topic(session, "1").id, None)
    assert closed.closed_reason == "This was asked before. The earlier question is linked."
    assert closed.answers == 1


def test_handles_are_safe_and_unique(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d"))
    members = {one.name: one.handle for one in session.exec(select(Member))}
    assert members == {
        "Community": "Community.1",
        "Ana Ruiz": "Ana-Ruiz",
        "ana ruiz": "ana-ruiz.2",
        "@Żółć ☃": members["@Żółć ☃"],
        "北京": members["北京"],
        "admin": "admin.5",
    }
    assert all(handle.isascii() and 2 <= len(handle) <= 40 for handle in members.values())
    ana = session.exec(select(Member).where(Member.handle == "Ana-Ruiz")).one()
    assert (ana.questions, ana.answers, ana.email, ana.password_hash) == (1, 0, None, None)
    assert "<script" not in ana.bio_html and "<strong>mend</strong>" in ana.bio_html


def test_what_has_no_place_is_listed_with_its_line(session: Session, tmp_path: Path) -> None:
    report = run(dump.write(tmp_path / "d"), section=None, dry_run=False, progress=None)
    listed = {(one.item, one.line): one.reason for one in session.exec(select(ImportProblem))}
    assert listed[("5", 7)] == "The question of this answer is not in the dump."
    assert listed[("8", 10)] == "The date of this row cannot be read."
    assert listed[("3", 5)] == "The post of this comment is not in the dump."
    assert report.problem_count == len(listed) == 4
    tag = session.exec(select(Tag).where(Tag.slug == "hub")).one()
    assert (tag.description, tag.topics) == ("The white box in the hall.", 2)


def test_every_topic_reaches_the_search_index(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d"))
    waiting = set(session.exec(select(SearchOutbox.topic_id)))
    assert waiting == set(session.exec(select(Topic.id)))


def test_without_history_the_html_becomes_markdown(session: Session, tmp_path: Path) -> None:
    _import(dump.write(tmp_path / "d", history=False))
    assert _posts(session, _topic(session, "1"), PostKind.question)[0].body == "The *light* is amber"
    assert _topic(session, "4").closed_reason == "This was closed before it moved here."


def test_a_second_run_changes_nothing(session: Session, tmp_path: Path) -> None:
    folder = dump.write(tmp_path / "d")
    first = run(folder, section="Old place", dry_run=False, progress=None)
    before = state()
    second = run(folder, section="Old place", dry_run=False, progress=None)
    assert state() == before
    assert not +second.made and second.unchanged["question"] == first.made["question"] == 2


def test_a_dry_run_writes_nothing(session: Session, tmp_path: Path) -> None:
    report = run(dump.write(tmp_path / "d"), section=None, dry_run=True, progress=None)
    assert (report.made["question"], report.made["answer"], report.made["comment"], report.problem_count) == (3, 3, 2, 4)
    assert session.exec(select(func.count()).select_from(Topic)).one() == 0


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_file_cut_off_keeps_what_came_before(session: Session, tmp_path: Path, cut: int) -> None:
    folder = dump.write(tmp_path / "d")
    whole = (folder / "Posts.xml").read_bytes()
    (folder / "Posts.xml").write_bytes(whole[:-cut] if cut > 1 else whole.replace(b"</posts>", b""))
    report = run(folder, section=None, dry_run=False, progress=None)
    assert "The file ends before its last row does: it is cut off." in report.skipped
    assert _topic(session, "1").answers == 2


def test_broken_rows_cost_only_themselves(session: Session, tmp_path: Path) -> None:
    folder = dump.write(tmp_path / "d")
    lines = (folder / "Posts.xml").read_bytes().split(b"\r\n")
    lines.insert(3, b'  <row Id="50" PostTypeId="1" Body="&nope; <b>" />')
    lines.insert(4, b'  <!DOCTYPE x [<!ENTITY a "b">]>')
    lines[2] = lines[2].replace(b"amber", b"am&#x1F;ber")
    (folder / "Posts.xml").write_bytes(b"\r\n".join(lines))
    report = run(folder, section=None, dry_run=False, progress=None)
    assert report.skipped["The XML of this row is broken."] == 1
    assert report.skipped["This line is not a row."] == 1
    assert _topic(session, "1").title == "Why is the light amber?"


def test_a_folder_without_posts_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        run(tmp_path, section=None, dry_run=False, progress=None)


_CHILD = """
import sys
from pathlib import Path
from forum.importers.stackexchange.importing import run
if __name__ == "__main__":
    run(Path(sys.argv[1]), section="Old place", dry_run=False, progress=None)
"""


@pytest.mark.faults
def test_killed_half_way_and_run_again_ends_the_same(session: Session, tmp_path: Path) -> None:
    if os.environ.get("FORUM_DATABASE_URL"):
        pytest.skip("runs on SQLite only")
    folder = dump.write_long(tmp_path / "d", 700)
    home = Path(os.environ["FORUM_DATA_DIR"])
    empty = tmp_path / "empty.sqlite3"
    shutil.copy(home / "forum.sqlite3", empty)
    _import(folder)
    wanted = state()
    script = tmp_path / "child.py"
    script.write_text(_CHILD)
    kills = 0
    second_home = tmp_path / "home"
    second_home.mkdir()
    shutil.copy(empty, second_home / "forum.sqlite3")
    environment = {**os.environ, "FORUM_DATA_DIR": str(second_home), "PYTHONPATH": str(Path(__file__).parents[2])}
    for wait in (1.2, 1.6, 2.0, None):
        child = subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)
        try:
            assert child.wait(wait) == 0
            break
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
            time.sleep(0.05)
    assert kills
    for name in ("forum.sqlite3", "forum.sqlite3-wal", "forum.sqlite3-shm"):
        (home / name).unlink(missing_ok=True)
        if (second_home / name).exists():
            shutil.copy(second_home / name, home / name)
    from forum.core.db import engine

    engine().dispose()
    assert state() == wanted


@pytest.mark.parametrize(("name", "questions", "answers"), [("se_iot", 320, 508), ("se_quantumcomputing", 612, 1060)])
def test_a_real_dump_comes_over_whole(session: Session, tmp_path: Path, name: str, questions: int, answers: int) -> None:
    archive = SHARED / "se_iot_quantum.tar.xz"
    if not archive.exists():
        pytest.skip(f"{archive.name} is not beside the repository")
    shutil.unpack_archive(archive, tmp_path, filter="data")
    folder = tmp_path / name
    report = run(folder, section=None, dry_run=False, progress=None)
    assert (report.made["question"], report.made["answer"]) == (questions, answers)
    assert report.made["comment"] == report.read["Comments.xml"]
    assert report.read["Posts.xml"] == questions + answers + report.made["tag description"] + report.problem_count
    assert session.exec(select(func.sum(Topic.answers))).one() == answers
    before = state()
    assert not +run(folder, section=None, dry_run=False, progress=None).made
    assert state() == before
