"""Sections, products and tags, as far as somebody may see them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from forum.core.errors import NotFound
from forum.core.paging import Page, cut, decode
from forum.models import Product, Section, Tag, Visibility
from forum.policy.actor import Actor

TAGS_A_PAGE = 60


def open_to(actor: Actor) -> ColumnElement[bool]:
    """The sections somebody may read."""
    return col(Section.visibility).in_(_allowed(actor))


def _allowed(actor: Actor) -> tuple[Visibility, ...]:
    members = (Visibility.members,) if actor.signed_in else ()
    staff = (Visibility.staff,) if actor.is_staff else ()
    return (Visibility.public, *members, *staff)


def list_sections(session: Session, actor: Actor) -> list[Section]:
    return list(session.scalars(_select_sections(_allowed(actor))))


@cache
def _select_sections(allowed: tuple[Visibility, ...]) -> Any:
    """Built once for each kind of reader: the first page and every list ask."""
    return select(Section).where(col(Section.visibility).in_(allowed)).order_by(col(Section.position), col(Section.name))


def section_named(session: Session, actor: Actor, slug: str) -> Section | None:
    return session.scalars(select(Section).where(col(Section.slug) == slug, open_to(actor))).first()


def access_section(session: Session, actor: Actor, slug: str) -> Section:
    section = section_named(session, actor, slug)
    if section is None:
        raise NotFound
    return section


def list_products(session: Session) -> list[Product]:
    return list(session.scalars(select(Product).order_by(col(Product.position), col(Product.name))))


def product_named(session: Session, slug: str) -> Product | None:
    return session.scalars(select(Product).where(col(Product.slug) == slug)).first() if slug else None


def access_tag(session: Session, slug: str) -> Tag:
    tag = session.scalars(select(Tag).where(col(Tag.slug) == slug)).first()
    if tag is None:
        raise NotFound
    return tag


def busiest_tags(session: Session, limit: int = 20) -> list[Tag]:
    return list(session.scalars(_select_busiest(limit)))


@cache
def _select_busiest(limit: int) -> Any:
    return select(Tag).where(col(Tag.topics) > 0).order_by(col(Tag.topics).desc(), col(Tag.slug)).limit(limit)


@dataclass(frozen=True, slots=True)
class TagRow:
    slug: str
    description: str
    topics: int
    url: str


def tags_page(session: Session, after: str | None) -> Page[TagRow]:
    """Busiest first."""
    key = decode(after, int)
    query = select(Tag).where(col(Tag.topics) > 0)
    if key is not None:
        count, tag_id = key
        query = query.where((col(Tag.topics) < count) | ((col(Tag.topics) == count) & (col(Tag.id) > tag_id)))
    rows = session.scalars(query.order_by(col(Tag.topics).desc(), col(Tag.id)).limit(TAGS_A_PAGE + 1)).all()
    return cut(
        rows,
        TAGS_A_PAGE,
        lambda tag: TagRow(tag.slug, tag.description, tag.topics, f"/tags/{tag.slug}"),
        lambda tag: (tag.topics, tag.id or 0),
        first=key is None,
    )
