"""Members, how they sign in, and what they were told by mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from forum.models.columns import Moment, Table, choice, counter, created, key, long_text, moment, one_of


class Role(StrEnum):
    member = "member"
    moderator = "moderator"
    agent = "agent"
    admin = "admin"


class Theme(StrEnum):
    system = "system"
    light = "light"
    dark = "dark"


class Member(Table, table=True):
    """A person. An imported or former member has no mail and no password, and cannot sign in."""

    __table_args__ = (one_of("role", Role), one_of("theme", Theme))

    id: int = Field(default=None, primary_key=True)
    handle: str = Field(max_length=40)
    handle_key: str = Field(max_length=40, unique=True)
    """The handle case-folded."""
    name: str = Field(max_length=60)
    email: str | None = Field(default=None, max_length=254)
    email_key: str | None = Field(default=None, max_length=254, unique=True)
    """Empty where somebody joined with an address that is another member's: it stays theirs, and nobody is told."""
    password_hash: str | None = Field(default=None, max_length=200)
    role: Role = choice("role", Role, Role.member)
    theme: Theme = choice("theme", Theme, Theme.system)
    title: str = Field(default="", max_length=60)
    """What staff do, shown beside their name, such as "Network Care"."""
    bio: str = long_text()
    bio_html: str = long_text()
    languages: str = Field(default="", max_length=120)
    joined_at: datetime = created()
    confirmed_at: Moment = moment()
    last_seen_at: Moment = moment()
    staff_since: Moment = moment()
    staff_until: Moment = moment()
    """When somebody left the staff; recognition counts again some time after."""
    suspended_until: Moment = moment()
    suspended_reason: str = Field(default="", max_length=300)
    deleted_at: Moment = moment()
    mail_answers: bool = Field(default=True)
    mail_solved: bool = Field(default=True)
    mail_mentions: bool = Field(default=True)
    mail_recognition: bool = Field(default=True)
    shows_impact: bool = Field(default=True)
    shows_last_seen: bool = Field(default=False)
    reputation: int = counter()
    privileges: str = Field(default="", max_length=400)
    """What reputation has opened, comma-separated: computed by the recognition floor, read with the session."""
    early_access: str = Field(default="", max_length=400)
    """Products received early, as `id:last day` pairs, for the disclosure beside posts about them."""
    questions: int = counter()
    answers: int = counter()
    accepted: int = counter()
    """Answers of this member that an asker or moderator ticked."""
    officials: int = counter()
    helped: int = counter()
    """People helped: worked-for-me on this member's answers plus me-toos of questions they solved."""


class SignInSession(Table, table=True):
    """One browser signed in. The cookie holds the token; this row holds its hash."""

    __tablename__ = "sign_in_session"

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    created_at: datetime = created()
    last_seen_at: datetime = created()
    expires_at: datetime
    user_agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=45)


class MemberBlock(Table, table=True):
    """Somebody whom a member does not want to hear from. The other one is not told."""

    __tablename__ = "member_block"

    member_id: int = key("member.id", on_delete="CASCADE", primary_key=True)
    blocked_id: int = key("member.id", on_delete="CASCADE", primary_key=True, index=True)
    at: datetime = created()


class LinkPurpose(StrEnum):
    confirm = "confirm"
    reset = "reset"
    email = "email"


class MailLink(Table, table=True):
    """A single-use link sent by mail."""

    __tablename__ = "mail_link"
    __table_args__ = (one_of("purpose", LinkPurpose),)

    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    purpose: LinkPurpose = choice("purpose", LinkPurpose)
    email: str = Field(max_length=254)
    expires_at: datetime
    used_at: Moment = moment()


class Attempt(Table, table=True):
    """A counted try (sign-in, reset mail, guest vote); old rows are swept daily."""

    __table_args__ = (Index(None, "bucket", "at"),)

    id: int = Field(default=None, primary_key=True)
    bucket: str = Field(max_length=120)
    at: datetime = created()


class FormKey(Table, table=True):
    """A form that was posted once. A second post with the same key is sent to what the first one made."""

    __tablename__ = "form_key"

    token: str = Field(primary_key=True, max_length=64)
    member_id: int = key("member.id", on_delete="CASCADE", index=True)
    url: str = Field(default="", max_length=300)
    at: datetime = created()
