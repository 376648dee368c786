"""Deleted there, erased here: words, revisions, pictures, and what stands in topics. The empty row stays, so that
nothing comes back as new; the list of erased ids lies outside the database, so that a restored backup is cleaned again.
"""

import json
from collections import defaultdict
from pathlib import Path

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from forum.core import markdown
from forum.core.db import transaction
from forum.core.events import emit
from forum.core.settings import settings
from forum.core.text import slug
from forum.models.social import ExternalPost, ExternalPostRevision, ExternalPostState, MapRole, PostMap
from forum.models.topics import Post, Revision, Topic
from forum.social.authors import network_name
from forum.social.pictures import erase_pictures
from forum.social.reading.events import OutsidePostsErased
from forum.social.threading import title_for

REMOVED = "This post was removed where it stood."
ROOT_REMOVED = "Whoever asked this has removed the question where it stood. The answers stay, because they help others."
BATCH = 500


def erase(session: Session, rows: list[ExternalPost]) -> int:
    """How many were erased. Topics that showed one keep everything else."""
    if not rows:
        return 0
    _remember(rows)
    titles = {row.id: title_for(row.text) for row in rows}
    for row in rows:
        row.state, row.orphan, row.denied = ExternalPostState.gone, False, 0
        row.text = row.text_hash = ""
        row.media, row.metrics, row.sensitive = [], {}, False
        session.add(row)
    session.flush()
    ids = [row.id for row in rows]
    for post_id in ids:
        erase_pictures(post_id)
    session.execute(delete(ExternalPostRevision).where(col(ExternalPostRevision.post_id).in_(ids)))
    _erase_posts(session, ids, titles)
    return len(rows)


def _erase_posts(session: Session, ids: list[int], titles: dict[int, str]) -> None:
    found = session.exec(select(PostMap, ExternalPost).join(ExternalPost).where(col(PostMap.external_post_id).in_(ids))).all()
    erased: dict[tuple[int, int], int] = defaultdict(int)
    for place, outside in found:
        place.text_hash = ""
        session.add(place)
        erased[place.topic_id, outside.thread_id] += 1
        if place.post_id is None:
            continue
        post = session.get_one(Post, place.post_id)
        if place.role == MapRole.question:
            neutral_title(session, place.topic_id, titles[outside.id], outside)
        if place.role != MapRole.segment:
            empty(session, post, ROOT_REMOVED if place.role == MapRole.question else REMOVED)
    for (topic_id, thread_id), count in erased.items():
        emit(session, OutsidePostsErased(topic_id, thread_id, count))


def empty(session: Session, post: Post, said: str) -> None:
    """No earlier version keeps the words either."""
    post.body = f"*{said}*"
    post.html, post.renderer = markdown.render(post.body), markdown.RENDERER
    post.revisions = 1
    session.add(post)
    session.execute(delete(Revision).where(col(Revision.post_id) == post.id))
    session.add(Revision(post_id=post.id, number=1, body=post.body, at=post.created_at))


def neutral_title(session: Session, topic_id: int, proposed: str, outside: ExternalPost) -> None:
    """A title that a person wrote here stays; one taken from the deleted words goes."""
    topic = session.get_one(Topic, topic_id)
    if proposed and (topic.title == proposed or topic.title.casefold() in proposed.casefold()):
        topic.title = f"A question asked on {network_name(outside.platform)}"
        topic.slug = slug(topic.title)
        session.add(topic)


def _remember(rows: list[ExternalPost]) -> None:
    """Written before the commit: a line too many erases nothing that is not already gone there."""
    path = erased_list()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps([str(row.platform), row.host, row.ext_id]) + "\n" for row in rows)


def erased_list() -> Path:
    return settings().data_dir / "erased-elsewhere.jsonl"


def erase_again() -> int:
    """After a backup came back: whatever was erased since is erased again, before anything is served."""
    path = erased_list()
    if not path.exists():
        return 0
    with path.open() as file:
        keys = sorted({tuple(json.loads(line)) for line in file if line.strip()})
    count = 0
    for start in range(0, len(keys), BATCH):
        wanted = [
            (col(ExternalPost.platform) == platform) & (col(ExternalPost.host) == host) & (col(ExternalPost.ext_id) == ext_id)
            for platform, host, ext_id in keys[start : start + BATCH]
        ]
        with transaction() as session:
            rows = session.exec(select(ExternalPost).where(or_(*wanted), col(ExternalPost.state) != ExternalPostState.gone)).all()
            count += erase(session, list(rows))
    return count
