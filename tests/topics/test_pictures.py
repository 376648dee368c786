"""Pictures: cleaned, renamed, refused when they are something else."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow
from sqlmodel import select

from forum.models import Image
from tests import make

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def drawn(kind, **more):
    out = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(out, kind, **more)
    return out.getvalue()


def with_exif():
    exif = Pillow.Exif()
    exif[0x010E] = "Where I live"
    exif[0x0112] = 6
    return drawn("JPEG", exif=exif)


def with_wrong_exif():
    """A note whose type is none of those that there are for it."""
    data = bytearray(with_exif())
    data[data.index(b"Exif\0\0") + 17] = 0
    return bytes(data)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge():
    """A few bytes that claim 60,000 x 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return PNG_SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def send(client, data, name="picture.png"):
    return client.post("/images", files={"file": (name, data, "image/png")})


@pytest.fixture
def signed_in(client, session):
    client.sign_in(make.member(session))
    return client


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_a_picture_is_kept_and_shown(signed_in, session, kind, extension):
    made = send(signed_in, drawn(kind))
    assert made.status_code == 201
    row = session.exec(select(Image)).one()
    assert made.json()["url"] == f"/images/{row.id}.{extension}"
    shown = signed_in.get(made.json()["url"])
    assert shown.status_code == 200
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in shown.headers["cache-control"]
    with Pillow.open(io.BytesIO(shown.content)) as picture:
        assert picture.size == (40, 30)


def test_where_and_how_it_was_taken_is_dropped_and_it_stands_upright(signed_in):
    made = send(signed_in, with_exif(), "me.jpg")
    content = signed_in.get(made.json()["url"]).content
    assert b"Where I live" not in content and b"Exif" not in content
    with Pillow.open(io.BytesIO(content)) as picture:
        assert picture.size == (30, 40)
        assert not picture.getexif()


@pytest.mark.parametrize(
    "data",
    [
        with_wrong_exif(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        PNG_SIGNATURE + b"<html><script>alert(1)</script>",
        drawn("PNG")[:60],
        b"",
        b"\x00" * 500,
        b"BM" + b"\x00" * 200,
    ],
)
def test_what_is_no_picture_is_refused(signed_in, session, data):
    assert send(signed_in, data).status_code == 422
    assert session.exec(select(Image)).all() == []


def test_a_page_behind_a_picture_is_cut_off(signed_in):
    made = send(signed_in, drawn("PNG") + b"<script>alert(1)</script>")
    assert b"script" not in signed_in.get(made.json()["url"]).content


def test_a_header_that_claims_too_many_pixels_is_refused(signed_in, session):
    refused = send(signed_in, huge())
    assert refused.status_code == 413
    assert "million pixels" in refused.json()["error"]
    assert session.exec(select(Image)).all() == []


@pytest.mark.parametrize("size", [10_000_001, 10_600_000])
def test_more_than_ten_megabytes_is_refused(signed_in, session, size):
    assert send(signed_in, b"\xff" * size).status_code == 413
    assert session.exec(select(Image)).all() == []


def test_large_pictures_are_made_smaller(signed_in):
    out = io.BytesIO()
    Pillow.new("RGB", (4000, 1000), "teal").save(out, "PNG")
    made = send(signed_in, out.getvalue())
    with Pillow.open(io.BytesIO(signed_in.get(made.json()["url"]).content)) as picture:
        assert picture.size == (1920, 480)


def test_a_visitor_and_an_unconfirmed_member_cannot(client, session):
    assert send(client, drawn("PNG")).status_code == 403
    client.sign_in(make.member(session, confirmed=False))
    assert send(client, drawn("PNG")).status_code == 403
    assert session.exec(select(Image)).all() == []


def test_twenty_an_hour(signed_in, session):
    codes = [send(signed_in, drawn("PNG")).status_code for _ in range(21)]
    assert codes == [201] * 20 + [429]


@pytest.mark.parametrize(
    "name", ["..%2f..%2fforum.sqlite3", "x.png", "0" * 20 + ".svg", "0" * 20 + ".png.html", "0" * 20, "%2e%2e"]
)
def test_only_names_that_were_given_out_are_read(client, name):
    assert client.get(f"/images/{name}").status_code == 404
