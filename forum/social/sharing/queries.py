"""Replies as staff see them: what to look at before one goes out, the list, and the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.core.paging import Page, cut, decode
from forum.core.text import first_words
from forum.models import (
    SENT,
    Channel,
    ExternalAccount,
    ExternalPost,
    Member,
    Platform,
    Resolution,
    Share,
    ShareAttempt,
    SharePurpose,
    ShareState,
    ShareVisit,
    ThreadLink,
    ThreadWeight,
    Topic,
)
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.social import lengths
from forum.social.authors import network_name, shown_handle
from forum.social.channels.abilities import rule_through
from forum.social.inbox.influence import seen_by
from forum.social.sharing.drafting import resolution_address
from forum.social.sharing.lint import Context, Finding, look

A_PAGE = 30
A_DAY = timedelta(days=1)
PURPOSES = {
    SharePurpose.resolution: "Resolution",
    SharePurpose.ask: "Question to them",
    SharePurpose.reply: "Reply",
    SharePurpose.private: "Take private",
    SharePurpose.holding: "Holding message",
    SharePurpose.outcome: "Outcome",
    SharePurpose.correction: "Correction",
    SharePurpose.withdrawal: "Taken back",
}
LABELS = {
    ShareState.draft: ("To approve", "square-pen", ""),
    ShareState.awaiting: ("Second reader", "eye", "warn"),
    ShareState.approved: ("Approved", "clock", ""),
    ShareState.sending: ("Sending", "send", ""),
    ShareState.retrying: ("Trying again", "refresh-cw", "warn"),
    ShareState.unknown: ("Perhaps sent", "triangle-alert", "warn"),
    ShareState.sent: ("Sent", "check", "ok"),
    ShareState.visible: ("Sent and visible", "circle-check", "ok"),
    ShareState.hidden: ("Sent, not shown", "eye", "bad"),
    ShareState.unverified: ("Sent, not checked", "check", "ok"),
    ShareState.by_hand: ("Post by hand", "square-pen", "warn"),
    ShareState.posted: ("Posted by hand", "circle-check", "ok"),
    ShareState.failed: ("Not sent", "triangle-alert", "bad"),
    ShareState.dropped: ("Not replied to", "x", ""),
    ShareState.withdrawn: ("Taken back", "x", ""),
}
TO_APPROVE = (ShareState.draft, ShareState.awaiting, ShareState.failed)
"""Somebody still decides on the words."""
ALIKE_AMONG = 50
"""How many texts of a channel one is compared with."""
WAITING = (ShareState.draft, ShareState.awaiting, ShareState.by_hand, ShareState.failed, ShareState.hidden, ShareState.unknown)
CLOSED = (ShareState.dropped, ShareState.withdrawn)
APPROVE, SHARE, SHARED = 3, 4, 5
"""How many of the steps on the page of a thread lie behind: imported, triage, answer, approve, share."""
UNDER_WAY = (ShareState.approved, ShareState.sending, ShareState.retrying)
TABS = {"waiting": ("To do", WAITING), "sending": ("Under way", UNDER_WAY), "sent": ("Sent", SENT), "closed": ("Closed", None)}


@dataclass(frozen=True, slots=True)
class ShareView:
    id: int
    platform: str
    network: str
    author: str
    url: str
    """Of the thread."""
    thread_url: str
    purpose: str
    text: str
    count: int
    limit: int
    unit: str
    link_weight: int | str
    """What an address counts while typing; empty where it counts in full or the unit says it."""
    state: str
    label: str
    icon: str
    tone: str
    said: str
    findings: list[Finding]
    second: bool
    drafted_by: str
    approved_by: str
    may_change: bool
    may_approve: bool
    needs_another: bool
    """Whoever looks at it stands behind the words already."""
    may_take_back: bool
    open_url: str
    receipt_url: str
    sent_at: datetime | None
    seen_by: int | None
    """About how many were shown it there; None where the network does not tell."""


@dataclass(frozen=True, slots=True)
class ReceiptView:
    purpose: str
    platform: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareRow:
    id: int
    url: str
    platform: str
    network: str
    purpose: str
    text: str
    label: str
    icon: str
    tone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadReplies:
    rows: list[ShareRow]
    step: int
    """How far the newest has come; 0 where nobody has written one."""


@dataclass(frozen=True, slots=True)
class SharesPage:
    shares: Page[ShareRow]
    tabs: list[tuple[str, str, int, bool]]
    tab: str
    older_url: str | None
    numbers: list[tuple[str, str, str]]
    """Label, value, what it means."""


@dataclass(frozen=True, slots=True)
class SharePage:
    share: ShareView
    topic_url: str
    topic_title: str
    asked: str
    attempts: list[tuple[int, datetime, str]]


def findings(session: Session, share: Share) -> list[Finding]:
    """What to look at before it goes out."""
    row = session.execute(_select().where(col(Share.id) == share.id)).one()
    return _findings(share, row.ThreadLink, row, row.Resolution, _recent(session, [share]))


def look_over(session: Session, thread: ThreadLink, text: str) -> list[Finding]:
    """The same for words that are not kept yet."""
    share = Share(thread_id=thread.id, channel_id=thread.channel_id, purpose=SharePurpose.reply, text=text, dedup_key="")
    row = session.execute(_around(select(*_AROUND).select_from(ThreadLink)).where(col(ThreadLink.id) == thread.id)).one()
    return _findings(share, thread, row, None, _recent(session, [share]))


def _findings(
    share: Share, thread: ThreadLink, around: Row[Any], resolution: Resolution | None, recent: dict[int, list[tuple[int, str]]]
) -> list[Finding]:
    linked = resolution is not None and share.purpose in (SharePurpose.resolution, SharePurpose.correction, SharePurpose.outcome)
    rule = rule_through(thread.platform, around.Channel)
    return look(
        share.text,
        Context(
            platform=Platform(thread.platform),
            handle=shown_handle(thread.platform, around.handle) if around.handle else "",
            limit=lengths.limit(rule),
            count=lengths.count(rule, share.text),
            fits=lengths.fits(rule, share.text),
            link=resolution_address(resolution) if linked and resolution else "",
            recent=tuple(text for other, text in recent.get(share.channel_id or 0, []) if other != share.id),
            influence=around.influence or 0,
            incident=share.purpose == SharePurpose.holding,
        ),
    )


def _recent(session: Session, shares: Sequence[Share]) -> dict[int, list[tuple[int, str]]]:
    """By channel, what went out within a day. A resolution may read alike in each of its threads."""
    channels = {one.channel_id for one in shares if one.channel_id is not None and one.state in TO_APPROVE}
    if not channels:
        return {}
    newest = func.row_number().over(partition_by=col(Share.channel_id), order_by=col(Share.sent_at).desc())
    sent = (
        select(col(Share.channel_id), col(Share.id), col(Share.text), newest.label("place"))
        .where(col(Share.sent_at) > clock.now() - A_DAY, col(Share.channel_id).in_(channels))
        .subquery()
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for channel_id, share_id, text, _ in session.execute(select(sent).where(sent.c.place <= ALIKE_AMONG)):
        found.setdefault(channel_id, []).append((share_id, text))
    return found


def thread_replies(session: Session, actor: Actor, thread_id: int) -> ThreadReplies:
    """What was written back to a thread, newest first: nobody answers what a colleague is answering."""
    require(actor, Permission.share_write)
    statement = (
        select(Share, ThreadLink)
        .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        .where(col(Share.thread_id) == thread_id, col(Share.state).not_in(CLOSED))
        .order_by(col(Share.id).desc())
        .limit(A_PAGE)
    )
    rows = session.execute(statement).all()
    return ThreadReplies([_row(row) for row in rows], _step(ShareState(rows[0].Share.state)) if rows else 0)


def _step(state: ShareState) -> int:
    if state in TO_APPROVE:
        return APPROVE
    return SHARED if state in SENT and state != ShareState.hidden else SHARE


def share_views(session: Session, actor: Actor, topic_id: int) -> list[ShareView]:
    """Replies for every thread of a topic, oldest first."""
    rows = session.execute(_select().where(col(ThreadLink.topic_id) == topic_id).order_by(col(Share.id))).all()
    recent = _recent(session, [row.Share for row in rows])
    return [_view(actor, row, recent) for row in rows]


_AROUND: list[Any] = [Channel, col(ThreadWeight.influence).label("influence"), col(ExternalAccount.handle).label("handle")]


def _around(statement: Select[Any]) -> Select[Any]:
    """Of a thread: through which channel it is answered, how far it reaches, and who began it."""
    return (
        statement.outerjoin(
            ExternalPost,
            (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id)),
        )
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .outerjoin(Channel, col(Channel.id) == col(ThreadLink.channel_id))
        .outerjoin(ThreadWeight, col(ThreadWeight.thread_id) == col(ThreadLink.id))
    )


def _select() -> Select[Any]:
    """A share with all that its view needs."""
    drafted, approved = aliased(Member, name="drafted"), aliased(Member, name="approved")
    ours = aliased(ExternalPost, name="ours")
    names: list[Any] = [col(drafted.name).label("drafted_by"), col(approved.name).label("approved_by")]
    names.append(col(ours.metrics).label("ours"))
    return (
        _around(
            select(Share, ThreadLink, Resolution, *_AROUND, *names)
            .select_from(Share)
            .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        )
        .outerjoin(Resolution, col(Resolution.id) == col(Share.resolution_id))
        .outerjoin(ours, (col(ours.thread_id) == col(ThreadLink.id)) & (col(ours.ext_id) == col(Share.receipt_ext_id)))
        .outerjoin(drafted, col(drafted.id) == col(Share.drafted_by_id))
        .outerjoin(approved, col(approved.id) == col(Share.approved_by_id))
    )


def _view(actor: Actor, row: Row[Any], recent: dict[int, list[tuple[int, str]]]) -> ShareView:
    share, thread = row.Share, row.ThreadLink
    state = ShareState(share.state)
    label, icon, tone = LABELS[state]
    open_now = state in TO_APPROVE
    rule = rule_through(thread.platform, row.Channel)
    stands_behind = state == ShareState.awaiting and share.drafted_by_id == actor.id
    return ShareView(
        id=share.id,
        platform=thread.platform,
        network=network_name(thread.platform),
        author=shown_handle(thread.platform, row.handle or "somebody"),
        url=thread.url,
        thread_url=f"/desk/social/{thread.id}",
        purpose=PURPOSES[SharePurpose(share.purpose)],
        text=share.text,
        count=lengths.count(rule, share.text),
        limit=lengths.limit(rule),
        unit=lengths.unit(rule),
        link_weight=rule.url_weight or "" if rule.unit != "x_weighted" else "",
        state=state.value,
        label=label,
        icon=icon,
        tone=tone,
        said=share.said,
        findings=_findings(share, thread, row, row.Resolution, recent) if open_now else [],
        second=share.second,
        drafted_by=row.drafted_by or "",
        approved_by=row.approved_by or "",
        may_change=(open_now or state in (ShareState.by_hand, ShareState.approved, ShareState.retrying))
        and may(actor, Permission.share_write),
        may_approve=open_now and not stands_behind and may(actor, Permission.share_approve),
        needs_another=stands_behind,
        may_take_back=state in (ShareState.sent, ShareState.visible, ShareState.hidden, ShareState.unverified)
        and bool(share.receipt_ext_id)
        and may(actor, Permission.share_approve),
        open_url=lengths.open_url(thread.platform, thread, share.text),
        receipt_url=share.receipt_url,
        sent_at=share.sent_at,
        seen_by=seen_by(row.ours or {}),
    )


def shares_page(session: Session, actor: Actor, tab: str = "", after: str | None = None) -> SharesPage:
    require(actor, Permission.share_write)
    chosen = tab if tab in TABS else "waiting"
    statement = select(Share, ThreadLink).join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id)).where(_in_tab(chosen))
    key = decode(after)
    if key is not None:
        statement = statement.where(col(Share.id) < key[1])
    rows = list(session.execute(statement.order_by(col(Share.id).desc()).limit(A_PAGE + 1)))
    page = cut(rows, A_PAGE, _row, lambda row: (row.Share.created_at, row.Share.id), first=not key)
    older = f"/desk/shares?tab={chosen}&after={page.after}" if page.after else None
    return SharesPage(page, _tabs(session, chosen), chosen, older, numbers(session))


def _in_tab(name: str) -> ColumnElement[bool]:
    states = TABS[name][1]
    if states is None:
        return col(Share.state).in_(CLOSED)
    return col(Share.state).in_(states)


def _tabs(session: Session, chosen: str) -> list[tuple[str, str, int, bool]]:
    counts = dict(session.execute(select(col(Share.state), func.count()).group_by(col(Share.state))).all())
    return [
        (f"/desk/shares?tab={name}", label, sum(counts.get(state, 0) for state in states or CLOSED), name == chosen)
        for name, (label, states) in TABS.items()
    ]


def _row(row: Row[Any]) -> ShareRow:
    share, thread = row.Share, row.ThreadLink
    label, icon, tone = LABELS[ShareState(share.state)]
    return ShareRow(
        id=share.id,
        url=f"/desk/shares/{share.id}",
        platform=thread.platform,
        network=network_name(thread.platform),
        purpose=PURPOSES[SharePurpose(share.purpose)],
        text=first_words(share.text, 160),
        label=label,
        icon=icon,
        tone=tone,
        at=share.sent_at or share.created_at,
    )


def share_page(session: Session, actor: Actor, share_id: int) -> SharePage | None:
    require(actor, Permission.share_write)
    row = session.execute(_select().where(col(Share.id) == share_id)).first()
    if row is None:
        return None
    topic = session.get(Topic, row.ThreadLink.topic_id) if row.ThreadLink.topic_id else None
    asked = session.scalars(
        select(col(ExternalPost.text)).where(
            col(ExternalPost.thread_id) == row.ThreadLink.id,
            col(ExternalPost.ext_id) == (row.Share.target_ext_id or row.ThreadLink.root_ext_id),
        )
    ).first()
    attempts = session.scalars(
        select(ShareAttempt).where(col(ShareAttempt.share_id) == share_id).order_by(col(ShareAttempt.number))
    )
    return SharePage(
        share=_view(actor, row, _recent(session, [row.Share])),
        topic_url=f"/topics/{topic.id}/{topic.slug}" if topic else "",
        topic_title=topic.title if topic else "",
        asked=asked or "This post is no longer available.",
        attempts=[(one.number, one.started_at, one.outcome or "under way") for one in attempts],
    )


def receipts(session: Session, topic_id: int) -> list[ReceiptView]:
    """What the public may know of replies: where each stands."""
    told = (SharePurpose.resolution, SharePurpose.correction, SharePurpose.outcome, SharePurpose.withdrawal)
    statement = (
        select(col(Share.purpose), col(ThreadLink.platform), col(Share.receipt_url), col(Share.sent_at))
        .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        .where(
            col(ThreadLink.topic_id) == topic_id,
            col(Share.state).in_(SENT),
            col(Share.state) != ShareState.hidden,
            col(Share.purpose).in_(told),
            col(Share.sent_at).is_not(None),
        )
        .order_by(col(Share.sent_at))
    )
    return [
        ReceiptView(PURPOSES[SharePurpose(row.purpose)], row.platform, row.receipt_url, row.sent_at)
        for row in session.execute(statement)
    ]


def numbers(session: Session) -> list[tuple[str, str, str]]:
    """How the way back is doing, over 90 days."""
    since = clock.now() - timedelta(days=90)
    sent = (col(Share.state).in_(SENT), col(Share.sent_at) >= since, col(Share.purpose) == SharePurpose.resolution)
    pairs = session.execute(
        select(col(Share.sent_at), col(ThreadLink.first_post_at))
        .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        .where(*sent)
    ).all()
    hours = sorted((at - first).total_seconds() / 3600 for at, first in pairs if at is not None)
    middle = hours[len(hours) // 2] if hours else 0.0
    visits = session.execute(
        select(func.coalesce(func.sum(col(ShareVisit.visits)), 0)).where(col(ShareVisit.day) >= since.date())
    )
    views = int(visits.scalar_one())
    return [
        ("Resolutions shared", f"{len(pairs):,}", "Replies with a resolution that stand on another network, in 90 days."),
        (
            "Views per share",
            f"{views / len(pairs):.1f}" if pairs else "0",
            "Readers who came by such a reply, divided by replies.",
        ),
        (
            "Asked to shared",
            _duration(middle) if hours else "None yet",
            "From the first post there to the reply; half took less.",
        ),
    ]


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
