"""A contact as staff see it, and a member's own accounts elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core.errors import NotFound
from forum.core.text import excerpt, first_words, hue, initials, plural
from forum.models import (
    AccountClaim,
    Audience,
    ClaimState,
    Contact,
    ContactIdentity,
    ContactMerge,
    ContactProposal,
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    Member,
    Post,
    PostKind,
    PostMap,
    PostState,
    PrivacyRequest,
    Product,
    ProposalMark,
    Topic,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import network_name, shown_handle
from forum.social.contacts.claims import word_of
from forum.social.contacts.marking import MarkView, marks
from forum.social.contacts.told import told

LATEST = 40
METHODS = {"profile": "Put this word into your profile there", "reply": "Write this word in a public reply there"}
STATES = {
    ClaimState.waiting: "Waiting for the proof",
    ClaimState.proved: "Yours",
    ClaimState.review: "Staff look at it",
    ClaimState.expired: "Too late",
    ClaimState.revoked: "Not joined any more",
}


@dataclass(frozen=True, slots=True)
class IdentityView:
    platform: str
    network: str
    name: str
    handle: str
    url: str
    claimed: bool
    account_id: int | None
    member_url: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One thing they said, wherever."""

    at: datetime
    platform: str
    network: str
    text: str
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    id: int
    other_id: int
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    id: int
    name: str
    initials: str
    hue: int
    identities: list[IdentityView]
    entries: list[EntryView]
    told: list[str]
    size: str
    proposals: list[ProposalView]
    merges: list[tuple[int, str, datetime, str]]
    """Id, name of what was merged, when, why."""
    requests: list[tuple[str, datetime, str]]
    marks: dict[int, MarkView]
    """Press, public figure or VIP, by account."""


@dataclass(frozen=True, slots=True)
class ContactsPage:
    proposals: list[tuple[int, int, str, int, str, str]]
    """Proposal id, contact, its name, other contact, its name, reason."""
    claims: list[tuple[int, str, str, str]]
    """Claim id, who claims, account, who holds it."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    id: int
    account: str
    network: str
    platform: str
    state: str
    label: str
    how: str
    word: str
    said: str
    until: datetime


def contact_page(session: Session, actor: Actor, contact: Contact) -> ContactPage:
    require(actor, Permission.triage)
    rows = _identities(session, [contact.id])
    if not rows:
        raise NotFound
    accounts = [account.id for account, _ in rows if account is not None]
    members = [member.id for _, member in rows if member is not None]
    entries = _entries(session, accounts, members)
    name = _name(rows)
    products = list(session.scalars(select(col(Product.name)).order_by(func.length(col(Product.name)).desc())))
    return ContactPage(
        id=contact.id,
        name=name,
        initials=initials(name),
        hue=hue(contact.id),
        identities=[_identity(account, member) for account, member in rows],
        entries=entries[:LATEST],
        told=told((entry.text for entry in entries), products),
        size=f"{plural(len(entries), 'post')} in {plural(len({one.network for one in entries}), 'place')}",
        proposals=_proposals(session, contact.id),
        merges=_merges(session, contact.id),
        requests=_requests(session, accounts),
        marks={one.account_id: one for one in marks(session, [account for account, _ in rows if account is not None])},
    )


Identity = tuple[ExternalAccount | None, Member | None]


def _identities(session: Session, contact_ids: list[int]) -> list[Identity]:
    statement = (
        select(ExternalAccount, Member)
        .select_from(ContactIdentity)
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ContactIdentity.external_account_id))
        .outerjoin(Member, col(Member.id) == col(ContactIdentity.member_id))
        .where(col(ContactIdentity.contact_id).in_(contact_ids))
        .order_by(col(ContactIdentity.id))
    )
    return [(account, member) for account, member in session.execute(statement)]


def _name(rows: list[Identity]) -> str:
    """A member's name first, else the first name given elsewhere."""
    member = next((member for _, member in rows if member is not None), None)
    if member is not None:
        return member.name
    account = next(account for account, _ in rows if account is not None)
    return account.name or shown_handle(account.platform, account.handle)


def _identity(account: ExternalAccount | None, member: Member | None) -> IdentityView:
    if member is not None:
        url = f"/members/{member.handle_key}"
        return IdentityView("", "Here", member.name, f"@{member.handle}", url, True, None, url)
    assert account is not None
    safe = account.url if account.url.startswith(("https://", "http://")) else ""
    handle = shown_handle(account.platform, account.handle)
    return IdentityView(
        account.platform, network_name(account.platform), account.name or handle, handle, safe,
        account.claimed_by_id is not None, account.id, "",
    )  # fmt: skip


def _entries(session: Session, accounts: list[int], members: list[int]) -> list[EntryView]:
    made = [*_elsewhere(session, accounts), *_here(session, members)]
    return sorted(made, key=lambda entry: entry.at, reverse=True)


def _elsewhere(session: Session, accounts: list[int]) -> list[EntryView]:
    statement = (
        select(ExternalPost)
        .where(col(ExternalPost.account_id).in_(accounts), col(ExternalPost.state) != ExternalPostState.gone)
        .order_by(col(ExternalPost.created_at).desc())
        .limit(LATEST * 2)
    )
    return [
        EntryView(
            row.created_at,
            row.platform,
            network_name(row.platform),
            first_words(row.text, 280),
            f"/desk/social/{row.thread_id}",
            "",
        )
        for row in session.scalars(statement)
    ]


def _here(session: Session, members: list[int]) -> list[EntryView]:
    """What they wrote here themselves; what came from elsewhere is listed there."""
    statement = (
        select(col(Post.created_at), col(Post.body), col(Topic.id), col(Topic.slug), col(Topic.title), col(Topic.state))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Post.author_id).in_(members),
            col(Post.state) == PostState.visible,
            col(Post.kind) != PostKind.note,
            col(Topic.audience) != Audience.removed,
            col(Post.id).not_in(_from_elsewhere()),
        )
        .order_by(col(Post.created_at).desc())
        .limit(LATEST * 2)
    )
    return [
        EntryView(row.created_at, "", "Here", f"{row.title}: {excerpt(row.body, 240)}", f"/topics/{row.id}/{row.slug}", row.state)
        for row in session.execute(statement)
    ]


def _from_elsewhere() -> Select[Any]:
    return select(col(PostMap.post_id)).where(col(PostMap.post_id).is_not(None), col(PostMap.text_hash) != "")


def _proposals(session: Session, contact_id: int) -> list[ProposalView]:
    mine = or_(col(ContactProposal.one_id) == contact_id, col(ContactProposal.other_id) == contact_id)
    rows = session.scalars(select(ContactProposal).where(mine, col(ContactProposal.state) == ProposalMark.open)).all()
    others = {row.id: row.other_id if row.one_id == contact_id else row.one_id for row in rows}
    names = _names(session, list(others.values()))
    return [ProposalView(row.id, others[row.id], names[others[row.id]], row.reason) for row in rows if others[row.id] in names]


def _names(session: Session, contact_ids: list[int]) -> dict[int, str]:
    """Of contacts that still stand for themselves."""
    statement = (
        select(col(ContactIdentity.contact_id), ExternalAccount, Member)
        .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ContactIdentity.external_account_id))
        .outerjoin(Member, col(Member.id) == col(ContactIdentity.member_id))
        .where(col(ContactIdentity.contact_id).in_(contact_ids))
        .order_by(col(ContactIdentity.id))
    )
    grouped: dict[int, list[Identity]] = {}
    for contact_id, account, member in session.execute(statement):
        grouped.setdefault(contact_id, []).append((account, member))
    return {contact_id: f"{_name(rows)} ({_places(rows)})" for contact_id, rows in grouped.items()}


def _places(rows: list[Identity]) -> str:
    return ", ".join(network_name(account.platform) if account is not None else "here" for account, _ in rows)


def _merges(session: Session, contact_id: int) -> list[tuple[int, str, datetime, str]]:
    rows = session.scalars(
        select(ContactMerge)
        .where(col(ContactMerge.kept_id) == contact_id, col(ContactMerge.undone_at).is_(None))
        .order_by(col(ContactMerge.id).desc())
    ).all()
    moved = {
        identity_id: (account, member)
        for identity_id, account, member in session.execute(
            select(col(ContactIdentity.id), ExternalAccount, Member)
            .outerjoin(ExternalAccount, col(ExternalAccount.id) == col(ContactIdentity.external_account_id))
            .outerjoin(Member, col(Member.id) == col(ContactIdentity.member_id))
            .where(col(ContactIdentity.id).in_([one for row in rows for one in row.moved]))
        )
    }
    return [
        (row.id, ", ".join(_name([moved[one]]) for one in row.moved if one in moved) or "nothing", row.at, row.reason)
        for row in rows
    ]


def _requests(session: Session, accounts: list[int]) -> list[tuple[str, datetime, str]]:
    statement = (
        select(PrivacyRequest)
        .where(col(PrivacyRequest.external_account_id).in_(accounts))
        .order_by(col(PrivacyRequest.id).desc())
        .limit(10)
    )
    return [(row.kind, row.received_at, row.said) for row in session.scalars(statement)]


def contacts_page(session: Session, actor: Actor) -> ContactsPage:
    """What waits for a decision."""
    require(actor, Permission.triage)
    rows = session.scalars(
        select(ContactProposal)
        .where(col(ContactProposal.state) == ProposalMark.open)
        .order_by(col(ContactProposal.id).desc())
        .limit(50)
    ).all()
    names = _names(session, [one for row in rows for one in (row.one_id, row.other_id)])
    proposals = [
        (row.id, row.one_id, names[row.one_id], row.other_id, names[row.other_id], row.reason)
        for row in rows
        if row.one_id in names and row.other_id in names
    ]
    return ContactsPage(proposals, _claims_in_review(session))


def _claims_in_review(session: Session) -> list[tuple[int, str, str, str]]:
    holder = aliased(Member, name="holder")
    columns: list[Any] = [col(AccountClaim.id), col(Member.name), ExternalAccount, col(holder.name).label("held_by")]
    statement = (
        select(*columns)
        .join(Member, col(Member.id) == col(AccountClaim.member_id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(AccountClaim.external_account_id))
        .outerjoin(holder, col(holder.id) == col(ExternalAccount.claimed_by_id))
        .where(col(AccountClaim.state) == ClaimState.review)
        .order_by(col(AccountClaim.id))
    )
    return [
        (row.id, row.name, shown_handle(row.ExternalAccount.platform, row.ExternalAccount.handle), row.held_by or "nobody")
        for row in session.execute(statement)
    ]


def own_accounts(session: Session, actor: Actor) -> list[ClaimView]:
    """A member's accounts elsewhere, the newest first."""
    require(actor, Permission.account_own)
    statement = (
        select(AccountClaim, ExternalAccount)
        .join(ExternalAccount, col(ExternalAccount.id) == col(AccountClaim.external_account_id))
        .where(
            col(AccountClaim.member_id) == actor.id,
            col(AccountClaim.state).in_((ClaimState.waiting, ClaimState.proved, ClaimState.review)),
        )
        .order_by(col(AccountClaim.id).desc())
    )
    return [_claim(claim, account) for claim, account in session.execute(statement)]


def _claim(claim: AccountClaim, account: ExternalAccount) -> ClaimView:
    return ClaimView(
        id=claim.id,
        account=shown_handle(account.platform, account.handle),
        network=network_name(account.platform),
        platform=account.platform,
        state=claim.state,
        label=STATES[ClaimState(claim.state)],
        how=METHODS[claim.method],
        word=word_of(claim) if claim.state == ClaimState.waiting else "",
        said=claim.said,
        until=claim.expires_at,
    )
