"""What the desk sees of incidents, and what everybody reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from forum.catalog.queries import list_sections
from forum.core.errors import NotFound
from forum.core.text import first_words, plural
from forum.models import (
    Incident,
    IncidentReport,
    IncidentState,
    Product,
    Share,
    SharePurpose,
    Tag,
    ThreadLink,
    Topic,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import network_name
from forum.social.incidents.titles import subject
from forum.social.queries import first_posts

SHOWN = (IncidentState.suspected, IncidentState.campaign, IncidentState.confirmed)
LABELS = {
    IncidentState.suspected: "Suspected",
    IncidentState.campaign: "Looks like a campaign",
    IncidentState.confirmed: "Confirmed",
    IncidentState.dismissed: "Not related",
    IncidentState.merged: "Joined to another",
    IncidentState.closed: "Closed",
}


@dataclass(frozen=True, slots=True)
class Spike:
    id: int
    url: str
    state: str
    label: str
    headline: str
    text: str
    spark: str
    campaign: bool
    suspected: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    url: str
    platform: str
    network: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    spike: Spike
    title: str
    note: str
    product: str
    products: list[tuple[str, str]]
    sections: list[tuple[str, str]]
    figures: list[tuple[str, str]]
    evidence: list[Evidence]
    others: list[tuple[str, str]]
    replies: list[tuple[str, str]]
    outcome: str
    merged_url: str
    values: dict[str, str]
    """What the form for its words begins with."""


@dataclass(frozen=True, slots=True)
class PublicIncident:
    title: str
    note: str
    product: str
    since: datetime
    closed_at: datetime | None
    outcome: str


def spikes(session: Session, actor: Actor) -> list[Spike]:
    """What nobody has decided about, for the top of the desk."""
    require(actor, Permission.triage)
    waiting = (IncidentState.suspected, IncidentState.campaign)
    statement = select(Incident).where(col(Incident.state).in_(waiting)).order_by(col(Incident.p), col(Incident.id)).limit(3)
    return [_spike(one) for one in session.scalars(statement)]


def incidents_page(session: Session, actor: Actor) -> list[Spike]:
    require(actor, Permission.incident_decide)
    return [_spike(one) for one in session.scalars(select(Incident).order_by(col(Incident.raised_at).desc()).limit(50))]


def _spike(one: Incident) -> Spike:
    there = one.posts - one.here
    times = f"{one.posts / one.usual:.1f} times the usual for two hours." if one.usual >= 0.05 else "Usually nobody says this."
    return Spike(
        id=one.id,
        url=f"/desk/incidents/{one.id}",
        state=one.state,
        label=LABELS[IncidentState(one.state)],
        headline=f"{plural(one.people, 'person', 'people')} in {plural(one.minutes, 'minute')}: “{subject(one.title)}”",
        text=f"{times} {one.here} on the forum, {there} on social networks, nobody counted twice.",
        spark=spark(one.hours),
        campaign=one.state == IncidentState.campaign,
        suspected=one.state == IncidentState.suspected,
        at=one.raised_at,
    )


def spark(counts: list[int]) -> str:
    """A path in a box of 100 by 30."""
    if len(counts) < 2:
        return "M0 28 L100 28"
    most = max(*counts, 1)
    points = [f"{number * 100 / (len(counts) - 1):.1f} {28 - 26 * count / most:.1f}" for number, count in enumerate(counts)]
    return "M" + " L".join(points)


def incident_page(session: Session, actor: Actor, incident: Incident) -> IncidentPage:
    require(actor, Permission.incident_decide)
    product = session.get(Product, incident.product_id) if incident.product_id else None
    tag = session.get(Tag, incident.tag_id) if incident.tag_id else None
    sections = list_sections(session, actor)
    rows = session.execute(
        select(IncidentReport, ThreadLink, Topic)
        .outerjoin(ThreadLink, col(ThreadLink.id) == col(IncidentReport.thread_id))
        .outerjoin(Topic, col(Topic.id) == col(IncidentReport.topic_id))
        .where(col(IncidentReport.incident_id) == incident.id)
        .order_by(col(IncidentReport.id))
        .limit(60)
    ).all()
    words = first_posts(session, [thread.id for _, thread, _ in rows if thread is not None])
    others = session.scalars(
        select(Incident).where(
            col(Incident.state).in_((IncidentState.suspected, IncidentState.confirmed)), col(Incident.id) != incident.id
        )
    )
    return IncidentPage(
        spike=_spike(incident),
        title=incident.title,
        note=incident.note,
        product=product.name if product else "",
        products=[(one.slug, one.name) for one in session.scalars(select(Product).order_by(col(Product.name)))],
        sections=[(one.slug, one.name) for one in sections],
        figures=_figures(incident),
        evidence=[_evidence(thread, topic, words) for _, thread, topic in rows],
        others=[(str(one.id), one.title) for one in others],
        replies=_replies(session, [thread.id for _, thread, _ in rows if thread is not None], incident),
        outcome=incident.outcome,
        merged_url=f"/desk/incidents/{incident.merged_into_id}" if incident.merged_into_id else "",
        values={
            "title": incident.title,
            "note": incident.note,
            "product": product.slug if product else "",
            "section": next((one.slug for one in sections if one.id == incident.section_id), ""),
            "tag": tag.slug if tag else "",
        },
    )


def _figures(one: Incident) -> list[tuple[str, str]]:
    return [
        ("People", f"{one.people}"),
        ("Posts", f"{one.posts}"),
        ("Usual for two hours", f"{one.usual:.1f}"),
        ("By chance", f"1 in {1 / max(one.p, 1e-12):,.0f}"),
    ]


def _evidence(thread: ThreadLink | None, topic: Topic | None, words: Mapping[int, object]) -> Evidence:
    if thread is not None:
        first = words.get(thread.id)
        said = first_words(getattr(first, "text", "") or "", 160) or "This post is no longer available."
        return Evidence(f"/desk/social/{thread.id}", thread.platform, network_name(thread.platform), said)
    if topic is not None:
        return Evidence(f"/topics/{topic.id}/{topic.slug}", "", "here", topic.title)
    return Evidence("", "", "", "No longer available.")


def _replies(session: Session, thread_ids: list[int], incident: Incident) -> list[tuple[str, str]]:
    statement = (
        select(Share)
        .where(
            col(Share.thread_id).in_(thread_ids),
            col(Share.purpose).in_((SharePurpose.holding, SharePurpose.outcome)),
            col(Share.created_at) >= incident.raised_at,
        )
        .order_by(col(Share.id))
    )
    return [(f"/desk/shares/{one.id}", f"{one.purpose.capitalize()}: {one.state}") for one in session.scalars(statement)]


def public_incident(session: Session, incident_id: int) -> PublicIncident:
    """Only what staff have confirmed; words of customers are never in it."""
    incident = session.get(Incident, incident_id)
    if incident is not None and incident.merged_into_id is not None:
        incident = session.get(Incident, incident.merged_into_id)
    if incident is None or incident.state not in (IncidentState.confirmed, IncidentState.closed):
        raise NotFound
    product = session.get(Product, incident.product_id) if incident.product_id else None
    return PublicIncident(
        incident.title,
        incident.note,
        product.name if product else "",
        incident.raised_at,
        incident.closed_at,
        incident.outcome,
    )
