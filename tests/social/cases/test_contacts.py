"""One person over all identities: claims by proof, merges with undo, requests for privacy (SOCIAL 5.5, 7)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from forum.accounts import passwords
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict
from forum.models import (
    AccountClaim,
    Channel,
    ChannelState,
    Contact,
    ContactProposal,
    ExternalAccount,
    ExternalHandle,
    ExternalPost,
    Member,
    Notice,
    Platform,
    Post,
    Privacy,
    Role,
    ThreadLink,
    Topic,
)
from forum.policy.actor import actor_of
from forum.social.actions import publish_thread
from forum.social.contacts import identities, proposals
from forum.social.contacts.identities import contact_of_account
from forum.social.contacts.told import told
from forum.social.inputs import PublishThread
from forum.social.projection import project
from forum.social.simulated.network import Network, address
from tests import make
from tests.fakes.client import Browser, words
from tests.make import channels

PASSWORD = "a long and unusual sentence"
PROFILE = "https://network.example/@tomasz"


@pytest.fixture
def net(session: Session) -> Network:
    return channels.network()


@pytest.fixture
def topic(session: Session, net: Network) -> Topic:
    """A thread from elsewhere that stands here as a question."""
    channels.channel(session)
    thread = channels.read(session, address(channels.outage(net)["root"]))
    make.section(session, slug="help")
    agent = make.member(session, role=Role.agent)
    with transaction() as writing:
        place = writing.get_one(ThreadLink, thread.id)
        data = PublishThread(
            title="Wi-Fi is lost after dinner, whatever the room", section="help", digest=project(writing, place).digest
        )
        return publish_thread(writing, actor_of(agent), place, data)


def account(session: Session, handle: str = "tomasz") -> ExternalAccount:
    session.expire_all()
    session.rollback()
    return session.exec(select(ExternalAccount).where(ExternalAccount.handle == handle)).one()


def begin(client: Browser, session: Session, member: Member, method: str = "profile") -> tuple[int, str]:
    """The number of the claim and the word to write there."""
    client.sign_in(member)
    client.post("/settings/accounts", {"address": PROFILE, "method": method})
    session.rollback()
    claim = session.exec(select(AccountClaim).where(AccountClaim.member_id == member.id).order_by(AccountClaim.id.desc())).first()
    shown = words(client.get("/settings/accounts"))
    return claim.id, next(word for word in shown.split() if word.startswith("here-"))


def look(client: Browser, claim_id: int, drain) -> str:
    client.post(f"/settings/accounts/{claim_id}/look")
    drain()
    return words(client.get("/settings/accounts"))


@pytest.mark.parametrize("method", ["profile", "reply"])
def test_an_account_is_claimed_by_proof(
    client: Browser, session: Session, net: Network, topic: Topic, drain, method: str
) -> None:
    tomasz = make.member(session, "tomasz_w")
    claim_id, word = begin(client, session, tomasz, method)
    assert "We do not see the word there yet" in look(client, claim_id, drain)
    if method == "profile":
        net.change("acct-tomasz", bio=f"Fixes routers. {word}")
    else:
        net.write("acct-tomasz", f"It is me: {word}", parent=1)
    assert "Yours" in look(client, claim_id, drain)
    assert account(session).claimed_by_id == tomasz.id
    post = session.exec(select(Post).where(Post.author_id == tomasz.id)).one()
    assert "Set the channel to 11" in post.body
    client.sign_out()
    assert "tomasz_w" in client.get(f"/topics/{topic.id}/{topic.slug}").text.lower()


def test_case_38_a_name_that_looks_alike(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    """The proof is bound to the account, not to its handle."""
    mallory = make.member(session, "mallory")
    claim_id, word = begin(client, session, mallory)
    net.change("acct-tomasz", handle="tomasz_old")
    net.join("tomasz", "Tomasz", account_id="acct-lookalike", bio=word)
    assert "We do not see the word there yet" in look(client, claim_id, drain)
    for _ in range(4):
        look(client, claim_id, drain)
    assert client.post(f"/settings/accounts/{claim_id}/look").status_code == 429
    session.rollback()
    assert session.exec(select(Post).where(Post.author_id == mallory.id)).all() == []


def test_case_39_two_members_and_one_account(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    tomasz, other = make.member(session, "tomasz_w"), make.member(session, "other")
    claim_id, word = begin(client, session, tomasz)
    net.change("acct-tomasz", bio=word)
    look(client, claim_id, drain)
    second_id, second_word = begin(client, session, other)
    net.change("acct-tomasz", bio=second_word)
    assert "Staff look at it" in look(client, second_id, drain)
    assert account(session).claimed_by_id == tomasz.id
    told_first = session.exec(select(Notice.title).where(Notice.member_id == tomasz.id)).all()
    assert any("Somebody else said" in title for title in told_first)
    other.role = Role.agent
    session.commit()
    client.sign_in(other)
    refused = client.post(f"/desk/claims/{second_id}", {"decision": "give"})
    assert refused.status_code == 409 and "Somebody else decides." in words(refused)
    assert account(session).claimed_by_id == tomasz.id
    client.sign_in(make.agent(session))
    assert "Two people say it is theirs" in words(client.get("/desk/contacts"))
    client.post(f"/desk/claims/{second_id}", {"decision": "give"})
    assert account(session).claimed_by_id == other.id
    assert session.exec(select(Post).where(Post.author_id == tomasz.id)).all() == []


def test_case_40_a_member_who_leaves(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    """Nothing is deleted there; here it has a pseudonym again."""
    tomasz = make.member(session, "tomasz_w", password_hash=passwords.hash_password(PASSWORD))
    claim_id, word = begin(client, session, tomasz)
    net.change("acct-tomasz", bio=word)
    look(client, claim_id, drain)
    client.post("/settings/deletion", {"current": PASSWORD, "sure": "1"})
    row = account(session)
    assert (row.claimed_by_id, row.privacy) == (None, Privacy.anonymise)
    assert session.exec(select(Post).where(Post.body.contains("Set the channel to 11"))).one().author_id is None
    client.sign_out()
    shown = client.get(f"/topics/{topic.id}/{topic.slug}").text
    assert "tomasz" not in shown.lower()
    assert "Set the channel to 11" in shown
    assert net.post(3) is not None


def test_an_account_may_be_let_go(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    tomasz = make.member(session, "tomasz_w")
    claim_id, word = begin(client, session, tomasz)
    net.change("acct-tomasz", bio=word)
    look(client, claim_id, drain)
    client.post(f"/settings/accounts/{claim_id}/letting-go")
    assert account(session).claimed_by_id is None
    assert session.exec(select(Post).where(Post.author_id == tomasz.id)).all() == []


def test_a_proof_is_good_for_a_day(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    tomasz = make.member(session, "tomasz_w")
    claim_id, word = begin(client, session, tomasz)
    net.change("acct-tomasz", bio=word)
    moment = clock.now() + timedelta(hours=25)
    clock.use(lambda: moment)
    client.sign_in(tomasz)
    client.post(f"/settings/accounts/{claim_id}/look")
    drain()
    assert account(session).claimed_by_id is None


def test_a_look_always_says_how_it_went(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    tomasz = make.member(session, "tomasz_w")
    claim_id, _ = begin(client, session, tomasz)
    session.rollback()
    channel = session.exec(select(Channel)).one()
    channel.state = ChannelState.paused
    session.add(channel)
    session.commit()
    assert "The network does not answer just now" in look(client, claim_id, drain)
    moment = clock.now() + timedelta(hours=25)
    clock.use(lambda: moment)
    client.sign_in(tomasz)
    refused = client.post(f"/settings/accounts/{claim_id}/look")
    assert (refused.status_code, "Begin a new proof" in words(refused)) == (409, True)


def test_undoing_a_merge_leaves_what_was_claimed_since(
    client: Browser, session: Session, net: Network, topic: Topic, drain
) -> None:
    """The proof of the person weighs more than the guess that is undone."""
    tomasz, row = make.member(session, "tomasz_w"), account(session)
    other = account(session, "rhod")
    with transaction() as writing:
        actor = actor_of(make.agent(session))
        kept = writing.get_one(Contact, identities.open_contact(writing, actor, other.id))
        gone = writing.get_one(Contact, identities.open_contact(writing, actor, row.id))
        made = identities.merge(writing, actor, kept, gone, "Sounds alike").id
    claim_id, word = begin(client, session, tomasz)
    net.change("acct-tomasz", bio=word)
    assert "Yours" in look(client, claim_id, drain)
    with transaction() as writing:
        identities.undo(writing, actor, made)
    with transaction(writes=False) as reading:
        theirs = identities.known_contact(reading, member_id=tomasz.id)
        assert identities.known_contact(reading, account_id=row.id) == theirs


def test_two_merges_at_once_make_no_circle(session: Session, net: Network, topic: Topic) -> None:
    """As two people press on two pages that were read before either: the second is told."""
    one, other = account(session), account(session, "rhod")
    actor = actor_of(make.agent(session))
    with transaction() as writing:
        ids = [identities.open_contact(writing, actor, found.id) for found in (one, other)]
    session.rollback()
    this, that = (session.get_one(Contact, found) for found in ids)
    session.commit()
    with transaction() as writing:
        identities.merge(writing, actor, *(writing.get_one(Contact, found) for found in ids), "First")
    with pytest.raises(Conflict):
        identities.merge(session, actor, that, this, "Second")
    session.rollback()


def test_two_contacts_become_one_and_two_again(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    here = make.member(session, "Maeve", handle="maeve")
    make.topic(session, here, title="My hub forgets its name every night")
    drain()
    client.sign_in(make.agent(session))
    session.rollback()
    proposal = session.exec(select(ContactProposal)).one()
    assert "Maeve" in words(client.get("/desk/contacts"))
    shown = words(client.get(f"/desk/contacts/{proposal.one_id}"))
    assert "The same person as" in shown
    client.post(f"/desk/contacts/{proposal.one_id}/merges", {"other": str(proposal.other_id), "reason": "She said so."})
    shown = words(client.get(f"/desk/contacts/{proposal.one_id}"))
    assert "My hub forgets its name" in shown
    assert "The hub drops out every evening" in shown
    assert "Updated it" in shown, "what she told us already"
    assert client.get(f"/desk/contacts/{proposal.other_id}").headers["location"] == f"/desk/contacts/{proposal.one_id}"
    client.post("/desk/merges/1/undoing")
    shown = words(client.get(f"/desk/contacts/{proposal.one_id}")) + words(client.get(f"/desk/contacts/{proposal.other_id}"))
    assert shown.count("My hub forgets its name") == 1
    assert client.post("/desk/merges/1/undoing").status_code == 409


MASTODON, BLUESKY, X = Platform.mastodon, Platform.bluesky, Platform.x


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("ana@tech.example", "Ana"), ("ana.tech.example", "A. Ruiz"), "The same address, ana.tech.example"),
        (("Ana@Tech.example", ""), ("ana.tech.example", ""), "The same address, ana.tech.example"),
        (("ana@tech.example", "Ana"), ("ana.tech.example.ap.brid.gy", "Ana"), "The same address, ana.tech.example"),
        (("ana.ruiz.example@bsky.brid.gy", "Ana"), ("ana.ruiz.example", "Ana R"), "The same address, ana.ruiz.example"),
        (("ana@tech.example", "Ana Ruiz"), ("ana.bsky.social", "Ana Ruiz"), "The same name, ana"),
        (("ana@tech.example", "Ana"), ("ana.bsky.social", "Ana"), ""),
        (("ana@tech.example", ""), ("ana.bsky.social", ""), ""),
        (("ana@tech.example", "Ana Ruiz"), ("ana.bsky.social", "Ana Lund"), ""),
        (("ana@tech.example", "Ana Ruiz"), ("anabel.tech.example", "Ana Ruiz"), ""),
        (("an_a@tech.example", "Ana Ruiz"), ("anxa.tech.example", "Ana Ruiz"), ""),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_handles_with_their_server_that_may_be_one_person(
    client: Browser, session: Session, one: tuple[str, str], other: tuple[str, str], reason: str, turned: bool
) -> None:
    """A common name alone asks nobody anything, whichever of the two was read first."""
    people = [(MASTODON, "tech.example", *one), (BLUESKY, "bsky.app", *other)]
    for platform, host, handle, name in reversed(people) if turned else people:
        proposals.propose(spoke(session, platform, host, handle, name))
    client.sign_in(make.agent(session))
    shown = words(client.get("/desk/contacts"))
    assert reason in shown if reason else "on two networks" not in shown
    session.rollback()
    assert len(session.exec(select(ContactProposal)).all()) == bool(reason)


def test_the_same_address_is_not_asked_about_on_x_nor_of_who_wants_no_name(session: Session) -> None:
    spoke(session, X, "x.com", "ana.tech.example", "Ana Ruiz")
    spoke(session, BLUESKY, "bsky.app", "ana.tech.example", "Ana Ruiz", privacy=Privacy.anonymise)
    proposals.propose(spoke(session, MASTODON, "tech.example", "ana@tech.example", "Ana Ruiz"))
    session.rollback()
    assert session.exec(select(ContactProposal)).all() == []


def spoke(session: Session, platform: Platform, host: str, handle: str, name: str, **more: Any) -> int:
    """Somebody's only post; returns its thread."""
    now, there = clock.now(), {"platform": platform, "host": host}
    author = ExternalAccount(**there, ext_id=handle, handle=handle, name=name, **more)
    thread = ThreadLink(**there, root_ext_id=handle, first_post_at=now, last_post_at=now)
    session.add_all([author, thread])
    session.flush()
    session.add(ExternalPost(**there, ext_id=handle, text_hash="", created_at=now, thread_id=thread.id, account_id=author.id))
    session.commit()
    return thread.id


@pytest.mark.parametrize(
    ("kind", "shown", "named"), [("anonymise", True, False), ("withdraw", False, False), ("delete", False, False)]
)
def test_somebody_asks_that_something_goes(
    client: Browser, session: Session, net: Network, topic: Topic, kind: str, shown: bool, named: bool
) -> None:
    row = account(session)
    row.privacy = Privacy.show
    session.add(row)
    session.commit()
    assert "tomasz" in client.get(f"/topics/{topic.id}/{topic.slug}").text.lower()
    client.sign_in(make.agent(session))
    client.post(f"/desk/accounts/{row.id}/contact")
    client.post(f"/desk/accounts/{row.id}/privacy", {"kind": kind, "said": "By mail, from the address in the profile."})
    client.sign_out()
    text = client.get(f"/topics/{topic.id}/{topic.slug}").text
    assert ("Set the channel to 11" in text) is shown
    assert ("tomasz" in text.lower()) is named
    channels.read_again(session, session.exec(select(ThreadLink)).one())
    text = client.get(f"/topics/{topic.id}/{topic.slug}").text
    assert ("Set the channel to 11" in text) is shown, "reading it again brings nothing back"
    session.rollback()
    words_kept = session.exec(select(ExternalPost.text).where(ExternalPost.account_id == row.id)).one()
    assert bool(words_kept) is (kind != "delete")


TOMBSTONE = {"external_account.ext_id"}
"""What keeps erased words from being read again."""


def places_of(session: Session, name: str) -> set[str]:
    """Every column of every table in which a name is written."""
    session.rollback()
    found = set()
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(table.select()).mappings():
            found |= {f"{table.name}.{column}" for column, value in row.items() if name in str(value).lower()}
    return found


def test_whoever_is_erased_is_named_nowhere(client: Browser, session: Session, net: Network, topic: Topic, drain) -> None:
    row, rhod = account(session), account(session, "rhod").id
    one, other = contact_of_account(session, row.id), contact_of_account(session, rhod)
    reason = "The same name, tomasz, on two networks."
    session.add(ContactProposal(one_id=min(one, other), other_id=max(one, other), reason=reason))
    session.add(ExternalHandle(account_id=row.id, handle="tomasz.before"))
    session.commit()
    assert {"external_account.handle", "contact_proposal.reason"} <= places_of(session, "tomasz")
    client.sign_in(make.agent(session))
    client.post(f"/desk/accounts/{row.id}/contact")
    client.post(f"/desk/accounts/{row.id}/privacy", {"kind": "delete", "said": "By mail."})
    drain()
    assert places_of(session, "tomasz") <= TOMBSTONE
    net.write("acct-tomasz", "And one more thing.", parent=1)
    channels.read_again(session, session.exec(select(ThreadLink)).one())
    drain()
    assert places_of(session, "tomasz") <= TOMBSTONE
    assert places_of(session, "and one more thing") == set()


def test_what_was_told() -> None:
    texts = ["I restarted the Hub 3 twice and swapped the cable.", "Since the update it is worse, firmware 4.2.1 here."]
    assert told(texts, ["Hub 3", "Lamp"]) == [
        "Hub 3", "Version 4.2.1", "Restarted it", "Updated it", "Changed a part", "Since the update",
    ]  # fmt: skip
    assert told([], []) == []
