"""Deciding about what was suspected. Nothing goes out by itself: messages are prepared, and people approve them."""

from typing import TypeVar

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.catalog.synonyms import stays
from forum.core import clock
from forum.core.db import after_commit
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.settings import settings
from forum.models import (
    Incident,
    IncidentReport,
    IncidentState,
    Product,
    Section,
    Share,
    SharePurpose,
    ShareState,
    SpikeTerm,
    Tag,
    ThreadLink,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social import lengths
from forum.social.channels.abilities import rule_of
from forum.social.incidents import noticeboard
from forum.social.incidents.events import (
    IncidentClosed,
    IncidentConfirmed,
    IncidentDismissed,
    IncidentReworded,
    IncidentsMerged,
)
from forum.social.incidents.inputs import CloseIncident, MergeIncident, WordIncident
from forum.social.incidents.jobs import report
from forum.social.incidents.titles import subject
from forum.social.sharing import actions as sharing
from forum.social.sharing.inputs import WriteReply

Named = TypeVar("Named", Product, Section, Tag)
GONE = (ShareState.dropped, ShareState.withdrawn)
UNSENT = (ShareState.draft, ShareState.awaiting, ShareState.approved, ShareState.retrying, ShareState.by_hand, ShareState.failed)
DECIDED = "Somebody has decided about this already. Reload the page to see how it stands."


def confirm(session: Session, actor: Actor, incident: Incident, data: WordIncident) -> None:
    """The public reads a notice, and a holding message is prepared for each thread, once."""
    require(actor, Permission.incident_decide)
    _word(session, incident, data)
    _turn(session, incident, (IncidentState.suspected,), IncidentState.confirmed, actor)
    _hold(session, actor, incident)
    emit(session, IncidentConfirmed(actor.member_id, incident.id))


def reword(session: Session, actor: Actor, incident: Incident, data: WordIncident) -> None:
    """What everybody reads, and where; messages that were prepared keep their words."""
    require(actor, Permission.incident_decide)
    if incident.state != IncidentState.confirmed:
        raise Conflict(DECIDED)
    _word(session, incident, data)
    after_commit(session, noticeboard.forget)
    emit(session, IncidentReworded(actor.member_id, incident.id))


def _word(session: Session, incident: Incident, data: WordIncident) -> None:
    product = _called(session, Product, data.product, "product", "Choose one of the products.")
    section = _called(session, Section, data.section, "section", "Choose one of the sections.")
    (slug,) = stays(session, [data.tag.lower()])
    tag = _called(session, Tag, slug, "tag", "There is no such tag. Leave it empty, or write one that questions carry.")
    _only_one(session, incident, product)
    incident.title, incident.note = data.title, data.note
    incident.product_id = product.id if product else None
    incident.section_id, incident.tag_id = section.id if section else None, tag.id if tag else None
    session.add(incident)
    session.flush()


def _called(session: Session, table: type[Named], slug: str, field: str, wrong: str) -> Named | None:
    found = session.scalars(select(table).where(col(table.slug) == slug)).first() if slug else None
    if slug and found is None:
        raise Invalid({field: wrong})
    return found


def _only_one(session: Session, incident: Incident, product: Product | None) -> None:
    """Two holding messages about one product would contradict each other."""
    if product is None:
        return
    others = select(Incident).where(
        col(Incident.product_id) == product.id, col(Incident.state) == IncidentState.confirmed, col(Incident.id) != incident.id
    )
    if (other := session.scalars(others).first()) is not None:
        raise Conflict(
            f"“{other.title}” is open for {product.name} already. Join this one to it, so that people hear from us once."
        )


def dismiss(session: Session, actor: Actor, incident: Incident) -> None:
    """A false alarm: the word has to be ten times rarer before it is raised again."""
    require(actor, Permission.incident_decide)
    _turn(session, incident, (IncidentState.suspected, IncidentState.campaign), IncidentState.dismissed, actor)
    raised = update(SpikeTerm).where(col(SpikeTerm.term) == incident.term).values(false_alarms=SpikeTerm.false_alarms + 1)
    session.execute(raised)
    emit(session, IncidentDismissed(actor.member_id, incident.id))


def merge(session: Session, actor: Actor, incident: Incident, data: MergeIncident) -> Incident:
    """Its reports move, what it had prepared and not sent is dropped, and the other one speaks for both."""
    require(actor, Permission.incident_decide)
    target = access_incident(session, actor, data.into)
    if target.id == incident.id or target.state not in (IncidentState.suspected, IncidentState.confirmed):
        raise Invalid({"into": "Choose another incident that is open."})
    _turn(session, incident, (IncidentState.suspected, IncidentState.confirmed), IncidentState.merged, actor)
    incident.merged_into_id = target.id
    told = {share.thread_id for share in _holding(session, target)}
    for share in _holding(session, incident):
        if share.state in UNSENT and share.thread_id not in told:
            sharing.drop(session, actor, share)
    rows = session.scalars(select(IncidentReport).where(col(IncidentReport.incident_id) == incident.id)).all()
    report(session, target, {one.thread_id for one in rows if one.thread_id}, {one.topic_id for one in rows if one.topic_id})
    target.posts, target.people = target.posts + incident.posts, max(target.people, incident.people)
    session.add_all([incident, target])
    session.flush()
    if target.state == IncidentState.confirmed:
        _hold(session, actor, target)
    emit(session, IncidentsMerged(actor.member_id, incident.id, target.id))
    return target


def close(session: Session, actor: Actor, incident: Incident, data: CloseIncident) -> None:
    """The notice goes, and everybody who was told to wait is told how it ended, once a person has approved it."""
    require(actor, Permission.incident_decide)
    _turn(session, incident, (IncidentState.confirmed,), IncidentState.closed, actor)
    incident.outcome, incident.closed_at = data.outcome, clock.now()
    session.add(incident)
    for share in _holding(session, incident):
        if share.state in UNSENT:
            sharing.drop(session, actor, share)
    text = f"Update on {subject(incident.title)}: {data.outcome}"
    for thread in _threads(session, incident):
        _prepare(session, actor, thread, SharePurpose.outcome, text, _url(incident))
    emit(session, IncidentClosed(actor.member_id, incident.id, _topics(session, incident)))


def access_incident(session: Session, actor: Actor, incident_id: int) -> Incident:
    require(actor, Permission.incident_decide)
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    return incident


def _turn(session: Session, incident: Incident, old: tuple[IncidentState, ...], new: IncidentState, actor: Actor) -> None:
    values = {"state": new, "decided_by_id": actor.id, "decided_at": clock.now()}
    turned = update(Incident).where(col(Incident.id) == incident.id, col(Incident.state).in_(old)).values(**values)
    if not session.execute(turned).rowcount:  # type: ignore[attr-defined]  # an UPDATE has one
        raise Conflict(DECIDED)
    session.refresh(incident)
    after_commit(session, noticeboard.forget)


def _hold(session: Session, actor: Actor, incident: Incident) -> None:
    told = {share.thread_id for share in _holding(session, incident)}
    name = session.get_one(Product, incident.product_id).name if incident.product_id else ""
    what = subject(incident.title)
    about = f" with {name}" if name and name.casefold() not in what.casefold() else ""
    text = f"We've seen {incident.people} reports of {what}{about} and are on it."
    for thread in _threads(session, incident):
        if thread.id not in told:
            _prepare(
                session, actor, thread, SharePurpose.holding, text, f"{_url(incident)} Need help now? {settings().base_url}/ask"
            )


def _url(incident: Incident) -> str:
    return f"{settings().base_url}/incidents/{incident.id}"


def _prepare(session: Session, actor: Actor, thread: ThreadLink, purpose: SharePurpose, said: str, url: str) -> None:
    """The words are cut before the address is."""
    lead = "Updates" if purpose == SharePurpose.holding else "More"
    text = f"{said} {lead}: {url}"
    counts = rule_of(session, thread)
    while not lengths.fits(counts, text) and len(said) > 20:
        said = said[:-20].rsplit(" ", 1)[0] + "…"
        text = f"{said} {lead}: {url}"
    try:
        with session.begin_nested():
            sharing.write_reply(session, actor, thread, WriteReply.model_validate({"purpose": purpose, "text": text}))
    except Conflict:
        return  # these very words were prepared before


def _threads(session: Session, incident: Incident) -> list[ThreadLink]:
    """Those that reported it, and those joined to a question that did."""
    mine = select(col(IncidentReport.thread_id)).where(col(IncidentReport.incident_id) == incident.id)
    topics = select(col(IncidentReport.topic_id)).where(
        col(IncidentReport.incident_id) == incident.id, col(IncidentReport.topic_id).is_not(None)
    )
    statement = select(ThreadLink).where(col(ThreadLink.id).in_(mine) | col(ThreadLink.topic_id).in_(topics))
    return list(session.scalars(statement.order_by(col(ThreadLink.first_post_at), col(ThreadLink.id))))


def _topics(session: Session, incident: Incident) -> tuple[int, ...]:
    here = select(col(IncidentReport.topic_id)).where(col(IncidentReport.incident_id) == incident.id)
    joined = [one.topic_id for one in _threads(session, incident)]
    return tuple(sorted({one for one in (*session.scalars(here), *joined) if one is not None}))


def _holding(session: Session, incident: Incident) -> list[Share]:
    """Holding messages that this incident prepared."""
    since = incident.raised_at
    statement = select(Share).where(
        col(Share.thread_id).in_([one.id for one in _threads(session, incident)]),
        col(Share.purpose) == SharePurpose.holding,
        col(Share.state).not_in(GONE),
        col(Share.created_at) >= since,
    )
    return list(session.scalars(statement.order_by(col(Share.id))))
