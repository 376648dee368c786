"""Writes one reading of one thread: new posts, new wordings, what is gone. Doing it again changes nothing."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from forum.core.db import is_sqlite, transaction
from forum.core.events import emit
from forum.models.social import (
    AccountKind,
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    Platform,
    ThreadLink,
    ThreadOrigin,
)
from forum.social.connectors.base import LookedUp, Target, ThreadPage
from forum.social.importing import BATCH, write_batch
from forum.social.reading.addresses import thread_of
from forum.social.reading.erasing import erase
from forum.social.reading.events import ThreadArrived, ThreadGrew
from forum.social.reading.following import follow
from forum.social.sources import SourcePost, host_of
from forum.social.staging import StagedPost, Staging
from forum.social.stored import stored_roots

HIDDEN_AFTER = 2
"""How often in a row a post must be unreadable before it is hidden here."""


@dataclass(frozen=True, slots=True)
class Source:
    """Through which channel, and why, a thread is read."""

    platform: Platform
    channel_id: int | None
    origin: ThreadOrigin
    consent: str
    by_id: int | None = None
    own: str = ""
    """Our account there: what it wrote is ours, and never something to triage."""


@dataclass(frozen=True, slots=True)
class Applied:
    thread_ids: list[int]
    counts: Counter[str]
    missing: list[Target]
    """Posts that we hold and this reading did not list: absence is not deletion, so each is asked for."""


def apply(page: ThreadPage, source: Source) -> Applied:
    """One transaction, under a lock on the thread, so that two workers reading it at once write it once."""
    page.root_ext_id = _known_root(source.platform, page.root_ext_id)
    posts = [
        _ours(replace(post, root=page.root_ext_id if post.ext_id != page.root_ext_id else ""), source) for post in page.posts
    ]
    with _staged(posts, source.platform) as staged, transaction() as session:
        _lock(session, source.platform, page.root_ext_id)
        counts: Counter[str] = Counter(withheld=page.withheld)
        for start in range(0, len(staged), BATCH):
            counts += write_batch(session, source.platform, staged[start : start + BATCH])
        roots = {one.root for one in staged} | {page.root_ext_id}
        threads = _threads(session, source.platform, roots)
        _adopt(session, [one.id for one in threads], source)
        gone = _rows(session, source.platform, page.gone)
        counts["deleted"] += erase(session, [row for row in gone if row.state != ExternalPostState.gone])
        missing = _missing(session, threads, {post.ext_id for post in posts} | set(page.gone)) if page.to_its_end else []
        for thread in threads:
            _record(session, thread, page, counts)
            if thread.topic_id is not None and any(counts[name] for name in ("stored", "updated", "restored", "deleted")):
                follow(session, thread)
        return Applied([one.id for one in threads], counts, missing)


def take_mentions(posts: list[SourcePost], source: Source) -> Applied:
    """Single posts as a stream of mentions gives them; their threads are read afterwards."""
    counts: Counter[str] = Counter()
    others = [post for post in posts if post.account.ext_id != source.own]
    with _staged(others, source.platform) as staged, transaction() as session:
        for root in sorted({one.root for one in staged}):
            _lock(session, source.platform, root)
        for start in range(0, len(staged), BATCH):
            counts += write_batch(session, source.platform, staged[start : start + BATCH])
        threads = _threads(session, source.platform, {one.root for one in staged})
        _adopt(session, [one.id for one in threads], source)
        for thread in threads if counts["thread"] or counts["stored"] else []:
            emit(session, ThreadArrived(thread.id) if counts["thread"] else ThreadGrew(thread.id, counts["stored"]))
        return Applied([one.id for one in threads], counts, [])


def _known_root(platform: Platform, ext_id: str) -> str:
    """A thread whose first post is gone is read from a later one on; it stays the thread it was."""
    with transaction(writes=False) as session:
        held = thread_of(session, platform, ext_id)
        return held.root_ext_id if held is not None else ext_id


def _ours(post: SourcePost, source: Source) -> SourcePost:
    if not source.own or post.account.ext_id != source.own:
        return post
    return replace(post, account=replace(post.account, kind=AccountKind.brand))


class _staged:  # used like a function
    """Parents and roots worked out before the transaction begins."""

    def __init__(self, posts: list[SourcePost], platform: Platform) -> None:
        self.staging = Staging(Path(":memory:"))
        self.staging.take(posts, lambda: None)
        self.staging.resolve(lambda missing: stored_roots(platform, missing))

    def __enter__(self) -> list[StagedPost]:
        return [one for batch in self.staging.batches(0, BATCH) for one in batch]

    def __exit__(self, *_: object) -> None:
        self.staging.close()


def _lock(session: Session, platform: Platform, root: str) -> None:
    """SQLite has one writer anyway."""
    if is_sqlite(session):
        session.connection()
        return
    key = int.from_bytes(hashlib.sha256(f"{platform}\0{root}".encode()).digest()[:8], "big", signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _threads(session: Session, platform: Platform, roots: set[str]) -> list[ThreadLink]:
    """The threads that hold these posts; one whose beginning arrived later is found by its posts."""
    holding = select(ExternalPost.thread_id).where(ExternalPost.platform == platform, col(ExternalPost.ext_id).in_(roots))
    statement = select(ThreadLink).where(
        ThreadLink.platform == platform, col(ThreadLink.root_ext_id).in_(roots) | col(ThreadLink.id).in_(holding)
    )
    return list(session.exec(statement.order_by(col(ThreadLink.id)).with_for_update()))


def _adopt(session: Session, thread_ids: list[int], source: Source) -> None:
    """Where a thread came from is written when it is new, and its channel when it had none."""
    fresh = update(ThreadLink).where(col(ThreadLink.id).in_(thread_ids), col(ThreadLink.channel_id).is_(None))
    values = {"channel_id": source.channel_id, "origin": source.origin, "consent": source.consent}
    if source.by_id is not None:
        values["imported_by_id"] = source.by_id
    if source.channel_id is not None:
        session.execute(fresh.values(**values).execution_options(synchronize_session="fetch"))


def _rows(session: Session, platform: Platform, ext_ids: list[str]) -> list[ExternalPost]:
    made: list[ExternalPost] = []
    for start in range(0, len(ext_ids), BATCH):
        some = ext_ids[start : start + BATCH]
        made += session.exec(
            select(ExternalPost).where(ExternalPost.platform == platform, col(ExternalPost.ext_id).in_(some))
        ).all()
    return made


def _missing(session: Session, threads: list[ThreadLink], seen: set[str]) -> list[Target]:
    statement = (
        select(ExternalPost)
        .where(
            col(ExternalPost.thread_id).in_([one.id for one in threads]),
            col(ExternalPost.state) != ExternalPostState.gone,
        )
        .order_by(col(ExternalPost.id))
    )
    return [target_of(row) for row in session.exec(statement) if row.ext_id not in seen]


def target_of(row: ExternalPost) -> Target:
    return Target(
        platform=Platform(row.platform),
        ext_id=row.ext_id,
        host=row.host,
        url=row.url,
        native_id=row.native_id,
        revision=row.revision,
    )


def _record(session: Session, thread: ThreadLink, page: ThreadPage, counts: Counter[str]) -> None:
    known = thread.complete, thread.gaps
    thread.complete, thread.gaps = page.complete, len(page.gaps)
    if known != (thread.complete, thread.gaps):
        session.add(thread)
    if counts["thread"]:
        emit(session, ThreadArrived(thread.id))
    elif counts["stored"]:
        emit(session, ThreadGrew(thread.id, counts["stored"]))


def settle_missing(thread_ids: list[int], found: dict[str, LookedUp], platform: Platform) -> Counter[str]:
    """What became of posts that a thread no longer lists (SOCIAL 5.3, step 5)."""
    counts: Counter[str] = Counter()
    with transaction() as session:
        gone: list[ExternalPost] = []
        for row in _rows(session, platform, list(found)):
            said = found[row.ext_id]
            if said == "gone":
                gone.append(row)
            elif said == "live":
                _keep_orphan(row, counts)
            elif said == "denied":
                row.denied += 1
                if row.denied >= HIDDEN_AFTER and row.state == ExternalPostState.live:
                    row.state = ExternalPostState.denied
                    counts["hidden"] += 1
            session.add(row)
        session.flush()
        counts["deleted"] += erase(session, gone)
        for thread_id in thread_ids:
            thread = session.get(ThreadLink, thread_id)
            changed = counts["hidden"] or counts["restored"] or counts["deleted"]
            if changed and thread is not None and thread.topic_id is not None:
                follow(session, thread)
    return counts


def _keep_orphan(row: ExternalPost, counts: Counter[str]) -> None:
    row.denied, row.orphan = 0, True
    counts["orphans"] += 1
    if row.state == ExternalPostState.denied:
        row.state = ExternalPostState.live
        counts["restored"] += 1


def account_of(session: Session, platform: Platform, ext_id: str) -> ExternalAccount | None:
    found = select(ExternalAccount).where(
        ExternalAccount.platform == platform, ExternalAccount.host == host_of(platform, ext_id), ExternalAccount.ext_id == ext_id
    )
    return session.exec(found).first()
