"""Reading by the clock, by a pasted address, and as mentions come in. Every job can stop anywhere and run again."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import transaction
from forum.jobs.queue import enqueue
from forum.models.channels import Channel, ChannelCursor, ChannelGap, ChannelState
from forum.models.social import (
    ExternalPost,
    ExternalPostState,
    ReadingRequest,
    ReadingState,
    ThreadLink,
    ThreadOrigin,
    ThreadRun,
    TriageState,
)
from forum.social.channels import drift
from forum.social.channels.abilities import abilities
from forum.social.channels.running import NotNow, Work, through
from forum.social.connectors.base import Budget, Connector, LookedUp, MentionBatch, Target
from forum.social.connectors.errors import BudgetExceeded, ConnectorError, Denied, Gone, RateLimited, Transient
from forum.social.reading import requests
from forum.social.reading.addresses import find
from forum.social.reading.applying import Applied, Source, apply, settle_missing, take_mentions, target_of
from forum.social.reading.cadence import next_reading

AT_ONCE = 20
POLL_EVERY = timedelta(minutes=5)
PAGES = 5
PUT_OFF = timedelta(minutes=5)
MENTIONS = "mentions"


def tick() -> None:
    """Every minute: what is due is put in the queue, once each."""
    now = clock.now()
    with transaction() as session:
        due = select(ThreadLink.id).where(col(ThreadLink.refresh_at) <= now).order_by(col(ThreadLink.refresh_at)).limit(AT_ONCE)
        for thread_id in session.exec(due):
            enqueue(session, "social.read_thread", dedup_key=f"read-thread:{thread_id}", thread_id=thread_id, trigger="clock")
        for channel in session.exec(select(Channel).where(col(Channel.state).in_((ChannelState.ok, ChannelState.broken)))):
            if abilities(channel).poll_mentions and _poll_due(session, channel.id, now):
                enqueue(session, "social.poll", dedup_key=f"poll:{channel.id}", channel_id=channel.id)


def _poll_due(session: Session, channel_id: int, now: datetime) -> bool:
    cursor = session.get(ChannelCursor, (channel_id, MENTIONS))
    return cursor is None or cursor.updated_at + POLL_EVERY <= now


def read_address(request_id: int) -> None:
    with transaction(writes=False) as session:
        request = session.get(ReadingRequest, request_id)
        if request is None or request.state != ReadingState.waiting:
            return
        found, by_id = find(session, request.url), request.by_id
        own = session.get_one(Channel, found.channel_id).own_ext_id if found else ""
    if found is None:
        _answer(request_id, said="No channel reads that address any more.")
        return
    source = Source(found.target.platform, found.channel_id, ThreadOrigin.url, "public", by_id, own)
    try:
        applied = _read(found.target, source, "url")
    except (RateLimited, Transient, NotNow):
        with transaction() as session:
            enqueue(session, "social.read_address", dedup_key=f"read-address:{request_id}", delay=PUT_OFF, request_id=request_id)
        return
    except ConnectorError as error:
        _answer(request_id, said=_sentence(error))
        return
    thread_id = applied.thread_ids[0] if applied.thread_ids else None
    _answer(request_id, thread_id=thread_id, said="" if thread_id else "Nothing of that thread is public.")


def _answer(request_id: int, *, thread_id: int | None = None, said: str = "") -> None:
    with transaction() as session:
        requests.settle(session, request_id, thread_id=thread_id, said=said)


def _sentence(error: ConnectorError) -> str:
    if isinstance(error, Gone):
        return "That post was deleted where it stood."
    if isinstance(error, Denied):
        return "That post is not public, or our account there cannot read it."
    return "The network's answer could not be read. Try again later, or paste the posts by hand."


def read_thread(thread_id: int, trigger: str) -> None:
    with transaction(writes=False) as session:
        thread = session.get(ThreadLink, thread_id)
        if thread is None or thread.channel_id is None:
            return
        standing = select(ExternalPost).where(
            ExternalPost.thread_id == thread_id, col(ExternalPost.state) != ExternalPostState.gone
        )
        root = session.exec(standing.order_by(col(ExternalPost.created_at), col(ExternalPost.id)).limit(1)).first()
        channel = session.get_one(Channel, thread.channel_id)
        source = Source(thread.platform, thread.channel_id, thread.origin, thread.consent, own=channel.own_ext_id)
        target = target_of(root) if root is not None else None
    if target is None:
        return
    run_id = _begin(thread_id, trigger)
    try:
        applied = _read(target, source, trigger)
    except ConnectorError as error:
        _end(thread_id, run_id, None, error)
        return
    _end(thread_id, run_id, applied, None)


def _read(target: Target, source: Source, trigger: str) -> Applied:
    """Fetch, write, ask what became of the missing, write that: each step can be repeated."""
    assert source.channel_id is not None
    budget = Budget()
    try:
        page = through(source.channel_id, lambda connector, spend: connector.fetch_thread(target, spend), budget=budget)
    except Gone:
        settled = settle_missing([], {target.ext_id: "gone"}, source.platform)
        if not settled["deleted"]:
            raise
        return Applied([], settled, [])
    drift.note(source.channel_id, page.drift, clock.now())
    applied = apply(page, source)
    if applied.missing:
        found = _look_up(source.channel_id, applied.missing)
        applied.counts.update(settle_missing(applied.thread_ids, found, source.platform))
    applied.counts["requests"] = budget.used("request")
    applied.counts["cost"] = budget.cost
    _plan(applied.thread_ids)
    return applied


def _look_up(channel_id: int, missing: list[Target]) -> dict[str, LookedUp]:
    """As many as the budget allows; the rest is asked next time."""
    made: dict[str, LookedUp] = {}

    async def work(connector: Connector, budget: Budget) -> None:
        size = connector.capabilities().lookup_batch
        for start in range(0, len(missing), size):
            made.update(await connector.lookup(missing[start : start + size], budget))

    try:
        through(channel_id, work)
    except (BudgetExceeded, Transient, RateLimited):
        return made
    return made


def _plan(thread_ids: list[int]) -> None:
    now = clock.now()
    with transaction() as session:
        for thread in session.exec(select(ThreadLink).where(col(ThreadLink.id).in_(thread_ids))):
            shown = thread.state == TriageState.published
            thread.refresh_at = next_reading(now, thread.last_post_at, thread.platform, shown=shown)
            session.add(thread)


def _begin(thread_id: int, trigger: str) -> int:
    """The next reading is put off first, so that a crash here does not read without end."""
    with transaction() as session:
        run = ThreadRun(thread_id=thread_id, trigger=trigger)
        session.add(run)
        session.execute(update(ThreadLink).where(col(ThreadLink.id) == thread_id).values(refresh_at=clock.now() + PUT_OFF))
        session.flush()
        return run.id


def _end(thread_id: int, run_id: int, applied: Applied | None, error: ConnectorError | None) -> None:
    with transaction() as session:
        run, thread = session.get(ThreadRun, run_id), session.get(ThreadLink, thread_id)
        if run is None or thread is None:
            return
        run.finished_at, run.complete = clock.now(), thread.complete and error is None
        run.counts = dict(applied.counts) if applied else {}
        run.error = type(error).__name__ if error else ""
        if error is not None:
            thread.refresh_at = _later(error)
        session.add_all([run, thread])


def _later(error: ConnectorError) -> datetime:
    at = error.reset_at if isinstance(error, RateLimited) else error.until if isinstance(error, NotNow) else None
    return max(at or clock.now(), clock.now() + PUT_OFF)


def poll(channel_id: int) -> None:
    """Mentions since the cursor, page by page; each page and its cursor are one step."""
    with transaction(writes=False) as session:
        channel = session.get(Channel, channel_id)
        cursor = session.get(ChannelCursor, (channel_id, MENTIONS))
        value = cursor.value if cursor else ""
        high_water = cursor.high_water_at if cursor else None
        if channel is None:
            return
        source = Source(channel.platform, channel_id, ThreadOrigin.mention, "addressed", own=channel.own_ext_id)
    for _ in range(PAGES):
        try:
            batch = through(channel_id, _mentions_after(value))
        except ConnectorError:
            touch(channel_id, MENTIONS)
            return
        value = take_batch(channel_id, MENTIONS, batch, source, since=high_water)
        if not batch.more:
            return


def _mentions_after(cursor: str) -> Work[MentionBatch]:
    async def work(connector: Connector, budget: Budget) -> MentionBatch:
        return await connector.poll_mentions(cursor, budget)

    return work


def take_batch(channel_id: int, stream: str, batch: MentionBatch, source: Source, *, since: datetime | None) -> str:
    """Keeps what came, then the cursor, then has each thread read whole. Returns the cursor."""
    drift.note(channel_id, batch.drift, clock.now())
    applied = take_mentions(batch.posts, source) if batch.posts else Applied([], Counter(), [])
    settle_missing([], dict.fromkeys(batch.gone, "gone"), source.platform)
    now = clock.now()
    newest = max((post.created_at for post in batch.posts), default=since)
    with transaction() as session:
        if batch.lost and since is not None:
            reason = "The network keeps mentions for a shorter time than we were away."
            session.add(ChannelGap(channel_id=channel_id, stream=stream, from_at=since, to_at=now, reason=reason))
        session.merge(
            ChannelCursor(channel_id=channel_id, stream=stream, value=batch.cursor, updated_at=now, high_water_at=newest)
        )
        whole = abilities(session.get_one(Channel, channel_id)).fetch_thread
        for thread_id in applied.thread_ids if whole else []:
            enqueue(session, "social.read_thread", dedup_key=f"read-thread:{thread_id}", thread_id=thread_id, trigger="mention")
    return batch.cursor


def touch(channel_id: int, stream: str) -> None:
    """Asked and not answered: the next try comes with the next turn."""
    with transaction() as session:
        row = session.get(ChannelCursor, (channel_id, stream))
        session.merge(
            ChannelCursor(
                channel_id=channel_id,
                stream=stream,
                value=row.value if row else "",
                updated_at=clock.now(),
                high_water_at=row.high_water_at if row else None,
            )
        )
