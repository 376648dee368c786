"""Messages that networks send us: signed, known again, never trusted, never too many."""

import base64
import hashlib
import json
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from forum.core import clock
from forum.models import Channel, ExternalPost, ExternalPostState, HookDelivery, HookKind, Platform, ThreadLink
from forum.models.jobs import Job
from forum.social.channels import secrets
from forum.social.hooks import jobs, receiving
from forum.social.hooks.signatures import SCHEMES, challenge, sign
from forum.social.simulated.network import address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

SECRET = "shared-with-the-network-7d1e"


def hooked(session: Session, platform: Platform = Platform.simulated) -> Channel:
    made = channels.channel(session, platform)
    secrets.keep(session, made.id, "hook_secret", SECRET)
    session.commit()
    return made


def deliver(
    client: Browser, channel: Channel, payload: Any, *, number: str = "1", moment: str = "", secret: str = SECRET, kind: str = ""
) -> int:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    moment = moment or str(int(clock.now().timestamp()))
    scheme = SCHEMES[Platform(channel.platform)]
    headers = {scheme.signature: sign(scheme, secret, body, moment)}
    headers |= {scheme.delivery: number, scheme.time: moment, scheme.kind: kind} if scheme.delivery else {}
    return client.post(f"/hooks/{channel.platform}/{channel.id}", content=body, headers=headers).status_code


def waiting(session: Session) -> list[str]:
    session.rollback()
    return list(session.exec(select(HookDelivery.kind).where(col(HookDelivery.waiting)).order_by(col(HookDelivery.id))))


def test_a_message_has_its_thread_read_again(client: Browser, session: Session, drain) -> None:
    net = channels.network()
    made = hooked(session)
    said = channels.outage(net)
    thread = channels.read(session, address(said["root"]))
    net.delete(said["answer"])
    assert deliver(client, made, {"event": "post.delete", "id": address(said["answer"])}, kind="post.delete") == 202
    drain()
    session.rollback()
    gone = session.exec(select(ExternalPost).where(ExternalPost.ext_id == address(said["answer"]))).one()
    assert gone.state == ExternalPostState.gone
    assert session.get_one(ThreadLink, thread.id).posts == 5
    assert waiting(session) == []
    assert session.exec(select(HookDelivery.names)).one() == [], "what it named is not kept"


def test_what_a_message_says_is_never_taken_over(client: Browser, session: Session, drain) -> None:
    """A genuine signature over a made-up post puts nothing anywhere."""
    channels.network()
    made = hooked(session)
    assert deliver(client, made, {"data": {"id": "https://network.example/posts/99", "text": "Buy this"}}) == 202
    drain()
    session.rollback()
    assert session.exec(select(func.count()).select_from(ExternalPost)).one() == 0


def test_case_42_forged_old_and_repeated(client: Browser, session: Session) -> None:
    made = hooked(session)
    now = int(clock.now().timestamp())
    assert deliver(client, made, {"id": "1"}, secret="guessed") == 401
    assert deliver(client, made, {"id": "1"}, moment=str(now - 301)) == 401
    assert deliver(client, made, {"id": "1"}, moment=str(now + 301)) == 401
    assert deliver(client, made, {"id": "1"}, moment="soon") == 401
    assert client.post(f"/hooks/simulated/{made.id}", content=b"{}").status_code == 401
    assert waiting(session) == []
    for _ in range(3):
        assert deliver(client, made, {"id": "1"}, number="77") == 202
    assert waiting(session) == ["posts"], "known again, and taken once"


def test_case_42_too_large_and_not_json(client: Browser, session: Session) -> None:
    made = hooked(session)
    assert deliver(client, made, b"x" * (receiving.LONGEST + 1)) == 413
    assert deliver(client, made, b"\xff not json [", number="2") == 202
    assert deliver(client, made, b"[" * 60_000, number="3") == 202


def test_case_42_a_burst_drops_numbers_and_never_posts(client: Browser, session: Session, monkeypatch) -> None:
    monkeypatch.setattr(receiving, "MOST_WAITING", 6)
    made = hooked(session)
    for number in range(5):
        deliver(client, made, {"id": str(number)}, number=f"n{number}", kind="post.likes")
    for number in range(9):
        deliver(client, made, {"id": str(number)}, number=f"p{number}", kind="post.create")
    deliver(client, made, {"id": "9"}, number="n9", kind="post.likes")
    assert waiting(session) == ["posts"] * 9
    session.rollback()
    assert session.exec(select(func.count()).select_from(Job).where(Job.name == "social.hooks")).one() == 1


@pytest.mark.parametrize("channel_id", ["1", "999"])
def test_a_channel_without_a_secret_is_nowhere(client: Browser, session: Session, channel_id: str) -> None:
    """The same answer whether there is such a channel or not."""
    channels.channel(session)
    answer = client.post(f"/hooks/simulated/{channel_id}", content=b"{}", headers={"x-hook-signature": "sha256=00"})
    assert answer.status_code == 404
    assert client.get(f"/hooks/bluesky/{channel_id}?crc_token=a").status_code == 404


def test_x_asks_whether_we_hold_the_secret(client: Browser, session: Session) -> None:
    made = hooked(session, Platform.x)
    answer = client.get(f"/hooks/x/{made.id}?crc_token=abc")
    assert answer.json() == {"response_token": challenge(SECRET, "abc")}
    body = json.dumps({"for_user_id": "1", "tweet_create_events": [{"id_str": "123"}]}).encode()
    assert deliver(client, made, body) == 202
    assert deliver(client, made, body) == 202
    row = session.exec(select(HookDelivery)).one()
    assert (row.kind, row.delivery_id) == (HookKind.posts, f"{made.id}:{hashlib.sha256(body).hexdigest()}")


@pytest.mark.parametrize("platform", [Platform.x, Platform.mastodon, Platform.discourse, Platform.simulated])
def test_nobody_has_us_sign_a_message_of_theirs(client: Browser, session: Session, platform: Platform) -> None:
    """What we answer to a question about the secret never serves as the signature of a message."""
    made = hooked(session, platform)
    moment = str(int(clock.now().timestamp()))
    scheme = SCHEMES[platform]
    for body in ('{"id": "123"}', "123"):
        token = f"{moment}.{body}" if scheme.time else body
        answer = client.get(f"/hooks/{platform}/{made.id}", params={"crc_token": token})
        signed = answer.json()["response_token"] if answer.status_code == 200 else "sha256="
        digest = base64.b64decode(signed.removeprefix("sha256="))
        forged = signed if scheme.in_base64 else f"sha256={digest.hex()}"
        headers = {scheme.signature: forged} | ({scheme.delivery: body, scheme.time: moment} if scheme.delivery else {})
        client.post(f"/hooks/{platform}/{made.id}", content=body.encode(), headers=headers)
    assert waiting(session) == []


@pytest.mark.parametrize(
    ("payload", "said", "kind"),
    [
        ({"tweet_delete_events": []}, "", "deletion"),
        ({"favorite_events": []}, "", "numbers"),
        ({"tweet_create_events": []}, "", "posts"),
        ({"data": {"event_type": "post.mention.create"}}, "", "posts"),
        ({"post": {}}, "post_liked", "numbers"),
        ({"post": {}}, "post_destroyed", "deletion"),
        ({}, "", "posts"),
    ],
)
def test_what_a_message_is_about(payload: dict[str, Any], said: str, kind: str) -> None:
    assert receiving._kind(payload, said) == kind


def test_old_ones_are_forgotten_and_the_address_is_shown(client: Browser, session: Session) -> None:
    made = hooked(session)
    old = HookDelivery(
        provider="simulated",
        delivery_id="old",
        channel_id=made.id,
        kind=HookKind.posts,
        waiting=False,
        received_at=clock.now() - receiving.REMEMBERED * 2,
    )
    session.add(old)
    session.commit()
    jobs.look(made.id)
    session.expire_all()
    session.rollback()
    assert session.exec(select(HookDelivery)).all() == []
    client.sign_in(make.admin(session))
    shown = client.get(f"/desk/channels/{made.id}")
    assert f"/hooks/simulated/{made.id}" in words(shown)
    assert SECRET not in shown.text
