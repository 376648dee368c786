"""Topics, their posts, and everything a post goes through."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class TopicKind(StrEnum):
    question = "question"
    idea = "idea"
    announcement = "announcement"
    talk = "talk"


class TopicState(StrEnum):
    new = "new"
    needs_info = "needs_info"
    answered = "answered"
    solved = "solved"
    archived = "archived"
    closed = "closed"


class Audience(StrEnum):
    """Who may read a topic: its section's visibility, copied here so that one column decides."""

    public = "public"
    members = "members"
    staff = "staff"
    removed = "removed"


class PostKind(StrEnum):
    question = "question"
    answer = "answer"
    comment = "comment"
    note = "note"


class PostState(StrEnum):
    visible = "visible"
    withdrawn = "withdrawn"
    removed = "removed"


class Topic(Table, table=True):
    __table_args__ = (
        one_of("kind", TopicKind),
        one_of("state", TopicState),
        one_of("audience", Audience),
        Index("ix_topic_newest", "audience", "kind", "created_at", "id"),
        Index("ix_topic_active", "audience", "kind", "active_at", "id"),
        Index("ix_topic_state_newest", "audience", "kind", "state", "created_at", "id"),
        Index("ix_topic_section_newest", "section_id", "audience", "created_at", "id"),
        Index("ix_topic_unanswered", "audience", "answers", "created_at", "id"),
        Index("ix_topic_solved", "audience", "solved_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    kind: TopicKind = choice("kind", TopicKind, TopicKind.question)
    state: TopicState = choice("state", TopicState, TopicState.new)
    audience: Audience = choice("audience", Audience, Audience.public)
    section_id: int = key("section.id", on_delete="RESTRICT")
    product_id: int | None = key("product.id", on_delete="SET NULL", nullable=True, index=True)
    product_detail: str = Field(default="", max_length=80)
    """Model or version, in the asker's words."""
    title: str = Field(max_length=200)
    slug: str = Field(max_length=80)
    author_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    created_at: datetime = created()
    active_at: datetime = created()
    first_answer_at: Moment = moment()
    solved_at: Moment = moment()
    closed_reason: str = Field(default="", max_length=300)
    needs_info_text: str = Field(default="", max_length=500)
    duplicate_of_id: int | None = key("topic.id", on_delete="SET NULL", nullable=True, index=True)
    duplicate_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    duplicate_confirmed_at: Moment = moment()
    """When the asker, or two others, said that the earlier question is the same."""
    merged_into_id: int | None = key("topic.id", on_delete="SET NULL", nullable=True, index=True)
    """The question that has its answers now; its address leads there."""
    answers: int = counter()
    accepted: int = counter()
    official_post_id: int | None = Field(default=None)
    """The post marked official, kept beside its OfficialMark so that lists need no join."""
    credited_post_id: int | None = Field(default=None)
    """Whose answer led there, when the person who asked solved it themselves."""
    me_too: int = counter()
    score: int = counter()


class Post(Table, table=True):
    __table_args__ = (
        one_of("kind", PostKind),
        one_of("state", PostState),
        Index("ix_post_topic_order", "topic_id", "kind", "created_at", "id"),
        Index("ix_post_author_newest", "author_id", "kind", "created_at"),
        Index(
            "uq_post_question",
            "topic_id",
            unique=True,
            sqlite_where=text("kind = 'question'"),
            postgresql_where=text("kind = 'question'"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE")
    parent_id: int | None = key("post.id", on_delete="CASCADE", nullable=True, index=True)
    """For a comment: the question or answer it belongs to."""
    kind: PostKind = choice("kind", PostKind, PostKind.answer)
    state: PostState = choice("state", PostState, PostState.visible)
    author_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    body: str = long_text()
    html: str = long_text()
    renderer: int = Field(default=0)
    created_at: datetime = created()
    edited_at: Moment = moment()
    revisions: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    removed_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    removed_reason: str = Field(default="", max_length=300)
    helpful: int = counter()
    not_helpful: int = counter()
    imported_helpful: int = counter()
    """Votes counted elsewhere before an import; their voters are unknown."""
    imported_not_helpful: int = counter()
    works: int = counter()
    outdated: int = counter()
    dangerous: int = counter()
    comments: int = counter()


class Acceptance(Table, table=True):
    """The tick that says "this solved it". Several answers of a topic may carry one."""

    post_id: int = key("post.id", on_delete="CASCADE", primary_key=True)
    topic_id: int = key("topic.id", on_delete="CASCADE", index=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()


class OfficialMark(Table, table=True):
    """Staff's word on one post of a topic. The unique topic is what makes two marks at once impossible."""

    __tablename__ = "official_mark"

    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE", unique=True)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    at: datetime = created()
    scope: str = Field(default="", max_length=120)
    """What it applies to: product and versions."""
    review_by: date = Field(index=True)


class Defect(Table, table=True):
    """A post that led to a defect which the company confirmed, and whether it is fixed."""

    post_id: int = key("post.id", on_delete="CASCADE", primary_key=True)
    reference: str = Field(max_length=80)
    """What the company calls it, such as "HUB-1203"."""
    confirmed_at: datetime = created()
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    fixed_at: Moment = moment()


class Revision(Table, table=True):
    """What a post said from one moment on. The newest one equals the post."""

    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("post.id", on_delete="CASCADE")
    number: int
    title: str | None = Field(default=None, max_length=200)
    body: str = long_text()
    tags: str | None = Field(default=None, max_length=300)
    author_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    reason: str = Field(default="", max_length=200)
    restored: int | None = None
    """The earlier version that this one brings back."""
    at: datetime = created()


class Draft(Table, table=True):
    """Unposted writing, kept on the server so that it follows its member to another device."""

    __table_args__ = (
        UniqueConstraint("member_id", "place"),
        Index(
            "uq_draft_guest",
            "place",
            unique=True,
            sqlite_where=text("member_id IS NULL"),
            postgresql_where=text("member_id IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    member_id: int | None = key("member.id", on_delete="CASCADE", nullable=True)
    """None for a visitor who has yet to sign in; `place` then names their browser."""
    place: str = Field(max_length=80)
    """`ask`, `topic:7` for an answer, or `guest:` and the hash of a cookie."""
    title: str = Field(default="", max_length=200)
    body: str = long_text()
    tags: str = Field(default="", max_length=300)
    section: str = Field(default="", max_length=80)
    saved_at: datetime = created()


class Follow(Table, table=True):
    topic_id: int = key("topic.id", on_delete="CASCADE", primary_key=True)
    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    at: datetime = created()


class Image(Table, table=True):
    id: str = Field(primary_key=True, max_length=20)
    extension: str = Field(max_length=4)
    member_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    width: int
    height: int
    bytes: int
    at: datetime = created()
