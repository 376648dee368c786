"""What is wrong just now, for everybody's pages. Kept in memory for a moment, because every page asks."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import select
from sqlmodel import Session, col

from forum.models import Incident, IncidentState, Product, Section, Tag
from forum.topics.views import ServiceNotice

SECONDS = 10.0
_lock = Lock()
_kept: list[tuple[float, list["PublicNotice"]]] = []


@dataclass(frozen=True, slots=True)
class PublicNotice:
    view: ServiceNotice
    product_id: int | None
    names: frozenset[str]
    """`section broadband`, `tag hub-3`."""


def current(session: Session) -> list[ServiceNotice]:
    """Everything, for the first page."""
    return [one.view for one in _all(session)]


def everywhere(session: Session) -> list[ServiceNotice]:
    """What names no product, section or tag, for the list of all questions."""
    return [one.view for one in _all(session) if not one.names]


def about(
    session: Session, *, product_id: int | None = None, section: str = "", tags: Collection[str] = ()
) -> list[ServiceNotice]:
    """What concerns a topic or a list. A tag that is called like the product is about the product."""
    names = {f"section {section}", *(f"tag {tag}" for tag in tags)}
    return [
        one.view
        for one in _all(session)
        if (product_id is not None and one.product_id == product_id) or not names.isdisjoint(one.names)
    ]


def _all(session: Session) -> list[PublicNotice]:
    with _lock:
        if _kept and _kept[0][0] > time.monotonic():
            return _kept[0][1]
    statement = (
        select(Incident, col(Product.slug), col(Section.slug), col(Tag.slug))
        .outerjoin(Product, col(Product.id) == col(Incident.product_id))
        .outerjoin(Section, col(Section.id) == col(Incident.section_id))
        .outerjoin(Tag, col(Tag.id) == col(Incident.tag_id))
        .where(col(Incident.state) == IncidentState.confirmed)
        .order_by(col(Incident.id).desc())
        .limit(5)
    )
    found = [_notice(*row) for row in session.execute(statement)]
    with _lock:
        _kept[:] = [(time.monotonic() + SECONDS, found)]
    return found


def _notice(one: Incident, product: str | None, section: str | None, tag: str | None) -> PublicNotice:
    named = {f"section {section}": section, f"tag {tag}": tag, f"tag {product}": product}
    view = ServiceNotice(f"/incidents/{one.id}", f"{one.title}: {one.note}")
    return PublicNotice(view, one.product_id, frozenset(name for name, slug in named.items() if slug))


def forget() -> None:
    """After a decision, at once in this process."""
    with _lock:
        _kept.clear()
