"""What was said elsewhere: accounts, posts, threads, and where each landed here (SOCIAL 5.2)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class Platform(StrEnum):
    mastodon = "mastodon"
    bluesky = "bluesky"
    x = "x"
    reddit = "reddit"
    discourse = "discourse"
    feed = "feed"
    mail = "mail"
    simulated = "simulated"
    elsewhere = "elsewhere"
    """Anywhere else: pasted by hand."""


class AccountKind(StrEnum):
    unknown = "unknown"
    private = "private"
    public_figure = "public_figure"
    brand = "brand"
    staff = "staff"
    press = "press"
    vip = "vip"
    """A VIP of ours or an expert: known to staff, not named in public for it."""


class AccountState(StrEnum):
    live = "live"
    deactivated = "deactivated"
    deleted = "deleted"


class Privacy(StrEnum):
    """How an account is called in public. `usual` leaves it to its kind."""

    usual = "usual"
    show = "show"
    anonymise = "anonymise"
    withheld = "withheld"


class ExternalPostState(StrEnum):
    live = "live"
    gone = "gone"
    """Deleted where it stood: its words are erased here."""
    denied = "denied"
    """Not readable for us just now."""
    withheld = "withheld"
    """Kept and not shown: its author went protected, deactivated, or asked."""


class TriageState(StrEnum):
    new = "new"
    watching = "watching"
    escalated = "escalated"
    replied = "replied"
    private = "private"
    published = "published"
    ignored = "ignored"


class ThreadOrigin(StrEnum):
    """How a thread came here."""

    file = "file"
    url = "url"
    mention = "mention"
    search = "search"
    paste = "paste"


class MapRole(StrEnum):
    question = "question"
    segment = "segment"
    answer = "answer"
    comment = "comment"
    me_too = "me_too"
    mention_only = "mention_only"
    """Read, and stands nowhere."""


class ExternalAccount(Table, table=True):
    """An author elsewhere. Never a member until claimed."""

    __tablename__ = "external_account"
    __table_args__ = (
        UniqueConstraint("platform", "host", "ext_id"),
        one_of("platform", Platform),
        one_of("kind", AccountKind),
        one_of("state", AccountState),
        one_of("privacy", Privacy),
    )

    id: int = Field(default=None, primary_key=True)
    platform: Platform = choice("platform", Platform)
    host: str = Field(max_length=253)
    ext_id: str = Field(max_length=300)
    handle: str = Field(max_length=300)
    name: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=600)
    followers: int | None = None
    followers_at: Moment = moment()
    kind: AccountKind = choice("kind", AccountKind, AccountKind.unknown)
    marked_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    marked_at: Moment = moment()
    """When a person on staff said what it is."""
    bot: bool = Field(default=False)
    noindex: bool = Field(default=False)
    protected: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """Its author lets only some people read: nothing of it is shown here."""
    state: AccountState = choice("state", AccountState, AccountState.live)
    privacy: Privacy = choice("privacy", Privacy, Privacy.usual)
    claimed_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    first_seen_at: datetime = created()


class ExternalHandle(Table, table=True):
    """What an account was called, and until when. A handle never identifies anybody: it can pass to somebody else."""

    __tablename__ = "external_handle"

    account_id: int = key("external_account.id", on_delete="CASCADE", primary_key=True)
    handle: str = Field(primary_key=True, max_length=300)
    until: datetime = created()


class ExternalPost(Table, table=True):
    """One post elsewhere, exactly as public there. Staff only until a person publishes its thread."""

    __tablename__ = "external_post"
    __table_args__ = (
        UniqueConstraint("platform", "host", "ext_id"),
        one_of("platform", Platform),
        one_of("state", ExternalPostState),
        Index(None, "thread_id", "created_at"),
    )

    id: int = Field(default=None, primary_key=True)
    platform: Platform = choice("platform", Platform)
    host: str = Field(max_length=253)
    ext_id: str = Field(max_length=300)
    native_id: str = Field(default="", max_length=300, sa_column_kwargs={"server_default": ""})
    """The id that the server asked uses for it, where that differs."""
    revision: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})
    """The network's own name of this wording (Bluesky: cid), needed to reply to it."""
    thread_id: int = key("thread_link.id", on_delete="CASCADE")
    account_id: int = key("external_account.id", on_delete="RESTRICT", index=True)
    parent_ext_id: str | None = Field(default=None, max_length=300)
    quote_of_ext_id: str | None = Field(default=None, max_length=300)
    url: str = Field(default="", max_length=600)
    language: str = Field(default="und", max_length=20)
    text: str = long_text()
    text_hash: str = Field(max_length=64)
    media: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    metrics: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    sensitive: bool = Field(default=False)
    created_at: datetime
    edited_at: Moment = moment()
    state: ExternalPostState = choice("state", ExternalPostState, ExternalPostState.live)
    denied: int = counter()
    """How often in a row it could not be read."""
    orphan: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """Alive, and missing from its thread when that was last read."""
    checked_at: Moment = moment(index=True)
    seen_at: datetime = created()


class ExternalPostRevision(Table, table=True):
    """Earlier wording of a post that was edited elsewhere."""

    __tablename__ = "external_post_revision"
    __table_args__ = (UniqueConstraint("post_id", "text_hash"),)

    id: int = Field(default=None, primary_key=True)
    post_id: int = key("external_post.id", on_delete="CASCADE")
    text: str = long_text()
    text_hash: str = Field(max_length=64)
    seen_at: datetime = created()


class ThreadLink(Table, table=True):
    """One thread elsewhere, in triage or joined to a topic. A topic may have many."""

    __tablename__ = "thread_link"
    __table_args__ = (
        UniqueConstraint("platform", "host", "root_ext_id"),
        one_of("platform", Platform),
        one_of("state", TriageState),
        one_of("origin", ThreadOrigin),
        Index(None, "state", "last_post_at", "id"),
        Index(None, "state", "attention", "last_post_at", "id"),
    )

    id: int = Field(default=None, primary_key=True)
    platform: Platform = choice("platform", Platform)
    host: str = Field(max_length=253)
    root_ext_id: str = Field(max_length=300)
    root_missing: bool = Field(default=False)
    """The first post was deleted or lies outside the file; the thread starts at what is known."""
    url: str = Field(default="", max_length=600)
    state: TriageState = choice("state", TriageState, TriageState.new)
    topic_id: int | None = key("topic.id", on_delete="SET NULL", nullable=True, index=True)
    posts: int = counter()
    people: int = counter()
    first_post_at: datetime
    last_post_at: datetime
    ignored_reason: str = Field(default="", max_length=300)
    decided_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    decided_at: Moment = moment()
    imported_at: datetime = created()
    imported_by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    channel_id: int | None = key("channel.id", on_delete="SET NULL", nullable=True, index=True)
    """Through which it was read, and through which a reply goes back."""
    origin: ThreadOrigin = choice("origin", ThreadOrigin, ThreadOrigin.file)
    consent: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    """On what ground it is kept: `public`, `addressed`, `staff_paste`, `own_archive`."""
    complete: bool = Field(default=True, sa_column_kwargs={"server_default": sql("true")})
    """Whether the last reading reached the end of it."""
    gaps: int = counter()
    refresh_at: Moment = moment(index=True)
    """When it is read again; None for what no channel can read."""
    assignee_id: int | None = key("member.id", on_delete="SET NULL", nullable=True, index=True)
    due_at: Moment = moment()
    """By when somebody should have decided."""
    watch_until: Moment = moment(index=True)
    attention: int = counter()
    """What comes first in the inbox; never whether somebody is helped."""
    cluster_id: int | None = key("thread_cluster.id", on_delete="SET NULL", nullable=True, index=True)


class PostMap(Table, table=True):
    """Where an external post landed: exactly one place."""

    __tablename__ = "post_map"
    __table_args__ = (one_of("role", MapRole),)

    external_post_id: int = key("external_post.id", on_delete="CASCADE", primary_key=True)
    post_id: int | None = key("post.id", on_delete="CASCADE", nullable=True, index=True)
    """None for a me-too, which is a number and not a post."""
    topic_id: int = key("topic.id", on_delete="CASCADE", index=True)
    role: MapRole = choice("role", MapRole)
    position: int = Field(default=0)
    text_hash: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The wording elsewhere that stands here now."""
    locked: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    """A person edited it here, so a change elsewhere is shown to staff and never written over it."""


class ThreadRun(Table, table=True):
    """One reading of one thread, and what it changed."""

    __tablename__ = "thread_run"

    id: int = Field(default=None, primary_key=True)
    thread_id: int = key("thread_link.id", on_delete="CASCADE", index=True)
    trigger: str = Field(max_length=24)
    """`url`, `mention`, `clock`, `person`."""
    started_at: datetime = created()
    finished_at: Moment = moment()
    complete: bool = Field(default=False)
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """new, edited, deleted, restored, unchanged, withheld, orphans, requests, cost (micro-units)."""
    error: str = Field(default="", max_length=300)


class ImportRun(Table, table=True):
    """One reading of one source. `cursor` lets the next one go on where this one stopped."""

    __tablename__ = "import_run"

    id: int = Field(default=None, primary_key=True)
    source: str = Field(max_length=400, index=True)
    """What was read: format and a digest of the file, not its path."""
    started_at: datetime = created()
    finished_at: Moment = moment()
    cursor: int = Field(default=0)
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ImportProblem(Table, table=True):
    """A row that was skipped, and why."""

    __tablename__ = "import_problem"

    id: int = Field(default=None, primary_key=True)
    run_id: int = key("import_run.id", on_delete="CASCADE", index=True)
    line: int
    item: str = Field(default="", max_length=300)
    reason: str = Field(max_length=300)


class LegacyId(Table, table=True):
    """Old ids of an imported community, for redirects and for importing twice without doubles."""

    __tablename__ = "legacy_id"
    __table_args__ = (Index(None, "kind", "new_id"),)

    source: str = Field(primary_key=True, max_length=60)
    kind: str = Field(primary_key=True, max_length=12)
    old_id: str = Field(primary_key=True, max_length=40)
    new_id: int


class ReadingState(StrEnum):
    waiting = "waiting"
    done = "done"
    refused = "refused"


class ReadingRequest(Table, table=True):
    """Somebody pasted an address; here they see what became of it."""

    __tablename__ = "reading_request"
    __table_args__ = (one_of("state", ReadingState),)

    id: int = Field(default=None, primary_key=True)
    url: str = Field(max_length=2000)
    channel_id: int | None = key("channel.id", on_delete="SET NULL", nullable=True)
    thread_id: int | None = key("thread_link.id", on_delete="SET NULL", nullable=True)
    state: ReadingState = choice("state", ReadingState, ReadingState.waiting)
    said: str = Field(default="", max_length=300)
    by_id: int | None = key("member.id", on_delete="SET NULL", nullable=True)
    created_at: datetime = created()
