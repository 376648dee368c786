"""Sending, at most once. A row says what is meant before anything leaves; what may have been sent is looked for
before it is ever sent again (SOCIAL 5.8).

Each step is its own transaction, so that a kill between any two leaves a state that the next run understands.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from forum.core import clock
from forum.core.db import transaction
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import Channel, ExternalPost, ExternalPostState, Platform, Share, ShareAttempt, ShareState, ThreadLink
from forum.social.channels.running import NotNow, through
from forum.social.connectors.base import Budget, Connector, Receipt, Rendered, ReplyGate, Seen, SendKey, Target
from forum.social.connectors.errors import (
    AuthFailed,
    BadText,
    ConnectorError,
    Denied,
    Forbidden,
    Gone,
    RateLimited,
    UnknownOutcome,
)
from forum.social.reading.applying import target_of as as_target
from forum.social.sharing.actions import back_to_review, claim, sent_in_the_last_hour, target_of
from forum.social.sharing.delegation import may_still
from forum.social.sharing.events import ShareSent, ShareStuck, ShareWithdrawn
from forum.social.sharing.keys import approved_hash

LOOK_AGAIN = timedelta(seconds=60)
LOOKS = 2
"""How often a look must find nothing before it is sent again."""
AWAY = timedelta(hours=1)
"""A channel that cannot send for longer than this: people are asked to post by hand."""
STALE = timedelta(minutes=2)
"""A sending older than this was cut off."""
VERIFY_AFTER = timedelta(seconds=30)
RETRY = (30, 60, 120, 240, 300, 300)
"""Seconds between attempts that surely sent nothing."""
HOURLY = 20
CHANGED = "What it answers was edited or deleted since somebody approved it. Read both once more."
EXPIRED = "The approval is a week old. Read it once more."
STOPPED = "Whoever approved it may not any more, so it did not go out."
READY = (ShareState.approved, ShareState.retrying)
LEFT = (ShareState.sending, ShareState.unknown)
"""It may stand there."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that sending needs while no transaction is open."""

    share_id: int
    channel_id: int
    message: Rendered
    key: SendKey
    since: datetime
    approved_hash: str
    """Of the words and what they answer: once it is another, this plan is void."""


def send(share_id: int) -> None:
    """One careful step further with one reply, from whatever state it is in."""
    with transaction(writes=False) as session:
        share = session.get(Share, share_id)
        state = ShareState(share.state) if share is not None else ShareState.dropped
    if state in LEFT:
        _reconcile(share_id)
    elif state in READY:
        _send(share_id)
    elif state == ShareState.sent:
        verify(share_id)


def _send(share_id: int) -> None:
    with transaction() as session:
        plan = _plan(session, share_id)
    if plan is None:
        return
    try:
        gate = through(plan.channel_id, lambda connector, budget: connector.precheck(plan.message.target, budget), sending=True)
    except ConnectorError as error:
        _put_off(plan, error)
        return
    if not gate.open:
        _closed(plan, gate)
        return
    if not _begin(plan):
        return
    try:
        receipt = through(plan.channel_id, lambda connector, budget: connector.send(plan.message, plan.key, budget), sending=True)
    except ConnectorError as error:
        _not_sent(plan, error)
        return
    _sent(plan, receipt, "sent")


def _plan(session: Session, share_id: int) -> _Plan | None:
    """None when it must not go out now: expired, changed since, over the hourly limit, or no longer ours to send."""
    share = session.get(Share, share_id, with_for_update=True)
    if share is None or share.state not in READY:
        return None
    now = clock.now()
    thread = session.get_one(ThreadLink, share.thread_id)
    channel = session.get(Channel, share.channel_id) if share.channel_id else None
    target = target_of(session, share, thread)
    if channel is None:
        share.state = ShareState.by_hand
    elif share.expires_at is not None and share.expires_at <= now:
        back_to_review(share, EXPIRED)
    elif not may_still(session, share):
        back_to_review(share, STOPPED)
    elif (
        target is None
        or target.state != ExternalPostState.live
        or share.approved_hash != approved_hash(share.text, target.text_hash)
    ):
        back_to_review(share, CHANGED)
    elif sent_in_the_last_hour(session, channel.id) >= int(channel.options.get("hourly_limit", HOURLY)):
        share.next_at, share.said = now + timedelta(minutes=10), "Enough replies for this hour; this one waits."
    else:
        return _made(share, thread, channel, target)
    session.add(share)
    return None


def _made(share: Share, thread: ThreadLink, channel: Channel, target: ExternalPost) -> _Plan:
    assert share.approved_at is not None
    return _Plan(
        share_id=share.id,
        channel_id=channel.id,
        message=Rendered(text=share.text, target=_target(thread, target), language=target.language),
        key=SendKey(share.dedup_key, share.remote_key),
        since=share.approved_at,
        approved_hash=share.approved_hash,
    )


def _target(thread: ThreadLink, post: ExternalPost) -> Target:
    plain = as_target(post)
    return Target(
        platform=Platform(plain.platform),
        ext_id=plain.ext_id,
        host=plain.host,
        url=plain.url,
        native_id=plain.native_id,
        revision=plain.revision,
        root_ext_id=thread.root_ext_id,
    )


def _begin(plan: _Plan) -> bool:
    """The attempt is on record before a byte leaves."""
    with transaction() as session:
        if not claim(session, plan.share_id, READY, ShareState.sending, plan.approved_hash):
            return False
        share = session.get_one(Share, plan.share_id)
        share.attempts += 1
        share.next_at = clock.now() + STALE
        session.add_all([share, ShareAttempt(share_id=share.id, number=share.attempts, text_hash=plan.key.dedup_key)])
    return True


def _planned(session: Session, plan: _Plan) -> Share | None:
    """None when people decided otherwise while the network was asked."""
    share = session.get_one(Share, plan.share_id, with_for_update=True)
    return share if share.state in READY and share.approved_hash == plan.approved_hash else None


def _put_off(plan: _Plan, error: ConnectorError) -> None:
    """Nothing has left yet."""
    with transaction() as session:
        share = _planned(session, plan)
        if share is None:
            return
        if isinstance(error, Gone):
            back_to_review(share, CHANGED)
        elif isinstance(error, Forbidden | Denied):
            share.state, share.said = ShareState.by_hand, f"The network does not let us: {error} Post it by hand."
        else:
            _later(session, share, error)
        session.add(share)
        _tell(session, share)


def _closed(plan: _Plan, gate: ReplyGate) -> None:
    with transaction() as session:
        share = _planned(session, plan)
        if share is None:
            return
        share.state = ShareState.by_hand if gate.by_hand else ShareState.failed
        share.said = gate.reason[:300]
        session.add(share)
        _tell(session, share)


def _not_sent(plan: _Plan, error: ConnectorError) -> None:
    with transaction() as session:
        share = _open(session, plan.share_id)
        if share is None:
            return
        _close_attempt(session, share, type(error).__name__)
        if isinstance(error, UnknownOutcome):
            share.state, share.misses, share.next_at = ShareState.unknown, 0, clock.now() + LOOK_AGAIN
            share.said = "The answer did not arrive, so it may stand there. We look before anything else."
        elif isinstance(error, BadText):
            back_to_review(share, f"The network does not take these words: {error}"[:300])
        elif isinstance(error, Gone):
            back_to_review(share, CHANGED)
        elif isinstance(error, Forbidden):
            share.state, share.said = (
                ShareState.by_hand,
                f"The network does not let us reply there ({error.gate}). Post it by hand.",
            )
        else:
            _later(session, share, error)
        session.add(share)
        _tell(session, share)


def _open(session: Session, share_id: int) -> Share | None:
    """None when it was settled while the network was asked: a person says where it stands, or it was found."""
    share = session.get_one(Share, share_id, with_for_update=True)
    return share if share.state in LEFT else None


def _later(session: Session, share: Share, error: ConnectorError) -> None:
    """Surely not sent: tried again when the network asks for it, or after a growing pause; then a person decides."""
    now = clock.now()
    if isinstance(error, AuthFailed | NotNow):
        until = error.until if isinstance(error, NotNow) else None
        if _away(session, share, now):
            share.state, share.next_at = ShareState.failed, None
            share.said = f"{error} Post it by hand, or send it once more when the channel is back."[:300]
            return
        share.state, share.next_at, share.said = (
            ShareState.approved,
            max(until or now, now + timedelta(minutes=5)),
            str(error)[:300],
        )
        return
    if share.attempts >= len(RETRY):
        share.state, share.next_at = ShareState.failed, None
        share.said = "It could not be sent. Try once more, or post it by hand."
        return
    pause = timedelta(seconds=RETRY[share.attempts])
    at = error.reset_at if isinstance(error, RateLimited) and error.reset_at else now + pause
    share.state, share.next_at, share.said = ShareState.retrying, max(at, now + timedelta(seconds=5)), str(error)[:300]


def _away(session: Session, share: Share, now: datetime) -> bool:
    """Since the approval, and since its network last answered us."""
    channel = session.get(Channel, share.channel_id) if share.channel_id else None
    heard = channel.last_success_at if channel else None
    return now - max(one for one in (share.approved_at, heard, now - 2 * AWAY) if one is not None) > AWAY


def _reconcile(share_id: int) -> None:
    """It may stand there: look for it, twice, before it is sent again."""
    with transaction(writes=False) as session:
        asked = session.get_one(Share, share_id)
        thread = session.get_one(ThreadLink, asked.thread_id)
        channel = session.get(Channel, asked.channel_id) if asked.channel_id else None
        target = target_of(session, asked, thread)
        if asked.next_at is not None and asked.next_at > clock.now():
            return
        plan = _made(asked, thread, channel, target) if channel is not None and target is not None else None
    if plan is None:
        _left_to_people(share_id)
        return
    try:
        found = through(plan.channel_id, lambda connector, budget: _find(connector, plan, budget), sending=True)
    except ConnectorError:
        with transaction() as session:
            if (share := _open(session, share_id)) is not None:
                share.state, share.next_at = ShareState.unknown, clock.now() + LOOK_AGAIN
                session.add(share)
        return
    if found is not None:
        _sent(plan, found, "found")
        return
    with transaction() as session:
        share = _open(session, share_id)
        if share is None:
            return
        _close_attempt(session, share, "missing")
        share.misses += 1
        again = share.misses >= LOOKS
        share.state = ShareState.approved if again else ShareState.unknown
        share.next_at = clock.now() if again else clock.now() + LOOK_AGAIN
        share.said = "It is not there; it is sent again." if again else "Not found yet. We look once more in a minute."
        session.add(share)


def _left_to_people(share_id: int) -> None:
    """The account or what it answers is gone from here, so nobody can look by machine."""
    with transaction() as session:
        share = _open(session, share_id)
        if share is None:
            return
        _close_attempt(session, share, "unknown")
        share.state, share.next_at = ShareState.by_hand, None
        share.said = "It may stand there already, and we cannot look any more. Look there before you post it."
        session.add(share)
        _tell(session, share)


async def _find(connector: Connector, plan: _Plan, budget: Budget) -> Receipt | None:
    return await connector.find_sent(plan.message, plan.key, plan.since, budget)


def _sent(plan: _Plan, receipt: Receipt, outcome: str) -> None:
    with transaction() as session:
        share = session.get_one(Share, plan.share_id, with_for_update=True)
        if share.sent_at is not None:
            return
        thread = session.get_one(ThreadLink, share.thread_id)
        _close_attempt(session, share, outcome)
        share.state, share.said = ShareState.sent, ""
        share.receipt_ext_id, share.receipt_url, share.receipt_revision = (
            receipt.ext_id,
            receipt.url[:600],
            receipt.revision[:100],
        )
        share.sent_at, share.sent_by_id = clock.now(), share.approved_by_id
        share.next_at = clock.now() + VERIFY_AFTER
        session.add(share)
        enqueue(session, "social.send", dedup_key=f"send:{share.id}", delay=VERIFY_AFTER, share_id=share.id)
        emit(session, ShareSent(share.approved_by_id, thread.topic_id, share.id, thread.platform))


def verify(share_id: int) -> None:
    """As a stranger: does it show?"""
    with transaction(writes=False) as session:
        share = session.get_one(Share, share_id)
        if share.state != ShareState.sent:
            return
        channel_id = share.channel_id
        receipt = Receipt(share.receipt_ext_id, share.receipt_url, share.receipt_revision)
        thread = session.get_one(ThreadLink, share.thread_id)
        target = target_of(session, share, thread)
        aim = _target(thread, target) if target is not None else None
    seen = Seen.unknown
    if channel_id is not None and aim is not None:  # else there is nothing left to look with, or at
        with suppress(ConnectorError):
            seen = through(channel_id, lambda connector, budget: connector.verify_visible(receipt, aim, budget), sending=True)
    with transaction() as session:
        share = session.get_one(Share, share_id, with_for_update=True)
        if share.state != ShareState.sent:
            return
        share.state = {
            Seen.visible: ShareState.visible,
            Seen.hidden: ShareState.hidden,
            Seen.unknown: ShareState.unverified,
        }[seen]
        share.said = "Accepted, but not shown: a reply gate or a block." if seen == Seen.hidden else ""
        share.checked_at, share.next_at = clock.now(), None
        session.add(share)
        _tell(session, share)


def take_back(share_id: int, actor_id: int) -> None:
    """Deletes it there. One that is gone already counts as taken back."""
    with transaction(writes=False) as session:
        share = session.get_one(Share, share_id)
        channel_id = share.channel_id
        receipt = Receipt(share.receipt_ext_id, share.receipt_url, share.receipt_revision)
    if channel_id is None or not receipt.ext_id:
        return
    said = ""
    try:
        through(channel_id, lambda connector, budget: connector.delete_sent(receipt, budget), sending=True)
    except Gone:
        said = "It was gone already."
    except ConnectorError as error:
        with transaction() as session:
            share = session.get_one(Share, share_id, with_for_update=True)
            share.said = f"It could not be taken back: {error}"[:300]
            session.add(share)
        return
    with transaction() as session:
        share = session.get_one(Share, share_id, with_for_update=True)
        share.state, share.said = ShareState.withdrawn, said
        session.add(share)
        emit(session, ShareWithdrawn(actor_id, share_id))


def _close_attempt(session: Session, share: Share, outcome: str) -> None:
    statement = select(ShareAttempt).where(ShareAttempt.share_id == share.id, ShareAttempt.number == share.attempts)
    attempt = session.exec(statement).first()
    if attempt is not None and attempt.ended_at is None:
        attempt.ended_at, attempt.outcome = clock.now(), outcome
        session.add(attempt)


def _tell(session: Session, share: Share) -> None:
    if share.state in (ShareState.hidden, ShareState.failed, ShareState.unknown, ShareState.by_hand):
        emit(session, ShareStuck(share.id, ShareState(share.state).value, share.said))


def tick() -> None:
    """Every minute: whatever waits for its moment, and what was cut off half-way."""
    waiting = (ShareState.approved, ShareState.retrying, ShareState.sending, ShareState.unknown, ShareState.sent)
    with transaction() as session:
        due = select(Share.id).where(col(Share.state).in_(waiting), col(Share.next_at) <= clock.now()).limit(100)
        for share_id in session.exec(due):
            enqueue(session, "social.send", dedup_key=f"send:{share_id}", share_id=share_id)
