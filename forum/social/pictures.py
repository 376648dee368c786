"""Pictures of posts elsewhere: small copies, fetched by a job, shown while the post may be, erased with it (SOCIAL 5.6).

What is known of a picture lies in the post's own `media`: its size once there is a copy, or how often we tried.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import images, outgoing, storage
from forum.core.db import transaction
from forum.core.errors import Invalid, NotFound, TooLarge
from forum.jobs.queue import enqueue
from forum.models import ExternalPost, ExternalPostState, Post, PostMap, ThreadLink, Topic, TriageState
from forum.policy.actor import Actor
from forum.policy.check import may
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.social.authors import network_name
from forum.social.wording import public_text
from forum.topics.views import OutsideMedium

PER_POST = 4
PER_THREAD = 24
AT_ONCE = 8
TRIES = 3
MAX_BYTES = 2_000_000
LONGEST = 30
"""Seconds, redirects and all."""
LATER = timedelta(minutes=10)
KINDS = {
    "image": "picture",
    "photo": "picture",
    "video": "video",
    "gifv": "video",
    "animated_gif": "video",
    "audio": "recording",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    post_id: int
    position: int
    url: str


def media_of(post: ExternalPost, *, for_staff: bool = False) -> list[OutsideMedium]:
    """What the post shows besides words. Nothing of a post that may not be read, or not be altered (X) and would have to be."""
    if post.state != ExternalPostState.live:
        return []
    words = [public_text(str(one.get("alt") or ""), post.platform, {}) for one in _entries(post)]
    if not for_staff and (public_text(post.text, post.platform, {}).withheld or any(one.withheld for one in words)):
        return []
    return [_medium(post, place, one, words[place].text) for place, one in enumerate(_entries(post))]


def _medium(post: ExternalPost, place: int, entry: dict[str, Any], alt: str) -> OutsideMedium:
    size = entry.get("size") or (0, 0)
    return OutsideMedium(
        kind=_kind(entry),
        src=f"/elsewhere/{post.id}/{place}.webp" if entry.get("size") else "",
        width=size[0],
        height=size[1],
        alt=alt,
        sensitive=post.sensitive,
        url=post.url,
        network=network_name(post.platform),
    )


def _entries(post: ExternalPost) -> list[dict[str, Any]]:
    return [one for one in post.media if isinstance(one, dict)]


def _kind(entry: dict[str, Any]) -> str:
    return KINDS.get(str(entry.get("type")), "file")


def read_picture(session: Session, actor: Actor, post_id: int, place: int) -> bytes:
    """Staff read what waits on the desk; everybody else what stands in a topic that they may read."""
    post = session.get(ExternalPost, post_id)
    staff = may(actor, Permission.triage)
    if post is None or not (staff or _stands(session, actor, post_id)):
        raise NotFound
    shown = media_of(post, for_staff=staff)
    if place >= len(shown) or not shown[place].src:
        raise NotFound
    return storage.get(_name(post_id, place))


def _stands(session: Session, actor: Actor, post_id: int) -> bool:
    statement = (
        select(Topic, Post)
        .join(Post, col(Post.topic_id) == col(Topic.id))
        .join(PostMap, col(PostMap.post_id) == col(Post.id))
        .where(col(PostMap.external_post_id) == post_id)
    )
    found = session.execute(statement).first()
    return found is not None and may(actor, Permission.topic_read, About(*found))


def carried_over(post: ExternalPost, media: list[Any]) -> list[Any]:
    """The media of a new wording: copies of what is still there stay, the others go."""
    old, made = _entries(post), []
    for place, one in enumerate(media):
        same = place < len(old) and isinstance(one, dict) and old[place].get("url") == one.get("url")
        made.append({**one, **{key: old[place][key] for key in ("size", "tries") if key in old[place]}} if same else one)
    for place in range(PER_POST):
        if place >= len(made) or not isinstance(made[place], dict) or "size" not in made[place]:
            storage.remove(_name(post.id, place))
    return made


def erase_pictures(post_id: int) -> None:
    """Once the row is locked: a job that is fetching one then finds that nobody wants it."""
    for place in range(PER_POST):
        storage.remove(_name(post_id, place))


def _name(post_id: int, place: int) -> str:
    return f"{post_id % 256:02x}-elsewhere-{post_id}-{place}.webp"


def note_thread(session: Session, event: Any) -> None:
    """Handler of whatever brings posts before somebody's eyes."""
    _later(session, event.thread_id)


def _later(session: Session, thread_id: int, delay: timedelta = timedelta()) -> None:
    enqueue(session, "social.fetch_pictures", dedup_key=f"pictures:{thread_id}", delay=delay, thread_id=thread_id)


def fetch(thread_id: int) -> None:
    """A few at a time; what a server did not give is asked for again a little later, and then no more."""
    with transaction(writes=False) as session:
        wanted = _wanted(session, thread_id)
    if not wanted:
        return
    for one, got in zip(wanted, asyncio.run(_fetched(wanted[:AT_ONCE])), strict=False):
        _keep(one, got)
    with transaction() as session:
        if left := _wanted(session, thread_id):
            fresh = {(one.post_id, one.position) for one in left} - {(one.post_id, one.position) for one in wanted[:AT_ONCE]}
            _later(session, thread_id, timedelta() if fresh else LATER)


def _wanted(session: Session, thread_id: int) -> list[_Wanted]:
    """Untried ones first."""
    statement = (
        select(ExternalPost)
        .join(ThreadLink, col(ThreadLink.id) == col(ExternalPost.thread_id))
        .where(
            col(ThreadLink.id) == thread_id,
            col(ThreadLink.state) != TriageState.ignored,
            col(ExternalPost.state) == ExternalPostState.live,
        )
        .order_by(col(ExternalPost.created_at), col(ExternalPost.id))
    )
    pictures = [
        (int(entry.get("tries") or 0), _Wanted(post.id, place, entry["url"]), "size" in entry)
        for post in session.scalars(statement)
        for place, entry in enumerate(_entries(post)[:PER_POST])
        if _kind(entry) == "picture" and entry.get("url")
    ][:PER_THREAD]
    return [one for tries, one, kept in sorted(pictures, key=lambda each: each[0]) if not kept and tries < TRIES]


async def _fetched(wanted: list[_Wanted]) -> list[images.Picture | bool]:
    async with outgoing.opened() as client:
        return list(await asyncio.gather(*(_one(client, each.url) for each in wanted)))


async def _one(client: outgoing.Outgoing, url: str) -> images.Picture | bool:
    """The picture, or whether it is worth asking again."""
    try:
        async with asyncio.timeout(LONGEST):
            answer = await client.request("GET", url, headers={"accept": "image/*"}, max_bytes=MAX_BYTES)
    except outgoing.Refused:
        return False
    except (outgoing.Unreachable, TimeoutError):
        return True
    if answer.status != 200:
        return answer.status == 429 or answer.status >= 500
    try:
        return await asyncio.to_thread(images.thumbnail, answer.content)
    except (Invalid, TooLarge):
        return False


def _keep(one: _Wanted, got: images.Picture | bool) -> None:
    """Under a lock on the post, so that what was erased meanwhile gets no copy."""
    with transaction() as session:
        post = session.get(ExternalPost, one.post_id, with_for_update=True)
        entries = _entries(post) if post is not None else []
        if post is None or post.state == ExternalPostState.gone or one.position >= len(entries):
            return
        entry = entries[one.position]
        if entry.get("url") != one.url:
            return
        if isinstance(got, images.Picture):
            storage.put(_name(one.post_id, one.position), got.data)
            entries[one.position] = {**entry, "size": [got.width, got.height]}
        else:
            entries[one.position] = {**entry, "tries": int(entry.get("tries") or 0) + 1 if got else TRIES}
        post.media = entries
        session.add(post)
