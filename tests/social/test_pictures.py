"""Pictures of posts elsewhere: what is copied, who sees it, and that nothing hostile or erased is kept."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import httpx2
import pytest
from PIL import Image
from sqlmodel import Session, select

from forum.core import outgoing, storage
from forum.models import ExternalPost, ExternalPostState, Platform, ThreadLink, TriageState
from forum.models.jobs import Job
from forum.social import pictures
from forum.social.reading.erasing import erase
from forum.social.simulated.network import Network
from tests import make
from tests.fakes.client import Browser, fresh, words
from tests.make import channels

PLACE = "https://media.example/one.jpg"
Answers = Callable[[httpx2.Request], httpx2.Response]


def jpeg(width: int = 1_600, height: int = 900) -> bytes:
    out = io.BytesIO()
    made = Image.new("RGB", (width, height), "#336699")
    exif = Image.Exif()
    exif[0x010E] = "Where I live"
    made.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[Callable[[Answers], list[str]]]:
    """What the other server answers; gives the list of what it was asked."""
    asked: list[str] = []

    def answer(with_: Answers) -> list[str]:
        def each(request: httpx2.Request) -> httpx2.Response:
            asked.append(str(request.url))
            return with_(request)

        outgoing.use({"media.example": httpx2.MockTransport(each)}.get)
        return asked

    yield answer
    outgoing.use(None)


@pytest.fixture
def thread(session: Session) -> ThreadLink:
    net = channels.network()
    channels.channel(session)
    return channels.read(session, f"https://network.example/posts/{channels.outage(net)['root']}")


def shows(session: Session, thread: ThreadLink, *media: dict[str, str], place: int = 0, **values: object) -> ExternalPost:
    """One of the thread's posts has these media."""
    posts = session.exec(select(ExternalPost).where(ExternalPost.thread_id == thread.id).order_by(ExternalPost.created_at)).all()
    post = posts[place]
    post.media = list(media)
    for name, value in values.items():
        setattr(post, name, value)
    session.add(post)
    session.commit()
    return post


def picture(url: str = PLACE, alt: str = "A hub with a red light", kind: str = "image") -> dict[str, str]:
    return {"type": kind, "url": url, "alt": alt}


def whole(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=jpeg())


def test_a_small_copy_stands_on_the_desk_and_in_the_topic(client: Browser, session: Session, thread: ThreadLink, server) -> None:
    asked = server(whole)
    post = shows(session, thread, picture())
    client.sign_in(make.agent(session))
    before = client.get(f"/desk/social/{thread.id}")
    assert "Picture on the practice network" in words(before)
    assert not asked, "no request fetches anything"
    pictures.fetch(thread.id)
    assert asked == [PLACE]
    address = f"/elsewhere/{post.id}/0.webp"
    desk = client.get(f"/desk/social/{thread.id}")
    assert f'src="{address}" width="640" height="360" alt="A hub with a red light"' in desk.text
    kept = Image.open(io.BytesIO(client.get(address).content))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (640, 360), {})
    client.sign_out()
    assert client.get(address).status_code == 404, "nobody but staff before it is published"
    topic = channels.publish(session, fresh(session, thread))
    assert address in client.get(f"/topics/{topic.id}/{topic.slug}").text
    shown = client.get(address)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    pictures.fetch(thread.id)
    assert asked == [PLACE], "once is enough"


def test_the_copy_goes_with_the_post(client: Browser, session: Session, thread: ThreadLink, server) -> None:
    server(whole)
    post = shows(session, thread, picture())
    pictures.fetch(thread.id)
    topic = channels.publish(session, fresh(session, thread))
    name = pictures._name(post.id, 0)
    assert storage.exists(name)
    post = fresh(session, post)
    post.state = ExternalPostState.denied
    session.add(post)
    session.commit()
    assert client.get(f"/elsewhere/{post.id}/0.webp").status_code == 404, "unreadable there, unreadable here"
    erase(session, [post])
    session.commit()
    assert not storage.exists(name)
    assert client.get(f"/elsewhere/{post.id}/0.webp").status_code == 404
    assert "/elsewhere/" not in client.get(f"/topics/{topic.id}/{topic.slug}").text


def test_what_was_erased_while_it_was_fetched_gets_no_copy(session: Session, thread: ThreadLink, server) -> None:
    post = shows(session, thread, picture())

    def late(request: httpx2.Request) -> httpx2.Response:
        erase(session, [session.get_one(ExternalPost, post.id)])
        session.commit()
        return whole(request)

    server(late)
    pictures.fetch(thread.id)
    assert not storage.exists(pictures._name(post.id, 0))
    assert fresh(session, post).media == []


def test_what_staff_of_the_forum_removed_or_hid_is_not_served(
    client: Browser, session: Session, thread: ThreadLink, server
) -> None:
    server(whole)
    post = shows(session, thread, picture())
    pictures.fetch(thread.id)
    topic = channels.publish(session, fresh(session, thread))
    topic.audience = "staff"
    session.add(topic)
    session.commit()
    assert client.get(f"/elsewhere/{post.id}/0.webp").status_code == 404


def test_a_sensitive_picture_is_blurred_and_a_video_is_a_link(
    client: Browser, session: Session, thread: ThreadLink, server
) -> None:
    asked = server(whole)
    shows(session, thread, picture(), picture("https://media.example/film.mp4", "It blinks", "video"), sensitive=True)
    pictures.fetch(thread.id)
    client.sign_in(make.agent(session))
    page = client.get(f"/desk/social/{thread.id}")
    assert (
        '<details class="veil"><summary><span class="say">Sensitive picture</span><span class="frame"><img src="/elsewhere/'
        in page.text
    )
    assert "Video on the practice network It blinks" in words(page)
    assert asked == [PLACE]


def test_personal_data_in_a_description_is_masked(client: Browser, session: Session, thread: ThreadLink) -> None:
    post = shows(session, thread, picture(alt="Write to maeve@mail.example about it"))
    assert [one.alt for one in pictures.media_of(post)] == ["Write to [e-mail hidden] about it"]
    post.platform = Platform.x
    assert pictures.media_of(post) == [], "not to be altered there, so not shown"


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 by 60,000."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


HOSTILE = {
    "a bomb": bomb(),
    "a drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a page": b"<!doctype html><script>alert(1)</script>",
    "half a picture": jpeg()[:400],
    "too many bytes": jpeg() + b"\0" * 2_000_000,
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_picture_stays_a_link(client: Browser, session: Session, thread: ThreadLink, content: bytes, server) -> None:
    server(lambda _: httpx2.Response(200, headers={"content-type": "image/png"}, content=content))
    post = shows(session, thread, picture())
    for _ in range(pictures.TRIES + 1):
        pictures.fetch(thread.id)
    assert not storage.exists(pictures._name(post.id, 0))
    client.sign_in(make.agent(session))
    page = client.get(f"/desk/social/{thread.id}")
    assert page.status_code == 200
    assert "/elsewhere/" not in page.text
    assert "Picture on the practice network" in words(page)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/a.png", "http://169.254.169.254/latest", "https://[::1]/a.png", "https://media.example:8443/a"]
)
def test_nothing_inside_is_asked(session: Session, thread: ThreadLink, url: str, server) -> None:
    asked = server(whole)
    post = shows(session, thread, picture(url))
    pictures.fetch(thread.id)
    assert asked == []
    assert fresh(session, post).media[0]["tries"] == pictures.TRIES


def test_a_redirect_to_the_inside_is_not_followed(session: Session, thread: ThreadLink, server) -> None:
    asked = server(lambda _: httpx2.Response(302, headers={"location": "http://127.0.0.1/secret.png"}))
    post = shows(session, thread, picture())
    pictures.fetch(thread.id)
    assert asked == [PLACE]
    assert fresh(session, post).media[0]["tries"] == pictures.TRIES


def test_a_server_that_is_away_is_asked_three_times_and_then_no_more(session: Session, thread: ThreadLink, server) -> None:
    asked = server(lambda _: httpx2.Response(503))
    shows(session, thread, picture())
    for _ in range(5):
        pictures.fetch(thread.id)
    assert len(asked) == 3
    again = session.exec(select(Job).where(Job.name == "social.fetch_pictures", Job.dedup_key == f"pictures:{thread.id}"))
    assert again.first() is not None


def test_a_thread_has_so_many_pictures_and_no_more(session: Session, thread: ThreadLink, server) -> None:
    asked = server(whole)
    shows(session, thread, *(picture(f"https://media.example/{n}.jpg") for n in range(20)))
    pictures.fetch(thread.id)
    assert len(asked) == pictures.PER_POST
    thread = fresh(session, thread)
    thread.state = TriageState.ignored
    session.add(thread)
    session.commit()
    shows(session, thread, picture("https://media.example/late.jpg"), place=1)
    pictures.fetch(thread.id)
    assert len(asked) == pictures.PER_POST, "nobody looks at what was ignored"


def test_another_picture_in_another_wording_replaces_the_copy(session: Session, thread: ThreadLink, server) -> None:
    server(whole)
    post = shows(session, thread, picture(), picture("https://media.example/two.jpg"))
    pictures.fetch(thread.id)
    post = fresh(session, post)
    media = pictures.carried_over(post, [picture(), picture("https://media.example/three.jpg")])
    assert [sorted(one) for one in media] == [["alt", "size", "type", "url"], ["alt", "type", "url"]]
    assert storage.exists(pictures._name(post.id, 0))
    assert not storage.exists(pictures._name(post.id, 1))


def test_reading_a_thread_asks_for_its_pictures(session: Session) -> None:
    net: Network = channels.network()
    channels.channel(session)
    made = channels.read(session, f"https://network.example/posts/{channels.outage(net)['root']}")
    waiting = session.exec(select(Job.payload).where(Job.name == "social.fetch_pictures")).all()
    assert waiting == [{"thread_id": made.id}]
