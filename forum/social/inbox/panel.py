"""What stands beside a thread: advice, reach, what they told us, what we know of them, what waits for a person."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock, text
from forum.core.templating import span
from forum.models import (
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    Incident,
    IncidentReport,
    Member,
    PostMap,
    PrivateCase,
    Product,
    ThreadDecision,
    ThreadLink,
    ThreadWeight,
    TriageState,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social import lengths
from forum.social.authors import network_name, shown_handle
from forum.social.channels.abilities import rule_of
from forum.social.contacts.marking import MarkView, marks
from forum.social.inbox.advice import LINES
from forum.social.inbox.influence import seen_by
from forum.social.inbox.told import told
from forum.social.projection import PlacedPost, Projection
from forum.social.reading.following import waits

WATCH_DAYS = 2
EARLIER = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A post that waits, or differs from what stands here."""

    name: str
    at: datetime
    changes: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Earlier:
    url: str
    text: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Decision:
    who: str
    decided: str
    why: str
    advised: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    name: str = ""
    handle: str = ""
    person_url: str = ""
    initials: str = ""
    hue: int = 0
    customer: str = ""
    mark: MarkView | None = None
    advice_title: str = ""
    advice_why: str = ""
    tone: str = ""
    icon: str = "compass"
    reasons: list[str] = field(default_factory=list)
    influence: int = 0
    terms: list[tuple[str, str, str]] = field(default_factory=list)
    growth: str = ""
    seen_by: int | None = None
    """About how many were shown the thread; None where the network does not tell."""
    told: list[str] = field(default_factory=list)
    similar: list[tuple[str, str]] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    group: list[tuple[str, str]] = field(default_factory=list)
    group_networks: list[str] = field(default_factory=list)
    twin_url: str = ""
    assignee: str = ""
    mine: bool = False
    due: datetime | None = None
    watch_until: datetime | None = None
    incident_url: str = ""
    incident: str = ""
    case_url: str = ""
    case_state: str = ""
    pending: list[Said] = field(default_factory=list)
    changed: list[Said] = field(default_factory=list)
    gone_root: bool = False
    limit: int = 500
    unit: str = "chars"
    link_weight: int | str = ""
    tomorrow: date | None = None
    usual_watch: date | None = None


def thread_panel(session: Session, actor: Actor, thread: ThreadLink, posts: Projection) -> Panel:
    require(actor, Permission.triage)
    weight = session.get(ThreadWeight, thread.id) or ThreadWeight(thread_id=thread.id)
    line = LINES.get(weight.advice)
    asker = next((one for one in posts.posts if one.post.state == ExternalPostState.live), None)
    today = clock.now().date()
    counts = rule_of(session, thread)
    assignee = session.get(Member, thread.assignee_id) if thread.assignee_id else None
    return Panel(
        **_person(asker),
        customer=_customer(session, asker),
        mark=next(iter(marks(session, [asker.account])), None) if asker else None,
        advice_title=line.title if line else "",
        advice_why=weight.advice_why,
        tone=line.tone if line else "",
        icon=line.icon if line else "compass",
        reasons=list(weight.reasons or []),
        influence=weight.influence or 0,
        terms=[(str(label), str(source), f"{points:g}") for label, source, points in weight.terms or []],
        growth=_growth(posts),
        seen_by=seen_by(asker.post.metrics) if asker else None,
        told=told(
            [one.post.text for one in posts.posts if asker and one.post.account_id == asker.post.account_id], _products(session)
        ),
        similar=[(str(title), str(url)) for title, url in weight.similar or []],
        earlier=_earlier(session, thread, asker),
        decisions=_decisions(session, thread),
        **_group(session, thread),
        twin_url=f"/desk/social/{weight.twin_id}" if weight.twin_id else "",
        assignee=assignee.name if assignee else "",
        mine=thread.assignee_id == actor.id,
        due=thread.due_at if thread.state in (TriageState.new, TriageState.escalated) else None,
        watch_until=thread.watch_until,
        **_incident(session, thread),
        **_case(session, thread),
        **_waiting(session, thread, posts),
        limit=lengths.limit(counts),
        unit=lengths.unit(counts),
        link_weight=counts.url_weight or "" if counts.unit != "x_weighted" else "",
        tomorrow=today + timedelta(days=1),
        usual_watch=today + timedelta(days=WATCH_DAYS),
    )


def _person(asker: PlacedPost | None) -> dict[str, Any]:
    if asker is None:
        return {}
    account = asker.account
    name = account.name or shown_handle(asker.post.platform, account.handle)
    url = account.url if account.url.startswith(("https://", "http://")) else ""
    return {
        "name": name,
        "handle": shown_handle(asker.post.platform, account.handle),
        "person_url": url,
        "initials": text.initials(name),
        "hue": text.hue(account.id or 0),
    }


def _customer(session: Session, asker: PlacedPost | None) -> str:
    """A member, once they have proved that the account is theirs; never guessed."""
    member = session.get(Member, asker.account.claimed_by_id) if asker and asker.account.claimed_by_id else None
    return member.handle if member else ""


def _growth(posts: Projection) -> str:
    live = [one.post for one in posts.posts if one.post.state == ExternalPostState.live]
    if len(live) < 2:
        return "no replies yet"
    more, passed = len(live) - 1, live[-1].created_at - live[0].created_at
    rate = more / max(passed.total_seconds() / 3600, 1 / 6)
    return f"{rate:.0f} replies an hour" if rate >= 1 else f"{more} in {span(passed)}"


def _products(session: Session) -> list[str]:
    return list(session.scalars(select(col(Product.name))))


def _earlier(session: Session, thread: ThreadLink, asker: PlacedPost | None) -> list[Earlier]:
    """The same person's other threads, under every account they have claimed."""
    if asker is None:
        return []
    claimed = asker.account.claimed_by_id
    mine = col(ExternalAccount.claimed_by_id) == claimed if claimed else col(ExternalAccount.id) == asker.account.id
    statement = (
        select(ThreadLink, col(ExternalPost.text))
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(mine, col(ThreadLink.id) != thread.id, col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id))
        .order_by(col(ThreadLink.first_post_at).desc())
        .limit(EARLIER)
    )
    labels = {"published": "Answered in public", "private": "Handled in private", "ignored": "Ignored", "watching": "Observed"}
    return [
        Earlier(
            f"/desk/social/{one.id}",
            text.first_words(words, 70) or "A post without words",
            one.first_post_at,
            labels.get(one.state, "Open"),
        )
        for one, words in session.execute(statement)
    ]


def _decisions(session: Session, thread: ThreadLink) -> list[Decision]:
    statement = (
        select(ThreadDecision, col(Member.name))
        .outerjoin(Member, col(Member.id) == col(ThreadDecision.by_id))
        .where(col(ThreadDecision.thread_id) == thread.id)
        .order_by(col(ThreadDecision.id).desc())
        .limit(10)
    )
    return [
        Decision(name or "By itself", one.decided, one.why, LINES[one.advised].title if one.advised in LINES else "", one.at)
        for one, name in session.execute(statement)
    ]


def _group(session: Session, thread: ThreadLink) -> dict[str, Any]:
    if thread.cluster_id is None:
        return {}
    statement = (
        select(ThreadLink)
        .where(col(ThreadLink.cluster_id) == thread.cluster_id)
        .order_by(col(ThreadLink.first_post_at))
        .limit(20)
    )
    rows = list(session.scalars(statement))
    others = [(f"/desk/social/{one.id}", network_name(one.platform)) for one in rows if one.id != thread.id]
    return {"group": others, "group_networks": list(dict.fromkeys(one.platform for one in rows))}


def _incident(session: Session, thread: ThreadLink) -> dict[str, Any]:
    statement = (
        select(Incident)
        .join(IncidentReport, col(IncidentReport.incident_id) == col(Incident.id))
        .where(col(IncidentReport.thread_id) == thread.id, col(Incident.state).in_(("suspected", "confirmed")))
        .order_by(col(Incident.id).desc())
        .limit(1)
    )
    found = session.scalars(statement).first()
    return {"incident_url": f"/desk/incidents/{found.id}", "incident": found.title} if found else {}


def _case(session: Session, thread: ThreadLink) -> dict[str, Any]:
    """The newest: those before it were taken back."""
    mine = select(PrivateCase).where(col(PrivateCase.thread_id) == thread.id).order_by(col(PrivateCase.id).desc())
    case = session.scalars(mine.limit(1)).first()
    return {"case_url": f"/desk/cases/{case.id}", "case_state": case.state} if case else {}


def _waiting(session: Session, thread: ThreadLink, posts: Projection) -> dict[str, Any]:
    """Of a published thread: replies with personal data, and wordings that differ from what a person wrote here."""
    if thread.topic_id is None:
        return {}
    places = {
        row.external_post_id: row
        for row in session.scalars(select(PostMap).where(col(PostMap.external_post_id).in_([one.post.id for one in posts.posts])))
    }
    live = [one for one in posts.posts if one.post.state == ExternalPostState.live]
    pending = [_said(one) for one in live if one.post.id not in places and waits(one)]
    changed = [
        _said(one)
        for one in live
        if (place := places.get(one.post.id)) is not None
        and place.locked
        and place.text_hash
        and place.text_hash != one.post.text_hash
    ]
    gone = any(
        places[one.post.id].role == "question" and one.post.state == ExternalPostState.gone and not places[one.post.id].locked
        for one in posts.posts
        if one.post.id in places
    )
    return {"pending": pending, "changed": changed, "gone_root": gone}


def _said(one: PlacedPost) -> Said:
    return Said(one.account.name or shown_handle(one.post.platform, one.account.handle), one.post.created_at, one.wording.changes)
