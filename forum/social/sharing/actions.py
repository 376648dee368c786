"""What people decide about replies: write, approve, let a second person read, post by hand, drop, take back.

Nothing goes out without an approval, and an approval is for these words as an answer to those: whatever changes
either, ends it.
"""

import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import (
    Channel,
    ChannelState,
    ExternalPost,
    ExternalPostState,
    Platform,
    Resolution,
    ResolutionState,
    Share,
    SharePurpose,
    ShareState,
    ThreadLink,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social import lengths
from forum.social.authors import network_name
from forum.social.channels.abilities import rule_of
from forum.social.connectors.registry import CONNECTORS
from forum.social.sharing import queries
from forum.social.sharing.events import ShareApproved, ShareAwaiting, ShareDrafted, ShareDropped, ShareSent
from forum.social.sharing.inputs import Receipt, SaveShare, WriteReply
from forum.social.sharing.keys import approved_hash, dedup_key
from forum.social.sharing.lint import Finding, Weight

GOOD_FOR = timedelta(days=7)
OPEN = (ShareState.draft, ShareState.awaiting, ShareState.approved, ShareState.retrying, ShareState.by_hand, ShareState.failed)
"""Surely not sent, so the words may still change."""
DECIDED = "This reply was decided already. Reload the page to see how it stands."


def write_reply(session: Session, actor: Actor, thread: ThreadLink, data: WriteReply, *, delegated: bool = False) -> Share:
    """A person's own words for a thread, as a draft. `delegated`: by a volunteer whose right to was looked up."""
    require(actor, Permission.share_delegated if delegated else Permission.share_write)
    target = data.target or thread.root_ext_id
    key = dedup_key(thread.platform, thread.host, target, data.purpose, f"words:{data.text}", 0)
    made = insert_ignoring(
        session,
        Share,
        Share(
            thread_id=thread.id,
            channel_id=thread.channel_id,
            purpose=SharePurpose(data.purpose),
            text=data.text,
            target_ext_id=target,
            drafted_by_id=actor.id,
            dedup_key=key,
        ).model_dump(exclude={"id"}),
    )
    if not made:
        raise Conflict("This very reply is there already. See it under To share.")
    share = session.scalars(select(Share).where(col(Share.dedup_key) == key)).one()
    emit(session, ShareDrafted(share.id, thread.id, share.purpose))
    return share


def save(session: Session, actor: Actor, share: Share, thread: ThreadLink, data: SaveShare) -> str:
    """Changed words need a new approval. Returns the reply's address."""
    require(actor, Permission.share_write)
    if share.state not in OPEN:
        raise Conflict(DECIDED)
    rule = rule_of(session, thread)
    if not lengths.fits(rule, data.text):
        most, long = lengths.limit(rule), lengths.count(rule, data.text)
        raise Invalid({"text": f"{network_name(thread.platform)} takes {most} characters. Shorten it by {max(1, long - most)}."})
    if data.text != share.text:
        share.text, share.drafted_by_id = data.text, actor.id
        _reset(share, "")
    if data.act == "approve":
        approve(session, actor, share, thread, anyway=data.anyway)
    return place_of(share.id)


def approve(session: Session, actor: Actor, share: Share, thread: ThreadLink, *, anyway: bool, second: bool = False) -> None:
    """The first yes, or the second one where two people have to read it. `second`: a volunteer's, which staff read next."""
    require(actor, Permission.share_delegated if second else Permission.share_approve)
    if share.state not in queries.TO_APPROVE:
        raise Conflict(DECIDED)
    _still_true(session, share)
    findings = queries.findings(session, share)
    _may_pass(findings, anyway)
    target = target_of(session, share, thread)
    channel = session.get(Channel, share.channel_id) if share.channel_id else None
    four_eyes = second or share.second or bool(channel and channel.options.get("four_eyes"))
    share.second = four_eyes or any(one.weight == Weight.second for one in findings)
    share.why_second = [one.text for one in findings if one.weight == Weight.second]
    if share.second and share.state != ShareState.awaiting:
        share.state, share.drafted_by_id = ShareState.awaiting, actor.id
        emit(session, ShareAwaiting(actor.member_id, share.id))
        return
    if share.second and share.drafted_by_id == actor.id:
        raise Conflict("You stand behind these words already. Somebody else has to read them now.")
    _approved(session, actor, share, thread, channel, target)


def send_alone(session: Session, actor: Actor, share: Share, thread: ThreadLink) -> None:
    """A volunteer's plain reply, within the limits that the caller has checked."""
    require(actor, Permission.share_delegated)
    channel = session.get(Channel, share.channel_id) if share.channel_id else None
    _approved(session, actor, share, thread, channel, target_of(session, share, thread))


def _approved(
    session: Session, actor: Actor, share: Share, thread: ThreadLink, channel: Channel | None, target: ExternalPost | None
) -> None:
    now = clock.now()
    share.approved_by_id, share.approved_at, share.expires_at = actor.id, now, now + GOOD_FOR
    share.approved_hash = approved_hash(share.text, target.text_hash if target else "")
    share.misses, share.said = 0, ""
    if goes_by_hand(thread, channel):
        share.state = ShareState.by_hand
    else:
        share.state, share.next_at = ShareState.approved, now
        share.remote_key = share.remote_key or secrets.token_hex(8)
        enqueue(session, "social.send", dedup_key=f"send:{share.id}", share_id=share.id)
    emit(session, ShareApproved(actor.member_id, share.id))


def goes_by_hand(thread: ThreadLink, channel: Channel | None) -> bool:
    if channel is None or channel.options.get("by_hand") or channel.state == ChannelState.disabled:
        return True
    return Platform(channel.platform) not in CONNECTORS or channel.platform != thread.platform


def _may_pass(findings: list[Finding], anyway: bool) -> None:
    stops = [one.text for one in findings if one.weight == Weight.stop]
    if stops:
        raise Invalid({"text": " ".join(stops)})
    if not anyway and (warnings := [one.text for one in findings if one.weight == Weight.warn]):
        raise Invalid({"anyway": f"{' '.join(warnings)} Tick that you have read this, or change the words."})


def _still_true(session: Session, share: Share) -> None:
    """A reply about a resolution that nobody can read would send people to nothing."""
    resolution = session.get(Resolution, share.resolution_id) if share.resolution_id else None
    if resolution is None or share.purpose == SharePurpose.withdrawal:
        return
    if resolution.state != ResolutionState.public:
        raise Conflict("The resolution is not public, so nobody could read it. Publish it first.")


def target_of(session: Session, share: Share, thread: ThreadLink) -> ExternalPost | None:
    """The post it answers: the one it names, or the first of its thread that still stands."""
    mine = select(ExternalPost).where(col(ExternalPost.thread_id) == thread.id)
    named = share.target_ext_id or thread.root_ext_id
    found = session.scalars(mine.where(col(ExternalPost.ext_id) == named)).first()
    if found is not None or share.target_ext_id:
        return found
    live = mine.where(col(ExternalPost.state) == ExternalPostState.live)
    return session.scalars(live.order_by(col(ExternalPost.created_at)).limit(1)).first()


def _reset(share: Share, said: str) -> None:
    share.state, share.said = ShareState.draft, said
    share.approved_by_id = share.approved_at = share.expires_at = share.next_at = None
    share.approved_hash, share.second = "", False


def back_to_review(share: Share, said: str) -> None:
    """The yes was for something else: ask again."""
    _reset(share, said)


def record_receipt(session: Session, actor: Actor, share: Share, thread: ThreadLink, data: Receipt) -> str:
    """A person has posted it; now the topic can say so. Returns the reply's address."""
    require(actor, Permission.share_write)
    if share.state not in (ShareState.by_hand, ShareState.draft, ShareState.failed, ShareState.unknown, ShareState.hidden):
        raise Conflict(DECIDED)
    _still_true(session, share)
    share.state, share.said = ShareState.posted, ""
    share.receipt_url = data.receipt_url
    share.sent_by_id, share.sent_at, share.next_at = actor.id, clock.now(), None
    emit(session, ShareSent(actor.member_id, thread.topic_id, share.id, thread.platform))
    return place_of(share.id)


def place_of(share_id: int) -> str:
    return f"/desk/shares/{share_id}"


def drop(session: Session, actor: Actor, share: Share) -> None:
    require(actor, Permission.share_write)
    if share.state not in OPEN:
        raise Conflict(DECIDED)
    _reset(share, "")
    share.state = ShareState.dropped
    emit(session, ShareDropped(actor.member_id, share.id))


def take_back(session: Session, actor: Actor, share: Share) -> None:
    """Deletes it where it stands; the worker does it and says how it went."""
    require(actor, Permission.share_approve)
    if share.state not in (ShareState.sent, ShareState.visible, ShareState.hidden, ShareState.unverified):
        raise Conflict("Only what was sent from here can be taken back from here.")
    enqueue(session, "social.take_back", dedup_key=f"take-back:{share.id}", share_id=share.id, actor_id=actor.member_id)


def access_share(session: Session, actor: Actor, share_id: int) -> tuple[Share, ThreadLink]:
    require(actor, Permission.share_write)
    share = session.scalars(select(Share).where(col(Share.id) == share_id).with_for_update()).first()
    if share is None:
        raise NotFound
    return share, session.get_one(ThreadLink, share.thread_id)


def sent_in_the_last_hour(session: Session, channel_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(Share)
        .where(col(Share.channel_id) == channel_id, col(Share.sent_at) > clock.now() - timedelta(hours=1))
    )
    return int(session.execute(statement).scalar_one())


def claim(session: Session, share_id: int, states: tuple[ShareState, ...], to: ShareState, approved: str) -> bool:
    """Compare and set: of two who come at once, one goes on, and only with the words that stand approved now."""
    same = (col(Share.id) == share_id, col(Share.state).in_(states), col(Share.approved_hash) == approved)
    return bool(session.execute(update(Share).where(*same).values(state=to)).rowcount)  # type: ignore[attr-defined]  # an UPDATE has one
