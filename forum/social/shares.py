"""Carrying a resolution back: one prepared reply for each thread where people asked.

A person posts it under their own account and tells us where; nothing is sent from here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.settings import settings
from forum.core.text import Line, Words, listed
from forum.models import (
    Credit,
    CreditRole,
    ExternalAccount,
    ExternalPost,
    Member,
    Resolution,
    ResolutionState,
    Share,
    ShareState,
    ThreadLink,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.resolutions.events import ResolutionPublished
from forum.social import lengths
from forum.social.authors import network_name, shown_handle
from forum.social.events import ShareSent
from forum.topics.inputs import Input

UNITS = {"x": "x_weighted", "bluesky": "graphemes"}


class SaveShare(Input):
    text: Annotated[Words, Field(min_length=1, max_length=10_000)]
    act: str = "save"


class Receipt(Input):
    receipt_url: Annotated[Line, Field(max_length=600)]

    @field_validator("receipt_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("Paste the address of your reply, beginning with https://.")
        return value


@dataclass(frozen=True, slots=True)
class ShareView:
    id: int
    platform: str
    network: str
    author: str
    url: str
    text: str
    count: int
    limit: int
    unit: str
    state: str
    open_url: str
    receipt_url: str
    sent_at: datetime | None


def draft_shares(session: Session, event: ResolutionPublished) -> None:
    """Prepare a reply for every linked thread. One per resolution and thread, so publishing again adds none."""
    resolution = session.get_one(Resolution, event.resolution_id)
    for thread, handle in _threads(session, event.topic_id):
        text = lengths.fit(thread.platform, _parts(session, resolution, thread, handle))
        values = {
            "resolution_id": resolution.id,
            "thread_id": thread.id,
            "state": ShareState.draft,
            "text": text,
            "receipt_url": "",
        }
        insert_ignoring(session, Share, values | {"created_at": clock.now()})


def _threads(session: Session, topic_id: int) -> list[tuple[ThreadLink, str]]:
    """Each linked thread with the handle of whoever began it."""
    rows = session.execute(
        select(ThreadLink, col(ExternalAccount.handle))
        .outerjoin(
            ExternalPost,
            (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id)),
        )
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(ThreadLink.topic_id) == topic_id)
        .order_by(col(ThreadLink.first_post_at))
    ).all()
    return [(thread, handle or "") for thread, handle in rows]


def _parts(session: Session, resolution: Resolution, thread: ThreadLink, handle: str) -> lengths.Parts:
    solvers = session.scalars(
        select(col(Member.name))
        .join(Credit, col(Credit.member_id) == col(Member.id))
        .where(col(Credit.resolution_id) == resolution.id, col(Credit.role) == CreditRole.solved)
        .order_by(col(Credit.position))
    ).all()
    return lengths.Parts(
        handle=shown_handle(thread.platform, handle) if handle else "",
        summary=resolution.answer,
        url=f"{settings().base_url}/resolutions/{resolution.id}/{resolution.slug}",
        credit=f"Thanks to {listed(solvers)}." if solvers else "",
    )


def share_views(session: Session, topic_id: int) -> list[ShareView]:
    rows = session.execute(
        select(Share, ThreadLink, col(ExternalAccount.handle))
        .join(ThreadLink, col(ThreadLink.id) == col(Share.thread_id))
        .outerjoin(
            ExternalPost,
            (col(ExternalPost.thread_id) == col(ThreadLink.id)) & (col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id)),
        )
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(col(ThreadLink.topic_id) == topic_id)
        .order_by(col(Share.id))
    ).all()
    return [_view(share, thread, handle or "somebody") for share, thread, handle in rows]


def _view(share: Share, thread: ThreadLink, handle: str) -> ShareView:
    return ShareView(
        id=share.id,
        platform=thread.platform,
        network=network_name(thread.platform),
        author=shown_handle(thread.platform, handle),
        url=thread.url,
        text=share.text,
        count=lengths.count(thread.platform, share.text),
        limit=lengths.limit(thread.platform),
        unit=UNITS.get(thread.platform, "chars"),
        state=share.state,
        open_url=lengths.open_url(thread.platform, thread, share.text),
        receipt_url=share.receipt_url,
        sent_at=share.sent_at,
    )


def access_share(session: Session, actor: Actor, share_id: int) -> tuple[Share, ThreadLink]:
    require(actor, Permission.triage)
    share = session.scalars(select(Share).where(col(Share.id) == share_id).with_for_update()).first()
    if share is None:
        raise NotFound
    return share, session.get_one(ThreadLink, share.thread_id)


def save_share(session: Session, actor: Actor, share: Share, thread: ThreadLink, data: SaveShare) -> None:
    require(actor, Permission.triage)
    _still_draft(share)
    if not lengths.fits(thread.platform, data.text):
        most, long = lengths.limit(thread.platform), lengths.count(thread.platform, data.text)
        raise Invalid({"text": f"{network_name(thread.platform)} takes {most} characters. Shorten it by {max(1, long - most)}."})
    share.text = data.text


def record_receipt(session: Session, actor: Actor, share: Share, thread: ThreadLink, data: Receipt) -> None:
    """A person has posted it; now the topic can say so."""
    require(actor, Permission.triage)
    _still_draft(share)
    resolution = session.get_one(Resolution, share.resolution_id)
    if resolution.state != ResolutionState.public:
        raise Conflict("The resolution is not public, so nobody could read it. Publish it first.")
    share.state = ShareState.sent
    share.receipt_url = data.receipt_url
    share.sent_by_id = actor.id
    share.sent_at = clock.now()
    emit(session, ShareSent(actor.member_id, resolution.topic_id, share.id, thread.platform))


def drop_share(session: Session, actor: Actor, share: Share) -> None:
    require(actor, Permission.triage)
    _still_draft(share)
    share.state = ShareState.dropped


def _still_draft(share: Share) -> None:
    if share.state != ShareState.draft:
        raise Conflict("This reply was decided already. Reload the page to see how it stands.")
