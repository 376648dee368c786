"""Requests of people from elsewhere: delete, anonymise, withdraw. Done at once where a person says so, due within a day."""

import re
from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.events import emit
from forum.models import (
    ContactIdentity,
    ContactMerge,
    ContactProposal,
    ExternalAccount,
    ExternalHandle,
    ExternalPost,
    ExternalPostState,
    PostMap,
    PrivacyKind,
    PrivacyRequest,
    ReadingRequest,
    Share,
    ThreadLink,
)
from forum.models.social import Privacy
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.contacts.events import OutsideAuthorsChanged, PrivacyAsked
from forum.social.contacts.inputs import AskPrivacy
from forum.social.privately import cases
from forum.social.reading.erasing import erase
from forum.social.reading.following import follow

DUE = timedelta(hours=24)
ERASED = "somebody"
"""Stands where a name stood."""


def carry_out(session: Session, actor: Actor, account: ExternalAccount, data: AskPrivacy) -> PrivacyRequest:
    """Written down and done in one step; the row is the evidence."""
    require(actor, Permission.triage)
    now = clock.now()
    row = PrivacyRequest(
        external_account_id=account.id,
        kind=PrivacyKind(data.kind),
        said=data.said,
        received_at=now,
        due_at=now + DUE,
        done_at=now,
        by_id=actor.id,
    )
    session.add(row)
    if data.kind == PrivacyKind.delete:
        _delete(session, account)
    elif data.kind == PrivacyKind.anonymise:
        account.privacy = Privacy.anonymise
    else:
        _withdraw(session, account)
    session.add(account)
    session.flush()
    for topic_id in topics_of(session, account.id):
        emit(session, OutsideAuthorsChanged(topic_id))
    emit(session, PrivacyAsked(actor.member_id, row.id))
    return row


def _posts(session: Session, account_id: int) -> list[ExternalPost]:
    live = select(ExternalPost).where(
        col(ExternalPost.account_id) == account_id, col(ExternalPost.state) != ExternalPostState.gone
    )
    return list(session.scalars(live))


def _delete(session: Session, account: ExternalAccount) -> None:
    """The words go here even while they stand there, and every name with them. The ids stay: they keep the words away."""
    posts = _posts(session, account.id)
    erase(session, posts)
    for post in posts:
        post.url = ""
    _forget_names(session, account)
    cases.forget(session, account.id)
    account.handle, account.name, account.url, account.privacy = "", "", "", Privacy.anonymise
    account.followers = account.followers_at = None


def _forget_names(session: Session, account: ExternalAccount) -> None:
    """Where else a name of theirs was written down: names of the past, likely doubles, addresses, replies to them."""
    session.execute(delete(ExternalHandle).where(col(ExternalHandle.account_id) == account.id))
    contacts = select(col(ContactIdentity.contact_id)).where(col(ContactIdentity.external_account_id) == account.id)
    doubles = or_(col(ContactProposal.one_id).in_(contacts), col(ContactProposal.other_id).in_(contacts))
    session.execute(delete(ContactProposal).where(doubles))
    merged = or_(col(ContactMerge.kept_id).in_(contacts), col(ContactMerge.gone_id).in_(contacts))
    session.execute(update(ContactMerge).where(merged).values(reason=""))
    threads = list(
        session.scalars(select(col(ExternalPost.thread_id)).where(col(ExternalPost.account_id) == account.id).distinct())
    )
    for thread in session.scalars(select(ThreadLink).where(col(ThreadLink.id).in_(threads))):
        _forget_in_thread(session, account, thread)


def _forget_in_thread(session: Session, account: ExternalAccount, thread: ThreadLink) -> None:
    written = "|".join(re.escape(one) for one in (account.handle, account.name) if one)
    names = re.compile(rf"(?<!\w)(?:{written})(?!\w)" if written else "(?!)", re.I)
    for share in session.scalars(select(Share).where(col(Share.thread_id) == thread.id)):
        share.text = names.sub(ERASED, share.text)
    for request in session.scalars(select(ReadingRequest).where(col(ReadingRequest.thread_id) == thread.id)):
        request.url = names.sub(ERASED, request.url)
    if names.search(thread.url):
        thread.url = ""


def _withdraw(session: Session, account: ExternalAccount) -> None:
    """Kept for staff, shown to nobody."""
    account.privacy = Privacy.withheld
    for post in _posts(session, account.id):
        post.state = ExternalPostState.withheld
        session.add(post)
    session.flush()
    threads = select(ThreadLink).where(
        col(ThreadLink.id).in_(select(col(ExternalPost.thread_id)).where(col(ExternalPost.account_id) == account.id)),
        col(ThreadLink.topic_id).is_not(None),
    )
    for thread in session.scalars(threads):
        follow(session, thread)


def topics_of(session: Session, account_id: int) -> list[int]:
    statement = (
        select(col(PostMap.topic_id))
        .join(ExternalPost, col(ExternalPost.id) == col(PostMap.external_post_id))
        .where(col(ExternalPost.account_id) == account_id)
        .distinct()
    )
    return sorted(session.scalars(statement))
