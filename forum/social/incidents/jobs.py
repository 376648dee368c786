"""Looks whether many people suddenly say the same. Runs after new topics and outside posts; may run twice."""

import math
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import (
    AccountKind,
    Audience,
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    Incident,
    IncidentReport,
    IncidentState,
    Post,
    PostKind,
    PostState,
    Product,
    SpikeTerm,
    Topic,
)
from forum.social.incidents.events import IncidentSuspected
from forum.social.incidents.spikes import Alert, Known, Sighting, look, sighting
from forum.social.incidents.titles import proposed
from forum.social.incidents.trouble import every_word

BACK = timedelta(days=14)
MOST = 5_000
"""Of each kind: the newest of two weeks."""
BUCKETS = 15
OURS = (AccountKind.brand, AccountKind.staff)
LIVE = (IncidentState.suspected, IncidentState.campaign, IncidentState.confirmed)


def note_news(session: Session, event: object) -> None:
    """Handler of whatever brings new words."""
    enqueue(session, "incidents.look", dedup_key="incidents.look")


def look_for_spikes() -> None:
    with transaction() as session:
        find(session, clock.now())


def find(session: Session, now: datetime) -> list[Incident]:
    posts = sightings(session, now)
    known = {row.term: Known(row.alerted_at, row.false_alarms) for row in session.scalars(select(SpikeTerm))}
    made = [incident for alert in look(now, posts, known) if (incident := _raise(session, now, alert, posts)) is not None]
    session.flush()
    return made


def sightings(session: Session, now: datetime) -> list[Sighting]:
    """Everything said in two weeks, by whom: a member and the accounts they have claimed are one person."""
    trouble = every_word(session)
    here = (
        select(col(Topic.id), col(Topic.author_id), col(Topic.created_at), col(Topic.title), col(Post.body))
        .join(Post, col(Post.topic_id) == col(Topic.id))
        .where(
            col(Post.kind) == PostKind.question,
            col(Post.state) == PostState.visible,
            col(Topic.author_id).is_not(None),
            col(Topic.audience) != Audience.staff,
            col(Topic.created_at) > now - BACK,
        )
        .order_by(col(Topic.created_at).desc())
        .limit(MOST)
    )
    there: Any = (
        select(
            col(ExternalPost.id),
            col(ExternalPost.thread_id),
            col(ExternalPost.created_at),
            col(ExternalPost.text),
            col(ExternalAccount.id).label("account_id"),
            col(ExternalAccount.claimed_by_id),
        )
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .where(
            col(ExternalPost.state) == ExternalPostState.live,
            col(ExternalAccount.kind).not_in(OURS),
            col(ExternalPost.created_at) > now - BACK,
        )
        .order_by(col(ExternalPost.created_at).desc())
        .limit(MOST)
    )
    made = [
        sighting(f"topic:{row.id}", f"m{row.author_id}", row.created_at, f"{row.title}. {row.body[:600]}", trouble)
        for row in session.execute(here)
    ]
    for row in session.execute(there):
        person = f"m{row.claimed_by_id}" if row.claimed_by_id else f"a{row.account_id}"
        made.append(sighting(f"thread:{row.thread_id}:{row.id}", person, row.created_at, row.text[:600], trouble))
    return made


def _raise(session: Session, now: datetime, alert: Alert, posts: list[Sighting]) -> Incident | None:
    """A new incident, or more reports for the one that is open about it."""
    session.merge(SpikeTerm(term=alert.term, alerted_at=now, false_alarms=_false_alarms(session, alert.term)))
    threads, topics = reported(alert.keys)
    open_one = _open_about(session, threads, topics)
    if open_one is not None:
        report(session, open_one, threads, topics)
        return None
    incident = Incident(
        term=alert.term,
        title=proposed(alert.term),
        product_id=_product(session, alert, posts, topics),
        state=IncidentState.campaign if alert.campaign else IncidentState.suspected,
        posts=len(alert.keys),
        people=alert.people,
        here=len(topics),
        p=alert.p,
        usual=alert.usual,
        minutes=max(1, math.ceil((now - alert.first_at).total_seconds() / 60)),
        hours=_hours(now, alert.term, posts),
        raised_at=now,
    )
    session.add(incident)
    session.flush()
    report(session, incident, threads, topics)
    emit(session, IncidentSuspected(incident.id, incident.posts, incident.people))
    return incident


def _false_alarms(session: Session, term: str) -> int:
    row = session.get(SpikeTerm, term)
    return row.false_alarms if row else 0


def reported(keys: tuple[str, ...]) -> tuple[set[int], set[int]]:
    """Threads and topics that an alert names."""
    threads = {int(key.split(":")[1]) for key in keys if key.startswith("thread:")}
    return threads, {int(key.split(":")[1]) for key in keys if key.startswith("topic:")}


def _open_about(session: Session, threads: set[int], topics: set[int]) -> Incident | None:
    statement = (
        select(Incident)
        .join(IncidentReport, col(IncidentReport.incident_id) == col(Incident.id))
        .where(
            col(Incident.state).in_(LIVE),
            col(IncidentReport.thread_id).in_(threads) | col(IncidentReport.topic_id).in_(topics),
        )
        .order_by(col(Incident.id))
        .limit(1)
    )
    return session.scalars(statement).first()


def report(session: Session, incident: Incident, threads: set[int], topics: set[int]) -> None:
    for thread_id in sorted(threads):
        insert_ignoring(session, IncidentReport, {"incident_id": incident.id, "thread_id": thread_id, "topic_id": None})
    for topic_id in sorted(topics):
        insert_ignoring(session, IncidentReport, {"incident_id": incident.id, "thread_id": None, "topic_id": topic_id})


def _product(session: Session, alert: Alert, posts: list[Sighting], topics: set[int]) -> int | None:
    """What most of them are about: as the askers chose it, or as the words name it."""
    chosen = Counter(one for one in session.scalars(select(col(Topic.product_id)).where(col(Topic.id).in_(topics))) if one)
    keys = set(alert.keys)
    texts = [one.text for one in posts if one.key in keys]
    for product in session.scalars(select(Product)):
        chosen[product.id] += sum(product.name.casefold() in text for text in texts)
    best = chosen.most_common(1)
    return best[0][0] if best and best[0][1] * 2 >= len(alert.keys) else None


def _hours(now: datetime, term: str, posts: list[Sighting]) -> list[int]:
    counts = [0] * BUCKETS
    for one in posts:
        back = int((now - one.at).total_seconds() // 3600)
        if term in one.terms and 0 <= back < BUCKETS:
            counts[BUCKETS - 1 - back] += 1
    return counts
