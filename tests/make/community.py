"""A small community with one of everything, for tests that look at every page."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from forum.core import clock
from forum.core.ids import sign
from forum.jobs.queue import enqueue
from forum.models import (
    AccountClaim,
    AccountKind,
    Archive,
    ArchiveState,
    Audience,
    Channel,
    ChannelGap,
    ClaimState,
    Contact,
    ContactIdentity,
    ContactMerge,
    ContactProposal,
    Delegation,
    ExternalAccount,
    ExternalPost,
    FraudCase,
    FraudMember,
    FraudState,
    Incident,
    IncidentState,
    Job,
    JobState,
    LegacyId,
    Member,
    Platform,
    Post,
    PrivateCase,
    Product,
    ReadingRequest,
    RoutingInvite,
    RuleKind,
    Share,
    SignInSession,
    ThreadLink,
    Topic,
    TriageState,
    Visibility,
    WatchRule,
)
from forum.policy.actor import actor_of
from forum.resolutions import actions as resolutions
from forum.resolutions.inputs import WriteResolution
from forum.social.privately import letters
from forum.social.privately.cases import INVITATION, SEAL
from forum.topics import actions, edits, inputs, verdicts
from forum.votes import actions as votes
from forum.votes.inputs import CastVote
from tests.make import content, people
from tests.make.programme import programme

SOON = timedelta(days=90)
LONG_AGO = timedelta(days=10)
Ids = dict[str, Any]


def community(session: Session) -> Ids:
    """Ids by name, such as `open` (a topic), `answer`, `note`; and the members by role."""
    asker, helper = people.member(session, "Asha Asker"), people.member(session, "Hal Helper")
    staff = people.agent(session, name="Stef Staff")
    session.add(Product(slug="hub-3", name="Hub 3"))
    ids: Ids = {"asker": asker, "helper": helper, "staff": staff}
    _open_topic(session, ids)
    _solved_topic(session, ids)
    _hidden_topics(session, ids)
    _elsewhere(session, ids)
    _machinery(session, ids)
    programme(session, ids)
    _invitation(session, ids)
    return ids


def _open_topic(session: Session, ids: Ids) -> None:
    asker, helper, staff = ids["asker"], ids["helper"], ids["staff"]
    topic = content.topic(session, asker, title="The hub drops the upstairs lamp every night", tags="hub-3, zigbee")
    answer = content.answer(session, topic, helper, "Move the hub away from the router. It helped here, @asha too.")
    other = content.answer(session, topic, people.member(session), "Change its channel to 25 instead.")
    comment = content.comment(session, answer, asker, "I will try that tonight.")
    withdrawn = content.answer(session, topic, helper, "Never mind this one, wrong model.")
    edits.withdraw_post(session, actor_of(helper), topic, withdrawn)
    note = actions.post_note(session, actor_of(staff), topic, inputs.WriteNote(body="Seen in three homes this week."))
    votes.vote(session, actor_of(asker), topic, answer, CastVote(value="1"))
    session.commit()
    ids |= {
        "open": topic.id,
        "open_slug": topic.slug,
        "answer": answer.id,
        "other": other.id,
        "comment": comment.id,
        "withdrawn": withdrawn.id,
        "note": note.id,
        "question": answer.id and _question(session, topic),
    }


def _solved_topic(session: Session, ids: Ids) -> None:
    asker, helper, staff = ids["asker"], ids["helper"], ids["staff"]
    topic = content.topic(session, asker, title="Red light on the hub and no internet at all", tags="hub-3")
    topic.created_at -= LONG_AGO
    accepted = content.answer(session, topic, helper, "Hold the button for *ten* seconds.\n\n```sh\nping 192.168.1.1\n```")
    verdicts.accept_answer(session, actor_of(asker), topic, accepted)
    review = (clock.now() + SOON).date()
    verdicts.mark_official(session, actor_of(staff), topic, accepted, inputs.MarkOfficial(scope="Hub 3", review_by=review))
    words = {"question": "Red light and no internet", "answer": "Hold the button for ten seconds.", "body": "Ten seconds."}
    row = resolutions.write_resolution(
        session, actor_of(staff), topic, WriteResolution(**words, act="publish", credit=[ids["helper"].id])
    )
    session.commit()
    ids |= {"solved": topic.id, "accepted": accepted.id, "resolution": row.id, "resolution_slug": row.slug}


def _hidden_topics(session: Session, ids: Ids) -> None:
    staff = ids["staff"]
    lounge = content.section(session, "lounge", visibility=Visibility.members)
    backroom = content.section(session, "backroom", visibility=Visibility.staff)
    members = content.topic(
        session, ids["asker"], title="Members only: what do you all use at home?", where=lounge, tags="secret-tag"
    )
    internal = content.topic(session, staff, title="Internal: firmware 4.2 will be late again", where=backroom, tags="secret-tag")
    removed = content.topic(session, people.member(session), title="Buy very cheap watches from this place")
    unseen = content.answer(session, internal, staff, "Two more weeks at least.")
    verdicts.accept_answer(session, actor_of(staff), internal, unseen)
    draft = resolutions.write_resolution(
        session,
        actor_of(staff),
        internal,
        WriteResolution(question="Firmware 4.2 is late", answer="It comes two weeks later.", body="Wait for it."),
    )
    removed.audience = Audience.removed
    session.commit()
    ids |= {
        "members_topic": members.id,
        "members_question": _question(session, members),
        "staff_topic": internal.id,
        "staff_answer": unseen.id,
        "removed_topic": removed.id,
        "removed_question": _question(session, removed),
        "draft_resolution": draft.id,
    }


def _elsewhere(session: Session, ids: Ids) -> None:
    """A thread to triage, an ignored one, and one that came to the solved topic, with a prepared reply."""
    account = ExternalAccount(
        platform=Platform.mastodon, host="toot.example", ext_id="a1", handle="maeve", kind=AccountKind.private
    )
    session.add(account)
    session.commit()
    for name, state in (("thread", TriageState.new), ("ignored", TriageState.ignored), ("linked", TriageState.published)):
        ids[name] = _thread(session, account, name, state, ids["solved"] if name == "linked" else None)
    share = Share(resolution_id=ids["resolution"], thread_id=ids["linked"], text="Fixed: see our page.", dedup_key="one")
    session.add(share)
    session.commit()
    ids["share"] = share.id
    channel = Channel(platform=Platform.simulated, name="Practice", own_ext_id="ourselves", own_handle="northwind")
    session.add(channel)
    session.commit()
    gap = ChannelGap(channel_id=channel.id, stream="mentions", from_at=clock.now() - LONG_AGO, to_at=clock.now(), reason="Away.")
    reading = ReadingRequest(url="https://network.example/posts/1", channel_id=channel.id)
    session.add_all([gap, reading])
    session.commit()
    ids |= {"channel": channel.id, "gap": gap.id, "reading": reading.id}
    granted = Delegation(member_id=ids["helper"].id, channel_id=channel.id, until=clock.now() + SOON)
    session.add(granted)
    session.commit()
    archive = Archive(name="posts.csv", file="0.csv", form="csv", size=1, state=ArchiveState.done)
    session.add(archive)
    session.commit()
    ids |= {"delegation": granted.id, "archive": archive.id}
    _contacts(session, ids, account)
    _triage(session, ids)


def _contacts(session: Session, ids: Ids, account: ExternalAccount) -> None:
    """Two contacts that may be one, two that were made one, and a claim that staff have to decide."""
    dora = ExternalAccount(
        platform=Platform.simulated,
        host="network.example",
        ext_id="acct-dora",
        handle="dora",
        url="https://network.example/@dora",
    )
    contacts = [Contact() for _ in range(3)]
    session.add_all([dora, *contacts])
    session.commit()
    one, other, gone = contacts
    gone.merged_into_id = one.id
    session.add_all(
        [
            gone,
            ContactIdentity(contact_id=one.id, external_account_id=account.id),
            ContactIdentity(contact_id=other.id, external_account_id=dora.id),
        ]
    )
    merged = ContactMerge(kept_id=one.id, gone_id=gone.id, moved=[])
    proposal = ContactProposal(one_id=one.id, other_id=other.id, reason="The same name.")
    claim = AccountClaim(
        external_account_id=account.id, member_id=ids["asker"].id, state=ClaimState.review, token_hash="x", expires_at=clock.now()
    )
    session.add_all([merged, proposal, claim])
    session.commit()
    ids |= {"contact": one.id, "other_contact": other.id, "account": account.id, "merge": merged.id}
    ids |= {"proposal": proposal.id, "claim": claim.id}


def _triage(session: Session, ids: Ids) -> None:
    """A watch rule, an incident nobody has decided about, an open one, and a private case."""
    rule = WatchRule(name="Hubs", kind=RuleKind.keyword, expression="hub")
    suspected = Incident(term="hub", title="Hub is dead", posts=5, people=5)
    confirmed = Incident(term="app", title="The app is down", note="We look.", state=IncidentState.confirmed)
    case = PrivateCase(name="case-in-tests", thread_id=ids["linked"])
    session.add_all([rule, suspected, confirmed, case])
    session.commit()
    ids |= {"watch_rule": rule.id, "incident": suspected.id, "open_incident": confirmed.id, "private_case": case.id}
    ids["private_case_letter"] = sign(f"{case.name}:maeve@example.org", letters.SEAL)
    ids["private_case_invitation"] = sign(case.name, INVITATION)
    ids |= {"private_case_token": sign(case.name, SEAL), "staff_handle": ids["staff"].handle}
    ids["in_a_week"] = (clock.now() + timedelta(days=7)).date().isoformat()


def _thread(session: Session, account: ExternalAccount, name: str, state: TriageState, topic_id: int | None) -> int:
    moment = clock.now() - LONG_AGO
    where: dict[str, Any] = {"platform": Platform.mastodon, "host": "toot.example"}
    row = ThreadLink(
        **where, root_ext_id=name, url=f"https://toot.example/{name}", state=state, topic_id=topic_id,
        posts=1, people=1, first_post_at=moment, last_post_at=moment,
    )  # fmt: skip
    session.add(row)
    session.commit()
    text = "The light on my hub is red and nothing works, what can I do?"
    session.add(
        ExternalPost(
            **where,
            ext_id=name,
            thread_id=row.id,
            account_id=account.id,
            url=row.url,
            text=text,
            text_hash=name,
            created_at=moment,
        )
    )
    session.commit()
    return row.id


def _machinery(session: Session, ids: Ids) -> None:
    enqueue(session, "no.such.job")
    session.commit()
    dead = session.exec(select(Job).where(Job.name == "no.such.job")).one()
    dead.state, dead.last_error = JobState.dead, "KeyError"
    case = FraudCase(fingerprint="x", detector="ring", state=FraudState.confirmed)
    session.add(case)
    session.commit()
    session.add(FraudMember(case_id=case.id, member_id=ids["asker"].id))
    ids["case"] = case.id
    session.add(LegacyId(source="old", kind="question", old_id="17", new_id=ids["open"]))
    session.add(LegacyId(source="old", kind="answer", old_id="18", new_id=ids["answer"]))
    session.add(LegacyId(source="old", kind="user", old_id="19", new_id=ids["helper"].id))
    session.add(LegacyId(source="old", kind="question", old_id="20", new_id=ids["staff_topic"]))
    browser = SignInSession(token_hash="f" * 64, member_id=ids["helper"].id, expires_at=clock.now() + SOON)
    session.add(browser)
    session.commit()
    ids |= {"job": dead.id, "session": browser.id, "helper_id": ids["helper"].id, "helper_handle": ids["helper"].handle_key}


def _invitation(session: Session, ids: Ids) -> None:
    invite = RoutingInvite(
        topic_id=ids["open"], member_id=ids["asker"].id, wave=1, chance=0.1, propensity=1.0, reason="You solved two."
    )
    session.add(invite)
    session.commit()
    ids["invite"] = invite.id


def _question(session: Session, topic: Topic) -> int:
    return session.exec(select(Post.id).where(Post.topic_id == topic.id, Post.kind == "question")).one()


def everybody(session: Session) -> dict[str, Member | None]:
    """One visitor of each kind. Nobody of them has written anything yet."""
    return {
        "visitor": None,
        "unconfirmed": people.member(session, "Una Unconfirmed", confirmed=False),
        "member": people.member(session, "Mel Member"),
        "volunteer": people.member(session, "Vera Volunteer"),
        "moderator": people.moderator(session, name="Mod Erator"),
        "agent": people.agent(session, name="Ada Agent"),
        "admin": people.admin(session, name="Ned Admin"),
        "suspended": people.member(session, "Sam Suspended", suspended_until=clock.now() + SOON, suspended_reason="Spam."),
    }
