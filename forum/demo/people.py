"""The members of the demo, and the stage on which they act."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, update
from sqlmodel import Session, col

from forum.accounts import actions
from forum.accounts.inputs import EditProfile, Join
from forum.demo.content import Community, Person
from forum.demo.timeline import Timeline
from forum.models import Member, Post, Product, Section, ThreadLink, Topic
from forum.policy.actor import Actor, actor_of

MAIL_DOMAIN = "northwind.example"
SETTLING_IN = timedelta(days=2)


@dataclass(slots=True)
class Stage:
    """What the acts share: who is there, and what was written so far."""

    session: Session
    timeline: Timeline
    random: Random
    community: Community
    hashed: str
    actors: dict[str, Actor] = field(default_factory=dict)
    joined: dict[str, datetime] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    posts: dict[tuple[str, int], Post] = field(default_factory=dict)
    """By topic and answer from 1; 0 is the question."""
    threads: dict[str, ThreadLink] = field(default_factory=dict)

    def around(self, moment: datetime) -> list[str]:
        """Members who had settled in by then."""
        return [handle for handle, joined in self.joined.items() if joined + SETTLING_IN <= moment]


def furnish(stage: Stage) -> None:
    """Sections and products, in the order of the content."""
    sections = [one.model_dump() | {"position": number} for number, one in enumerate(stage.community.sections)]
    products = [{"slug": one.slug, "name": one.name, "icon": one.icon} for one in stage.community.products]
    stage.session.execute(insert(Section), sections)
    stage.session.execute(insert(Product), [one | {"position": number} for number, one in enumerate(products)])


def invite(stage: Stage) -> None:
    for person in stage.community.people:
        moment = stage.timeline.end - timedelta(days=person.joined, minutes=stage.random.randrange(1, 600))
        stage.joined[person.handle] = moment
        stage.timeline.at(moment, _join, stage, person)


def _join(stage: Stage, person: Person) -> None:
    join = Join(
        handle=person.handle,
        name=person.name,
        email=f"{person.handle}@{MAIL_DOMAIN}",
        password=secrets.token_urlsafe(16),  # never used: the hash is given
    )
    member = actions.add_member(stage.session, join, stage.hashed, confirmed=True)
    actions.place_role(stage.session, member, person.role, by=None)
    actor = actor_of(member)
    stage.actors[person.handle] = actor
    profile = EditProfile(
        name=person.name, bio=person.bio, languages=person.languages, title=person.title, shows_impact=True, shows_last_seen=True
    )
    actions.edit_profile(stage.session, actor, profile)


def last_seen(stage: Stage) -> None:
    """Everybody looked in during the last days; the people to sign in as most lately."""
    for number, actor in enumerate(stage.actors.values()):
        moment = stage.timeline.end - timedelta(hours=number * 1.7, minutes=stage.random.randrange(60))
        stage.session.execute(update(Member).where(col(Member.id) == actor.id).values(last_seen_at=moment))
