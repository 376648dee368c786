"""Where topics live and what they are about."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, moment, one_of


class SectionKind(StrEnum):
    support = "support"
    ideas = "ideas"
    announcements = "announcements"
    talk = "talk"


class Visibility(StrEnum):
    public = "public"
    members = "members"
    staff = "staff"


class Section(Table, table=True):
    __table_args__ = (one_of("kind", SectionKind), one_of("visibility", Visibility))

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=80)
    description: str = Field(default="", max_length=300)
    kind: SectionKind = choice("kind", SectionKind, SectionKind.support)
    visibility: Visibility = choice("visibility", Visibility, Visibility.public)
    icon: str = Field(default="message-circle", max_length=40)
    position: int = Field(default=0)


class Product(Table, table=True):
    id: int = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    name: str = Field(max_length=80)
    icon: str = Field(default="package", max_length=40)
    position: int = Field(default=0)


class Tag(Table, table=True):
    id: int = Field(default=None, primary_key=True)
    slug: str = Field(max_length=50, unique=True)
    description: str = Field(default="", max_length=300)
    topics: int = counter()
    """Topics that a visitor may see."""


class TagSynonym(Table, table=True):
    """Another name for a tag: proposed by a member, and in force once staff accept it."""

    __tablename__ = "tag_synonym"

    name: str = Field(primary_key=True, max_length=50)
    tag_id: int = key("tag.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()
    accepted_at: Moment = moment()
    accepted_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)


class TopicTag(Table, table=True):
    __tablename__ = "topic_tag"

    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    tag_id: int = key("tag.id", on_delete="CASCADE", primary_key=True, index=True)
