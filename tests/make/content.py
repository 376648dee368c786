"""Sections, topics and posts for tests, made through the same actions as users' are."""

from typing import Any

from sqlmodel import Session, select

from forum.models import Member, Post, Section, SectionKind, Topic
from forum.policy.actor import actor_of
from forum.topics import actions, inputs
from tests.make import people


def section(session: Session, slug: str = "help", **values: Any) -> Section:
    found = session.exec(select(Section).where(Section.slug == slug)).first()
    if found is None:
        found = Section(slug=slug, name=slug.title(), kind=values.pop("kind", SectionKind.support), **values)
        session.add(found)
        session.commit()
    return found


def topic(
    session: Session,
    author: Member | None = None,
    *,
    title: str = "The light on my hub is amber every evening",
    body: str = "It turns amber at eight and goes white again two minutes later.",
    tags: str = "",
    where: Section | None = None,
) -> Topic:
    session.commit()
    author = author or people.member(session)
    place = where or section(session)
    made = actions.ask(session, actor_of(author), inputs.Ask(section=place.slug, title=title, body=body, tags=tags, follow=True))
    session.commit()
    return made


def answer(
    session: Session, to: Topic | None = None, author: Member | None = None, body: str = "Set the channel to 36 and save."
) -> Post:
    to = to or topic(session)
    session.commit()
    author = author or people.member(session)
    made = actions.post_answer(session, actor_of(author), to, inputs.WriteAnswer(body=body))
    session.commit()
    return made


def comment(session: Session, to: Post, author: Member | None = None, body: str = "That worked here too.") -> Post:
    session.commit()
    author = author or people.member(session)
    made = actions.post_comment(session, actor_of(author), to, inputs.WriteComment(body=body))
    session.commit()
    return made
