"""A member proves that an account elsewhere is theirs, by a word only they can put there (SOCIAL 5.5).

The proof is bound to the account's stable id, never to its handle. The first proof wins; a second one goes to staff.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.accounts.events import MemberLeaving
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict, Invalid, NotFound, TooMany
from forum.core.events import emit
from forum.core.ids import keyed, token_hash
from forum.jobs.queue import enqueue
from forum.models import (
    AccountClaim,
    Channel,
    ChannelState,
    ClaimMethod,
    ClaimState,
    Contact,
    ContactIdentity,
    ExternalAccount,
    ExternalPost,
    Post,
    PostMap,
    Topic,
)
from forum.models.social import MapRole, Privacy
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition import lifecycle
from forum.social.channels.running import through
from forum.social.connectors.base import Budget, Connector
from forum.social.connectors.errors import ConnectorError
from forum.social.connectors.registry import CONNECTORS
from forum.social.contacts.events import AccountClaimed, ClaimEnded, ClaimFailed, OutsideAuthorsChanged
from forum.social.contacts.identities import contact_of_account, contact_of_member, move
from forum.social.contacts.inputs import ClaimAccount, DecideClaim
from forum.social.reading.applying import target_of
from forum.social.sources import SourceAccount

LASTS = timedelta(hours=24)
TRIES = 5
PER_DAY = 10
NOT_NOW = "The network does not answer just now. Try again in a few minutes."
NOT_FOUND = "We do not see the word there yet. Save your profile, wait a moment, and look again."


def start(session: Session, actor: Actor, data: ClaimAccount) -> AccountClaim:
    require(actor, Permission.account_claim)
    account = _named(session, data.address)
    if account is None:
        raise Invalid(
            {"address": "We know no account by that address. Paste the address of a post of yours that was brought here."}
        )
    if account.claimed_by_id == actor.id:
        raise Conflict("This account is yours already.")
    if _reader(session, account) is None:
        raise Conflict("We cannot read that network just now, so nothing can be proved there. Try again later.")
    today = (
        select(func.count())
        .select_from(AccountClaim)
        .where(col(AccountClaim.member_id) == actor.id, col(AccountClaim.created_at) > clock.now() - LASTS)
    )
    if session.execute(today).scalar_one() >= PER_DAY:
        raise TooMany("That was enough for a day. Come back tomorrow.", int(LASTS.total_seconds()))
    _end_waiting(session, actor.member_id, account.id)
    claim = AccountClaim(
        external_account_id=account.id,
        member_id=actor.member_id,
        method=ClaimMethod(data.method),
        token_hash="",
        expires_at=clock.now() + LASTS,
    )
    session.add(claim)
    session.flush()
    claim.token_hash = token_hash(word_of(claim))
    session.add(claim)
    return claim


def word_of(claim: AccountClaim) -> str:
    """What to write there: made from our key, so that the database alone cannot prove anything."""
    return f"here-{keyed(f'{claim.id}:{claim.member_id}:{claim.external_account_id}', 'claim')[:12]}"


def _named(session: Session, address: str) -> ExternalAccount | None:
    """By the address of a profile, or of a post we know; never by a handle alone."""
    plain = address.partition("?")[0].partition("#")[0].rstrip("/")
    if not urlsplit(plain).scheme:
        return None
    by_profile = select(ExternalAccount).where(col(ExternalAccount.url).in_([plain, f"{plain}/"]))
    found = session.scalars(by_profile.limit(1)).first()
    if found is not None:
        return found
    by_post = (
        select(ExternalAccount)
        .join(ExternalPost, col(ExternalPost.account_id) == col(ExternalAccount.id))
        .where(col(ExternalPost.url).in_([plain, f"{plain}/"]) | (col(ExternalPost.ext_id) == plain))
    )
    return session.scalars(by_post.limit(1)).first()


def _reader(session: Session, account: ExternalAccount) -> int | None:
    """A channel that can read that network."""
    if account.platform not in CONNECTORS:
        return None
    working = select(col(Channel.id)).where(col(Channel.platform) == account.platform, col(Channel.state) == ChannelState.ok)
    return session.scalars(working.order_by(col(Channel.id)).limit(1)).first()


def look(session: Session, actor: Actor, claim_id: int) -> AccountClaim:
    """The member says that the word stands there now; the worker looks."""
    claim = own_claim(session, actor, claim_id)
    if claim.state != ClaimState.waiting:
        raise Conflict("This proof is over. Begin a new one.")
    if claim.expires_at <= clock.now():
        raise Conflict("The word was good for a day. Begin a new proof.")
    if claim.attempts >= TRIES:
        raise TooMany("We looked often enough. Begin a new proof.", 3600)
    claim.attempts += 1
    claim.said = "We are looking."
    session.add(claim)
    enqueue(session, "social.check_claim", dedup_key=f"claim:{claim.id}", claim_id=claim.id)
    return claim


def own_claim(session: Session, actor: Actor, claim_id: int) -> AccountClaim:
    require(actor, Permission.account_claim)
    claim = session.get(AccountClaim, claim_id, with_for_update=True)
    if claim is None or claim.member_id != actor.id:
        raise NotFound
    return claim


def check(claim_id: int) -> None:
    """Job: reads the profile, or the thread for a reply, and looks for the word."""
    with transaction(writes=False) as session:
        claim = session.get(AccountClaim, claim_id)
        if claim is None or claim.state != ClaimState.waiting:
            return
        account = session.get_one(ExternalAccount, claim.external_account_id)
        channel_id, word, method = _reader(session, account), word_of(claim), claim.method
        source = SourceAccount(account.ext_id, account.handle, account.host, account.name, account.url)
        newest = session.scalars(
            select(ExternalPost).where(col(ExternalPost.account_id) == account.id).order_by(col(ExternalPost.id).desc()).limit(1)
        ).first()
        target = target_of(newest) if newest is not None else None
    if channel_id is None:
        _say(claim_id, NOT_NOW)
        return

    async def in_profile(connector: Connector, budget: Budget) -> bool:
        profile = await connector.profile(source, budget)
        return profile.account.ext_id == source.ext_id and word in f"{profile.text} {' '.join(profile.links)}"

    async def in_reply(connector: Connector, budget: Budget) -> bool:
        if target is None:
            return False
        page = await connector.fetch_thread(target, budget)
        return any(post.account.ext_id == source.ext_id and word in post.text for post in page.posts)

    try:
        proved = through(channel_id, in_profile if method == ClaimMethod.profile else in_reply)
    except ConnectorError:
        _say(claim_id, NOT_NOW)
        return
    if proved:
        _prove(claim_id)
    else:
        _say(claim_id, NOT_FOUND)
        _warn_holder(claim_id)


def _say(claim_id: int, said: str) -> None:
    with transaction() as session:
        session.execute(update(AccountClaim).where(col(AccountClaim.id) == claim_id).values(said=said))


def _warn_holder(claim_id: int) -> None:
    """Whoever holds the account hears that somebody else tried."""
    with transaction() as session:
        claim = session.get_one(AccountClaim, claim_id)
        holder = session.get_one(ExternalAccount, claim.external_account_id).claimed_by_id
        if holder is not None and holder != claim.member_id:
            emit(session, ClaimFailed(claim.member_id, claim.external_account_id, holder))


def _prove(claim_id: int) -> None:
    with transaction() as session:
        claim = session.get_one(AccountClaim, claim_id, with_for_update=True)
        if claim.state != ClaimState.waiting:
            return
        if claim.expires_at <= clock.now():
            claim.state, claim.said = ClaimState.expired, "The word was good for a day. Begin again."
            session.add(claim)
            return
        account = session.get_one(ExternalAccount, claim.external_account_id, with_for_update=True)
        if account.claimed_by_id is not None and account.claimed_by_id != claim.member_id:
            claim.state, claim.said = ClaimState.review, "Somebody proved this account before you. Staff look at it."
            session.add(claim)
            emit(session, ClaimFailed(claim.member_id, account.id, account.claimed_by_id))
            return
        _hold(session, claim, account)


def _hold(session: Session, claim: AccountClaim, account: ExternalAccount) -> None:
    claim.state, claim.proved_at, claim.said = ClaimState.proved, clock.now(), ""
    account.claimed_by_id, account.privacy = claim.member_id, Privacy.usual
    session.add_all([claim, account])
    session.flush()
    _sign(session, account.id, claim.member_id)
    kept, gone = contact_of_member(session, claim.member_id), contact_of_account(session, account.id)
    if kept != gone:
        move(session, _identity_ids(session, account.id), kept)
    lifecycle.claim(session, claim.member_id, account.id)
    emit(session, AccountClaimed(claim.member_id, account.id))


def _identity_ids(session: Session, account_id: int) -> list[int]:
    from_account = select(col(ContactIdentity.id)).where(col(ContactIdentity.external_account_id) == account_id)
    return list(session.scalars(from_account))


def _sign(session: Session, account_id: int, member_id: int | None) -> None:
    """Posts of the account that stand here carry the member's name, or none again."""
    placed = (
        select(col(PostMap.post_id), col(PostMap.topic_id), col(PostMap.role))
        .join(ExternalPost, col(ExternalPost.id) == col(PostMap.external_post_id))
        .where(col(ExternalPost.account_id) == account_id, col(PostMap.post_id).is_not(None), col(PostMap.text_hash) != "")
    )
    rows = session.execute(placed).all()
    posts = [row.post_id for row in rows]
    asked = [row.topic_id for row in rows if row.role == MapRole.question]
    session.execute(update(Post).where(col(Post.id).in_(posts)).values(author_id=member_id))
    session.execute(update(Topic).where(col(Topic.id).in_(asked)).values(author_id=member_id))
    for topic_id in sorted({row.topic_id for row in rows}):
        emit(session, OutsideAuthorsChanged(topic_id))


def let_go(session: Session, actor: Actor, claim_id: int) -> None:
    """The member does not want the two joined any more."""
    claim = own_claim(session, actor, claim_id)
    if claim.state != ClaimState.proved:
        raise Conflict("This account is not joined to you.")
    _release(session, claim, Privacy.usual)
    emit(session, ClaimEnded(actor.member_id, claim.external_account_id))


def _release(session: Session, claim: AccountClaim, privacy: Privacy) -> None:
    account = session.get_one(ExternalAccount, claim.external_account_id)
    account.claimed_by_id, account.privacy = None, privacy
    claim.state, claim.ended_at = ClaimState.revoked, clock.now()
    session.add_all([account, claim])
    _sign(session, account.id, None)
    identities = _identity_ids(session, account.id)
    fresh = Contact()
    session.add(fresh)
    session.flush()
    move(session, identities, fresh.id)


def forget_leaving(session: Session, event: MemberLeaving) -> None:
    """Handler: nothing is deleted elsewhere; here their posts have a pseudonym again."""
    held = select(AccountClaim).where(
        col(AccountClaim.member_id) == event.member_id, col(AccountClaim.state) == ClaimState.proved
    )
    for claim in session.scalars(held).all():
        _release(session, claim, Privacy.anonymise)


def decide(session: Session, actor: Actor, claim_id: int, data: DecideClaim) -> None:
    """Staff, where two people proved the same account."""
    require(actor, Permission.triage)
    claim = session.get(AccountClaim, claim_id, with_for_update=True)
    if claim is None or claim.state != ClaimState.review:
        raise NotFound
    older = session.scalars(
        select(AccountClaim).where(
            col(AccountClaim.external_account_id) == claim.external_account_id, col(AccountClaim.state) == ClaimState.proved
        )
    ).first()
    if actor.id in (claim.member_id, older.member_id if older is not None else None):
        raise Conflict("This is about an account of your own. Somebody else decides.")
    if data.decision == "keep":
        claim.state, claim.said, claim.ended_at = ClaimState.revoked, "Staff left it with whoever proved it first.", clock.now()
        session.add(claim)
        return
    if older is not None:
        _release(session, older, Privacy.usual)
        session.flush()
    _hold(session, claim, session.get_one(ExternalAccount, claim.external_account_id))


def _end_waiting(session: Session, member_id: int, account_id: int) -> None:
    waiting = update(AccountClaim).where(
        col(AccountClaim.member_id) == member_id,
        col(AccountClaim.external_account_id) == account_id,
        col(AccountClaim.state) == ClaimState.waiting,
    )
    session.execute(waiting.values(state=ClaimState.expired, ended_at=clock.now()))
