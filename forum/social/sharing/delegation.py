"""Replies by volunteers, for us: suggested, read second by staff, or sent alone within limits (PRODUCT S9).

They see only what the public sees: threads that stand here as questions. One switch stops all of it at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlmodel import Session, col

from forum.accounts.queries import access_member_by_handle
from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.text import MAX_ID, Line, Words
from forum.models import (
    Audience,
    Channel,
    Delegation,
    DelegationLevel,
    ExternalAccount,
    ExternalPost,
    Member,
    Share,
    SharePurpose,
    ShareState,
    SiteChoice,
    ThreadLink,
    Topic,
    TriageState,
)
from forum.policy.actor import Actor, actor_of
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.social import lengths
from forum.social.authors import network_name, outside_author
from forum.social.inputs import Input
from forum.social.sharing import queries
from forum.social.sharing.actions import approve, send_alone, write_reply
from forum.social.sharing.events import DelegationChanged, DelegationStopped
from forum.social.sharing.inputs import WriteReply
from forum.social.sharing.lint import Weight

SWITCH = "delegation"
LONGEST = timedelta(days=365)
LEVELS = {
    DelegationLevel.suggest: "Suggests; staff use it or not",
    DelegationLevel.approval: "Writes; staff read it second",
    DelegationLevel.limits: "Sends plain replies alone",
}
RECENT = 30


class Grant(Input):
    handle: Annotated[Line, Field(min_length=1, max_length=60)]
    channel: Annotated[int, Field(ge=1, le=MAX_ID)]
    level: Literal["suggest", "approval", "limits"] = "suggest"
    daily_limit: Annotated[int, Field(ge=1, le=50)] = 5
    days: Annotated[int, Field(ge=1, le=365)] = 90


class DelegatedReply(Input):
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]


@dataclass(frozen=True, slots=True)
class DelegationRow:
    id: int
    name: str
    member_url: str
    channel: str
    level: str
    daily_limit: int
    until: datetime
    used_today: int


@dataclass(frozen=True, slots=True)
class LogRow:
    share_url: str
    name: str
    text: str
    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DelegationPage:
    on: bool
    rows: list[DelegationRow]
    log: list[LogRow]
    channels: list[tuple[int, str]]
    levels: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class OpenThread:
    """What a volunteer may answer, with the words the public reads."""

    id: int
    platform: str
    network: str
    author: str
    topic_url: str
    topic_title: str
    limit: int
    unit: str
    level: str


@dataclass(frozen=True, slots=True)
class OwnReplies:
    on: bool
    held: list[tuple[str, str, datetime, int]]
    """Channel, what one may do, until when, replies left today."""
    threads: list[OpenThread]
    mine: list[LogRow]


def is_on(session: Session) -> bool:
    row = session.get(SiteChoice, SWITCH)
    return row is None or row.value != "off"


def turn(session: Session, actor: Actor, on: bool) -> None:
    """Off stops every volunteer's reply at once, also those that wait to go out."""
    require(actor, Permission.delegation_manage)
    insert_ignoring(session, SiteChoice, {"name": SWITCH, "value": "on", "changed_at": clock.now(), "by_id": actor.id})
    row = session.get_one(SiteChoice, SWITCH, with_for_update=True)
    row.value, row.changed_at, row.by_id = "on" if on else "off", clock.now(), actor.id
    session.add(row)
    if not on:
        _stop_waiting(session, None)
    emit(session, DelegationStopped(actor.member_id, on))


def grant(session: Session, actor: Actor, data: Grant) -> Delegation:
    require(actor, Permission.delegation_manage)
    try:
        member = access_member_by_handle(session, data.handle.lstrip("@"))
    except NotFound:
        raise Invalid({"handle": "There is no member by that name."}) from None
    channel = session.get(Channel, data.channel)
    if channel is None:
        raise Invalid({"channel": "Choose one of the channels."})
    known = select(Delegation).where(col(Delegation.member_id) == member.id, col(Delegation.channel_id) == channel.id)
    row = session.scalars(known.with_for_update()).first() or Delegation(
        member_id=member.id, channel_id=channel.id, until=clock.now()
    )
    row.level, row.daily_limit = DelegationLevel(data.level), data.daily_limit
    row.until, row.ended_at = clock.now() + min(LONGEST, timedelta(days=data.days)), None
    row.granted_by_id, row.granted_at = actor.id, clock.now()
    session.add(row)
    session.flush()
    emit(session, DelegationChanged(actor.member_id, member.id, channel.id, row.level))
    return row


def end(session: Session, actor: Actor, delegation_id: int) -> None:
    require(actor, Permission.delegation_manage)
    row = session.get(Delegation, delegation_id, with_for_update=True)
    if row is None:
        raise NotFound
    row.ended_at = clock.now()
    session.add(row)
    _stop_waiting(session, row.member_id)
    emit(session, DelegationChanged(actor.member_id, row.member_id, row.channel_id, "ended"))


def _stop_waiting(session: Session, member_id: int | None) -> None:
    """Replies that volunteers approved alone and that have not gone out are drafts again."""
    volunteers = select(col(Delegation.member_id))
    if member_id is not None:
        volunteers = volunteers.where(col(Delegation.member_id) == member_id)
    waiting = select(Share).where(
        col(Share.state).in_((ShareState.approved, ShareState.retrying, ShareState.by_hand)),
        col(Share.approved_by_id).in_(volunteers),
    )
    for share in session.scalars(waiting.with_for_update()).all():
        share.state, share.said = ShareState.draft, "Volunteers' replies were stopped before this one went out."
        share.approved_by_id = share.approved_at = None
        session.add(share)


def may_still(session: Session, share: Share) -> bool:
    """Just before it goes out: whether the word of whoever approved it holds, as staff or as a volunteer who was not stopped."""
    member = session.get(Member, share.approved_by_id) if share.approved_by_id is not None else None
    if member is None:
        return share.approved_by_id is None
    actor = actor_of(member)
    if may(actor, Permission.share_approve):
        return True
    return may(actor, Permission.share_delegated) and standing(session, actor, share.channel_id) is not None


def standing(session: Session, actor: Actor, channel_id: int | None) -> Delegation | None:
    """What somebody may do on a channel now. Locked, so that two replies at once are counted one after the other."""
    if channel_id is None or not is_on(session):
        return None
    held = select(Delegation).where(
        col(Delegation.member_id) == actor.id,
        col(Delegation.channel_id) == channel_id,
        col(Delegation.until) > clock.now(),
        col(Delegation.ended_at).is_(None),
    )
    return session.scalars(held.with_for_update()).first()


def _used_today() -> ScalarSelect[int]:
    """Beside a delegation: how many replies its holder approved alone there within a day."""
    return (
        select(func.count())
        .select_from(Share)
        .where(
            col(Share.channel_id) == col(Delegation.channel_id),
            col(Share.approved_by_id) == col(Delegation.member_id),
            col(Share.approved_at) > clock.now() - timedelta(days=1),
        )
        .correlate(Delegation)
        .scalar_subquery()
    )


def reply(session: Session, actor: Actor, thread_id: int, data: DelegatedReply) -> str:
    """Returns the state it is in. As far as the delegation goes: a suggestion, a reply that staff read second, or one that goes out."""
    require(actor, Permission.share_delegated)
    thread = _open_thread(session, thread_id)
    held = standing(session, actor, thread.channel_id)
    if held is None:
        raise Conflict("You do not reply for us there just now. Staff can tell you why.")
    share = write_reply(session, actor, thread, WriteReply(purpose="reply", text=data.text), delegated=True)
    found = queries.findings(session, share)
    stops = [one.text for one in found if one.weight == Weight.stop]
    if stops:
        raise Invalid({"text": " ".join(stops)})
    plain = all(one.weight == Weight.fine for one in found)
    if held.level == DelegationLevel.suggest:
        share.said = "Suggested by a volunteer."
    elif held.level == DelegationLevel.limits and plain and _left(session, held) > 0:
        send_alone(session, actor, share, thread)
    else:
        approve(session, actor, share, thread, anyway=True, second=True)
    session.add(share)
    return ShareState(share.state).value


def _left(session: Session, held: Delegation) -> int:
    used: int = session.execute(select(_used_today()).select_from(Delegation).where(col(Delegation.id) == held.id)).scalar_one()
    return max(0, held.daily_limit - used)


def _open_thread(session: Session, thread_id: int) -> ThreadLink:
    """Only what stands here for everybody to read."""
    statement = (
        select(ThreadLink)
        .join(Topic, col(Topic.id) == col(ThreadLink.topic_id))
        .where(
            col(ThreadLink.id) == thread_id,
            col(ThreadLink.state) == TriageState.published,
            col(Topic.audience) == Audience.public,
        )
    )
    thread = session.scalars(statement).first()
    if thread is None:
        raise NotFound
    return thread


def delegation_page(session: Session, actor: Actor) -> DelegationPage:
    require(actor, Permission.delegation_manage)
    columns: list[Any] = [Delegation, col(Member.name), col(Member.handle_key), col(Channel.name), _used_today()]
    statement = (
        select(*columns)
        .join(Member, col(Member.id) == col(Delegation.member_id))
        .join(Channel, col(Channel.id) == col(Delegation.channel_id))
        .where(col(Delegation.ended_at).is_(None), col(Delegation.until) > clock.now())
        .order_by(col(Delegation.id))
    )
    rows = [
        DelegationRow(
            row.id, name, f"/members/{handle}", channel, LEVELS[DelegationLevel(row.level)], row.daily_limit, row.until,
            used,
        )
        for row, name, handle, channel, used in session.execute(statement)
    ]  # fmt: skip
    channels = [(row.id, row.name) for row in session.scalars(select(Channel).order_by(col(Channel.id)))]
    volunteers = select(col(Delegation.member_id))
    return DelegationPage(
        is_on(session), rows, _log(session, col(Share.drafted_by_id).in_(volunteers)), channels,
        [(level.value, label) for level, label in LEVELS.items()],
    )  # fmt: skip


def _log(session: Session, which: ColumnElement[bool]) -> list[LogRow]:
    statement = (
        select(Share, col(Member.name))
        .join(Member, col(Member.id) == col(Share.drafted_by_id))
        .where(which)
        .order_by(col(Share.id).desc())
        .limit(RECENT)
    )
    return [
        LogRow(f"/desk/shares/{share.id}", name, share.text, queries.LABELS[ShareState(share.state)][0], share.created_at)
        for share, name in session.execute(statement)
    ]


def own_replies(session: Session, actor: Actor) -> OwnReplies:
    require(actor, Permission.share_delegated)
    held = (
        select(Delegation, col(Channel.name), _used_today())
        .join(Channel, col(Channel.id) == col(Delegation.channel_id))
        .where(col(Delegation.member_id) == actor.id, col(Delegation.until) > clock.now(), col(Delegation.ended_at).is_(None))
    )
    rows = list(session.execute(held))
    on = is_on(session)
    levels = {row.channel_id: LEVELS[DelegationLevel(row.level)] for row, _, _ in rows}
    return OwnReplies(
        on=on,
        held=[(name, LEVELS[DelegationLevel(row.level)], row.until, max(0, row.daily_limit - used)) for row, name, used in rows],
        threads=_threads(session, levels) if on and levels else [],
        mine=_log(session, col(Share.drafted_by_id) == actor.id),
    )


def _threads(session: Session, levels: dict[int, str]) -> list[OpenThread]:
    answered = select(col(Share.thread_id)).where(
        col(Share.purpose) == SharePurpose.reply, col(Share.state) != ShareState.dropped
    )
    columns: list[Any] = [ThreadLink, ExternalAccount, col(Topic.id).label("topic"), col(Topic.slug), col(Topic.title)]
    statement = (
        select(*columns)
        .join(Topic, col(Topic.id) == col(ThreadLink.topic_id))
        .outerjoin(
            ExternalPost,
            (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id)),
        )
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(
            col(ThreadLink.channel_id).in_(list(levels)),
            col(ThreadLink.state) == TriageState.published,
            col(Topic.audience) == Audience.public,
            col(ThreadLink.id).not_in(answered),
        )
        .order_by(col(ThreadLink.last_post_at).desc())
        .limit(RECENT)
    )
    return [
        OpenThread(
            id=thread.id,
            platform=thread.platform,
            network=network_name(thread.platform),
            author=_author(thread, account),
            topic_url=f"/topics/{topic}/{slug}",
            topic_title=title,
            limit=lengths.limit(thread.platform),
            unit=lengths.unit(thread.platform),
            level=levels[thread.channel_id],
        )
        for thread, account, topic, slug, title in session.execute(statement)
    ]


def _author(thread: ThreadLink, account: ExternalAccount | None) -> str:
    if account is None:
        return "somebody"
    who = outside_author(
        thread.platform, account.kind, account.handle, account.url,
        thread_id=thread.id, account_id=account.id, privacy=account.privacy,
    )  # fmt: skip
    return who.label
