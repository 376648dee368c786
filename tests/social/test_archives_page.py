"""A table of posts comes in through a page: its columns named, its first threads shown, tried, brought in, reported."""

from sqlmodel import Session, select

from forum.importers import uploads
from forum.models import Archive, ExternalPost, ThreadLink
from tests import make
from tests.fakes.client import Browser, words

TABLE = (
    "number;who;words;day;answers_to\n"
    "1;maeve;My lamp forgets its colour every single night;2025-11-01T10:00:00;\n"
    "2;tomasz;Update the bridge first and then the lamp in this order;2025-11-01T10:05:00;1\n"
    "3;rhod;Mine hums instead;not a date;1\n"
).replace(";", ",")
COLUMNS = {
    "id": "number", "author": "who", "text": "words", "created_at": "day", "parent": "answers_to",
    "network": "elsewhere", "place": "old-forum",
}  # fmt: skip


def _upload(client: Browser) -> str:
    answer = client.post("/desk/archives", {"form": "csv"}, files={"file": ("../posts.csv", TABLE.encode(), "text/csv")})
    return str(answer.headers["location"])


def test_from_upload_to_report(client: Browser, session: Session, drain) -> None:
    client.sign_in(make.admin(session))
    place = _upload(client)
    shown = words(client.get(place))
    assert "answers_to" in shown
    assert "Choose the column" in words(client.post(place, {"act": "try", "place": "x"}))
    client.post(place, COLUMNS | {"act": "try"})
    assert "Reading it" in words(client.get(place))
    drain()
    shown = words(client.get(place))
    assert "What it would bring" in shown
    assert "My lamp forgets its colour" in shown
    session.rollback()
    assert session.exec(select(ExternalPost)).all() == []
    client.post(place, COLUMNS | {"act": "bring"})
    drain()
    shown = words(client.get(place))
    assert "What it brought" in shown
    assert "Line 4" in shown
    session.rollback()
    assert session.exec(select(ThreadLink)).one().posts == 2
    assert list(uploads.folder().iterdir()) == []
    assert client.post(place, COLUMNS | {"act": "bring"}).status_code == 409


def test_an_upload_keeps_no_name_of_its_own(client: Browser, session: Session) -> None:
    client.sign_in(make.admin(session))
    _upload(client)
    session.rollback()
    row = session.exec(select(Archive)).one()
    assert row.name == "posts.csv"
    assert (uploads.folder() / row.file).read_text() == TABLE
    client.post(f"/desk/archives/{row.id}/removal")
    assert list(uploads.folder().iterdir()) == []


def test_without_a_file(client: Browser, session: Session) -> None:
    client.sign_in(make.admin(session))
    assert "Choose a file first" in words(client.post("/desk/archives", {"form": "csv"}))
