"""Prepared replies: one for each linked thread when a topic's outcome is published, corrected, or taken back."""

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.events import emit
from forum.core.settings import settings
from forum.core.text import listed
from forum.models import (
    SENT,
    Credit,
    CreditRole,
    ExternalAccount,
    ExternalPost,
    Member,
    Resolution,
    Share,
    SharePurpose,
    ShareState,
    ThreadLink,
)
from forum.recognition.choices import wants
from forum.resolutions.events import ResolutionChanged, ResolutionPublished, ResolutionWithdrawn
from forum.social import lengths
from forum.social.authors import shown_handle
from forum.social.channels.abilities import rule_of
from forum.social.sharing.events import ShareDrafted
from forum.social.sharing.keys import dedup_key
from forum.social.sharing.lint import without_pings
from forum.social.sharing.visits import PARAMETER

LEADS = {
    SharePurpose.resolution: "Solved by our community:",
    SharePurpose.correction: "Correction to our earlier reply:",
    SharePurpose.outcome: "What it was, and what to do:",
}


def draft_shares(session: Session, event: ResolutionPublished) -> None:
    """Handler. One per resolution and thread, so publishing again adds none."""
    resolution = session.get_one(Resolution, event.resolution_id)
    for thread, handle in threads_of(session, event.topic_id):
        prepare(session, thread, handle, SharePurpose.resolution, resolution)


def draft_corrections(session: Session, event: ResolutionChanged) -> None:
    """Handler. Where the old answer stands, a correction is prepared; where nothing was sent, the words are renewed."""
    resolution = session.get_one(Resolution, event.resolution_id)
    for share, thread, handle in _shares_of(session, resolution.id):
        if share.state in SENT and _is_newest(session, share):
            if _is_out_of_date(session, share, resolution, thread, handle):
                prepare(session, thread, handle, SharePurpose.correction, resolution, corrects=share)
        elif share.state == ShareState.draft and share.drafted_by_id is None:
            share.text = _text(session, resolution, thread, handle, SharePurpose(share.purpose))
            session.add(share)


def draft_withdrawals(session: Session, event: ResolutionWithdrawn) -> None:
    """Handler. What is still prepared goes nowhere; what stands there gets a word."""
    resolution = session.get_one(Resolution, event.resolution_id)
    for share, thread, handle in _shares_of(session, resolution.id):
        if share.state in SENT and _is_newest(session, share):
            name = shown_handle(thread.platform, handle) if handle else ""
            text = f"{name} We took our earlier answer back: {event.reason} We are looking at it again."
            text = lengths.fit(rule_of(session, thread), lengths.Parts(summary=text.strip(), url=""))
            prepare(session, thread, handle, SharePurpose.withdrawal, resolution, text=text, corrects=share)
        elif share.state in (ShareState.draft, ShareState.awaiting, ShareState.approved, ShareState.retrying, ShareState.by_hand):
            share.state, share.said = ShareState.draft, "The resolution was taken back."
            share.approved_by_id = share.approved_at = None
            share.approved_hash = ""
            session.add(share)


def _shares_of(session: Session, resolution_id: int) -> list[tuple[Share, ThreadLink, str]]:
    rows = session.execute(
        select(Share, ThreadLink, col(ExternalAccount.handle))
        .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        .outerjoin(ExternalPost, _asked())
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(Share.resolution_id) == resolution_id)
        .order_by(col(Share.id))
    ).all()
    return [(share, thread, handle or "") for share, thread, handle in rows]


def _is_newest(session: Session, share: Share) -> bool:
    """Nothing has corrected it yet."""
    return session.execute(select(col(Share.id)).where(col(Share.corrects_id) == share.id)).first() is None


def _is_out_of_date(session: Session, share: Share, resolution: Resolution, thread: ThreadLink, handle: str) -> bool:
    """Prepared words are compared as they would be prepared now; a person's own words by what they quote."""
    if resolution.answer in share.text:
        return False
    return share.drafted_by_id is not None or share.text != _text(
        session, resolution, thread, handle, SharePurpose(share.purpose)
    )


def prepare(
    session: Session,
    thread: ThreadLink,
    handle: str,
    purpose: SharePurpose,
    resolution: Resolution,
    *,
    text: str = "",
    corrects: Share | None = None,
) -> bool:
    """False when this very reply is there already."""
    earlier = (
        select(func.count())
        .select_from(Share)
        .where(col(Share.thread_id) == thread.id, col(Share.purpose) == purpose, col(Share.resolution_id) == resolution.id)
    )
    number = 0 if purpose == SharePurpose.resolution else session.execute(earlier).scalar_one()
    made = insert_ignoring(
        session,
        Share,
        {
            "resolution_id": resolution.id,
            "thread_id": thread.id,
            "channel_id": thread.channel_id,
            "purpose": purpose,
            "state": ShareState.draft,
            "text": text or _text(session, resolution, thread, handle, purpose),
            "dedup_key": dedup_key(
                thread.platform, thread.host, thread.root_ext_id, purpose, f"resolution:{resolution.id}", number
            ),
            "corrects_id": corrects.id if corrects else None,
            "receipt_url": "",
            **_EMPTY,
            "created_at": clock.now(),
        },
    )
    if made:
        newest = select(func.max(col(Share.id))).where(col(Share.thread_id) == thread.id)
        emit(session, ShareDrafted(session.execute(newest).scalar_one(), thread.id, purpose.value))
    return made


_EMPTY = {
    "said": "",
    "target_ext_id": "",
    "remote_key": "",
    "second": False,
    "why_second": [],
    "approved_hash": "",
    "attempts": 0,
    "misses": 0,
    "receipt_ext_id": "",
    "receipt_revision": "",
}


def _asked() -> ColumnElement[bool]:
    """The first post of a thread."""
    return (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id))


def threads_of(session: Session, topic_id: int) -> list[tuple[ThreadLink, str]]:
    """Each linked thread with the handle of whoever began it."""
    rows = session.execute(
        select(ThreadLink, col(ExternalAccount.handle))
        .outerjoin(ExternalPost, _asked())
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(ThreadLink.topic_id) == topic_id)
        .order_by(col(ThreadLink.first_post_at))
    ).all()
    return [(thread, handle or "") for thread, handle in rows]


def _text(session: Session, resolution: Resolution, thread: ThreadLink, handle: str, purpose: SharePurpose) -> str:
    solvers = solver_names(session, resolution.id)
    name = shown_handle(thread.platform, handle) if handle else ""
    parts = lengths.Parts(
        handle=name,
        lead=LEADS[purpose],
        summary=resolution.answer,
        url=f"{resolution_address(resolution)}?{PARAMETER}={thread.id}",
        credit=f"Thanks to {listed(solvers)}." if solvers else "",
    )
    return without_pings(lengths.fit(rule_of(session, thread), parts), name)


def solver_names(session: Session, resolution_id: int) -> list[str]:
    """Whoever solved it and does not mind being named elsewhere."""
    return list(
        session.scalars(
            select(col(Member.name))
            .join(Credit, col(Credit.member_id) == col(Member.id))
            .where(col(Credit.resolution_id) == resolution_id, col(Credit.role) == CreditRole.solved, wants("named_elsewhere"))
            .order_by(col(Credit.position))
        )
    )


def resolution_address(resolution: Resolution) -> str:
    return f"{settings().base_url}/resolutions/{resolution.id}/{resolution.slug}"
