"""One person over all their identities: found or made, merged by people, and taken apart again."""

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import Contact, ContactIdentity, ContactMerge, ContactProposal, ExternalAccount, ProposalMark
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.contacts.events import ContactsMerged, MergeUndone


def contact_of_account(session: Session, account_id: int) -> int:
    return _contact(session, col(ContactIdentity.external_account_id) == account_id, {"external_account_id": account_id})


def contact_of_member(session: Session, member_id: int) -> int:
    return _contact(session, col(ContactIdentity.member_id) == member_id, {"member_id": member_id})


def known_contact(session: Session, *, account_id: int | None = None, member_id: int | None = None) -> int | None:
    """Without making one; for pages that only read."""
    which = col(ContactIdentity.external_account_id) == account_id if account_id else col(ContactIdentity.member_id) == member_id
    return session.execute(select(col(ContactIdentity.contact_id)).where(which)).scalar_one_or_none()


def _contact(session: Session, which: ColumnElement[bool], identity: dict[str, int]) -> int:
    """Two who meet the same account at once make one contact: the unique identity decides."""
    find = select(col(ContactIdentity.contact_id)).where(which)
    found: int | None = session.execute(find).scalar_one_or_none()
    if found is not None:
        return found
    contact = Contact()
    session.add(contact)
    session.flush()
    if insert_ignoring(session, ContactIdentity, {"contact_id": contact.id, "added_at": clock.now(), **identity}):
        return contact.id
    session.delete(contact)
    session.flush()
    theirs: int = session.execute(find).scalar_one()
    return theirs


def open_contact(session: Session, actor: Actor, account_id: int) -> int:
    """The contact of somebody who spoke elsewhere, made when nobody looked before."""
    require(actor, Permission.triage)
    if session.get(ExternalAccount, account_id) is None:
        raise NotFound
    return contact_of_account(session, account_id)


def access_contact(session: Session, actor: Actor, contact_id: int) -> Contact:
    """The contact that stands for it now, when it was merged."""
    require(actor, Permission.triage)
    contact = session.get(Contact, contact_id)
    while contact is not None and contact.merged_into_id is not None:
        contact = session.get(Contact, contact.merged_into_id)
    if contact is None:
        raise NotFound
    return contact


def merge(session: Session, actor: Actor, kept: Contact, gone: Contact, reason: str) -> ContactMerge:
    """All identities of one move to the other; what moved is written down, so that it can move back."""
    require(actor, Permission.triage)
    if kept.id == gone.id:
        raise Conflict("These are one contact already.")
    for one in sorted((kept, gone), key=lambda contact: contact.id):
        session.refresh(one, with_for_update=True)
        if one.merged_into_id is not None:
            raise Conflict("Somebody merged one of them meanwhile. Reload the page to see how they stand.")
    moved = list(session.scalars(select(col(ContactIdentity.id)).where(col(ContactIdentity.contact_id) == gone.id)))
    move(session, moved, kept.id)
    gone.merged_into_id = kept.id
    row = ContactMerge(kept_id=kept.id, gone_id=gone.id, moved=moved, reason=reason, by_id=actor.id)
    session.add_all([gone, row])
    _settle(session, actor, kept.id, gone.id, ProposalMark.accepted)
    session.flush()
    emit(session, ContactsMerged(actor.member_id, row.id))
    return row


def undo(session: Session, actor: Actor, merge_id: int) -> ContactMerge:
    """What was claimed by a member since stays with them."""
    require(actor, Permission.triage)
    row = session.get(ContactMerge, merge_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.undone_at is not None:
        raise Conflict("This was undone already.")
    later = select(col(ContactMerge.id)).where(
        col(ContactMerge.gone_id) == row.kept_id, col(ContactMerge.id) > row.id, col(ContactMerge.undone_at).is_(None)
    )
    if session.execute(later).first() is not None:
        raise Conflict("This contact was merged once more since. Undo that first.")
    gone = session.get_one(Contact, row.gone_id)
    gone.merged_into_id = None
    row.undone_at = clock.now()
    session.add_all([gone, row])
    still = select(col(ContactIdentity.id)).where(
        col(ContactIdentity.id).in_(row.moved), col(ContactIdentity.contact_id) == row.kept_id
    )
    move(session, list(session.scalars(still)), row.gone_id)
    _settle(session, actor, row.kept_id, row.gone_id, ProposalMark.refused)
    emit(session, MergeUndone(actor.member_id, row.id))
    return row


def move(session: Session, identity_ids: list[int], contact_id: int) -> None:
    moving = update(ContactIdentity).where(col(ContactIdentity.id).in_(identity_ids))
    session.execute(moving.values(contact_id=contact_id).execution_options(synchronize_session="fetch"))


def _settle(session: Session, actor: Actor, one: int, other: int, state: ProposalMark) -> None:
    pair = (min(one, other), max(one, other))
    decided = update(ContactProposal).where(col(ContactProposal.one_id) == pair[0], col(ContactProposal.other_id) == pair[1])
    session.execute(decided.values(state=state, decided_by_id=actor.id, decided_at=clock.now()))


def refuse(session: Session, actor: Actor, proposal_id: int) -> ContactProposal:
    """Two people; it is not proposed again."""
    require(actor, Permission.triage)
    row = session.get(ContactProposal, proposal_id)
    if row is None:
        raise NotFound
    row.state, row.decided_by_id, row.decided_at = ProposalMark.refused, actor.id, clock.now()
    session.add(row)
    return row
